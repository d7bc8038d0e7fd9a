"""Paths and queries of requests, spelled as a client may send them."""

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import quote, urlencode

Query: TypeAlias = Mapping[str, str | int | None]
"""Query parameters; None stands for a bare name, as in ``?pretty``."""

SUFFIXES = {
    "query": "",
    "register": "",
    "deregister": "",
    "allocations": "/allocations",
    "evaluations": "/evaluations",
    "summary": "/summary",
    "dispatch": "/dispatch",
    "evaluate": "/evaluate",
    "plan": "/plan",
    "force": "/periodic/force",
}
"""The end of the path of each operation, after the job's ID."""
READS = ("query", "allocations", "evaluations", "summary")
"""The operations that read, and so can block."""


def path(job_id: str, operation: str) -> str:
    """Return the path of an operation on a job; slashes in the ID stay slashes."""
    return f"/v1/job/{quote(str(job_id), safe='/~', errors='replace')}{SUFFIXES[operation]}"


def with_query(target: str, query: Query | None, scope: Mapping[str, str]) -> str:
    """Return a target with query parameters appended, among them those of the target's scope that are not given."""
    given = dict(query or {})
    for name, value in scope.items():
        given.setdefault(name, value)
    bare = [quote(name) for name, value in given.items() if value is None]
    pairs = urlencode({name: value for name, value in given.items() if value is not None}, errors="replace")
    text = "&".join([*bare, pairs] if pairs else bare)
    return target + (("&" if "?" in target else "?") + text if text else "")


def sendable(target: str) -> str:
    """Escape the characters that no request line may have, so that any ID out of a reply can be asked for."""
    if target.isascii() and target.isprintable() and " " not in target:
        return target
    return "".join(one if "!" <= one <= "~" else quote(one, errors="replace") for one in target)
