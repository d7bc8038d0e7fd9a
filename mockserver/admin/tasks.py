"""What becomes of tasks that are there."""

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.cluster.tasks import Selection, TaskRun


async def list_all(call: Call) -> list[dict[str, Any]]:
    """All tasks whose allocations are not over."""
    return [_document(task) for task in call.cluster.tasks()]


async def finish(call: Call) -> list[dict[str, Any]]:
    """Running tasks end."""
    body = call.body
    exit_code, signal = int(body.get("exit_code", 0)), int(body.get("signal", 0))
    return _act(
        call,
        "running",
        lambda task: task.is_running,
        lambda task: task.finish(exit_code, signal=signal, message=body.get("message", "")),
    )


async def fail(call: Call) -> list[dict[str, Any]]:
    """Running tasks fail."""
    body = call.body
    exit_code, signal = int(body.get("exit_code", 1)), int(body.get("signal", 0))
    for_good = not body.get("restart", True)
    return _act(
        call,
        "running",
        lambda task: task.is_running,
        lambda task: task.finish(exit_code, signal=signal, message=body.get("message", ""), for_good=for_good),
    )


async def start(call: Call) -> list[dict[str, Any]]:
    """Waiting tasks start."""
    return _act(call, "waiting", lambda task: task.is_waiting, TaskRun.start)


def _act(
    call: Call, what: str, fits: Callable[[TaskRun], bool], action: Callable[[TaskRun], None]
) -> list[dict[str, Any]]:
    selection = Selection(**call.body["tasks"])
    able = [task for task in call.cluster.tasks() if fits(task)]
    chosen = [task for task in able if selection.has(task.place)]
    if not chosen:
        there = "; ".join(
            sorted({f"job {p.job}, group {p.group}, task {p.task}" for p in (each.place for each in able)})
        )
        raise Problem(
            404, f"no {what} task is selected", f"select some of the {what} tasks: {there or 'there are none'}"
        )
    for task in chosen:
        action(task)
    return [_document(task) for task in chosen]


def _document(task: TaskRun) -> dict[str, Any]:
    ahead = task.saved()["next"] or {"step": "", "when": None}
    return {**task.place._asdict(), "state": task.state["State"], "next": ahead["step"], "next_at": ahead["when"]}


HANDLERS: Mapping[str, Handler] = {
    "list-tasks": list_all,
    "finish-tasks": finish,
    "fail-tasks": fail,
    "start-tasks": start,
}
