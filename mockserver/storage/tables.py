"""The tables of a data directory: which part of a region's document is a row of which."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.gostd.fmt import lower


@dataclass(frozen=True, slots=True)
class Table:
    """A list in a region's document, kept as one row for each of its members.

    ``path`` is where the list stands. ``key`` finds a member's key, which is what ``state.changes`` calls it.
    """

    name: str
    path: tuple[str, str]
    key: Callable[[Mapping[str, Any]], str]

    @property
    def is_timed(self) -> bool:
        """Whether its members tell when something will happen."""
        return self.path[0] != "state"


TABLES: Mapping[str, Table] = {
    "job": Table("jobs", ("state", "jobs"), lambda job: lower(job["ID"])),
    "summary": Table("summaries", ("state", "summaries"), lambda summary: lower(summary["JobID"])),
    "evaluation": Table("evaluations", ("state", "evaluations"), lambda evaluation: str(evaluation["ID"])),
    "allocation": Table("allocations", ("state", "allocations"), lambda allocation: str(allocation["ID"])),
    "node": Table("nodes", ("state", "nodes"), lambda node: str(node["ID"])),
    "blocked": Table("blocked", ("scheduler", "blocked"), lambda evaluation: str(evaluation["JobID"])),
    "waiting": Table("waiting", ("scheduler", "waiting"), lambda waiting: str(waiting["evaluation"])),
    "run": Table("runs", ("clients", "allocations"), lambda run: str(run["allocation"])),
    "noticed": Table("noticed", ("clients", "noticed"), lambda noticed: str(noticed["order"])),
    "unreported": Table("unreported", ("clients", "unreported"), lambda unreported: str(unreported["node"])),
    "periodic": Table("periodic", ("periodic", ""), lambda tracked: str(tracked["job"]["ID"])),
    "garbage": Table("garbage", ("garbage", ""), lambda _: ""),
}
"""By the kind of a change. The garbage collection of a region is one row."""


def members(table: Table, region: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield keys and documents of a table's rows for a region's document."""
    part, name = table.path
    found = region[part][name] if name else region[part]
    for member in [found] if isinstance(found, dict) else found:
        yield table.key(member), member


def region_of(name: str, indexes: Mapping[str, Any], rows: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    """Return the document of a region; ``rows`` are the documents of each kind in order.

    Raises ``ValueError`` when the region has no row for its garbage collection.
    """
    region: dict[str, Any] = {"region": name, "state": {**indexes}, "scheduler": {}, "clients": {}}
    for kind, table in TABLES.items():
        part, list_name = table.path
        if list_name:
            region[part][list_name] = [*rows[kind]]
        elif kind == "periodic":
            region[part] = [*rows[kind]]
        else:
            (region[part],) = rows[kind]
    return region


def key_of(kind: str, key: str) -> str | bytes:
    """Return a change's key as a row has it: jobs in lower case, and what is not Unicode text as bytes."""
    if kind in {"job", "summary"}:
        key = lower(key)
    try:
        key.encode()
    except UnicodeEncodeError:
        return key.encode("utf-8", "surrogatepass")
    return key
