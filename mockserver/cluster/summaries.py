"""Job summaries: how each change of a job, an evaluation or an allocation moves the counters.

All functions are pure: they take a stored summary and return the new one, or None when nothing
changes. Counting rules: behaviour observed on a real 0.5.4 agent (recordings ``summary-*`` and
``allocations-*``).
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from mockserver.nomad_types import Allocation, Job, JobChildrenSummary, JobSummary, TaskGroupSummary

_Counter: TypeAlias = Literal["Complete", "Failed", "Lost", "Running", "Starting"]
_ZEROS: TaskGroupSummary = {"Complete": 0, "Failed": 0, "Lost": 0, "Queued": 0, "Running": 0, "Starting": 0}
_COUNTER_OF: dict[str, _Counter] = {
    "pending": "Starting",
    "running": "Running",
    "complete": "Complete",
    "failed": "Failed",
    "lost": "Lost",
}
_LEAVES = {"pending", "running", "lost"}
"""Client statuses whose counter goes down when an allocation leaves them; the others are cumulative."""
_NO_CHILDREN: JobChildrenSummary = {"Dead": 0, "Pending": 0, "Running": 0}
_CHILD_COUNTER: dict[str, Literal["Dead", "Pending", "Running"]] = {
    "pending": "Pending",
    "running": "Running",
    "dead": "Dead",
}


def for_job(summary: JobSummary | None, job: Job, index: int) -> JobSummary | None:
    """Return the summary after ``job`` was registered: one entry for every task group ever registered."""
    if summary is None:
        summary = {
            "Children": _NO_CHILDREN,
            "CreateIndex": index,
            "JobID": job["ID"],
            "ModifyIndex": index,
            "Summary": {},
        }
    elif all(group["Name"] in summary["Summary"] for group in job["TaskGroups"]):
        return None
    zeros = {group["Name"]: _ZEROS for group in job["TaskGroups"]}
    return {**summary, "ModifyIndex": index, "Summary": {**zeros, **summary["Summary"]}}


def with_queued(summary: JobSummary, queued: Mapping[str, int], index: int) -> JobSummary | None:
    """Return the summary after an evaluation said how many allocations of each group it could not place."""
    groups: dict[str, TaskGroupSummary] = {
        name: {**summary["Summary"][name], "Queued": count}
        for name, count in queued.items()
        if name in summary["Summary"] and summary["Summary"][name]["Queued"] != count
    }
    return _with_groups(summary, groups, index)


class Count:
    """The counters of one job while allocations of it are placed and change, each counted with ``add``."""

    def __init__(self, summary: JobSummary) -> None:
        self._summary = summary
        self._groups: dict[str, TaskGroupSummary] = {}

    def add(self, new: Allocation, old: Allocation | None) -> bool:
        """Count an allocation that was placed (``old`` is None) or changed its client status; False: no change."""
        summary, name = self._summary, new["TaskGroup"]
        if summary["CreateIndex"] != new["Job"]["CreateIndex"] or name not in summary["Summary"]:
            return False
        if old is not None and old["ClientStatus"] == new["ClientStatus"]:
            return False
        counters = self._groups.get(name)
        if counters is None:
            counters = self._groups[name] = {**summary["Summary"][name]}
        if old is None:
            counters["Starting"] += 1
            counters["Queued"] = max(counters["Queued"] - 1, 0)
            return True
        counters[_COUNTER_OF[new["ClientStatus"]]] += 1
        if old["ClientStatus"] in _LEAVES:
            counters[_COUNTER_OF[old["ClientStatus"]]] -= 1
        return True

    def summary(self, index: int) -> JobSummary | None:
        """Return the summary after all that was counted."""
        return _with_groups(self._summary, self._groups, index)


def with_child(summary: JobSummary, old_status: str, new_status: str, index: int) -> JobSummary:
    """Return a parent's summary after a child went from ``old_status`` ("" for a new child) to ``new_status``."""
    children: JobChildrenSummary = {**(summary["Children"] or _NO_CHILDREN)}
    if old_status:
        children[_CHILD_COUNTER[old_status]] -= 1
    children[_CHILD_COUNTER[new_status]] += 1
    return {**summary, "Children": children, "ModifyIndex": index}


def of_allocations(job: Job, allocations: Iterable[Allocation], index: int) -> JobSummary:
    """Return a summary made from nothing but a job and its allocations; it knows nothing of children (observed)."""
    groups: dict[str, TaskGroupSummary] = {group["Name"]: {**_ZEROS} for group in job["TaskGroups"]}
    groups |= counted(allocations)
    return {
        "Children": None,
        "CreateIndex": job["CreateIndex"],
        "JobID": job["ID"],
        "ModifyIndex": index,
        "Summary": groups,
    }


def counted(allocations: Iterable[Allocation]) -> dict[str, TaskGroupSummary]:
    """Return what the counters but ``Queued`` are for these allocations, by task group; for checks."""
    groups: dict[str, TaskGroupSummary] = {}
    for allocation in allocations:
        counters = groups.setdefault(allocation["TaskGroup"], {**_ZEROS})
        counters[_COUNTER_OF[allocation["ClientStatus"]]] += 1
    return groups


def _with_groups(summary: JobSummary, groups: Mapping[str, TaskGroupSummary], index: int) -> JobSummary | None:
    if not groups:
        return None
    return {**summary, "ModifyIndex": index, "Summary": {**summary["Summary"], **groups}}
