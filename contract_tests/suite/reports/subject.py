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
    by = f" as {release} keeps it" if (release := report.get("baseline", {}).get("release")) else ""
    if totals["fail"]:
        return "does not keep the contract" if of_client else f"does not hold{by}"
    if not totals["pass"]:
        return "was not judged" if of_client else "was not checked"
    if report.get("cut_short"):
        return "keeps the contract, as far as it was judged" if of_client else f"holds as far as it was checked{by}"
    return "keeps the contract" if of_client else f"holds{by}"
