"""Write jobs: register, plan, dispatch, evaluate, force a periodic launch, deregister.

Each write has two halves. The first reads the request and needs no cluster; the second runs it on one. A real agent
reads the whole request before it looks at the region, so a malformed body to an unknown region is reported as a
malformed body (observed). Source: documentation "PUT / POST" and "DELETE".
"""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from mockserver.cluster.scheduler.feasibility import values_on
from mockserver.errors import BadRequest
from mockserver.jobs import canonicalize, validate
from mockserver.jobs.children import check_dispatch
from mockserver.jobs.diff import annotate, diff_jobs
from mockserver.jobs.diff.filtering import with_texts
from mockserver.jobs.submitted import prepared, submitted_job
from mockserver.jobs.validate import submission
from mockserver.off_loop import apart_if, is_large

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster, Written
    from mockserver.jobs.diff.filtering import Filtering
    from mockserver.nomad_types import DesiredUpdates, Job, JobDiff, SubmittedJob


@dataclass(frozen=True, slots=True)
class Done:
    """The reply of a write: the body, the index for X-Nomad-Index, and whether the body is known to be small."""

    body: dict[str, Any]
    index: int
    small: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """A request that could be read. ``region`` is what the body asks for, empty when it doesn't.

    ``run`` makes the change on the cluster of the region that was found, whose clock has to be at rest; it raises
    ``Refused``. Work that may take long runs on a thread or in slices, so that other requests have their turn.
    """

    run: "Callable[[Cluster], Awaitable[Done]]"
    region: str = ""


Parse: TypeAlias = Callable[[str, dict[str, Any] | None], Write]
"""Makes a write of the job ID in the URL and the decoded body; raises ``BadRequest``.

The body is None for ``null``, and where the operation ignores it.
"""


def parse_register(job_id: str, body: dict[str, Any] | None) -> Write:
    """Read ``{"Job", "EnforceIndex", "JobModifyIndex", "Region"}``; raises ``BadRequest``."""
    job = submitted_job(job_id, body)
    fields = body or {}
    expected = fields.get("JobModifyIndex", 0) if fields.get("EnforceIndex") else None
    return Write(partial(_register, job, expected), fields.get("Region", ""))


async def _register(job: "SubmittedJob", expected: int | None, cluster: "Cluster") -> Done:
    stored = await apart_if(is_large(job), partial(as_stored, cluster, job))
    await cluster.clock.at_rest()
    if expected is not None:
        submission.check_enforced_index(cluster.state.job(stored["ID"]), expected)
        await cluster.to_commit()
    return evaluated(_store(cluster, stored))


def register(cluster: "Cluster", job: "SubmittedJob") -> "Written":
    """Register a job that was just decoded, in one go: for jobs that are there from the start.

    A job that is invalid or asks for Vault raises ``Refused``.
    """
    return _store(cluster, as_stored(cluster, job))


def _store(cluster: "Cluster", job: "Job") -> "Written":
    validate.check_vault(job)
    return cluster.register(job)


def parse_plan(job_id: str, body: dict[str, Any] | None) -> Write:
    """Read ``{"Job", "Diff", "Region"}``; EnforceIndex is ignored. Raises ``BadRequest``."""
    job = submitted_job(job_id, body)
    fields = body or {}
    return Write(partial(_plan, job, bool(fields.get("Diff"))), fields.get("Region", ""))


async def _plan(submitted: "SubmittedJob", diff: bool, cluster: "Cluster") -> Done:
    small_ones = cluster.small_ones
    large = small_ones.is_large(submitted)
    job = canonicalize.valid(await apart_if(large, partial(prepare, cluster, submitted)))
    await cluster.clock.at_rest()
    old = cluster.state.job(job["ID"])
    kept_away, keeps_away = cluster.state.filtering(job["ID"]), set[tuple[str, int]]()
    reply = await cluster.clock.occupy(cluster.plan(job, keeps_away))
    if diff:
        desired = reply["Annotations"]["DesiredTGUpdates"]
        large = large or (old is not None and small_ones.is_large(old))
        reply["Diff"] = await apart_if(large, partial(_diff, old, kept_away, job, keeps_away, desired, not large))
    return Done(reply, reply["Index"], small=not large)


