"""Make the state of a mock (``State`` in ``schemas/admin.json``) out of what a real server of Nomad 0.5 answers.

A server does not tell everything: how often a task was restarted, or what its nodes and its scheduler have planned. The
mock plans that anew. Tasks that run keep running until they are stopped, except for commands that the mock knows, such
as ``sleep 10``: these end when they would have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tasks.behaviour import Behaviour, behaviour_of
from mockserver.cluster.tasks.task_run import FRESH, START_UP
from mockserver.gostd.cronexpr import next_launch
from mockserver.gostd.durations import MILLISECOND, MINUTE
from mockserver.jobs.children import launch_schedule
from mockserver.jobs.validate import MOCK_DRIVER
from mockserver.nomad_types import Job
from mockserver.openapi import load_control
from mockserver.worlds.snapshot import FORMAT, SCHEMA, VERSION, DocumentError
from mockserver.worlds.snapshot_checks import contradictions

_HOME = {"HTTPAddr": "127.0.0.1:4646", "TLSEnabled": False}
"""The nodes do not answer where the real ones do; a mock that loads the state sets its own address."""
_KILLED_IN = 20 * MILLISECOND
_COLLECTION = 5 * MINUTE
_MOST = 10
"""Findings that are told."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What a server answered about one region, whole objects; ``indexes`` are those of the tables."""

    region: str
    jobs: Sequence[dict[str, Any]]
    summaries: Sequence[dict[str, Any]]
    evaluations: Sequence[dict[str, Any]]
    allocations: Sequence[dict[str, Any]]
    nodes: Sequence[dict[str, Any]]
    indexes: Mapping[str, int]


def state_of(observed: Observed, now: int) -> dict[str, Any]:
    """Return the state of a mock that goes on from there at ``now`` (Unix ns).

    Raises:
        DocumentError: The answers are not those of a server of Nomad 0.5, or do not fit each other.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "mock_driver": any(f"driver.{MOCK_DRIVER}" in (node.get("Attributes") or ()) for node in observed.nodes),
        "clock": {"now": now, "speed": 1},
        "ids": RandomSource().saved(),
        "rules": [],
        "regions": [],
    }
    control = load_control()
    answered = {**document, "regions": [_region(observed)]}
    if findings := control.findings_as(SCHEMA, answered, "answers"):
        raise DocumentError([finding.replace("answers/regions/0/state/", "") for finding in findings[:_MOST]])
    document["regions"] = [_region(observed, **_planned(observed, now))]
    if findings := [*control.findings_as(SCHEMA, document, "state"), *contradictions(document)]:
        raise DocumentError(findings[:_MOST])
    return document


def _region(observed: Observed, **planned: Any) -> dict[str, Any]:
    """Return a region in which nothing is planned, except for what is given."""
    indexes = {name: index for name, index in observed.indexes.items() if index or name == "job_summary"}
    state = {
        "index": max(indexes.values()),
        "table_indexes": indexes,
        "jobs": observed.jobs,
        "summaries": observed.summaries,
        "evaluations": observed.evaluations,
        "allocations": observed.allocations,
        "nodes": [{**node, **_HOME} for node in observed.nodes],
    }
    return {
        "region": observed.region,
        "state": state,
        "scheduler": {"blocked": [], "waiting": []},
        "clients": {"allocations": [], "noticed": [], "unreported": []},
        "periodic": [],
        "garbage": {"witnessed": [], "next": None},
        **planned,
    }


def _planned(observed: Observed, now: int) -> dict[str, Any]:
    """Return what the scheduler, the nodes, and the server itself are going to do."""
    orders, jobs = count(1), cast("Sequence[Job]", observed.jobs)
    blocked = {each["JobID"]: each for each in observed.evaluations if each["Status"] == "blocked"}
    waiting = [each for each in observed.evaluations if each["Status"] == "pending" and each["Wait"]]
    up = {node["ID"] for node in observed.nodes if node["Status"] != "down"}
    live = [each for each in observed.allocations if each["ClientStatus"] in ("pending", "running")]
    return {
        "scheduler": {
            "blocked": [*blocked.values()],
            "waiting": [
                {"evaluation": each["ID"], "when": now + each["Wait"], "order": next(orders)} for each in waiting
            ],
        },
        "clients": {
            "allocations": [_run(each, now, orders) for each in live if each["NodeID"] in up],
            "noticed": [],
            "unreported": [],
        },
        "periodic": [_tracked(job, now, orders) for job in jobs if launch_schedule(job) is not None],
        "garbage": {
            "witnessed": [{"time": now, "index": max(observed.indexes.values())}],
            "next": {"when": now + _COLLECTION, "order": next(orders)},
        },
    }


def _run(allocation: Mapping[str, Any], now: int, orders: Iterator[int]) -> dict[str, Any]:
    """Return the tasks of an allocation that is not over."""
    states = allocation["TaskStates"] or {}
    group = next(each for each in allocation["Job"]["TaskGroups"] if each["Name"] == allocation["TaskGroup"])
    failed = next((name for name, state in states.items() if state["Failed"] and state["State"] == "dead"), "")
    stops = bool(failed) or allocation["DesiredStatus"] != "run"
    tasks = []
    for task in group["Tasks"]:
        state, behaviour = states.get(task["Name"], FRESH), behaviour_of(task, "service")
        step = _next_step(state, behaviour, now, stops=stops)
        tasks.append(
            {
                "task": task["Name"],
                "state": state,
                "behaviour": behaviour.saved(),
                "restarts": {"interval_start": now, "count": 0},
                "next": None if step is None else {"step": step[0], "when": step[1], "order": next(orders)},
            }
        )
    return {"allocation": allocation["ID"], "failed": failed, "tasks": tasks}


def _next_step(state: Mapping[str, Any], behaviour: Behaviour, now: int, *, stops: bool) -> tuple[str, int] | None:
    """Return what a task does next, and when; None when it does nothing by itself."""
    if state["State"] == "dead":
        return None
    if stops:
        return "killed", now + _KILLED_IN
    if state["State"] == "pending":
        return "prepare", now + START_UP
    if behaviour.run_for is None:
        return None
    started = max((event["Time"] for event in state["Events"] or () if event["Type"] == "Started"), default=now)
    return "end", max(started + behaviour.run_for, now)


def _tracked(job: Job, now: int, orders: Iterator[int]) -> dict[str, Any]:
    """Return a periodic job and its next launch."""
    schedule = launch_schedule(job)
    assert schedule is not None
    due = next_launch(schedule, now)
    return {"job": job, "launch": None if due is None else {"due": due, "when": due, "order": next(orders)}}
