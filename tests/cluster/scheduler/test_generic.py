"""Service and batch jobs through several evaluations."""

from typing import Any

import pytest

from mockserver.cluster.scheduler import Outcome
from tests.builders import a_group, a_job, a_task, an_evaluation
from tests.cluster.scheduler.world import (
    DISTINCT_HOSTS,
    FAILURE,
    SUCCESS,
    World,
    a_constraint,
    a_network,
    a_task_with,
    names,
)
from tests.loose_types import Job

TOO_BIG = a_task_with(MemoryMB=99_999_999)


def counts(outcome: Outcome, group: str = "g") -> dict[str, int]:
    """Return the annotations of a group that are not 0."""
    desired: Any = outcome.desired.get(group, {})
    return {name: count for name, count in desired.items() if count}


def destructive(job: Job, command: str = "/bin/other") -> Job:
    """Return the job with another command to run."""
    groups = [{**group, "Tasks": [a_task(Config={"command": command})]} for group in job["TaskGroups"]]
    return {**job, "TaskGroups": groups}


def test_every_slot_of_a_new_job_gets_an_allocation() -> None:
    """Count 2 gives two running allocations named after the job's Name, and nothing stays queued."""
    world = World()
    outcome = world.run(a_job(a_group(Count=2), ID="id", Name="name"))
    assert names(outcome.placements) == ["name.g[0]", "name.g[1]"]
    assert {a["DesiredStatus"] + a["ClientStatus"] for a in outcome.placements} == {"runpending"}
    assert (outcome.status, outcome.queued, outcome.failed, outcome.blocked) == ("complete", {"g": 0}, None, None)
    assert counts(outcome) == {"Place": 2}


def test_a_new_allocation_is_complete() -> None:
    """It carries the 21 fields of GET /v1/allocation, with job, resources and metrics of the search."""
    world = World()
    job = a_job(a_group(a_task_with(CPU=200), a_task_with(name="u")))
    world.run(job)
    allocation = world.only_allocation()
    assert len(allocation) == 21
    assert allocation["Job"] == world.job("j")
    assert allocation["Resources"] == {"CPU": 300, "DiskMB": 300, "IOPS": 0, "MemoryMB": 64, "Networks": None}
    assert allocation["SharedResources"] == {"CPU": 0, "DiskMB": 300, "IOPS": 0, "MemoryMB": 0, "Networks": None}
    assert set(allocation["TaskResources"]) == {"t", "u"}
    assert allocation["Metrics"]["NodesAvailable"] == {"dc1": 1}
    assert list(allocation["Metrics"]["Scores"]) == [f"{allocation['NodeID']}.binpack"]


def test_unplaceable_slots_block() -> None:
    """Of three that do not fit one is measured and two are counted; a blocked evaluation waits for room."""
    world = World()
    outcome = world.run(a_job(a_group(TOO_BIG, Count=3)), ID="first", JobModifyIndex=7)
    metric: Any = outcome.failed["g"] if outcome.failed else {}
    assert metric["DimensionExhausted"] == {"memory exhausted": 1}
    assert (metric["NodesEvaluated"], metric["NodesExhausted"], metric["CoalescedFailures"]) == (1, 1, 2)
    assert outcome.is_noop
    assert outcome.queued == {"g": 3}
    assert outcome.blocked
    assert outcome.blocked.keys() == an_evaluation().keys()
    (node,) = world.nodes()
    expected = {
        "ClassEligibility": {node["ComputedClass"]: True},
        "JobModifyIndex": 7,
        "PreviousEval": "first",
        "QueuedAllocations": None,
        "Status": "blocked",
        "StatusDescription": "created to place remaining allocations",
        "TriggeredBy": "job-register",
    }
    assert outcome.blocked.items() >= expected.items()


def test_one_group_can_fail_alone() -> None:
    """What fits is placed; only the other group has metrics and stays queued."""
    outcome = World().run(a_job(a_group(), a_group(TOO_BIG, Name="big")))
    assert names(outcome.placements) == ["j.g[0]"]
    assert list(outcome.failed or ()) == ["big"]
    assert outcome.queued == {"g": 0, "big": 1}


def test_no_node_is_in_the_datacenter() -> None:
    """Nothing is evaluated, the datacenter counts 0 nodes and no class is known."""
    outcome = World().run(a_job(Datacenters=["mars"]))
    metric: Any = outcome.failed["g"] if outcome.failed else {}
    assert (metric["NodesEvaluated"], metric["NodesAvailable"]) == (0, {"mars": 0})
    assert outcome.blocked
    assert outcome.blocked["ClassEligibility"] == {}


