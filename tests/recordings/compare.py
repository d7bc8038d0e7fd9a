"""Comparing recorded replies with those that came, over a whole scenario."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tests.recordings.observe import Seen, observe
from tests.recordings.recording import Recording, Response, Step


@dataclass(frozen=True)
class Exchange:
    """A request of a scenario, the recorded reply, and the one that came."""

    label: str
    recorded: Response
    came: Response
    step: Step | None = None
    """The step it is the request of; None for the request of a second client during a step."""


class Index(NamedTuple):
    """An index in the recording, the one that came in its place, and where."""

    recorded: int
    came: int
    where: str


@dataclass
class _Scenario:
    """What was seen in a scenario so far: which name stands for which, and all indexes."""

    came_for: dict[str, str] = field(default_factory=dict)
    recorded_for: dict[str, str] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)


def compare(recording: Recording, exchanges: Sequence[Exchange]) -> list[str]:
    """Return how the exchanges differ from the recording, one line each; empty when they do not.

    A name (UUID, generated job ID) may be another one, but has to be the same one throughout the scenario. Indexes may
    be other numbers, but have to be equal, larger and smaller where they were. Where a recording asks only for their
    presence (``index_check``), they may not be zero.
    """
    scenario = _Scenario()
    differences = list(_labelled(scenario, exchanges))
    played = {exchange.step.step for exchange in exchanges if exchange.step}
    differences += [f"step {one.step} {one.template}: not played" for one in recording.steps if one.step not in played]
    if recording.index_check == "order":
        differences += _disorder(scenario.indexes)
    return differences


def indexes(exchanges: Iterable[Exchange]) -> list[Index]:
    """Return all indexes in exchanges that are alike otherwise."""
    scenario = _Scenario()
    assert not list(_labelled(scenario, exchanges))
    return scenario.indexes


def _labelled(scenario: _Scenario, exchanges: Iterable[Exchange]) -> Iterator[str]:
    for exchange in exchanges:
        found = _no_answer(exchange) if exchange.recorded.status is None else _differences(scenario, exchange)
        yield from (f"{exchange.label}: {difference}" for difference in found)


def _no_answer(exchange: Exchange) -> Iterator[str]:
    """Compare a reply with a crash of the original's handler: it has to be an error."""
    if exchange.came.status is not None and exchange.came.status < 400:
        yield f"status: recorded no answer, came {exchange.came.status}"


def _differences(scenario: _Scenario, exchange: Exchange) -> Iterator[str]:
    ignored = exchange.step.ignore if exchange.step else ()
    recorded, came = (_heeded(observe(one), ignored) for one in (exchange.recorded, exchange.came))
    yield from _gaps("missing, recorded", recorded, came)
    yield from _gaps("not in the recording, came", came, recorded)
    for where, seen in recorded.items():
        if where in came:
            found = _part(scenario, seen, came[where], f"{exchange.label}: {where}")
            yield from (f"{where}: {difference}" for difference in found)
    yield from _untimely(exchange)


def _heeded(parts: dict[str, Seen], ignored: Sequence[str]) -> dict[str, Seen]:
    """Return the parts without those below the ignored pointers; ``*`` is the whole body."""
    if "*" in ignored:
        return {where: seen for where, seen in parts.items() if where.startswith(("status", "header"))}
    below = tuple(f"{pointer}/" for pointer in ignored)
    return {where: seen for where, seen in parts.items() if not f"{where.partition(' ')[2]}/".startswith(below)}


def _gaps(what: str, one: dict[str, Seen], other: dict[str, Seen]) -> Iterator[str]:
    """Return what only one side has; where a whole object is missing, only that."""
    for where, seen in one.items():
        parent = where.rpartition("/")[0].rstrip()
        if where not in other and (where.startswith("header") or (where.startswith("body") and parent in other)):
            yield f"{where}: {what} {seen.pattern}"


def _part(scenario: _Scenario, recorded: Seen, came: Seen, label: str) -> Iterator[str]:
    if recorded.pattern != came.pattern:
        yield f"recorded {recorded.pattern}, came {came.pattern}"
        return
    for old, new in zip(recorded.names, came.names, strict=True):
        known = scenario.came_for.setdefault(old, new), scenario.recorded_for.setdefault(new, old)
        if known != (new, old):
            yield f"{new} is not what stands for {old} elsewhere in this scenario"
    scenario.indexes += [Index(*pair, label) for pair in zip(recorded.indexes, came.indexes, strict=True)]


def _untimely(exchange: Exchange) -> Iterator[str]:
    timing = (exchange.step and exchange.step.timing) or {}
    elapsed = exchange.came.elapsed_ms
    if not timing.get("min_ms", 0) <= elapsed <= timing.get("max_ms", elapsed):
        yield f"time: came after {elapsed} ms, expected {dict(timing)}, recorded {exchange.recorded.elapsed_ms} ms"


def _disorder(seen: Iterable[Index]) -> Iterator[str]:
    """Return where indexes that were equal are not, or a larger one is not larger."""
    for low, high in pairwise(sorted(seen)):
        if (low.recorded < high.recorded) != (low.came < high.came):
            yield (
                f"{high.where}: index recorded {high.recorded}, came {high.came}, "
                f"but recorded {low.recorded}, came {low.came} in {low.where}"
            )
