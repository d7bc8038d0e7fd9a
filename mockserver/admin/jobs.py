"""Jobs to begin with, and their end."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.cluster.cluster import Written
from mockserver.errors import AgentError
from mockserver.nearest import advice, shown
from mockserver.openapi import load_contract
from mockserver.operations import job_writes
from mockserver.worlds.job_files import read_job

_SHOWN = 10
"""So many jobs are named where one is not found."""


async def seed_jobs(call: Call) -> list[dict[str, Any]]:
    """Register jobs, all or none."""
    documents = call.body if isinstance(call.body, list) else [call.body]
    jobs = [_read(number, document, call) for number, document in enumerate(documents)]
    written = [job_writes.register(call.cluster, job) for job in jobs]
    return [_written(one) for one in written]


async def stop_job(call: Call) -> dict[str, Any]:
    """Stop a job."""
    job_id = call.path["job"]
    if call.cluster.state.job(job_id) is None:
        known = [job["ID"] for job in islice(call.cluster.state.jobs(), _SHOWN)]
        raise Problem(404, f"there is no job {shown(job_id)!r}", advice(job_id, known) or "there are none")
    return _written(call.cluster.deregister(job_id))


def _written(one: Written) -> dict[str, Any]:
    return {"ID": one.job_id, "EvalID": one.evaluation_id, "JobModifyIndex": one.job_index}


def _read(number: int, document: Any, call: Call) -> Any:
    try:
        return read_job(json.dumps(document).encode(), load_contract(), call.cluster)
    except AgentError as error:
        raise Problem(400, f"job {number} is refused: {error.text}", "correct it; no job was registered") from None


HANDLERS: Mapping[str, Handler] = {"seed-jobs": seed_jobs, "stop-job": stop_job}
