"""System jobs through several evaluations."""

import pytest

from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.errors import Refused
from tests.builders import a_group, a_job, a_task
from tests.cluster.scheduler.world import DISTINCT_HOSTS, World, a_constraint, a_network, a_task_with, names
from tests.loose_types import Job

NOWHERE = a_constraint("${attr.kernel.name}", "=", "beos")


def a_system_job(*groups: dict[str, object], **known: object) -> Job:
    """Return a job of type system."""
    return a_job(*groups, Type="system", **known)


def test_every_node_gets_one_allocation_of_the_same_name() -> None:
    """Three nodes get three allocations named ``j.g[0]``; others of the job on a node do not matter."""
    world = World(3)
    outcome = world.run(a_system_job(a_group(), a_group(Name="h", Constraints=[DISTINCT_HOSTS])))
    assert names(outcome.placements) == ["j.g[0]"] * 3 + ["j.h[0]"] * 3
    assert {a["NodeID"] for a in outcome.placements} == set(world.node_table)
    assert outcome.desired["g"]["Place"] == 3
    scores = [score for a in outcome.placements for score in a["Metrics"]["Scores"] or ()]
    assert all(score.endswith(".binpack") for score in scores)
    assert outcome.placements[0]["Metrics"]["NodesAvailable"] == {"dc1": 3}


def test_a_full_node_stays_queued_without_a_blocked_evaluation() -> None:
    """What does not fit on a node is counted as queued, but a system job does not block."""
    outcome = World(2).run(a_system_job(a_group(a_task_with(CPU=999_999))))
    assert (outcome.blocked, outcome.queued, outcome.status) == (None, {"g": 2}, "complete")
    assert outcome.failed
    assert outcome.failed["g"]["CoalescedFailures"] == 1
    assert outcome.failed["g"]["DimensionExhausted"] == {"cpu exhausted": 1}
    assert outcome.desired["g"]["Place"] == 2


def test_a_node_that_may_not_run_the_group_is_not_queued() -> None:
    """A filtered node has metrics, but is neither queued nor counted as a placement by a plan."""
    outcome = World(2).run(a_system_job(a_group(), a_group(a_task(Driver="rkt"), Name="h")))
    assert (outcome.queued, len(outcome.placements)) == ({"g": 0, "h": 0}, 2)
    assert outcome.failed
    assert outcome.failed["h"]["ConstraintFiltered"] == {"missing drivers": 1}
    assert outcome.desired["h"] == dict.fromkeys(outcome.desired["h"], 0)


def test_a_destructive_update_to_a_node_that_may_not_run_it_wraps_the_count() -> None:
    """One placement fewer than none is 2**64 - 1 (observed)."""
    world = World()
    world.run(a_system_job())
    new = a_system_job(a_group(a_task(Config={"command": "/bin/other"})), Constraints=[NOWHERE])
    outcome = world.run(new)
    assert (outcome.desired["g"]["Place"], outcome.desired["g"]["DestructiveUpdate"]) == (2**64 - 1, 1)
    assert (outcome.queued, len(outcome.stops)) == ({"g": 0}, 1)


def test_a_new_node_gets_its_allocation() -> None:
    """A new node gets an allocation, and the others are left alone."""
    world = World()
    job = a_system_job()
    world.run(job)
    (new,) = simulated_nodes(1, ids=RandomSource(9))
    world.node_table[new["ID"]] = new
    outcome = world.process(job, TriggeredBy="node-update")
    assert [a["NodeID"] for a in outcome.placements] == [new["ID"]]
    assert (outcome.desired["g"]["Ignore"], outcome.desired["g"]["Place"]) == (1, 1)


def test_a_failed_allocation_is_replaced_on_its_node() -> None:
    """The replacement points back only to an allocation of the same node."""
    world = World(2)
    job = a_system_job()
    world.run(job)
    world.report("failed")
    outcome = world.process(job)
    previous = [a["PreviousAllocation"] for a in outcome.placements]
    assert len(previous) == 2
    assert previous.count("") == 1


def test_a_drained_node_stops_the_job() -> None:
    """The allocation of a drained node is stopped as not needed: system jobs do not migrate."""
    world = World(2)
    job = a_system_job()
    world.run(job)
    world.change_node(next(iter(world.node_table)), Drain=True)
    outcome = world.process(job, TriggeredBy="node-update")
    assert [a["DesiredDescription"] for a in outcome.stops] == ["alloc not needed due to job update"]
    assert (outcome.placements, outcome.desired["g"]["Stop"], outcome.queued) == ([], 1, {"g": 0})


def test_a_node_that_is_down_loses_its_allocation() -> None:
    """The allocation of a node that is down is lost and not replaced."""
    world = World(2)
    job = a_system_job()
    world.run(job)
    world.change_node(next(iter(world.node_table)), Status="down")
    outcome = world.process(job, TriggeredBy="node-update")
    assert [(a["ClientStatus"], a["DesiredStatus"]) for a in outcome.stops] == [("lost", "stop")]
    assert outcome.placements == []


def test_updates_roll_node_by_node() -> None:
    """MaxParallel limits destructive updates of system jobs too."""
    world = World(3)
    update = {"MaxParallel": 1, "Stagger": 60}
    world.run(a_system_job(Update=update))
    outcome = world.run(a_system_job(a_group(a_task(Config={"command": "/bin/other"})), Update=update))
    assert (len(outcome.stops), len(outcome.placements)) == (1, 1)
    assert outcome.stops[0]["NodeID"] == outcome.placements[0]["NodeID"]
    assert outcome.next
    assert outcome.next["Type"] == "system"


def test_a_removed_system_job_is_stopped() -> None:
    """A removed system job is stopped, also by an evaluation that a change of a node made."""
    world = World(2)
    job = a_system_job()
    world.run(job)
    world.remove("j")
    assert len(world.process(job, TriggeredBy="node-update").stops) == 2


def test_a_group_for_a_node_outside_the_datacenters_fails_the_evaluation() -> None:
    """The job has left the node's datacenter, and its new group cannot be placed there (observed)."""
    world = World()
    world.run(a_system_job())
    (node_id,) = world.node_table
    moved = a_system_job(a_group(), a_group(Name="h"), Datacenters=["dc2"])
    world.register(moved)
    with pytest.raises(Refused, match=f'could not find node "{node_id}"'):
        world.decide(moved, AnnotatePlan=True)
    outcome = world.process(moved)
    assert (outcome.status, outcome.description) == ("failed", "evaluation reached delivery limit (3)")
    assert outcome.is_noop


def test_a_conflict_fails_without_a_blocked_evaluation() -> None:
    """An evaluation whose plan promises a port twice fails, and nothing is blocked."""
    outcome = World().run(a_system_job(a_group(a_task_with(a_network(static={"a": 9090, "b": 9090})))))
    assert (outcome.status, outcome.description) == ("failed", "maximum attempts reached (5)")
    assert (outcome.blocked, outcome.queued) == (None, {"g": 1})
