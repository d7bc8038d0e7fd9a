"""How a server compares with the release that it is judged by, in words."""

from collections.abc import Iterator
from typing import Any

from contract_tests.suite.baseline import Standing

_COUNTED = {
    Standing.SAME: "departs as it does from",
    Standing.KEPT: "keeps, as it does not,",
    Standing.OTHERWISE: "departs otherwise from",
    Standing.ALONE: "does not keep, as it does,",
    Standing.UNKNOWN: "departs, with nothing known of it, from",
}


def told(report: dict[str, Any]) -> str:
    """Return how a server compares with its baseline, as a sentence without its full stop."""
    baseline = report["baseline"]
    counts = [f"{what} {count}" for one, what in _COUNTED.items() if (count := baseline["standings"][str(one)])]
    runs = "1 run" if baseline["runs"] == 1 else f"{baseline['runs']} runs"
    by = f"judged by what {baseline['release'] or 'another server'} does ({runs})"
    return f"{by}: {', '.join(counts)} statements" if counts else f"{by}: departs from nothing, as it does"


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
