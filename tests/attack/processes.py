"""Processes that play lives: workers for many of them, and a separate one for a life that may kill its process."""

import gc
import multiprocessing
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait

from mockserver import gc_pauses
from mockserver.server import load_late
from tests.attack.description import operations
from tests.attack.lives import lives
from tests.attack.playing import Played, play
from tests.attack.steps import HEADERS, Life, Request
from tests.attack.verdicts import Fault

LONGEST = 120.0
"""Seconds that a life may take."""
GROWTH = 300
"""A process may grow by so many MiB over what it needed for its first lives."""
_FIRST = 25

_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Lived:
    """One life of a worker and its outcome; ``memory`` is the most that the worker used so far, in MiB."""

    number: int
    played: Played
    memory: int


def prepare() -> None:
    """Load what every life needs, before anything is forked."""
    load_late()
    reads = [each for file in ("openapi.json", "admin.json") for each in operations(file) if each.method == "GET"]
    steps = tuple(Request("GET", each.path, HEADERS) for each in reads)
    play(Life("prepared", 1, ("global", "eu1"), False, False, steps))
    gc.collect()
    gc.freeze()


def attack(seed: int, workers: int, seconds: float, inputs: int, stall: float) -> Iterator[Lived]:
    """Yield lives until the time is over or enough inputs were sent; a worker that died is replaced."""
    until, sent = time.monotonic() + seconds, 0
    running = [_Worker(seed, first, workers, stall) for first in range(workers)]
    try:
        while time.monotonic() < until and sent < inputs:
            ready = wait([worker.results for worker in running], timeout=1)
            for number, worker in enumerate(running):
                lived = worker.lived(answered=worker.results in ready)
                if lived is not None:
                    sent += lived.played.inputs
                    yield lived
                if worker.is_over:
                    running[number] = _Worker(seed, worker.number + workers, workers, stall)
    finally:
        for worker in running:
            worker.stop()


class _Worker:
    """A process, and the number of the life that it plays now."""

    def __init__(self, seed: int, first: int, step: int, stall: float) -> None:
        self.results, sending = _fork.Pipe(duplex=False)
        self.number = first
        self.is_over = False
        self._step = step
        self._since = time.monotonic()
        self._process = _fork.Process(target=_live, args=(seed, first, step, stall, sending), daemon=True)
        self._process.start()
        sending.close()

    def lived(self, *, answered: bool) -> Lived | None:
        """Return the life that just ended, perhaps together with its process."""
        if answered:
            try:
                lived: Lived = self.results.recv()
            except EOFError:
                return self._died("the process dies", f"exit status {self._ended()}")
            self.number += self._step
            self._since = time.monotonic()
            return lived
        if time.monotonic() - self._since > LONGEST:
            return self._died("a life that does not end", f"in {LONGEST:.0f} s")
        return None

    def _died(self, kind: str, text: str) -> Lived:
        self.stop()
        return Lived(self.number, Played(0, 0.0, Fault(kind, "the whole process", text)), 0)

    def _ended(self) -> int | None:
        self._process.join(5)
        return self._process.exitcode

    def stop(self) -> None:
        """Stop the worker."""
        self.is_over = True
        self._process.kill()
        self._process.join()
        self.results.close()


def _live(seed: int, first: int, step: int, stall: float, results: Connection) -> None:
    with gc_pauses.short():
        for count, each in enumerate(lives(seed, first, step)):
            played, used = play(replace(each, stall=stall)), memory()
            if count == _FIRST:
                allowed = used + GROWTH
            if count > _FIRST and used > allowed and played.fault is None:
                played = Played(
                    played.inputs, played.longest, Fault("memory grows", "the whole process", f"{used} MiB")
                )
            gc_pauses.look_at_everything_again()  # what was frozen in this life, too
            gc.collect()  # here, where nobody waits, rather than in the next life
            results.send(Lived(int(each.name.partition("/")[2]), played, used))


def memory() -> int:
    """Return the most memory that this process used, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def alone(life: Life, seconds: float = LONGEST) -> Played:
    """Play a life in a process of its own, and return its outcome."""
    results, sending = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_live_once, args=(life, sending), daemon=True)
    process.start()
    sending.close()
    try:
        if not results.poll(seconds):
            return Played(0, 0.0, Fault("a life that does not end", "the whole process", f"in {LONGEST:.0f} s"))
        played: Played = results.recv()
    except EOFError:
        process.join(5)
        return Played(0, 0.0, Fault("the process dies", "the whole process", f"exit status {process.exitcode}"))
    else:
        return played
    finally:
        process.kill()
        process.join()
        results.close()


def _live_once(life: Life, results: Connection) -> None:
    with gc_pauses.short():
        results.send(play(life))
