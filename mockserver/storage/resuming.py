"""What the time that passed while nobody ran does to a world: nothing, as far as anything in it can tell."""

from collections.abc import Mapping
from typing import Any

from mockserver.cluster.clock import END


def at(document: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The document of a world with its clock at ``now`` (Unix ns), which is no earlier than it was.

    What was to happen in a while (tasks, waiting evaluations, reports, garbage collection) happens after as
    long a while from now. Periodic launches keep their times of day; of the missed ones of a job, one is made up
    for at once, as a real server does when it becomes the leader (behaviour observed on 0.5.4).
    """
    by = now - document["clock"]["now"]
    clock = {**document["clock"], "now": now}
    return {**document, "clock": clock, "regions": [_region(region, by, now) for region in document["regions"]]}


def _region(region: Mapping[str, Any], by: int, now: int) -> dict[str, Any]:
    scheduler, clients, garbage = region["scheduler"], region["clients"], region["garbage"]
    return {
        **region,
        "scheduler": {**scheduler, "waiting": [_timer(each, by) for each in scheduler["waiting"]]},
        "clients": {
            "allocations": [_run(run, by) for run in clients["allocations"]],
            "noticed": [_timer(each, by) for each in clients["noticed"]],
            "unreported": [_timer(each, by) for each in clients["unreported"]],
        },
        "periodic": [_tracked(each, now) for each in region["periodic"]],
        "garbage": {
            "witnessed": [{**each, "time": each["time"] + by} for each in garbage["witnessed"]],
            "next": _timer(garbage["next"], by),
        },
    }


def _timer(saved: Any, by: int) -> Any:
    return None if saved is None else {**saved, "when": min(saved["when"] + by, END)}


def _run(run: Mapping[str, Any], by: int) -> dict[str, Any]:
    return {**run, "tasks": [_task(task, by) for task in run["tasks"]]}


def _task(task: Mapping[str, Any], by: int) -> dict[str, Any]:
    restarts = {**task["restarts"], "interval_start": task["restarts"]["interval_start"] + by}
    return {**task, "restarts": restarts, "next": _timer(task["next"], by)}


def _tracked(tracked: Mapping[str, Any], now: int) -> dict[str, Any]:
    launch = tracked["launch"]
    if launch is None or launch["due"] >= now:
        return {**tracked}
    return {**tracked, "launch": {**launch, "due": now, "when": now}}
