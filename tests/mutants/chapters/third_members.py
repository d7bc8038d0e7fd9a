"""Mutants that do to the first two members of a list what they do not to the third."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mockserver.cluster import cluster, periodic
from mockserver.jobs import diff
from mockserver.jobs.diff.compare import Comparer
from mockserver.jobs.diff.objects import TASK
from mockserver.jobs.validate import job as job_rules
from mockserver.jobs.validate import task as task_rules
from tests.mutants.mutant import Breakage
from tests.mutants.replies import objects
from tests.mutants.vocabulary import call, child, family, replaced, stored, validation

COPY, LAUNCHED, DIFF = (
    "job.dispatch.child-is-the-parents-copy",
    "job.periodic-force.child",
    "job.plan.diff.of-any-two-jobs",
)
EVERY, REFUSES = "job.register.every-member", "job.register.refuses"
FEW = 2

_third = family("three", "job.*")


def _of_tasks(change: Callable[[list[Any]], list[Any]], *names: str) -> Callable[[Any], None]:
    """Return a change of lists of each task of a job that have more than two members."""

    def of(job: Any) -> None:
        for task in objects(job, "TaskGroups.Tasks"):
            for name in names:
                if len(task[name] or ()) > FEW:
                    task[name] = change(task[name])

    return of


def _in_order(members: list[Any]) -> list[Any]:
    return sorted(members, key=lambda one: json.dumps(one, sort_keys=True))


def _cut(members: list[Any]) -> list[Any]:
    return members[:FEW]


# What is kept in order

for _name in ("Constraints", "Services", "Templates"):
    _statement = EVERY if _name == "Constraints" else f"job.register.keeps.{_name.lower().rstrip('s')}"
    _third(
        f"sorted-{_name.lower()}",
        f"Three {_name} of a task are kept in the order of their content.",
        stored(_of_tasks(_in_order, _name)),
        _statement,
    )


def _ports_in_order(job: Any) -> None:
    for network in objects(job, "TaskGroups.Tasks.Resources.Networks"):
        for name in ("ReservedPorts", "DynamicPorts"):
            network[name] = network[name] and _in_order(network[name])


_third(
    "sorted-ports", "Ports are kept in the order of their labels.", stored(_ports_in_order), "job.register.keeps.port"
)


def _tasks_in_order(job: Any) -> None:
    for group in job["TaskGroups"]:
        if len(group["Tasks"]) > FEW:
            group["Tasks"].sort(key=lambda one: one["Name"])


_third("sorted-tasks", "Three tasks of a group are kept in the order of their names.", stored(_tasks_in_order), EVERY)

# What a child has of its parent


def _fewer(name: str) -> Callable[[Any, Any], None]:
    """Return a change of a child that cuts one list of each of its tasks."""
    return lambda made, _: _of_tasks(_cut, name)(made)


for _name in ("Constraints", "Services"):
    _third(
        f"child-{_name.lower()}",
        f"A dispatched child has at most two {_name} of each task.",
        child(cluster, "dispatched_job", _fewer(_name)),
        COPY,
    )
for _name in ("Artifacts", "Templates"):
    _third(
        f"launch-{_name.lower()}",
        f"A launched job has at most two {_name} of each task.",
        child(periodic, "periodic_child", _fewer(_name)),
        LAUNCHED,
    )


def _groups_in_order(made: Any, _: Any) -> None:
    made["TaskGroups"].sort(key=lambda one: one["Name"])


_third("child-groups", "The groups of a child are sorted.", child(cluster, "dispatched_job", _groups_in_order), COPY)
_third(
    "launch-groups",
    "The groups of a launched job are sorted.",
    child(periodic, "periodic_child", _groups_in_order),
    LAUNCHED,
)

# What a diff compares


def _compared(function: str) -> Callable[[Breakage], None]:
    """Return a deviation that takes the third and later groups or tasks of both versions for the same."""

    def broken(whole: Any, old: list[Any], new: list[Any], **options: Any) -> Any:
        late = {one["Name"] for one in new[FEW:]} & {one["Name"] for one in old}
        kept = [one for one in old if one["Name"] not in late]
        return whole([*kept, *(one for one in new if one["Name"] in late)], new, **options)

    return call(diff, function, broken)


_third("diff-groups", "A diff compares two groups.", _compared("_group_diffs"), DIFF)
_third("diff-tasks", "A diff compares two tasks of each group.", _compared("_task_diffs"), DIFF)


def _first_two(compare: Comparer) -> Comparer:
    return lambda old, new: compare((old or [])[:FEW], (new or [])[:FEW])


def _shorter(name: str) -> Callable[[Breakage], None]:
    """Return a deviation that compares only the first two members of a list of a task."""
    parts = {**TASK.parts, name: _first_two(TASK.parts[name])}
    return replaced(diff, "TASK", replace(TASK, parts=parts))


for _name in ("Constraints", "Services"):
    _third(f"diff-{_name.lower()}", f"A diff compares two {_name} of each task.", _shorter(_name), DIFF)

# What is validated


def _unchecked(module: Any, function: str, shortened: Callable[[Any], Any]) -> Callable[[Breakage], None]:
    """Return a deviation that shows a function of validation only a part of what it has to check."""

    def apply(breakage: Breakage) -> None:
        def problems(whole: Any, value: Any, *others: Any) -> Iterator[Any]:
            yield from whole(shortened(value), *others)

        call(module, function, problems)(breakage)
        validation(lambda check: check)(breakage)

    return apply


_third(
    "unchecked-task",
    "Two tasks of a group are validated.",
    _unchecked(job_rules, "group_problems", lambda group: {**group, "Tasks": (group["Tasks"] or [])[:FEW]}),
    f"{REFUSES}.task",
)
for _of, _module in (("group", job_rules), ("task", task_rules)):
    _third(
        f"unchecked-constraint-of-{_of}",
        f"Two constraints of a {_of} are validated.",
        _unchecked(_module, "constraints_problems", lambda constraints: (constraints or [])[:FEW]),
        f"{REFUSES}.constraint",
    )
