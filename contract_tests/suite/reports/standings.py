"""How a server compares with the release that it is judged by, in words."""

from collections.abc import Iterator
from typing import Any

from contract_tests.suite.baseline import Standing

_DEPARTS = {
    Standing.SAME: "as {} does",
    Standing.OTHERWISE: "in another way",
    Standing.ALONE: "that {} keeps",
    Standing.UNKNOWN: "that {} was not tried on",
}
"""How a server departs from a statement, as compared with a release."""


def told(report: dict[str, Any]) -> str:
    """Return how a server compares with its baseline, as a sentence without its full stop."""
    baseline = report["baseline"]
    release, counts = baseline["release"] or "the other server", baseline["standings"]
    how = [f"{number} {words.format(release)}" for one, words in _DEPARTS.items() if (number := counts[str(one)])]
    departs = sum(counts[str(one)] for one in _DEPARTS)
    runs = "1 run" if baseline["runs"] == 1 else f"{baseline['runs']} runs"
    text = (
        f"judged by what {release} does ({runs}): departs from {departs or 'no'} statement{'' if departs == 1 else 's'}"
    )
    text += f": {', '.join(how)}" if how else ""
    kept = counts[str(Standing.KEPT)]
    return f"{text}; keeps {kept} that {release} does not keep" if kept else text


def of_release(entry: dict[str, Any]) -> str:
    """Return what the release does about the statement of an entry; "" when there is no baseline."""
    if not (baseline := entry.get("baseline")):
        return ""
    if baseline["standing"] == Standing.ALONE:
        return "keeps it"
    return "; ".join(baseline["does"]) or "not known"


def compared(report: dict[str, Any], *standings: Standing) -> Iterator[dict[str, Any]]:
    """Yield the entries that compare so with the release."""
    for entry in report["statements"]:
        if entry.get("baseline", {}).get("standing") in standings:
            yield entry
