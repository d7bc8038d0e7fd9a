"""Deploy jobs with python-nomad, and watch them with blocking queries."""

import base64
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import nomad
import requests
from nomad.api.exceptions import BaseNomadException, URLNotFoundNomadException

Job = dict[str, Any]
T = TypeVar("T")

WAIT = 60
"""Seconds that a blocking query may take. The time-out of the client has to be longer."""


class Deployer:
    """Deploys jobs to the Nomad at an address, such as ``http://127.0.0.1:4646``."""

    def __init__(self, address: str) -> None:
        self._job = nomad.Nomad(address=address, timeout=WAIT + 10).job

    def deploy(self, job: Job) -> None:
        """Register a job, new or changed. Each attempt looks first, since the one before may have been carried out."""
        _again(lambda: self._register(job, self._index(job["ID"])))

    def wait_until_running(self, job_id: str, count: int, seconds: float = 300) -> None:
        """Watch until ``count`` allocations of a job run.

        Raises:
            TimeoutError: they do not within ``seconds``.
        """
        index, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            reply = _again(partial(self._allocations, job_id, index))
            if sum(each["ClientStatus"] == "running" for each in reply.json()) == count:
                return
            seen = int(reply.headers["X-Nomad-Index"])
            if seen == index:
                time.sleep(0.1)  # nothing new came; a query with index 0 never waits
            index = seen if seen >= index else 0  # it went back: the server was restored, so ask anew
        raise TimeoutError(f"{job_id} has not {count} running allocations after {seconds} s")

    def _index(self, job_id: str) -> int:
        try:
            return int(self._job.get_job(job_id)["JobModifyIndex"])
        except URLNotFoundNomadException:
            return 0

    def _register(self, job: Job, index: int) -> None:
        """Register a job, unless it was changed after ``index``."""
        self._job.register_job(job["ID"], {"Job": job, "EnforceIndex": True, "JobModifyIndex": index})

    def _allocations(self, job_id: str, index: int) -> requests.Response:
        """Ask for the allocations of a job; with an index the reply comes when they are newer, or after ``WAIT``."""
        params = {"index": index, "wait": f"{WAIT}s"} if index else {}
        reply: requests.Response = self._job.request(job_id, "allocations", params=params, method="get")
        return reply

    def scale(self, job_id: str, group: str, count: int) -> dict[str, int]:
        """Change the count of a group in the job as it is now, and return what the plan says."""

        def change() -> dict[str, int]:
            job = self._job.get_job(job_id)
            next(each for each in job["TaskGroups"] if each["Name"] == group)["Count"] = count
            plan = self._job.plan_job(job_id, {"Job": job}, diff=True)
            self._register(job, plan["JobModifyIndex"])
            updates: dict[str, int] = plan["Annotations"]["DesiredTGUpdates"][group]
            return updates

        return _again(change)

    def dispatch(self, job_id: str, payload: bytes, **meta: str) -> str:
        """Start a parameterized job, and return the ID of the child. Each call starts one, so it is not repeated."""
        encoded = base64.b64encode(payload).decode()
        return str(self._job.dispatch_job(job_id, payload=encoded, meta=meta)["DispatchedJobID"])

    def launch(self, job_id: str) -> str:
        """Launch a periodic job now, and return the ID of the evaluation."""
        return str(self._job.periodic_job(job_id)["EvalID"])

    def stop(self, job_id: str) -> None:
        """Stop a job; one that is not there is stopped already."""
        _again(lambda: self._job.deregister_job(job_id))


def _again(call: Callable[[], T]) -> T:
    """Call, and call again when the server or the network fails.

    Raises:
        BaseNomadException: they keep failing, or the mistake is ours (4xx).
    """
    for pause in (0.05, 0.1, 0.2):
        try:
            return call()
        except BaseNomadException as error:
            status = getattr(error.nomad_resp, "status_code", 503)  # without a reply the connection broke
            if status < 500:
                raise
            time.sleep(pause)
    return call()
