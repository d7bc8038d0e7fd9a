"""Lower indexes for the same state, as after a snapshot was restored into servers that start anew."""

from collections.abc import Iterator, Mapping
from typing import Any

_INDEXES = (
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "AllocModifyIndex",
    "NodeModifyIndex",
    "SnapshotIndex",
)
_TABLES = ("jobs", "summaries", "evaluations", "allocations", "nodes")


def rewound(saved: Mapping[str, Any], by: int) -> dict[str, Any]:
    """Return a saved state (``State.saved``) with every index lower by ``by``.

    An index that can't fall as far falls as far as it can: equal indexes stay equal and later ones stay later.
    """
    known = sorted({*_all(saved)} - {0})
    lower = {0: 0} | {index: max(rank, index - by) for rank, index in enumerate(known, 1)}
    return {
        "index": lower[saved["index"]],
        "table_indexes": {table: lower[index] for table, index in saved["table_indexes"].items()},
        **{table: [_changed(each, lower) for each in saved[table]] for table in _TABLES},
    }


def _all(saved: Mapping[str, Any]) -> Iterator[int]:
    yield saved["index"]
    yield from saved["table_indexes"].values()
    for table in _TABLES:
        for each in saved[table]:
            yield from _of(each)


def _of(stored: Mapping[str, Any]) -> Iterator[int]:
    yield from (stored[name] for name in _INDEXES if name in stored)
    if isinstance(stored.get("Job"), dict):
        yield from _of(stored["Job"])


def _changed(stored: Mapping[str, Any], lower: Mapping[int, int]) -> dict[str, Any]:
    changed = {**stored, **{name: lower[stored[name]] for name in _INDEXES if name in stored}}
    if isinstance(stored.get("Job"), dict):
        changed["Job"] = _changed(stored["Job"], lower)
    return changed
