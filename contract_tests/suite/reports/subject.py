"""What a report is about, a server or a client, and the verdict on it in a few words."""

from typing import Any

UNTOLD = "no version told: see --server-version"
"""Shown in place of a version: a token may not be allowed to read /v1/agent/self."""


def is_of_client(report: dict[str, Any]) -> bool:
    """Return whether a report is about a client; all others are about servers."""
    return "client" in report


def name(report: dict[str, Any]) -> str:
    """Return a server with its version, or the test command of a client."""
    if is_of_client(report):
        return str(report["client"]["command"])
    return f"{report['target']['address']} ({report['target']['version'] or UNTOLD})"


def verdict(report: dict[str, Any]) -> str:
    """Return what becomes of the contract, as the end of a sentence: "holds", or "keeps the contract" of a client."""
    totals, of_client = report["totals"], is_of_client(report)
    if totals["fail"]:
        return "does not keep the contract" if of_client else "does not hold"
    if not totals["pass"]:
        return "was not judged" if of_client else "was not checked"
    if report.get("cut_short"):
        return "keeps the contract, as far as it was judged" if of_client else "holds as far as it was checked"
    return "keeps the contract" if of_client else "holds"
