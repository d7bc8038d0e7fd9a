"""Mutants of a server that forwards requests to another region, and does only a part of them there."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.watchers import Watchers
from mockserver.gostd.durations import SECOND
from mockserver.http.blocking import WaitingQueries
from mockserver.jobs import children
from mockserver.operations import job_writes
from mockserver.operations.agent import Agent
from mockserver.operations.job_writes import Write
from tests.mutants.mutant import Breakage
from tests.mutants.vocabulary import call, family, parsing

ANOTHER, OWN, BODY = (f"common.regions.{name}" for name in ("another", "each-its-own-jobs", "of-the-body"))

_region = family("another-region", "common.regions.*")


def _knowing_home(apply: Callable[[Breakage, Callable[[], Cluster]], None]) -> Callable[[Breakage], None]:
    """Return a deviation whose ``apply`` also gets what returns the agent's own region."""

    def deviation(breakage: Breakage) -> None:
        home: list[Cluster] = []

        def find(whole: Any, self: Agent, *wanted: str) -> Any:
            home[:] = [self.local]
            return whole(self, *wanted)

        call(Agent, "cluster", find)(breakage)
        apply(breakage, lambda: home[0])

    return deviation


def _stored_at_home(method: str, child: Callable[..., Any], trigger: str) -> Callable[[Breakage], None]:
    """Return a deviation that makes children of another region's jobs in the agent's own."""

    def apply(breakage: Breakage, home: Callable[[], Cluster]) -> None:
        def broken(whole: Any, self: Cluster, job_id: str, *given: Any) -> Written:
            if self.region == home().region:
                done: Written = whole(self, job_id, *given)
                return done
            made = child(self, self._existing(job_id), *given)
            return home()._evaluated(made, home()._store(made), trigger)

        call(Cluster, method, broken)(breakage)

    return _knowing_home(apply)


def _dispatched(region: Cluster, parent: Any, payload: bytes, meta: dict[str, str]) -> Any:
    new_id = children.child_id(parent["ID"], region.clock.now() // SECOND, region.ids.suffix())
    return children.dispatched_job(parent, payload, meta, new_id)


_region(
    "child-at-home",
    "The child of another region's job is registered in the local region.",
    _stored_at_home("dispatch", _dispatched, "job-register"),
    ANOTHER,
)
_region(
    "launch-at-home",
    "Another region's job is launched in the local region.",
    _stored_at_home(
        "force", lambda region, job: children.periodic_child(job, region.clock.now() // SECOND), "periodic-job"
    ),
    OWN,
)


def _falls_back(breakage: Breakage, home: Callable[[], Cluster]) -> None:
    async def evaluate(whole: Any, job_id: str, region: Cluster) -> Any:
        known = region.state.job(job_id) is not None or home().state.job(job_id) is None
        return await whole(job_id, region if known else home())

    call(job_writes, "_evaluate", evaluate)(breakage)


def _compares(breakage: Breakage, home: Callable[[], Cluster]) -> None:
    planned: list[Cluster] = []

    async def plan(whole: Any, submitted: Any, diff: bool, region: Cluster) -> Any:
        planned[:] = [region]
        return await whole(submitted, diff, region)

    def diff_of(whole: Any, _: Any, kept_away: Any, new: Any, *others: Any) -> Any:
        there = planned[0].region != home().region
        return whole((home() if there else planned[0]).state.job(new["ID"]), kept_away, new, *others)

    call(job_writes, "_plan", plan)(breakage)
    call(job_writes, "_diff", diff_of)(breakage)


def _ends_both(breakage: Breakage, home: Callable[[], Cluster]) -> None:
    def deregister(whole: Any, self: Cluster, job_id: str) -> Any:
        if self.region != home().region:
            home().state.delete_job(job_id)
        return whole(self, job_id)

    call(Cluster, "deregister", deregister)(breakage)


def _never_woken(breakage: Breakage, home: Callable[[], Cluster]) -> None:
    def answer(whole: Any, self: Any, read: Any, query: Any, region: Any, *others: Any) -> Any:
        if region.region != home().region:
            asleep = SimpleNamespace(watchers=Watchers())
            region = SimpleNamespace(state=asleep, clock=region.clock, ids=region.ids)
        return whole(self, read, query, region, *others)

    call(WaitingQueries, "answer", answer)(breakage)


for _name, _sentence, _apply, _statement in (
    ("evaluates-at-home", "A job that is missing in another region is evaluated in the local one.", _falls_back, OWN),
    ("diff-with-home", "The diff of another region's plan is about the local job.", _compares, ANOTHER),
    ("ends-both", "Deregistering in another region removes the local job, too.", _ends_both, OWN),
    ("never-woken", "A query of another region is not woken.", _never_woken, ANOTHER),
):
    _region(_name, _sentence, _knowing_home(_apply), _statement)


def _only_checked(parse: Any) -> Any:
    def broken(job_id: str, body: Any) -> Write:
        write: Write = parse(job_id, body)
        return replace(write, region="") if write.region == "eu1" else write

    return broken


for _operation in ("register", "plan", "dispatch"):
    _region(
        f"body-{_operation}",
        f"A {_operation} whose body names another region is done in the local one.",
        parsing(_operation, _only_checked),
        BODY,
    )
