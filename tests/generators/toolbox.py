"""Where the tools are installed, and what they are tried on."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mockserver.openapi.control import load_control

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "schemas"
BUNDLE = SCHEMAS / "bundled" / "nomad-openapi.json"
_PATIENCE = 300
"""Seconds that one run of a tool may take."""


class ToolFailed(Exception):
    """A tool found something, or could not use what it was given; its output says what."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """A folder with the tools installed."""

    folder: Path

    @property
    def admin_bundle(self) -> Path:
        """The description of the control plane as one document."""
        return self.folder / "admin.json"

    @property
    def modules(self) -> Path:
        """The folder of the Node modules."""
        return self.folder / "node_modules"

    def install(self) -> None:
        """Install what ``package.json`` and ``requirements.txt`` name, and write the control plane's description."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", self.folder)
        quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
        self.run("npm", "install", *quiet)
        if not self._python("python").exists():
            self.run(sys.executable, "-m", "venv", "python")
        self.python("pip", "install", "--quiet", "--requirement", str(HERE / "requirements.txt"))
        self.admin_bundle.write_text(json.dumps(load_control().bundle(), indent=2), "utf-8")

    def workplace(self, name: str) -> Path:
        """Return an empty folder for a tool, from which it finds the Node modules."""
        folder = self.folder / "work" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def node(self, program: str, *words: str, at: Path | None = None) -> str:
        """Run a program of the Node modules and return its output.

        Raises:
            ToolFailed: It ended with another code than 0.
        """
        return self.run(str(self.modules / ".bin" / program), *words, at=at)

    def python(self, program: str, *words: str, at: Path | None = None) -> str:
        """Run a program of the Python environment and return its output.

        Raises:
            ToolFailed: It ended with another code than 0.
        """
        return self.run(str(self._python(program)), *words, at=at)

    def run(self, *command: str, at: Path | None = None) -> str:
        """Run a command and return its output, warnings included.

        Raises:
            ToolFailed: It ended with another code than 0.
        """
        path = f"{self._python('')}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=at or self.folder,
            env={**os.environ, "PATH": path, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        if done.returncode:
            raise ToolFailed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def _python(self, program: str) -> Path:
        return self.folder / "python" / "bin" / program