@pytest.mark.parametrize("change", [{"Drain": True}, {"Status": "down"}])
def test_only_ready_nodes_are_used(change: dict[str, object]) -> None:
    """A drained or down node takes nothing and does not count as available."""
    world = World(2)
    world.change_node(next(iter(world.node_table)), **change)
    outcome = world.run(a_job(a_group(Count=2)))
    assert {world.node_table[a["NodeID"]]["Name"] for a in outcome.placements} == {"global-dc1-2"}
    assert outcome.placements[0]["Metrics"]["NodesAvailable"] == {"dc1": 1}


def test_an_unchanged_job_is_updated_in_place() -> None:
    """Registered again, the same allocation gets the new evaluation and job, no available nodes and no ID."""
    world = World()
    world.run(a_job())
    before = world.only_allocation()
    outcome = world.run(a_job(Priority=60), ID="second")
    (after,) = outcome.in_place
    assert counts(outcome) == {"InPlaceUpdate": 1}
    assert (after["ID"], after["EvalID"], after["Job"]["Priority"]) == (before["ID"], "second", 60)
    assert after["Metrics"]["NodesAvailable"] is None
    assert f"{after['NodeID']}.job-anti-affinity" not in (after["Metrics"]["Scores"] or {})
    assert outcome.queued == {"g": 0}


def test_another_evaluation_of_the_same_version_changes_nothing() -> None:
    """A second evaluation of the same version changes nothing."""
    world = World()
    job = a_job()
    world.run(job)
    outcome = world.process(job)
    assert outcome.is_noop
    assert counts(outcome) == {"Ignore": 1}
    assert outcome.queued == {"g": 0}


def test_ports_survive_an_update_in_place() -> None:
    """Ports are kept as assigned, although the search assigns new ones."""
    world = World()
    job = a_job(a_group(a_task_with(a_network(dynamic=["http"]))))
    world.run(job)
    before = world.only_allocation()["TaskResources"]
    world.run({**job, "Priority": 60})
    assert world.only_allocation()["TaskResources"] == before


def test_a_destructive_update_replaces_in_one_step() -> None:
    """The old allocation stops and a new one of the same name starts, pointing back."""
    world = World()
    world.run(a_job())
    old = world.only_allocation()
    outcome = world.run(destructive(a_job()))
    (stop,), (new,) = outcome.stops, outcome.placements
    assert counts(outcome) == {"DestructiveUpdate": 1}
    assert (stop["ID"], stop["DesiredStatus"]) == (old["ID"], "stop")
    assert stop["DesiredDescription"] == "alloc is being updated due to job update"
    assert stop["Job"] == old["Job"]
    assert (new["Name"], new["PreviousAllocation"]) == (old["Name"], old["ID"])


def test_an_update_that_no_longer_fits_its_node_is_destructive() -> None:
    """A new constraint could be updated in place, but the node does not meet it; its class is known then."""
    world = World()
    world.run(a_job(a_group(Count=3)))
    constraint = a_constraint("${attr.kernel.name}", "=", "beos")
    outcome = world.run(a_job(a_group(Count=4), Constraints=[constraint]))
    assert counts(outcome) == {"Place": 1, "DestructiveUpdate": 3}
    assert len(outcome.stops) == 3
    assert outcome.queued == {"g": 4}
    assert outcome.failed
    assert outcome.failed["g"]["ConstraintFiltered"] == {"computed class ineligible": 1}


def test_scaling_down_stops_what_is_not_needed() -> None:
    """From 3 to 1: two stop, the other is updated in place."""
    world = World()
    world.run(a_job(a_group(Count=3)))
    outcome = world.run(a_job(a_group(Count=1)))
    assert names(outcome.stops) == ["j.g[1]", "j.g[2]"]
    assert {a["DesiredDescription"] for a in outcome.stops} == {"alloc not needed due to job update"}
    assert counts(outcome) == {"Stop": 2, "InPlaceUpdate": 1}


def test_a_removed_group_is_stopped_under_its_own_name() -> None:
    """The annotations name the group although the job no longer has it."""
    world = World()
    world.run(a_job(a_group(), a_group(Name="old")))
    outcome = world.run(a_job(a_group()))
    assert counts(outcome, "old") == {"Stop": 1}
    assert outcome.queued == {"g": 0}


