"""Constraints an agent adds by itself to groups that use Vault or signals.

Source: "observed"; recording ``register-all-fields``.
"""

from collections.abc import Iterator

from mockserver.shapes import Constraint, Job, Task, TaskGroup

_VAULT: Constraint = {"LTarget": "${attr.vault.version}", "Operand": "version", "RTarget": ">= 0.6.1"}


def add_implicit_constraints(job: Job) -> Job:
    """Return the job with the constraints on the node's Vault and signals that its tasks imply.

    Expects a canonicalized job. A constraint that is already there is not added twice.
    """
    return {**job, "TaskGroups": job["TaskGroups"] and [_with_implied(group) for group in job["TaskGroups"]]}


def signals_of(task: Task) -> list[str]:
    """List the signals that a task's Vault block and templates send on a change, sorted."""
    blocks = [task["Vault"], *(task["Templates"] or ())]
    return sorted({block["ChangeSignal"] for block in blocks if block and block["ChangeMode"] == "signal"})


def _with_implied(group: TaskGroup) -> TaskGroup:
    given = group["Constraints"] or []
    added = [implied for implied in _implied(group["Tasks"] or []) if implied not in given]
    return {**group, "Constraints": [*given, *added]} if added else group


def _implied(tasks: list[Task]) -> Iterator[Constraint]:
    if any(task["Vault"] is not None for task in tasks):
        yield {**_VAULT}
    signals = sorted({signal for task in tasks for signal in signals_of(task)})
    if signals:
        yield {"LTarget": "${attr.os.signals}", "Operand": "set_contains", "RTarget": ",".join(signals)}
