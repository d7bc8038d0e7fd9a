"""Small valid jobs that any simulated node can run, one for each kind of job."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from nomad_contract_spelling import advice

Kind: TypeAlias = Literal["service", "batch", "system", "periodic", "parameterized"]

KINDS: Mapping[Kind, Mapping[str, Any]] = {
    "service": {"Type": "service"},
    "batch": {"Type": "batch"},
    "system": {"Type": "system"},
    "periodic": {"Type": "batch", "Periodic": {"Enabled": True, "SpecType": "cron", "Spec": "*/5 * * * *"}},
    "parameterized": {"Type": "batch", "ParameterizedJob": {"Payload": "optional"}},
}
"""The kinds of jobs, and the fields that make one."""


def example_job(job_id: str = "example", *, kind: Kind = "service", count: int = 1, **fields: Any) -> dict[str, Any]:
    """Return a small valid job that any simulated node can run: one group ``g`` with one task ``t``.

    ``kind`` is "service", "batch", "system", "periodic" (every five minutes) or "parameterized". ``fields`` replace
    fields of the job, as in ``Priority=70``. The task asks for 100 MHz and 32 MB.

    Raises:
        TypeError: There is no such argument; fields of jobs begin with a capital letter.
        ValueError: There is no such kind.
    """
    for name in fields:
        if not name[0].isupper():
            raise TypeError(f"example_job takes no {name!r}; {advice(name, ('job_id', 'kind', 'count', 'Priority'))}")
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r} of jobs; {advice(kind, KINDS)}")
    task = {
        "Name": "t",
        "Driver": "exec",
        "Config": {"command": "/bin/server"},
        "Resources": {"CPU": 100, "MemoryMB": 32},
        "LogConfig": {"MaxFiles": 2, "MaxFileSizeMB": 5},
    }
    group = {"Name": "g", "Count": count, "Tasks": [task]}
    job = {"ID": job_id, "Name": job_id, "Region": "global", "Datacenters": ["dc1"], **KINDS[kind], "Priority": 50}
    return {**job, "TaskGroups": [group], **fields}
