"""Which statement is broken when a property of a registered job is lost or changed."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.oracle.readback import differences

KEEPS = {
    "Constraints": "job.register.keeps.constraint",
    "Update": "job.register.keeps.update",
    "Periodic": "job.register.keeps.periodic",
    "ParameterizedJob": "job.register.keeps.parameterized-job",
    "TaskGroups": "job.register.keeps.task-group",
    "RestartPolicy": "job.register.keeps.restart-policy",
    "EphemeralDisk": "job.register.keeps.ephemeral-disk",
    "Tasks": "job.register.keeps.task",
    "Resources": "job.register.keeps.resources",
    "Networks": "job.register.keeps.network",
    "ReservedPorts": "job.register.keeps.port",
    "DynamicPorts": "job.register.keeps.port",
    "LogConfig": "job.register.keeps.log-config",
    "Artifacts": "job.register.keeps.artifact",
    "Templates": "job.register.keeps.template",
    "Vault": "job.register.keeps.vault",
    "DispatchPayload": "job.register.keeps.dispatch-payload",
    "Services": "job.register.keeps.service",
    "Checks": "job.register.keeps.check",
    "Env": "job.register.keeps.env",
}
"""The statement about a property of a job, by the name of the object that holds it."""
OBSERVED = {
    "ParentID": "job.register.keeps.job-extras",
    "Payload": "job.register.keeps.job-extras",
    "VaultToken": "job.register.keeps.job-extras",
    "StatusDescription": "job.register.keeps.job-extras",
    "User": "job.register.keeps.task-extras",
    "KillTimeout": "job.register.keeps.task-extras",
}
"""The statements about the properties of documented objects that the page does not show."""
ALL_KEEPS = sorted(
    {*KEEPS.values(), *OBSERVED.values(), "job.register.keeps.job", "job.register.keeps.network-address"}
)

_GROUP_CONSTRAINTS = re.compile(r"TaskGroups\[\d+\]\.Constraints")
_NOTHING: tuple[object, ...] = (None, [], {})


def read_back(job: Mapping[str, Any], path: str, expected: object, actual: object) -> str:
    """Return the id of the statement that a difference between a submitted job and the stored one breaks.

    The page promises nothing about properties that were not submitted: their values are a statement of their own.
    """
    kept = keeps(path, expected, actual)
    apart = kept in ("job.register.empty-is-null", "job.register.keeps.vault")
    submitted = _submitted(job, path)
    if _GROUP_CONSTRAINTS.fullmatch(path) and isinstance(actual, list) and len(submitted or ()) <= len(actual):
        # Only the submitted constraints, which come first, are promised: a server adds others for the tasks' needs.
        changed = list(differences(submitted, actual[: len(submitted or ())]))
        submitted = submitted if changed else None
    return kept if apart or submitted is not None else "job.register.default.others"


def statements_compared(job: Mapping[str, Any], expected: Mapping[str, Any]) -> set[str]:
    """Return the ids of the statements that a comparison of the stored job with the expected one puts to the test."""
    return {
        "job.register.default.others" if given is None and not apart else statement
        for path, value, given in _leaves(expected, job, "")
        for statement, apart in _kept_when_alike(path, value in _NOTHING)
    }


def _leaves(expected: Any, submitted: Any, path: str) -> Iterator[tuple[str, object, object]]:
    """Yield (path without numbers, expected, submitted) for every leaf; what was not submitted is None."""
    if isinstance(expected, dict) and expected:
        known = submitted if isinstance(submitted, Mapping) else {}
        for name, member in expected.items():
            yield from _leaves(member, known.get(name), f"{path}.{name}" if path else name)
    elif isinstance(expected, list) and expected:
        items = submitted if isinstance(submitted, list) else []
        for number, item in enumerate(expected):
            yield from _leaves(item, items[number] if number < len(items) else None, path)
    else:
        yield path, expected, submitted


@functools.lru_cache(4096)
def _kept_when_alike(path: str, nothing: bool) -> tuple[tuple[str, bool], ...]:
    """Return the statements that an equal leaf confirms, and whether each is about leaves that were not submitted."""
    if not nothing:
        return ((keeps(path), False),)
    vault = (("job.register.keeps.vault", True),) if path.endswith(".Vault") else ()
    return (("job.register.empty-is-null", True), *vault)


def _submitted(job: Any, path: str) -> Any:
    """Return the value at a path of a job, None when there is no such property."""
    for name, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if number and isinstance(job, list) and int(number) < len(job):
            job = job[int(number)]
        elif isinstance(job, Mapping) and job.get(name) is not None:
            job = job[name]
        else:
            return None
    return job


def keeps(path: str, expected: object = (), actual: object = ()) -> str:
    """Return the id of the statement that the property at a path is read back as submitted.

    Two things are statements of their own, because the page promises neither: whether nothing is answered as null or
    as empty, and the addresses of networks, which a server may set.
    """
    if expected in _NOTHING and actual in _NOTHING:
        return "job.register.empty-is-null"
    if path in OBSERVED:
        return OBSERVED[path]
    names = re.findall(r"[A-Za-z]+", re.sub(r"\[\d+\]", "", path))
    found = [KEEPS[name] for name in names if name in KEEPS] or ["job.register.keeps.job"]
    if found[-1] == "job.register.keeps.task" and names[-1] in OBSERVED:
        return OBSERVED[names[-1]]
    if found[-1] == "job.register.keeps.network" and names[-1] in ("CIDR", "Device", "IP"):
        return "job.register.keeps.network-address"
    return found[-1]
