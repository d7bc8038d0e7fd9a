"""Which statement is broken when a property of a registered job is lost or changed."""

import re
from collections.abc import Mapping
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
