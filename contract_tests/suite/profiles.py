"""How thorough a run is: ``smoke`` takes seconds, ``default`` about a minute, ``deep`` as long as you say."""

import os
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.database import ExampleDatabase

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Profile:
    """The sizes of one profile."""

    name: str
    examples: int
    """The number of generated examples of a property that costs a few requests."""
    runs: int
    """The number of runs of the state machine."""
    steps: int
    """The number of steps of one such run."""
    schema_cases: int
    """The number of Schemathesis cases per operation and kind of data."""
    entries: int
    """The largest number of entries of a list or map of such a case."""
    cases: int
    """The largest number of cases of a parametrized test, or of a list, that prove the same; 0 for all of them."""
    once: bool
    """Whether a test is left out when other tests prove all of its statements."""
    waits: tuple[str, ...]
    """The values of ``wait`` with which blocking queries are timed."""
    patience: float
    """Seconds that the server may take for what it does by itself, unless the run says otherwise."""
    seconds: float
    """Seconds that a run against a slow server may take, unless the run says otherwise; 0 for no limit."""
    shrinking: tuple[float, float]
    """Seconds to look for smaller counterexamples: of one test, and of all tests of a process."""


PROFILES = {
    "smoke": Profile("smoke", 2, 1, 10, 2, 1, 1, True, ("200ms",), 8, 26, (1, 3)),
    "default": Profile("default", 30, 12, 25, 18, 2, 0, False, ("300ms", "1s"), 20, 165, (4, 20)),
    "deep": Profile("deep", 400, 150, 50, 200, 4, 0, False, ("300ms", "1s", "1500ms", "3s"), 20, 0, (60, 3600)),
}
_CHOSEN = ["default"]


def choose(name: str, database: ExampleDatabase | None = None) -> Profile:
    """Set the profile of this process and Hypothesis's settings, before any test module is imported."""
    profile = PROFILES[name]
    _CHOSEN[0] = name
    set_hypothesis_home_dir(_cache())
    quick = [Phase.explicit, *([Phase.reuse] if database else []), Phase.generate]
    settings.register_profile(
        "nomad-contract",
        max_examples=profile.examples,
        stateful_step_count=profile.steps,
        deadline=None,
        database=database,
        print_blob=False,
        phases=quick if name == "smoke" else [*quick, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("nomad-contract")
    return profile


def _cache() -> Path:
    """Return the folder in which Hypothesis keeps its tables of characters: nothing is left where the suite runs."""
    given = os.environ.get("XDG_CACHE_HOME")
    try:
        caches = Path(given) if given else Path.home() / ".cache"
    except RuntimeError:  # the user has no home, as a number without a name in a container
        caches = Path(os.devnull)  # where nothing is kept: Hypothesis makes its tables anew
    return caches / "nomad-contract"


def chosen() -> Profile:
    """Return the profile of this process."""
    return PROFILES[_CHOSEN[0]]


def some(things: Iterable[Thing], kind: Callable[[Thing], Hashable]) -> list[Thing]:
    """Return evenly spread things, of each kind at most the profile's number of cases."""
    alike: dict[Hashable, list[Thing]] = {}
    everything = list(things)
    most = chosen().cases
    if not most:
        return everything
    for thing in everything:
        alike.setdefault(kind(thing), []).append(thing)
    kept = {id(those[number * len(those) // most]) for those in alike.values() for number in range(most)}
    return [thing for thing in everything if id(thing) in kept]


def cheaper(share: float) -> settings:
    """Return settings with a share of the profile's examples, at least one, for a property that costs more."""
    return settings(max_examples=max(1, round(chosen().examples * share)))
