"""Commands of this project in processes that need not load anything: forked from one that has loaded all.

A command spends most of a second on loading pytest, Hypothesis and httpx before it does anything, and a hundred tests
start one. The mock that such a command starts for itself is forked from it likewise. What loading itself does is the
subject of tests that start Python.
"""

import gc
import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, NoReturn
from unittest import mock

LOADED = (
    *("pytest", "hypothesis.strategies", "hypothesis.stateful", "httpx", "jinja2", "jsonschema", "execnet"),
    *("xdist.remote", "xml.etree.ElementTree", "contract_tests.cli", "contract_tests.suite.fixtures"),
    *("contract_tests.client.nomad", "contract_tests.strategies.generated", "contract_tests.suite.reports.console"),
    *(
        "mockserver.cli",
        "mockserver.serve_command",
        "mockserver.server",
        "mockserver.app",
        "mockserver.storage.opening",
    ),
)
"""What the process has loaded; no plugin of pytest, for pytest loads those itself."""
_ASKED_TO_END = (signal.SIGINT, signal.SIGTERM)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(LOADED))


class Command:
    """A command that runs, the leader of a session of its own; ``out`` and ``err`` are what it writes."""

    def __init__(self, words: list[str], streams: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.words, self.out, self.err = words, streams / "out", streams / "err"
        self.out.touch()
        self.err.touch()
        given = (words, folder, dict(environment), self.out, self.err)
        self._process = _CONTEXT.Process(target=_main, args=given)
        self._process.start()

    @property
    def pid(self) -> int:
        """Return its process, which is also its group of processes."""
        assert self._process.pid is not None
        return self._process.pid

    def first_line(self) -> str:
        """Wait for the first line that it writes and return it; nothing if it ends before that."""
        while "\n" not in self.out.read_text("utf-8") and self._process.exitcode is None:
            self._process.join(0.01)
        return self.out.read_text("utf-8").partition("\n")[0]

    def ended(self, seconds: float) -> "subprocess.CompletedProcess[str]":
        """Return how it ended.

        Raises:
            subprocess.TimeoutExpired: it has not ended in time.
        """
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self.words, seconds)
        written = (stream.read_text("utf-8") for stream in (self.out, self.err))
        return subprocess.CompletedProcess(self.words, self._process.exitcode, *written)

    def kill(self) -> None:
        """End it, if it still runs."""
        self._process.kill()
        self._process.join()


@contextmanager
def started(
    module: str, *arguments: str, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Command]:
    """Run a command's ``main`` in a folder, the present one unless given, while the block lasts."""
    with tempfile.TemporaryDirectory() as streams:
        surroundings = os.environ if environment is None else environment
        command = Command([module, *arguments], Path(streams), folder or Path.cwd(), surroundings)
        try:
            yield command
        finally:
            command.kill()


def run(
    module: str,
    *arguments: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 120,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, as ``subprocess.run`` would run ``python -m``."""
    with started(module, *arguments, folder=folder, environment=environment) as command:
        return command.ended(seconds)


def run_program(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    check: bool = False,
    **_: Any,
) -> "subprocess.CompletedProcess[str]":
    """Run a program of this project, as ``subprocess.run`` would with what it writes captured as text."""
    done = run(*_words(command), folder=cwd, environment=env)
    if check:
        done.check_returncode()
    return done


def _words(command: Sequence[str]) -> list[str]:
    """Return the module whose ``main`` a command of Python's runs, and what that is given."""
    module, *words = command[command.index("-m") + 1 :]
    return [module if module.endswith(".cli") else f"{module}.cli", *words]


def _main(words: list[str], folder: Path, environment: dict[str, str], *streams: Path) -> None:
    """Be the command: with its folder, environment, output, and Python's own way to take Ctrl-C."""
    if "COVERAGE_PROCESS_CONFIG" not in environment:
        sys.settrace(None)  # the test did not ask for ``measured``
    gc.freeze()  # a search for garbage need not look at what is loaded
    os.setsid()
    for number, file in enumerate(streams, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = words
    forking = SimpleNamespace(PIPE=subprocess.PIPE, Popen=_Forked)
    with mock.patch("contract_tests.suite.launch.subprocess", forking):
        sys.exit(importlib.import_module(words[0]).main(words[1:]))


class _Forked:
    """A program of this project that a command starts: forked from it, in place of ``subprocess.Popen``."""

    def __init__(self, command: Sequence[str], *, stderr: IO[str], env: Mapping[str, str], **_: Any) -> None:
        reading, writing = os.pipe()
        known = signal.pthread_sigmask(signal.SIG_BLOCK, _ASKED_TO_END)  # until it takes them as a program of its own
        self._pid = os.fork()
        if not self._pid:
            _be(_words(command), env, writing, stderr.fileno())
        signal.pthread_sigmask(signal.SIG_SETMASK, known)
        os.close(writing)
        self.stdout = os.fdopen(reading, encoding="utf-8")

    def terminate(self) -> None:
        """Ask it to end."""
        os.kill(self._pid, signal.SIGTERM)

    def communicate(self) -> None:
        """Wait for its end."""
        self.stdout.read()
        self.stdout.close()
        os.waitpid(self._pid, 0)


def _be(words: list[str], environment: Mapping[str, str], *streams: int) -> NoReturn:
    """Be a program, and nothing of the command any more: its files, its ways to take signals, its coverage."""
    status: object = 1
    try:
        sys.settrace(None)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKED_TO_END)
        for number, stream in enumerate(streams, 1):
            os.dup2(stream, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = words
        status = importlib.import_module(words[0]).main(words[1:])
    except SystemExit as ended:
        status = ended.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else bool(status))
