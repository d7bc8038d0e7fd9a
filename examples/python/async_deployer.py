"""Deploy jobs with httpx and asyncio, and watch several at once with blocking queries."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

Job = dict[str, Any]
T = TypeVar("T")

WAIT = 60
"""Seconds that a blocking query may take. The time-out of the client has to be longer."""


class AsyncDeployer:
    """Deploys jobs to the Nomad at an address, such as ``http://127.0.0.1:4646``."""

    def __init__(self, address: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{address}/v1/", timeout=WAIT + 10)

    async def __aenter__(self) -> Self:
        """Begin; connections are kept until the end."""
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def deploy(self, job: Job) -> None:
        """Register a job, new or changed. Each attempt looks first, since the one before may have been carried out."""

        async def register() -> None:
            await self._register(job, await self._index(job["ID"]))

        await _again(register)

    async def wait_until_running(self, job_id: str, count: int, seconds: float = 300) -> None:
        """Watch until ``count`` allocations of a job run."""
        async with asyncio.timeout(seconds):
            index = 0
            while True:
                asked = f"?index={index}&wait={WAIT}s" if index else ""
                reply = await _again(partial(self._send, "GET", f"job/{job_id}/allocations{asked}"))
                if sum(each["ClientStatus"] == "running" for each in reply.json()) == count:
                    return
                seen = int(reply.headers["X-Nomad-Index"])
                if seen == index:
                    await asyncio.sleep(0.1)  # nothing new came; a query with index 0 never waits
                index = seen if seen >= index else 0  # it went back: the server was restored, so ask anew

    async def scale(self, job_id: str, group: str, count: int) -> dict[str, int]:
        """Change the count of a group in the job as it is now, and return what the plan says."""

        async def change() -> dict[str, int]:
            job = (await self._send("GET", f"job/{job_id}")).json()
            next(each for each in job["TaskGroups"] if each["Name"] == group)["Count"] = count
            plan = (await self._send("PUT", f"job/{job_id}/plan", {"Job": job, "Diff": True})).json()
            await self._register(job, plan["JobModifyIndex"])
            updates: dict[str, int] = plan["Annotations"]["DesiredTGUpdates"][group]
            return updates

        return await _again(change)

    async def dispatch(self, job_id: str, payload: bytes, **meta: str) -> str:
        """Start a parameterized job, and return the ID of the child. Each call starts one, so it is not repeated."""
        body = {"Payload": base64.b64encode(payload).decode(), "Meta": meta}
        return str((await self._send("PUT", f"job/{job_id}/dispatch", body)).json()["DispatchedJobID"])

    async def launch(self, job_id: str) -> str:
        """Launch a periodic job now, and return the ID of the evaluation."""
        return str((await self._send("PUT", f"job/{job_id}/periodic/force")).json()["EvalID"])

    async def stop(self, job_id: str) -> None:
        """Stop a job; one that is not there is stopped already."""
        await _again(partial(self._send, "DELETE", f"job/{job_id}"))

    async def _index(self, job_id: str) -> int:
        try:
            return int((await self._send("GET", f"job/{job_id}")).json()["JobModifyIndex"])
        except httpx.HTTPStatusError as error:
            if error.response.status_code == httpx.codes.NOT_FOUND:
                return 0
            raise

    async def _register(self, job: Job, index: int) -> None:
        """Register a job, unless it was changed after ``index``."""
        await self._send("PUT", f"job/{job['ID']}", {"Job": job, "EnforceIndex": True, "JobModifyIndex": index})

    async def _send(self, method: str, path: str, body: object = None) -> httpx.Response:
        reply = await self._http.request(method, path, json=body)
        if reply.is_error:
            raise httpx.HTTPStatusError(f"{method} {path}: {reply.text}", request=reply.request, response=reply)
        return reply


async def _again(call: Callable[[], Awaitable[T]]) -> T:
    """Call, and call again when the server or the network fails.

    Raises:
        httpx.HTTPStatusError: they keep failing, or the mistake is ours (4xx).
    """
    for pause in (0.05, 0.1, 0.2):
        try:
            return await call()
        except httpx.HTTPStatusError as error:
            if error.response.is_client_error:
                raise
        except httpx.TransportError:
            pass
        await asyncio.sleep(pause)
    return await call()
