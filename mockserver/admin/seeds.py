"""Jobs to begin with."""

import json
from collections.abc import Mapping
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.contract import load_contract
from mockserver.errors import AgentError
from mockserver.load import read_job
from mockserver.operations import register


async def seed_jobs(call: Call) -> list[dict[str, Any]]:
    """Register jobs, all or none."""
    documents = call.body if isinstance(call.body, list) else [call.body]
    jobs = [_read(number, document, call) for number, document in enumerate(documents)]
    written = [register.register(call.cluster, job) for job in jobs]
    return [{"ID": one.job_id, "EvalID": one.evaluation_id, "JobModifyIndex": one.job_index} for one in written]


def _read(number: int, document: Any, call: Call) -> Any:
    try:
        return read_job(json.dumps(document).encode(), load_contract(), call.cluster)
    except AgentError as error:
        raise Problem(400, f"job {number} is refused: {error.text}", "correct it; no job was registered") from None


HANDLERS: Mapping[str, Handler] = {"seed-jobs": seed_jobs}
