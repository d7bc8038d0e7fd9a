"""Mutants of requests that name the local region."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

from mockserver.errors import Refused
from mockserver.http.endpoint import JobEndpoint
from mockserver.openapi import load_contract
from mockserver.operations import READS
from mockserver.operations.agent import Agent
from mockserver.operations.results import Read
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import call, intercepts

_CAUGHT = ("common.regions.local-by-name", "common.regions.*")


@mutant("regions.local-unnamed", "The local region is not known by its name.", *_CAUGHT)
@intercepts(Agent, "cluster")
def _(find: Any, self: Agent, *wanted: str) -> Any:
    if self.local.region in wanted:
        raise Refused("No path to region")
    return find(self, *wanted)


def _read(name: str, sentence: str, change: Callable[[Read, Any], Read], caught: str = _CAUGHT[0]) -> None:
    """Declare a mutant of reads that name a region: ``change(read, cluster)``."""

    def apply(breakage: Breakage) -> None:
        def make(read: Any) -> Any:
            def broken(region: Any, job_id: str, asked: Any) -> Read:
                found: Read = read(region, job_id, asked)
                return change(found, region) if asked["region"] else found

            return broken

        for operation in ("query", "allocations", "evaluations", "summary"):
            breakage.wrap_item(READS, operation, make)

    mutant(f"regions.{name}", sentence, caught, *_CAUGHT)(apply)


_read(
    "named-index-zero",
    "A read that names the region tells index 1.",
    lambda read, _: dataclasses.replace(read, index=1),
)
_read(
    "named-index-of-all",
    "A read that names the region tells the newest index of all.",
    lambda read, region: dataclasses.replace(read, index=region.state.index, body=copy.copy(read.body)),
)
_read(
    "named-missing-text",
    "A read that names the region tells what is missing in another way.",
    lambda read, _: dataclasses.replace(read, missing=read.missing and f"rpc error: {read.missing}"),
    "common.consistency.unchanged-is-the-same",
)


@mutant(
    "regions.named-does-not-wait",
    "A read that names the region does not wait.",
    "common.blocking.query.holds-without-change",
    *_CAUGHT,
)
def _(breakage: Breakage) -> None:
    from mockserver.http import blocking

    def make(answer: Any) -> Any:
        def broken(self: Any, read: Any, asked: Any, *rest: Any) -> Any:
            return answer(self, read, {**asked, "index": 0} if asked["region"] else asked, *rest)

        return broken

    breakage.wrap(blocking.WaitingQueries, "answer", make)


def _write(name: str, sentence: str, operation: str, instead: Callable[..., Any]) -> None:
    """Declare a mutant of a write that names a region: ``instead(write, endpoint, operation, target, *others)``."""

    def broken(write: Any, self: JobEndpoint, asked: Any, target: str, query: Any, *others: Any) -> Any:
        if asked.name == operation and query["region"]:
            return instead(write, self, asked, target, query, *others)
        return write(self, asked, target, query, *others)

    mutant(f"regions.{name}", sentence, *_CAUGHT)(call(JobEndpoint, "_write", broken))


def _not_forwarded(*_: Any) -> Any:
    raise Refused("rpc: can't find method")


def _registered(write: Any, self: JobEndpoint, _: Any, *others: Any) -> Any:
    return write(self, load_contract().operations["registerJob"], *others)


_write("named-force", "A forced launch cannot name the region.", "periodic-force", _not_forwarded)
_write("named-evaluate", "An evaluate cannot name the region.", "evaluate", _not_forwarded)
_write("named-plan-registers", "A plan that names the region is a registration.", "plan", _registered)
