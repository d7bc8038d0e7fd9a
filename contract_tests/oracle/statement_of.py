"""Which part of the job tree a property belongs to, and so which statement its loss breaks."""

import re
from collections.abc import Mapping
from typing import Any

from contract_tests.oracle.readback import differences

PARTS = {
    "Constraints": "constraint",
    "Update": "update",
    "Periodic": "periodic",
    "ParameterizedJob": "parameterized-job",
    "TaskGroups": "task-group",
    "RestartPolicy": "restart-policy",
    "EphemeralDisk": "ephemeral-disk",
    "Tasks": "task",
    "Resources": "resources",
    "Networks": "network",
    "ReservedPorts": "port",
    "DynamicPorts": "port",
    "LogConfig": "log-config",
    "Artifacts": "artifact",
    "Templates": "template",
    "Vault": "vault",
    "DispatchPayload": "dispatch-payload",
    "Services": "service",
    "Checks": "check",
    "Env": "env",
}
OBSERVED = {
    "ParentID": "job-extras",
    "Payload": "job-extras",
    "VaultToken": "job-extras",
    "StatusDescription": "job-extras",
    "User": "task-extras",
    "KillTimeout": "task-extras",
}
"""Properties of documented objects that the page does not show."""

_GROUP_CONSTRAINTS = re.compile(r"TaskGroups\[\d+\]\.Constraints")
_NOTHING: tuple[object, ...] = (None, [], {})


def part(path: str) -> str:
    """Return the part of the tree that a property's path is in, as in the statements' ids."""
    names = re.findall(r"[A-Za-z]+", re.sub(r"\[\d+\]", "", path))
    if path in OBSERVED:
        return OBSERVED[path]
    found = [PARTS[name] for name in names if name in PARTS]
    if found[-1:] == ["task"] and names[-1] in OBSERVED:
        return OBSERVED[names[-1]]
    return found[-1] if found else "job"


def read_back(job: Mapping[str, Any], path: str, expected: object, actual: object) -> str:
    """Return the id of the statement that a difference between a submitted job and the stored one breaks.

    The page promises nothing of properties that were not submitted: what they become is a statement of its own.
    """
    kept = keeps(path, expected, actual)
    apart = kept in ("job.register.empty-is-null", "job.register.keeps.vault")
    submitted = _submitted(job, path)
    if _GROUP_CONSTRAINTS.fullmatch(path) and isinstance(actual, list) and len(submitted or ()) <= len(actual):
        # What a server adds for what the tasks need is not promised: only what was submitted, which comes first.
        changed = list(differences(submitted, actual[: len(submitted or ())]))
        submitted = submitted if changed else None
    return kept if apart or submitted is not None else "job.register.default.others"


def _submitted(job: Any, path: str) -> Any:
    """Return what a job has at a path, None when nothing."""
    for name, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if number and isinstance(job, list) and int(number) < len(job):
            job = job[int(number)]
        elif isinstance(job, Mapping) and job.get(name) is not None:
            job = job[name]
        else:
            return None
    return job


def keeps(path: str, expected: object = (), actual: object = ()) -> str:
    """Return the id of the statement that a property at this path is read back as submitted.

    Whether nothing is told as null or as empty, and addresses of networks, which a server may set, are statements
    of their own: the page promises neither.
    """
    if expected in _NOTHING and actual in _NOTHING:
        return "job.register.empty-is-null"
    if part(path) == "network" and path.rpartition(".")[2] in ("CIDR", "Device", "IP"):
        return "job.register.keeps.network-address"
    return f"job.register.keeps.{part(path)}"
