"""How a later report differs from an earlier one, statement by statement: on one server or client, or on two."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from contract_tests.suite.departures import OWN
from contract_tests.suite.reports.causes import expected_and_actual, one_line
from contract_tests.words import shortened

Report: TypeAlias = dict[str, Any]
Entry: TypeAlias = dict[str, Any]

_BROKEN = ("fail", "error")
_LONG = 160


class Change(enum.StrEnum):
    """What became of a statement."""

    REGRESSED = "regressed"
    """It held and does not hold any more, or was not reached because another does not."""
    MENDED = "mended"
    """It did not hold, and holds."""
    OTHERWISE = "deviates otherwise"
    """It does not hold on either side, and the server does something else."""
    UNCHECKED = "no longer checked"
    """It held, and was left out or skipped."""
    CHECKED = "newly checked"
    """It was left out or skipped, and holds."""
    BROKEN = "newly checked, does not hold"
    """It was left out or skipped, and does not hold."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A statement that differs between two reports."""

    change: Change
    before: Entry
    after: Entry


def drift(before: Report, after: Report) -> list[Drift]:
    """Return the statements on which two reports differ, regressions first, else in the page's order."""
    old = {entry["id"]: entry for entry in before["statements"]}
    pairs = [(old.get(entry["id"]) or _absent(entry), entry) for entry in after["statements"]]
    found = [Drift(change, *pair) for pair in pairs if (change := _change(*pair))]
    order = list(Change)
    return sorted(found, key=lambda one: order.index(one.change))


def regressions(drifts: list[Drift]) -> int:
    """Return how many statements held before and do not now."""
    return sum(one.change == Change.REGRESSED for one in drifts)


def told(drifts: list[Drift], names: tuple[str, str]) -> str:
    """Return the differences as text, by what became of the statements; ``names`` are those of the two sides."""
    lines = []
    for change in Change:
        those = [one for one in drifts if one.change == change]
        if those:
            lines.append(f"{change} ({len(those)}):")
            lines += [line for one in those for line in _told(one, names)]
    return "".join(f"{line}\n" for line in lines)


def _absent(entry: Entry) -> Entry:
    return {
        **{key: entry[key] for key in ("id", "level", "text")},
        "outcome": "not selected",
        "reason": "no such entry",
    }


def _change(before: Entry, after: Entry) -> Change | None:
    was, is_ = _state(before), _state(after)
    if was == is_:
        otherwise = was == "broken" and _behaviour(before) != _behaviour(after)
        return Change.OTHERWISE if otherwise else None
    return {
        ("holds", "broken"): Change.REGRESSED,
        ("broken", "holds"): Change.MENDED,
        ("holds", "open"): Change.UNCHECKED,
        ("open", "holds"): Change.CHECKED,
        ("open", "broken"): Change.BROKEN,
    }.get((was, is_))


def _state(entry: Entry) -> str:
    """Return whether a statement holds, is broken (also below the enforced level), or is open."""
    if entry["outcome"] == "pass":
        return "holds"
    hindered = entry["outcome"] == "skip" and entry.get("reason", "").startswith("not reached: ")
    return "broken" if entry["outcome"] in _BROKEN or "difference" in entry or hindered else "open"


def _behaviour(entry: Entry) -> str:
    """Return what a server does, without what differs from run to run; which freedoms a client does not survive."""
    found = entry.get("failure") or entry.get("difference")
    if found is None:
        return str(entry.get("reason", ""))
    if "vary" in found:
        return " ".join(found["vary"]["freedoms"] + found["vary"]["weather"])
    return OWN.sub("…", found["actual"])


def _told(one: Drift, names: tuple[str, str]) -> Iterator[str]:
    yield f"  {one.after['id']} ({one.after['level']}): {one.after['text']}"
    if one.change in (Change.REGRESSED, Change.MENDED, Change.OTHERWISE, Change.BROKEN):
        width = max(map(len, names))
        for name, entry in zip(names, (one.before, one.after), strict=True):
            yield shortened(f"    {name:<{width}}  {_deed(entry)}", _LONG)


def _deed(entry: Entry) -> str:
    found = entry.get("failure") or entry.get("difference")
    if found and "vary" in found:
        return one_line(entry["reason"])
    if found:
        expected, actual = expected_and_actual(found)
        return f"{actual}; expected: {expected}"
    return "holds" if entry["outcome"] == "pass" else one_line(f"{entry['outcome']}: {entry.get('reason', '')}")
