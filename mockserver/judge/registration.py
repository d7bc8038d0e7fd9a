"""The registration that a job file stands for, decoded as an agent decodes it."""

from functools import cache

from mockserver.gostd.json_containers import Struct, fold
from mockserver.gostd.json_text import Tree
from mockserver.gostd.json_types import GoType, decode_into
from mockserver.jobs.submitted import submitted_job
from mockserver.nomad_types import SubmittedJob
from mockserver.openapi import load_contract


def is_bare(tree: Tree) -> bool:
    """Say whether a file holds a job as it is: an object with fields that a job has and a registration has not."""
    if not isinstance(tree, tuple):
        return False
    return any(fold(name) in _fields_of_jobs_alone() for name, _ in tree) and "job" not in {fold(n) for n, _ in tree}


@cache
def _fields_of_jobs_alone() -> frozenset[str]:
    registered = body_type("registerJob")
    assert isinstance(registered, Struct)
    job = registered.fields["Job"].type
    assert isinstance(job, Struct)
    return frozenset(map(fold, job.fields)) - frozenset(map(fold, registered.fields))


def registration(tree: Tree) -> Tree:
    """Return the registration that a file stands for: a bare job is put into one."""
    return (("Job", tree),) if is_bare(tree) else tree


def body_type(operation: str) -> GoType:
    """Return the type that the body of an operation is decoded into."""
    make = load_contract().operations[operation].body_type
    assert make is not None
    return make()


def decoded_job(operation: str, tree: Tree) -> SubmittedJob:
    """Return the job in the body of ``registerJob`` or ``planJob``; raises ``BadRequest`` in the words of an agent."""
    return submitted_job("", decode_into(body_type(operation), tree))
