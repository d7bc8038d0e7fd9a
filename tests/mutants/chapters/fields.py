"""Mutants of single fields, made from the reply schemas: each field of each object is dropped, renamed or retyped.

The three ways take turns, so every field is broken once and every object in every way.
"""

import fnmatch
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contract_tests.statements import catalogue as statements
from tests.mutants.mutant import mutant
from tests.mutants.replies import each
from tests.mutants.vocabulary import reply

_SCHEMAS = Path(__file__).parents[3] / "schemas" / "replies"

PLACES: tuple[tuple[str, str, str, str], ...] = (
    ("query", "", "job", "job.query.reply"),
    ("query", "Constraints", "constraint", "job.query.constraint"),
    ("query", "Update", "update-strategy", "job.query.update"),
    ("query", "Periodic", "periodic", "job.query.periodic"),
    ("query", "ParameterizedJob", "parameterized-job", "job.query.parameterized"),
    ("query", "TaskGroups", "task-group", "job.query.task-group"),
    ("query", "TaskGroups.EphemeralDisk", "ephemeral-disk", "job.query.ephemeral-disk"),
    ("query", "TaskGroups.RestartPolicy", "restart-policy", "job.query.restart-policy"),
    ("query", "TaskGroups.Tasks", "task", "job.query.task"),
    ("query", "TaskGroups.Tasks.Resources", "resources", "job.query.resources"),
    ("query", "TaskGroups.Tasks.Resources.Networks", "network", "job.query.network"),
    ("query", "TaskGroups.Tasks.Resources.Networks.ReservedPorts", "port", "job.query.port"),
    ("query", "TaskGroups.Tasks.LogConfig", "log-config", "job.query.log-config"),
    ("query", "TaskGroups.Tasks.Artifacts", "artifact", "job.query.artifact"),
    ("query", "TaskGroups.Tasks.DispatchPayload", "dispatch-payload", "job.query.dispatch-payload"),
    ("query", "TaskGroups.Tasks.Services", "service", "job.query.service"),
    ("query", "TaskGroups.Tasks.Services.Checks", "service-check", "job.query.check"),
    ("query", "TaskGroups.Tasks.Templates", "template", "job.query.template"),
    ("allocations", "", "allocation-stub", "job.allocations.reply"),
    ("allocations", "TaskStates.*", "task-state", "job.allocations.task-state"),
    ("allocations", "TaskStates.*.Events", "task-event", "job.allocations.task-event"),
    ("evaluations", "", "evaluation", "job.evaluations.reply"),
    ("summary", "", "job-summary", "job.summary.reply"),
    ("summary", "Summary.*", "task-group-summary", "job.summary.counts"),
    ("summary", "Children", "children-summary", "job.summary.children"),
    ("register", "", "register-reply", "job.register.reply"),
    ("dispatch", "", "dispatch-reply", "job.dispatch.reply"),
    ("evaluate", "", "evaluate-reply", "job.evaluate.reply"),
    ("deregister", "", "deregister-reply", "job.deregister.reply"),
    ("periodic-force", "", "force-reply", "job.periodic-force.reply"),
    ("plan", "", "plan-reply", "job.plan.reply"),
    ("plan", "Annotations", "annotations", "job.plan.annotations"),
    ("plan", "Annotations.DesiredTGUpdates.*", "desired-updates", "job.plan.desired-updates"),
    ("plan", "CreatedEvals", "evaluation", "job.plan.created-evaluation"),
    ("plan", "FailedTGAllocs.*", "alloc-metric", "job.plan.metric"),
    ("plan", "Diff", "job-diff", "job.plan.job-diff"),
    ("plan", "Diff.TaskGroups", "task-group-diff", "job.plan.task-group-diff"),
    ("plan", "Diff.TaskGroups.Tasks", "task-diff", "job.plan.task-diff"),
    ("plan", "Diff.**.Objects", "object-diff", "job.plan.object-diff"),
    ("plan", "Diff.**.Fields", "field-diff", "job.plan.field-diff"),
)
"""Operation, path of the objects in its reply, file of their schema, and how the ids of their statements begin."""


def dropped(field: str) -> Callable[[dict[str, Any]], None]:
    """Return a change that leaves a field out."""
    return lambda one: one.pop(field, None) and None


def renamed(field: str) -> Callable[[dict[str, Any]], None]:
    """Return a change that spells a field in camel case."""

    def change(one: dict[str, Any]) -> None:
        if field in one:
            one[field[0].lower() + field[1:]] = one.pop(field)

    return change


def retyped(field: str) -> Callable[[dict[str, Any]], None]:
    """Return a change that gives a field a value of another type."""

    def change(one: dict[str, Any]) -> None:
        if field in one:
            one[field] = another_type(one[field])

    return change


def another_type(value: Any) -> Any:
    """Return the value in another type, as another language or library might write it."""
    match value:
        case None:
            return False
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return [value]
        case list():
            return {str(place): item for place, item in enumerate(value)}
        case _:
            return list(value.items())


WAYS: tuple[tuple[str, Callable[[str], Callable[[dict[str, Any]], None]]], ...] = (
    ("dropped", dropped),
    ("renamed", renamed),
    ("retyped", retyped),
)


def _fields(schema: str) -> list[str]:
    properties: dict[str, Any] = json.loads((_SCHEMAS / f"{schema}.json").read_text("utf-8"))["properties"]
    return list(properties)


def _declare(operation: str, path: str, field: str, way: int, statement: str) -> None:
    done, make = WAYS[way]

    chapter = statement.rpartition(".")[0]
    broken = [f"{statement}-has-*-fields", *([f"{chapter}.*-has-*-fields"] if done == "retyped" else [])]
    of_object = f"{chapter}.{re.sub('(?<=[a-z])(?=[A-Z])', '-', field).lower()}-has-*-fields"
    if done == "retyped" and fnmatch.filter(statements(), of_object):
        broken.insert(0, of_object)
    place = f"{operation}.{path}" if path else operation
    name = f"field.{place.replace('**', 'any').replace('*', 'each')}.{field}.{done}"
    deviation = reply(operation, each(path, make(field)))
    mutant(name, f"{field} is {done} in {path or 'the reply'} of {operation}.", *broken)(deviation)


for _operation, _path, _schema, _statement in PLACES:
    for _number, _field in enumerate(_fields(_schema)):
        _declare(_operation, _path, _field, _number % len(WAYS), _statement)
