"""Acting on tasks."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.cluster.tasks import TaskRun, TaskSelector
from mockserver.slices import Steps
from nomad_contract_spelling import shown


async def list_all(call: Call) -> list[dict[str, Any]]:
    """Return the tasks of all allocations that have not ended, or those of one job."""
    selection = TaskSelector(job=call.query.get("job", "*"))
    return await call.world.clock.occupy(_documents(call.cluster.tasks(), selection))


async def finish(call: Call) -> list[dict[str, Any]]:
    """End running tasks."""
    body = call.body
    exit_code, signal = int(body.get("exit_code", 0)), int(body.get("signal", 0))
    return await _act(
        call,
        "running",
        lambda task: task.is_running,
        lambda task: task.finish(exit_code, signal=signal, message=body.get("message", "")),
    )


async def fail(call: Call) -> list[dict[str, Any]]:
    """Let running tasks fail."""
    body = call.body
    exit_code, signal = int(body.get("exit_code", 1)), int(body.get("signal", 0))
    for_good = not body.get("restart", True)
    return await _act(
        call,
        "running",
        lambda task: task.is_running,
        lambda task: task.finish(exit_code, signal=signal, message=body.get("message", ""), for_good=for_good),
    )


async def start(call: Call) -> list[dict[str, Any]]:
    """Start waiting tasks."""
    return await _act(call, "waiting", lambda task: task.is_waiting, TaskRun.start)


async def _act(
    call: Call, what: str, fits: Callable[[TaskRun], bool], action: Callable[[TaskRun], None]
) -> list[dict[str, Any]]:
    return await call.world.clock.occupy(_acting(call, what, fits, action))


def _acting(
    call: Call, what: str, fits: Callable[[TaskRun], bool], action: Callable[[TaskRun], None]
) -> Steps[list[dict[str, Any]]]:
    """Do something to the selected tasks, in steps.

    Raises:
        Problem: No task that it can be done to is selected.
    """
    selection = TaskSelector(**call.body["tasks"])
    able, chosen = [], []
    for task in call.cluster.tasks():
        yield
        if fits(task):
            able.append(task)
            if selection.has(task.address):
                chosen.append(task)
    if not chosen:
        there = "; ".join(
            sorted({f"job {p.job}, group {p.group}, task {p.task}" for p in (each.address for each in able)})
        )
        wanted = ", ".join(f"{name} {shown(glob)!r}" for name, glob in call.body["tasks"].items())
        raise Problem(
            404,
            f"no {what} task is selected" + (f" by {wanted}" if wanted else ""),
            f"select some of the {what} tasks: {there or 'there are none'}",
        )
    for task in chosen:
        yield
        action(task)
    return (yield from _documents(chosen, selection))


def _documents(tasks: Iterable[TaskRun], selection: TaskSelector) -> Steps[list[dict[str, Any]]]:
    documents = []
    for task in tasks:
        yield
        if selection.has(task.address):
            documents.append(_document(task))
    return documents


def _document(task: TaskRun) -> dict[str, Any]:
    ahead = task.saved()["next"] or {"step": "", "when": None}
    return {**task.address._asdict(), "state": task.state["State"], "next": ahead["step"], "next_at": ahead["when"]}


HANDLERS: Mapping[str, Handler] = {
    "list-tasks": list_all,
    "finish-tasks": finish,
    "fail-tasks": fail,
    "start-tasks": start,
}
