"""The real clients that are judged: what each is, how it is made ready, and how its suite is run."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
Prepare = Callable[[Path], Sequence[str]]
"""Makes a client ready in a folder of its own, and returns the command that runs its suite."""


@dataclass(frozen=True, slots=True)
class RealClient:
    """A client.

    Attributes:
        name: what people call it, with its version.
        language: that it is written in.
        folder: of its suite, beside this module.
        needs: the programs without which it cannot be made ready.
        prepare: makes it ready.
        note: what a reader has to know to take its findings right.
    """

    name: str
    language: str
    folder: str
    needs: tuple[str, ...]
    prepare: Prepare
    note: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether everything that it needs is on this machine."""
        return all(shutil.which(program) for program in self.needs)


def _python(_: Path) -> Sequence[str]:
    return sys.executable, str(HERE / "python_nomad" / "suite.py")


def _node(_: Path) -> Sequence[str]:
    return "node", str(HERE / "node_fetch" / "suite.mjs")


def _command(_: Path) -> Sequence[str]:
    return "sh", str(HERE / "nomad_command" / "suite.sh")


def _go(folder: Path) -> Sequence[str]:
    _copied("go_api", folder)
    _run("go", "build", "-mod=mod", "-o", "suite", ".", folder=folder)
    return (str(folder / "suite"),)


def _java(folder: Path) -> Sequence[str]:
    _copied("java_sdk", folder)
    _run("mvn", "--quiet", "--batch-mode", "dependency:copy-dependencies", "-DoutputDirectory=lib", folder=folder)
    _run("javac", "-cp", "lib/*", "-d", "classes", "Suite.java", folder=folder)
    return "java", "-cp", f"{folder}/lib/*:{folder}/classes", "Suite"


def _rust(folder: Path) -> Sequence[str]:
    _copied("rust_crate", folder)
    _run("cargo", "build", "--quiet", folder=folder)
    return (str(folder / "target" / "debug" / "suite"),)


def _copied(name: str, folder: Path) -> None:
    shutil.copytree(HERE / name, folder, dirs_exist_ok=True)


def _run(*words: str, folder: Path) -> None:
    subprocess.run(words, cwd=folder, check=True)


_PROCESSES = "Each command is a process of its own, and so cannot share a connection with the one before."
_GO_TIME = "The package `time` of Go reads a moment in JSON as it is spelt, escapes and all."
_LATER = "It is made for later releases, and sends what an agent of 0.5 drops in silence."

CLIENTS = (
    RealClient("python-nomad 2.1", "Python", "python_nomad", (), _python, _LATER),
    RealClient("package `api` of Nomad 0.5.4", "Go", "go_api", ("go",), _go, _GO_TIME),
    RealClient(
        *("command `nomad` 0.5.4", "Go, used from a shell", "nomad_command", ("nomad",), _command),
        f"{_PROCESSES} {_GO_TIME}",
    ),
    RealClient("nomad-sdk 0.11.3", "Java", "java_sdk", ("mvn", "javac", "java"), _java, _LATER),
    RealClient("nomad-client-rs 0.9.3", "Rust", "rust_crate", ("cargo",), _rust, _LATER),
    RealClient("`fetch` and `JSON` of Node.js 20", "JavaScript", "node_fetch", ("node",), _node),
)
