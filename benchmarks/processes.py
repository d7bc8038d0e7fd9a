"""Servers as processes of their own, and what the system says of them."""

import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, ParamSpec, TypeAlias, TypeVar

_ROOT = Path(__file__).parents[1]
_PATIENCE = 30.0
Protocol: TypeAlias = Literal["uvicorn", "mock"]
"""Whose protocol class the constant application has."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Server:
    """A running server on 127.0.0.1. ``first_answer`` is the time from its start to its first answer in seconds."""

    port: int
    process_id: int
    first_answer: float

    @property
    def memory(self) -> int:
        """Resident memory in bytes."""
        return resident(self.process_id)

    @property
    def cpu(self) -> float:
        """Seconds of processor time that its event loop has used so far; what others do on the machine isn't in it."""
        return int(Path(f"/proc/{self.process_id}/schedstat").read_text("ascii").split()[0]) / 1e9


@contextmanager
def mock(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A mock, started as its command starts it."""
    port = free_port()
    with _served(port, environment, "-m", "mockserver", "--port", str(port), *options) as server:
        yield server


@contextmanager
def constant(size: int, protocol: Protocol = "uvicorn") -> Iterator[Server]:
    """The constant application with a body of ``size`` bytes, behind uvicorn's protocol class or the mock's."""
    port = free_port()
    with _served(port, None, "-m", "benchmarks.constant", str(port), str(size), protocol) as server:
        yield server


def in_fresh_process(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call a function of a module in a process that has done nothing else before."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def run_to_end(*arguments: str, environment: Mapping[str, str] | None = None) -> float:
    """Run Python with these arguments; the seconds of processor time that it took."""
    before = _of_children()
    subprocess.run([sys.executable, *arguments], cwd=_ROOT, env=environment, check=True)
    return _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident(process_id: int | None = None) -> int:
    """Resident memory of a process, by default this one, in bytes. Linux only."""
    pages = Path(f"/proc/{process_id or os.getpid()}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _served(port: int, environment: Mapping[str, str] | None, *arguments: str) -> Iterator[Server]:
    started = time.perf_counter()
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _await_answer(port, process)
            yield Server(port, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()


def _await_answer(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
                connection.sendall(b"GET /v1/job/first HTTP/1.1\r\nHost: localhost\r\n\r\n")
                if connection.recv(4096):
                    return
        except ConnectionError:
            time.sleep(0.001)  # nobody listens yet
    raise TimeoutError(f"no server on port {port}")