def test_a_deregistered_job_is_stopped() -> None:
    """All its allocations stop and nothing is queued, whatever case the evaluation writes the ID in."""
    world = World()
    world.run(a_job(a_group(Count=2)))
    world.remove("j")
    outcome = world.process(a_job(ID="J"), TriggeredBy="job-deregister")
    assert names(outcome.stops) == ["j.g[0]", "j.g[1]"]
    assert (outcome.queued, outcome.status, outcome.class_eligibility) == ({}, "complete", None)
    assert counts(outcome) == {"Stop": 2}


def test_a_failed_allocation_is_replaced_by_the_next_evaluation() -> None:
    """The new one has the same name and points back; the failed one is left alone."""
    world = World()
    world.run(a_job())
    failed = world.only_allocation()["ID"]
    world.report("failed", t=FAILURE)
    outcome = world.process(a_job())
    assert (outcome.stops, [a["PreviousAllocation"] for a in outcome.placements]) == ([], [failed])


def test_a_service_that_ended_well_is_started_again() -> None:
    """For a service even a complete allocation is a gap."""
    world = World()
    world.run(a_job())
    world.report("complete", t=SUCCESS)
    assert names(world.process(a_job()).placements) == ["j.g[0]"]


def test_finished_batch_work_is_not_done_again() -> None:
    """It is touched when the job is registered again, but keeps the job that it ran."""
    world = World()
    job = a_job(Type="batch")
    world.run(job)
    world.report("complete", t=SUCCESS)
    ran = world.only_allocation()["Job"]
    outcome = world.run(job)
    assert counts(outcome) == {"InPlaceUpdate": 1}
    assert world.only_allocation()["Job"] == ran


def test_finished_batch_work_is_done_again_after_a_destructive_update() -> None:
    """The finished allocation is stopped, keeping its client status, and a new one takes its name."""
    world = World()
    job = a_job(Type="batch")
    world.run(job)
    world.report("complete", t=SUCCESS)
    outcome = world.run(destructive(job))
    assert [(a["DesiredStatus"], a["ClientStatus"]) for a in outcome.stops] == [("stop", "complete")]
    assert names(outcome.placements) == ["j.g[0]"]


def test_failed_batch_work_is_done_again() -> None:
    """Until it has succeeded it counts as missing."""
    world = World()
    job = a_job(Type="batch")
    world.run(job)
    world.report("failed", t=FAILURE)
    assert names(world.process(job).placements) == ["j.g[0]"]


def test_a_rolling_update_goes_step_by_step() -> None:
    """Each step replaces MaxParallel allocations and leaves an evaluation that waits for Stagger, but the last."""
    world = World()
    rolling = a_job(a_group(Count=3), Update={"MaxParallel": 2, "Stagger": 60})
    world.run(rolling)
    new = destructive(rolling)
    first = world.run(new, ID="first")
    assert counts(first) == {"DestructiveUpdate": 3}
    assert (len(first.stops), len(first.placements)) == (2, 2)
    assert first.queued == {"g": 0}
    assert first.next
    assert first.next.keys() == an_evaluation().keys()
    expected = {"PreviousEval": "first", "Status": "pending", "TriggeredBy": "rolling-update", "Wait": 60}
    assert first.next.items() >= expected.items()
    second = world.process(new, TriggeredBy="rolling-update")
    assert (len(second.stops), second.next) == (1, None)


@pytest.mark.parametrize("update", [{"MaxParallel": 1, "Stagger": 0}, {"MaxParallel": 0, "Stagger": 60}])
def test_an_update_is_rolling_only_with_both_settings(update: dict[str, int]) -> None:
    """Without both MaxParallel and Stagger, all allocations are replaced at once."""
    world = World()
    world.run(a_job(a_group(Count=3), Update=update))
    outcome = world.run(destructive(a_job(a_group(Count=3), Update=update)))
    assert (len(outcome.stops), outcome.next) == (3, None)


def test_the_rolling_limit_is_shared_between_migrations_and_updates() -> None:
    """With MaxParallel 2 and one allocation to move, one update may happen."""
    world = World(2)
    job = a_job(a_group(Count=3), Update={"MaxParallel": 2, "Stagger": 60})
    world.run(job)
    lonely = min(world.node_table, key=lambda node: len(world.carried_by(node).allocations))
    world.change_node(lonely, Drain=True)
    outcome = world.run(destructive(job))
    reasons = sorted(a["DesiredDescription"] for a in outcome.stops)
    assert reasons == ["alloc is being migrated", "alloc is being updated due to job update"]
    assert outcome.next


