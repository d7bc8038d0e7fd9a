"""Changes of a job that the reads show."""

from collections.abc import Iterator

from contract_tests.client.jobs import group
from contract_tests.client.nomad import Job, Nomad
from contract_tests.suite import verify

MOVED = ("query", "evaluations", "summary")
"""The reads that show a change without a node to place anything on."""

TIMES = 3


def changes(nomad: Nomad, job: Job, read: str) -> Iterator[Job]:
    """Yield the registered job as it is, and again after each change that the read shows, once all is settled."""
    nomad.settle(job["ID"])
    yield job
    for number in range(1, TIMES):
        job = {**job, "Priority": 50 + number, "Meta": {"version": str(number)}, "ParameterizedJob": None}
        if read == "summary":
            job["TaskGroups"] = [group(f"g{each}", Count=0) for each in range(number)]
        verify.ok("job.register.updates", nomad.register(job))
        nomad.settle(job["ID"])
        yield job
