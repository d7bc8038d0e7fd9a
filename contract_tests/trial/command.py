"""The client's own test command: run as a process group of its own, bounded in time, its output kept."""

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from contract_tests.suite.cli_arguments import Mistake

_LONGEST = 64 * 1024
"""Bytes of the end of an output that are kept."""
_OF_A_SERVER = frozenset(
    f"NOMAD_{name}"
    for name in (
        *("ADDR", "REGION", "NAMESPACE", "TOKEN", "CACERT", "CAPATH", "CLIENT_CERT", "CLIENT_KEY"),
        *("TLS_SERVER_NAME", "SKIP_VERIFY", "HTTP_AUTH"),
    )
)
"""What tells a client about a server: of another one than the mock it is left out."""
_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The page of a job of GitHub Actions; test tools write there, and would do so once for each run."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the command ended.

    Attributes:
        status: its exit status; negative for a signal.
        output: what it wrote to standard output and standard error, the end of it if it is long.
        seconds: how long it took.
        hung: whether it was killed because its time was up.
    """

    status: int
    output: str
    seconds: float
    hung: bool = False

    @property
    def passed(self) -> bool:
        """Whether the client's tests passed."""
        return self.status == 0 and not self.hung

    def __str__(self) -> str:
        if self.hung:
            return f"did not end within {self.seconds:.0f} s, and was killed"
        if self.status < 0:
            with contextlib.suppress(ValueError):
                return f"was ended by {signal.Signals(-self.status).name} after {self.seconds:.1f} s"
        return f"exit status {self.status} after {self.seconds:.1f} s"


class Stopped(Exception):
    """The trial ends: no more runs."""


class Command:
    """Runs a command against one address after another; may be used from several threads."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self.words = tuple(words)
        self._environment = {name: value for name, value in environment.items() if name not in _OF_A_SERVER}
        for name in ("no_proxy", "NO_PROXY"):
            others = environment.get(name, "")
            self._environment[name] = f"{others},127.0.0.1" if others else "127.0.0.1"
        if _SUMMARY in environment:
            self._environment[_SUMMARY] = os.devnull
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, address: str, limit: float) -> Ended:
        """Run it once with ``NOMAD_ADDR`` set; kill it with all that it started after ``limit`` seconds.

        A command that does not exist raises ``Mistake``.

        Raises:
            Stopped: The trial is over, or ended meanwhile.
        """
        with tempfile.TemporaryFile() as output:
            began = time.monotonic()
            process = self._start(address, output)
            try:
                process.wait(timeout=limit)
                hung = False
            except subprocess.TimeoutExpired:
                hung = True
            seconds = time.monotonic() - began
            _kill(process)
            with self._lock:
                self._running.discard(process)
                if self._stopped:
                    raise Stopped
            return Ended(process.returncode, _end_of(output), seconds, hung)

    def stop(self) -> None:
        """Kill what runs, and run nothing any more."""
        with self._lock:
            self._stopped = True
            running = tuple(self._running)
        for process in running:
            _kill(process)

    def _start(self, address: str, output: IO[bytes]) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._stopped:
                raise Stopped
            try:
                process = subprocess.Popen(
                    self.words,
                    env={**self._environment, "NOMAD_ADDR": address},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as problem:
                advice = f"; a line for a shell is given as: -- sh -c '{self.words[0]}'" if " " in self.words[0] else ""
                raise Mistake(f"cannot run {self.words[0]!r}: {problem.strerror}{advice}") from None
            self._running.add(process)
            return process


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and everything that it started and left in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end_of(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _LONGEST))
    return output.read().decode("utf-8", "replace")