def test_a_drained_node_gives_its_allocations_to_another() -> None:
    """Allocations of a drained node are stopped there and placed on another node."""
    world = World(2)
    world.run(a_job())
    old = world.only_allocation()
    world.change_node(old["NodeID"], Drain=True)
    outcome = world.process(a_job(), TriggeredBy="node-update")
    assert [a["DesiredDescription"] for a in outcome.stops] == ["alloc is being migrated"]
    assert [a["NodeID"] for a in outcome.placements] != [old["NodeID"]]
    assert counts(outcome) == {"Migrate": 1}


def test_allocations_of_a_node_that_is_down_are_lost() -> None:
    """They stop with client status lost and are replaced elsewhere."""
    world = World(2)
    world.run(a_job())
    world.change_node(world.only_allocation()["NodeID"], Status="down")
    outcome = world.process(a_job(), TriggeredBy="node-update")
    (stop,) = outcome.stops
    assert (stop["ClientStatus"], stop["DesiredStatus"]) == ("lost", "stop")
    assert stop["DesiredDescription"] == "alloc is lost since its node is down"
    assert len(outcome.placements) == 1


def test_a_stopping_allocation_on_a_node_that_goes_down_is_lost() -> None:
    """When its node goes down, the scheduler marks a stopping allocation lost, for the node can't."""
    world = World()
    world.run(a_job(a_group(Count=2)))
    world.report("running")
    world.run(a_job(a_group(Count=1)))
    world.change_node(next(iter(world.node_table)), Status="down")
    outcome = world.process(a_job(), TriggeredBy="node-update")
    assert [a["ClientStatus"] for a in outcome.stops] == ["lost", "lost"]


def test_finished_batch_work_stays_on_a_node_that_is_down() -> None:
    """Finished batch work is not done again when its node goes down."""
    world = World()
    job = a_job(Type="batch")
    world.run(job)
    world.report("complete", t=SUCCESS)
    world.change_node(world.only_allocation()["NodeID"], Status="down")
    assert counts(world.process(job, TriggeredBy="node-update")) == {"Ignore": 1}


def test_a_blocked_evaluation_that_still_lacks_room_blocks_again() -> None:
    """The first blocked evaluation goes on waiting, with what was learned now; there is no second one."""
    world = World()
    outcome = world.run(a_job(a_group(), a_group(TOO_BIG, Name="big")), Status="blocked")
    (node,) = world.nodes()
    assert (outcome.reblock, outcome.blocked, outcome.escaped) == (True, None, False)
    assert outcome.class_eligibility == {node["ComputedClass"]: True}
    assert names(outcome.placements) == ["j.g[0]"]


def test_a_blocked_evaluation_that_finds_room_is_complete() -> None:
    """A blocked evaluation that finds room completes and is not blocked again."""
    outcome = World().run(a_job(), Status="blocked")
    assert (outcome.reblock, outcome.status, len(outcome.placements)) == (False, "complete", 1)


def test_a_unique_constraint_escapes_the_classes() -> None:
    """With a constraint on a unique value, the blocked evaluation knows no classes and says so."""
    outcome = World().run(a_job(Constraints=[a_constraint("${node.unique.id}", "=", "x")]))
    assert outcome.blocked
    assert (outcome.blocked["ClassEligibility"], outcome.blocked["EscapedComputedClass"]) == (None, True)


@pytest.mark.parametrize("on_job", [True, False])
def test_distinct_hosts_allow_one_allocation_per_node(on_job: bool) -> None:
    """A second allocation of the job (or group) on a node is filtered."""
    where = {"Constraints": [DISTINCT_HOSTS]}
    group = a_group(Count=2) if on_job else a_group(Count=2, **where)
    world = World()
    outcome = world.run(a_job(group, **where) if on_job else a_job(group))
    assert len(outcome.placements) == 1
    assert outcome.failed
    assert outcome.failed["g"]["ConstraintFiltered"] == {"distinct_hosts": 1}
    assert len(World(2).run(a_job(group, **where) if on_job else a_job(group)).placements) == 2


def test_distinct_hosts_of_a_group_do_not_mind_other_groups() -> None:
    """Only the constraint of the job keeps its groups apart."""
    groups = [a_group(Constraints=[DISTINCT_HOSTS]), a_group(Name="h", Constraints=[DISTINCT_HOSTS])]
    assert len(World().run(a_job(*groups)).placements) == 2
    assert len(World().run(a_job(*groups, Constraints=[DISTINCT_HOSTS])).placements) == 1


