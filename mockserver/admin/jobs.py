"""Register jobs, explain how they are, and stop them."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.why import Explanations
from mockserver.cluster.cluster import Cluster, Written
from mockserver.errors import AgentError
from mockserver.hcl import HclError
from mockserver.nomad_types import Job
from mockserver.off_loop import apart
from mockserver.operations import job_writes
from mockserver.slices import Steps, Turn
from mockserver.worlds.job_files import RefusedHcl, UnknownFields, hcl_of, job_of
from nomad_contract_spelling import advice, shown

_CORRECT = "correct it; no job was registered"
_WEIGHT_OF_HCL = 4
"""How many times as long it takes to read HCL as to read JSON."""
_NAMED = re.compile(r'^\s*job\s+"([^"\n]+)"', re.MULTILINE)
_SHOWN = 10
"""Jobs that are named where one is not found."""


async def seed_jobs(call: Call) -> list[dict[str, Any]]:
    """Register jobs, all or none."""
    documents = call.body if isinstance(call.body, list) else [call.body]
    cluster, lenient = call.cluster, call.query.get("unknown_fields") == "ignore"
    jobs, turn = list[Job](), Turn()
    for number, document in enumerate(documents):
        text = hcl_of(document)
        looked_at = document if text is None else [text] * _WEIGHT_OF_HCL
        jobs.append(await apart(looked_at, partial(_read, number, document, cluster, lenient=lenient)))
        if turn.is_over:
            await asyncio.sleep(0)
            turn = Turn()
    written = await call.world.clock.occupy(_registered(jobs, cluster))
    return [_written(one) for one in written]


def _registered(jobs: list[Job], cluster: Cluster) -> Steps[list[Written]]:
    written = []
    for job in jobs:
        written.append(cluster.register(job))
        yield
    return written


async def explain_jobs(call: Call) -> list[dict[str, Any]]:
    """Say of each job how it is, and why."""
    jobs = tuple(call.cluster.state.jobs())
    return await call.world.clock.occupy(_explained(jobs, call))


async def explain_job(call: Call) -> dict[str, Any]:
    """Say how one job is, and why; without such a job there is a ``Problem``."""
    (explained,) = await call.world.clock.occupy(_explained((_named_job(call),), call))
    return explained


def _explained(jobs: Iterable[Job], call: Call) -> Steps[list[dict[str, Any]]]:
    explanations = yield from Explanations.of(call.cluster, call.world.clock)
    explained = []
    for job in jobs:
        level, text = explanations.why(job)
        explained.append({"ID": job["ID"], "Status": job["Status"], "level": level, "why": text})
        yield
    return explained


async def stop_job(call: Call) -> dict[str, Any]:
    """Stop a job; without such a job there is a ``Problem``."""
    _named_job(call)
    return _written(call.cluster.deregister(call.path["job"]))


def _named_job(call: Call) -> Job:
    """Return the job that the path names.

    Raises:
        Problem: There is no such job.
    """
    job_id = call.path["job"]
    job = call.cluster.state.job(job_id)
    if job is None:
        known = [job["ID"] for job in islice(call.cluster.state.jobs(), _SHOWN)]
        raise Problem(404, f"there is no job {shown(job_id)!r}", advice(job_id, known) or "there are none")
    return job


def _written(one: Written) -> dict[str, Any]:
    return {"ID": one.job_id, "EvalID": one.evaluation_id, "JobModifyIndex": one.job_index}


def _read(number: int, document: Any, cluster: Cluster, *, lenient: bool) -> Job:
    try:
        return job_writes.as_stored(cluster, job_of(document, cluster, ignore_unknown_fields=lenient))
    except AgentError as error:
        name = _name(number, document)
        raise Problem(400, f"{name} is refused: {error.text}", _CORRECT) from None
    except RefusedHcl as error:
        raise Problem(400, f"{_name(number, document)} is refused: {error}", _CORRECT, error.findings) from None
    except HclError as error:
        name, is_joined = _name(number, document), "\n" not in (hcl_of(document) or "")
        curl = "send HCL with --data-binary: -d joins its lines; " if is_joined else ""
        raise Problem(400, f"{name} can't be read: {error}", curl + _CORRECT) from None
    except UnknownFields as error:
        raise Problem(
            400,
            f"{_name(number, document)} has fields that an agent would drop without a word",
            "correct it, or send ?unknown_fields=ignore to have them dropped; no job was registered",
            error.findings,
        ) from None


def _name(number: int, document: Any) -> str:
    """Return what an error calls a job: its ID, or else its place among the jobs that were sent."""
    if (text := hcl_of(document)) and (named := _NAMED.search(text)):
        return f"job {shown(named[1])!r}"
    job = document.get("Job", document) if isinstance(document, dict) else None
    job_id = job.get("ID") if isinstance(job, dict) else None
    return f"job {shown(job_id)!r}" if isinstance(job_id, str) and job_id else f"job {number} (from 0)"


HANDLERS: Mapping[str, Handler] = {
    "seed-jobs": seed_jobs,
    "explain-jobs": explain_jobs,
    "explain-job": explain_job,
    "stop-job": stop_job,
}
