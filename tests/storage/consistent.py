"""Invariants of every region at every moment, checked in its exported document."""

from collections.abc import Iterator
from typing import Any

from mockserver.cluster import summaries


def inconsistencies(region: dict[str, Any]) -> Iterator[str]:
    """Return what looks half-done, in words."""
    state = region["state"]
    jobs = {job["ID"].lower(): job for job in state["jobs"]}
    yield from _indexes(state)
    yield from _links(state)
    if jobs.keys() != {summary["JobID"].lower() for summary in state["summaries"]}:
        yield "jobs and summaries are not of the same jobs"
    for summary in state["summaries"]:
        yield from _summary(summary, state, jobs)
    for job in state["jobs"]:
        yield from _evaluated(job, state)


def _indexes(state: dict[str, Any]) -> Iterator[str]:
    indexes = state["table_indexes"]
    if max(indexes.values()) > state["index"]:
        yield f"a table is ahead of the last index {state['index']}: {indexes}"
    for table, name in (("jobs", "jobs"), ("evaluations", "evals"), ("allocations", "allocs"), ("nodes", "nodes")):
        for each in state[table]:
            if not each["CreateIndex"] <= each["ModifyIndex"] <= indexes[name]:
                yield f"{each['ID']} in {table} is ahead of its table's index {indexes[name]}"


def _links(state: dict[str, Any]) -> Iterator[str]:
    evaluations = {evaluation["ID"]: evaluation for evaluation in state["evaluations"]}
    nodes = {node["ID"] for node in state["nodes"]}
    for evaluation in evaluations.values():
        for link in ("BlockedEval", "NextEval", "PreviousEval"):
            if evaluation[link] and evaluation[link] not in evaluations:
                yield f"evaluation {evaluation['ID']}: there is no {link} {evaluation[link]}"
        previous = evaluations.get(evaluation["PreviousEval"])
        if previous is not None and evaluation["ID"] not in (previous["BlockedEval"], previous["NextEval"]):
            yield f"evaluation {evaluation['ID']}: {previous['ID']} does not know that this one follows"
    for allocation in state["allocations"]:
        if allocation["EvalID"] not in evaluations or allocation["NodeID"] not in nodes:
            yield f"allocation {allocation['ID']} is of no known evaluation or node"


def _summary(summary: dict[str, Any], state: dict[str, Any], jobs: dict[str, Any]) -> Iterator[str]:
    job_id = summary["JobID"]
    present = [
        each
        for each in state["allocations"]
        if each["JobID"] == job_id and each["Job"]["CreateIndex"] == summary["CreateIndex"]
    ]
    counted = summaries.counted(present)
    for name, counters in summary["Summary"].items():
        for status, number in counted.get(name, {"Starting": 0, "Running": 0}).items():
            if counters[status] != number:
                yield f"summary of {job_id}: {counters[status]} of {name} are {status}, there are {number}"
    children = sum(job["ParentID"] == job_id for job in jobs.values())
    if sum(summary["Children"].values()) < children:
        yield f"summary of {job_id}: there are {children} children"


def _evaluated(job: dict[str, Any], state: dict[str, Any]) -> Iterator[str]:
    if job["ParameterizedJob"] is None and job["Periodic"] is None:
        of_job = [each for each in state["evaluations"] if each["JobID"] == job["ID"]]
        if not any(each["JobModifyIndex"] == job["JobModifyIndex"] for each in of_job):
            yield f"job {job['ID']} was registered at {job['JobModifyIndex']} and never evaluated"