def _diff(
    old: "Job | None",
    kept_away: "Filtering",
    new: "Job",
    keeps_away: "Filtering",
    desired: "dict[str, DesiredUpdates]",
    remember: bool,
) -> "JobDiff":
    before = old and with_texts(old, kept_away, remember=remember)
    after = with_texts(new, keeps_away, remember=remember)
    return annotate(diff_jobs(before, after, remember=remember), desired)


def parse_dispatch(job_id: str, body: dict[str, Any] | None) -> Write:
    """Read ``{"Payload", "Meta", "JobID", "Region"}``, all optional.

    Raises:
        BadRequest: the body names another job than the URL.
    """
    fields = body or {}
    if fields.get("JobID") not in (None, "", job_id):
        raise BadRequest("Job ID does not match")
    payload = b64decode(fields.get("Payload") or "")
    meta = fields.get("Meta") or {}
    return Write(partial(_dispatch, job_id, payload, meta), fields.get("Region", ""))


async def _dispatch(job_id: str, payload: bytes, meta: dict[str, str], cluster: "Cluster") -> Done:
    check_dispatch(job_id, cluster.state.job(job_id), payload, meta)
    written = cluster.dispatch(job_id, payload, meta)
    body = {
        "DispatchedJobID": written.job_id,
        "EvalCreateIndex": written.evaluation_index,
        "EvalID": written.evaluation_id,
        "Index": written.evaluation_index,
        "JobCreateIndex": written.job_index,
        "KnownLeader": False,
        "LastContact": 0,
    }
    return Done(body, written.evaluation_index, small=True)


def parse_evaluate(job_id: str, _body: dict[str, Any] | None) -> Write:
    """Take the job ID; the body is not even read (observed)."""
    return Write(partial(_evaluate, job_id))


async def _evaluate(job_id: str, cluster: "Cluster") -> Done:
    return evaluated(cluster.evaluate(job_id))


def parse_periodic_force(job_id: str, _body: dict[str, Any] | None) -> Write:
    """Take the job ID; the body is not even read (observed)."""
    return Write(partial(_periodic_force, job_id))


async def _periodic_force(job_id: str, cluster: "Cluster") -> Done:
    """Answer with three keys: unlike the other writes this one has no KnownLeader and LastContact (observed)."""
    written = cluster.force(job_id)
    index = written.evaluation_index
    return Done({"EvalCreateIndex": index, "EvalID": written.evaluation_id, "Index": index}, index, small=True)


def parse_deregister(job_id: str, _body: dict[str, Any] | None) -> Write:
    """Take the job ID; the body is not even read (observed)."""
    return Write(partial(_deregister, job_id))


async def _deregister(job_id: str, cluster: "Cluster") -> Done:
    """Deregister a job; an unknown one gives an evaluation just as well (observed)."""
    return evaluated(cluster.deregister(job_id))


def prepare(cluster: "Cluster", job: "SubmittedJob") -> "SubmittedJob":
    """Return the job with its defaults, checked, as register and plan go on with it; raises ``Refused``."""
    nodes = tuple(cluster.state.nodes())  # in one step, for a large job is prepared on a thread
    return prepared(job, drivers=cluster.drivers, values_of=partial(values_on, nodes))


def as_stored(cluster: "Cluster", job: "SubmittedJob") -> "Job":
    """Return the job as it is stored when it is registered; raises ``Refused``."""
    return canonicalize.as_stored(prepare(cluster, job))


def evaluated(written: "Written") -> Done:
    """Return the six keys that register, evaluate and deregister answer with.

    Without an evaluation (periodic and parameterized jobs) its fields, the index too, are empty and 0.
    """
    body = {
        "EvalCreateIndex": written.evaluation_index,
        "EvalID": written.evaluation_id,
        "Index": written.evaluation_index,
        "JobModifyIndex": written.job_index,
        "KnownLeader": False,
        "LastContact": 0,
    }
    return Done(body, written.evaluation_index, small=True)