def test_a_sticky_disk_stays_on_its_node() -> None:
    """A replacement goes to the node of the former allocation, unless that is no longer ready."""
    disk = {"Migrate": False, "SizeMB": 100, "Sticky": True}
    for seed in range(8):
        world = World(5, seed)
        job = a_job(a_group(EphemeralDisk=disk))
        world.run(job)
        home = world.only_allocation()["NodeID"]
        assert [a["NodeID"] for a in world.run(destructive(job)).placements] == [home]
        world.change_node(home, Drain=True)
        assert home not in [a["NodeID"] for a in world.process(destructive(job)).placements]


def test_a_full_sticky_node_is_given_up() -> None:
    """When the former node has no room, the other nodes are searched."""
    disk = {"Migrate": False, "SizeMB": 100, "Sticky": True}
    world = World(2)
    world.run(a_job(a_group(a_task_with(CPU=6_000), EphemeralDisk=disk)))
    home = world.only_allocation()["NodeID"]
    outcome = world.run(a_job(a_group(a_task_with(CPU=9_000), a_task_with(name="u", CPU=900), EphemeralDisk=disk)))
    assert [a["NodeID"] for a in outcome.placements] == [home]
    world.change_node(home, Reserved={**world.node_table[home]["Reserved"], "CPU": 5_000})
    outcome = world.run(a_job(a_group(a_task_with(CPU=9_100), a_task_with(name="u", CPU=900), EphemeralDisk=disk)))
    assert [a["NodeID"] for a in outcome.placements] == [node for node in world.node_table if node != home]


def test_a_port_promised_twice_by_one_task_is_a_conflict() -> None:
    """The servers never commit such a plan: the evaluation fails, a blocked one waits (observed)."""
    world = World()
    task = a_task_with(a_network(static={"a": 9090, "b": 9090}))
    outcome = world.run(a_job(a_group(task)), ID="first")
    assert (outcome.status, outcome.description) == ("failed", "maximum attempts reached (5)")
    assert (outcome.is_noop, outcome.queued, outcome.failed, outcome.reblock) == (True, {"g": 1}, None, False)
    assert outcome.blocked
    expected = {
        "PreviousEval": "first",
        "Status": "blocked",
        "StatusDescription": "created due to placement conflicts",
        "TriggeredBy": "max-plan-attempts",
    }
    assert outcome.blocked.items() >= expected.items()
    batch = world.run(a_job(a_group(task), ID="b", Type="batch"))
    assert batch.description == "maximum attempts reached (2)"


def test_a_plan_does_not_find_out_about_conflicts() -> None:
    """A plan announces the conflicting placement and creates no evaluation (observed)."""
    task = a_task_with(a_network(static={"a": 9090, "b": 9090}))
    outcome = World().run(a_job(a_group(task)), AnnotatePlan=True)
    assert (outcome.status, outcome.blocked, counts(outcome)) == ("complete", None, {"Place": 1})


def test_all_at_once_commits_nothing_next_to_a_conflict() -> None:
    """With AllAtOnce a conflict stops the whole plan; without it, the other node's part is committed."""
    task = a_task_with(a_network(static={"a": 9090, "b": 9090}))
    groups = [a_group(Constraints=[DISTINCT_HOSTS]), a_group(task, Name="twice", Constraints=[DISTINCT_HOSTS])]
    for all_at_once, placed in ((False, ["j.g[0]"]), (True, [])):
        job = a_job(*groups, Constraints=[DISTINCT_HOSTS], AllAtOnce=all_at_once)
        outcome = World(2).run(job)
        assert (outcome.status, names(outcome.placements)) == ("failed", placed)
        assert outcome.queued == {"g": 1 - len(placed), "twice": 1}


def test_a_group_that_the_old_job_did_not_have_is_a_replacement() -> None:
    """When a new group makes the same allocation name as an old one, nothing is carried over."""
    world = World()
    world.run(a_job(a_group(Name="b.c"), Name="a"))
    outcome = world.run(a_job(a_group(Name="c"), Name="a.b"))
    assert (len(outcome.stops), names(outcome.placements)) == (1, ["a.b.c[0]"])


def test_the_same_seed_decides_the_same() -> None:
    """Nodes, IDs, ports and times of a decision follow from the seed alone."""
    job = a_job(a_group(a_task_with(a_network(dynamic=["http", "admin"])), Count=5))
    assert World(10, seed=7).run(job) == World(10, seed=7).run(job)
    assert World(10, seed=7).run(job) != World(10, seed=8).run(job)
