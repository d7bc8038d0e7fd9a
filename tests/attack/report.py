"""Reporting on an attack: lines of progress, and each fault once with the steps that show it."""

import time
from collections import Counter
from dataclasses import dataclass, field, replace

from tests.attack.lives import life
from tests.attack.processes import Lived, alone
from tests.attack.reducing import reduced
from tests.attack.steps import Life
from tests.attack.verdicts import STALL, Fault

_EVERY = 10.0
"""Seconds between lines of progress."""
_TRIALS = 3
"""A stall is one when it is there again in one of so many trials: the first may have been the machine's."""


@dataclass
class Report:
    """Collects what happened; ``reducing`` is how many seconds may be spent on reducing one fault.

    ``stall`` is how many seconds of processor time a turn may take.
    """

    seed: int
    stall: float
    reducing: float
    inputs: int = 0
    lives: int = 0
    longest: float = 0.0
    memory: int = 0
    _faults: Counter[str] = field(default_factory=Counter)
    _first: dict[str, tuple[int, Fault, int]] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)

    def add(self, lived: Lived) -> None:
        """Count one more life."""
        self.inputs += lived.played.inputs
        self.lives += 1
        self.longest = max(self.longest, lived.played.longest)
        self.memory = max(self.memory, lived.memory)
        fault = lived.played.fault
        if fault is not None:
            self._faults[fault.key] += 1
            if fault.key not in self._first:
                self._first[fault.key] = (lived.number, fault, lived.played.inputs)
                say(f"life {self.seed}/{lived.number}, input {lived.played.inputs}: {fault}")
        if time.monotonic() - self._told > _EVERY:
            self._told = time.monotonic()
            say(self.line())

    def line(self) -> str:
        """Return how far the attack is, in one line."""
        seconds = time.monotonic() - self._began
        return (
            f"{self.inputs} inputs in {self.lives} lives and {seconds:.0f} s, longest turn "
            f"{self.longest * 1000:.0f} ms, {self.memory} MiB, {len(self._faults)} kinds of faults"
        )

    def tell_faults(self) -> int:
        """Print every fault with the fewest steps that show it, and return how many there are."""
        real = 0
        for key, (number, fault, inputs) in self._first.items():
            whole = life(self.seed, number)
            whole = replace(whole, stall=self.stall, steps=whole.steps[: inputs or None])
            if not _shows(whole, fault, _TRIALS):
                say(f"\nnot seen again: {fault} (life {whole.name})")
                real += fault.kind != STALL
                continue
            real += 1
            small = reduced(whole, lambda each, fault=fault: _shows(each, fault, 1), self.reducing)  # type: ignore[misc]
            say(f"\n{self._faults[key]} times: {fault}\nrepeat: python -m tests.attack --life {whole.name}\n{small}")
        return real


def _shows(life: Life, fault: Fault, trials: int) -> bool:
    found = (alone(life).fault for _ in range(trials))
    return any(one is not None and one.key == fault.key for one in found)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - this is a command
