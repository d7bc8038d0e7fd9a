"""One request to the control plane, read and checked, and the reasons to refuse one."""

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive

from mockserver.cluster.cluster import Cluster
from mockserver.errors import AgentError
from mockserver.http.scope import Disconnected
from mockserver.worlds import Space, Spaces, UnknownSpace, World
from nomad_contract_spelling import advice, shown

T = TypeVar("T")


class Problem(Exception):
    """A request that is refused: what is wrong, and what to do instead. Nothing has changed."""

    def __init__(self, status: int, error: str, advice: str, findings: Sequence[str] = ()) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "findings": list(findings), "help": advice}


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler works with: the space that the request is about, and what it says.

    ``query`` has only parameters that the operation takes, each as its schema says. ``body`` fits its schema; it is
    ``{}`` when none was sent where none is required.
    """

    spaces: Spaces
    space: Space
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    headers: Mapping[str, str]
    receive: Receive

    async def unless_gone(self, work: Coroutine[Any, Any, T]) -> T:
        """Await something that may take long, and stop it when the client leaves.

        Raises:
            Disconnected: The client left.
        """
        doing = asyncio.ensure_future(work)
        gone = asyncio.ensure_future(self._gone())
        try:
            await asyncio.wait((doing, gone), return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                raise Disconnected
            return doing.result()
        finally:
            doing.cancel()
            gone.cancel()

    async def _gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    @property
    def world(self) -> World:
        """The present world of the space."""
        return self.space.world

    @property
    def cluster(self) -> Cluster:
        """Return the region that the query names, or the local one.

        Raises:
            Problem: There is no such region.
        """
        agent = self.world.agent
        try:
            return agent.cluster(self.query.get("region", ""))
        except AgentError:
            region = self.query["region"]
            raise Problem(404, f"there is no region {shown(region)!r}", advice(region, agent.regions)) from None


def no_space(unknown: UnknownSpace, spaces: Spaces) -> Problem:
    """Return the problem of a request for an unknown space."""
    name = str(unknown)
    return Problem(404, f"there is no space {shown(name)!r}", advice(name, (space.name for space in spaces)))


def reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Make a reply of JSON, written for people."""
    return Response(json.dumps(body, indent=2) + "\n", status, headers, "application/json")


def refusal(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Make a reply of a problem."""
    return reply(problem.status, problem.body, headers)
