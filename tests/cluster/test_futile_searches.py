"""A queue that waits for room: who gets it, and how much searching that takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.cluster import worker
from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.futile_searches import FutileSearches, needs_of
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler import schedule
from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from tests.builders import a_group, a_job, a_task
from tests.cluster.scheduler.world import a_constraint, a_task_with
from tests.loose_types import Job

HALF = 4_000
"""MHz of which a node has room for two."""


def a_batch_job(number: int, *, cpu: int = HALF, seconds: int = 1, **known: Any) -> Job:
    """Return a job that runs for so long, and needs so much."""
    task = {**a_task_with(CPU=cpu), "Config": {"command": "sleep", "args": [str(seconds)]}}
    return a_job(a_group(task), ID=f"job-{number:02}", Type="batch", **known)


def a_region(nodes: int = 1) -> tuple[Cluster, ManualClock]:
    """Return a region of such nodes, and its clock."""
    ids, clock = RandomSource(1), ManualClock()
    return Cluster(region="global", clock=clock, ids=ids, nodes=simulated_nodes(nodes, ids=ids)), clock


def run(jobs: list[Job]) -> list[tuple[Any, ...]]:
    """Register the jobs, let a minute pass with one more node half-way, and return what happened to each when."""
    cluster, clock = a_region()
    for job in jobs:
        cluster.register(job)
    clock.advance(3 * SECOND)
    cluster.deregister(jobs[-1]["ID"])
    clock.advance(2 * SECOND)
    (node,) = simulated_nodes(1, ids=cluster.ids)
    finish(cluster.nodes.join(node))
    clock.advance(60 * SECOND)
    seen = [
        (each["JobID"], each["CreateIndex"], each["ModifyIndex"], each["CreateTime"], each["ClientStatus"])
        for each in cluster.state.allocations()
    ]
    evaluations = [
        (each["JobID"], each["CreateIndex"], each["ModifyIndex"], each["Status"], each["ClassEligibility"])
        for each in cluster.state.evaluations()
    ]
    return [*sorted(seen), *sorted(evaluations, key=str), (cluster.state.index,)]


def a_queue() -> list[Job]:
    """Return jobs of several needs, durations and priorities."""
    odd = a_constraint("${attr.kernel.name}", "=", "windows")
    return [
        a_batch_job(
            number,
            cpu=(HALF, HALF // 2, 7_000)[number % 3],
            seconds=1 + number % 4,
            Priority=(50, 70)[number % 5 == 0],
            Constraints=[odd] if number == 7 else None,
        )
        for number in range(16)
    ]


def test_passing_over_futile_searches_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every allocation and evaluation has the same indexes, times and statuses as if each had been searched for."""
    quick = run(a_queue())
    monkeypatch.setattr(FutileSearches, "outcome", lambda *_: None)
    assert run(a_queue()) == quick


def test_a_queue_takes_searches_in_proportion_to_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that wait for the same, one is searched for in vain each time that a node has room."""
    searches = 0

    def counted(*args: Any, **kwargs: Any) -> Iterator[None]:
        nonlocal searches
        searches += 1
        return schedule(*args, **kwargs)

    monkeypatch.setattr(worker, "schedule", counted)
    cluster, clock = a_region()
    for number in range(40):
        cluster.register(a_batch_job(number))
    clock.advance(60 * SECOND)
    assert {each["ClientStatus"] for each in cluster.state.allocations()} == {"complete"}
    assert len(cluster.state.allocations()) == 40
    assert searches < 3 * 40


@pytest.mark.parametrize(
    "other",
    [
        a_job(a_group(a_task()), Datacenters=["dc2"]),
        a_job(a_group(a_task()), Constraints=[a_constraint("a", "=", "b")]),
        a_job(a_group(a_task(), Constraints=[a_constraint("a", "=", "b")])),
        a_job(a_group(a_task(), Count=2)),
        a_job(a_group(a_task(), EphemeralDisk={"Migrate": False, "SizeMB": 301, "Sticky": False})),
        a_job(a_group(a_task(), Name="other")),
        a_job(a_group(a_task(Driver="docker"))),
        a_job(a_group(a_task(), a_task(Name="other"))),
        a_job(a_group(a_task_with(CPU=HALF))),
        a_job(a_group(a_task()), a_group(a_task(), Name="other")),
        a_job(a_group(a_task()), Type="batch"),
    ],
)
def test_what_decides_about_room_is_part_of_the_needs(other: Job) -> None:
    """Jobs of which one may fit where the other does not have different needs; a name is no need."""
    needs = needs_of(other)
    assert needs != needs_of(a_job(a_group(a_task())))
    other.update(ID="x", Name="x", Priority=1)
    assert needs_of(other) == needs
