"""Selecting one of many nodes."""

from collections import Counter

import pytest

from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.draft import Draft
from mockserver.cluster.scheduler.selection import BATCH, SERVICE, SYSTEM, Preferences, Selection
from tests.builders import a_group, a_job
from tests.cluster.scheduler.world import World, a_network, a_task_with
from tests.loose_types import Job


def a_selection(world: World, job: Job, preferences: Preferences = SERVICE) -> Selection:
    """Return a search among all nodes of the world."""
    selection = Selection(job, Draft(world), world.ids, preferences)
    selection.among(list(world.nodes()))
    return selection


@pytest.mark.parametrize(
    ("preferences", "nodes", "evaluated"),
    [
        (SERVICE, 1, 1),
        (SERVICE, 2, 2),
        (SERVICE, 5, 3),
        (SERVICE, 100, 7),
        (BATCH, 100, 2),
        (SYSTEM, 1, 1),
    ],
)
def test_only_a_sample_is_looked_at(preferences: Preferences, nodes: int, evaluated: int) -> None:
    """Batch jobs take the better of two nodes; services look at the logarithm of the number of nodes."""
    job = a_job()
    option, metric = a_selection(World(nodes), job, preferences).best(job["TaskGroups"][0])
    assert option is not None
    assert metric["NodesEvaluated"] == evaluated
    assert len(metric["Scores"] or ()) == evaluated


def test_nodes_that_drop_out_do_not_count_as_candidates() -> None:
    """The search goes on until it has enough nodes that fit."""
    world = World(8)
    for node_id in list(world.node_table)[:7]:
        world.change_node(node_id, NodeClass="full", Reserved={**world.node_table[node_id]["Reserved"], "CPU": 9_999})
    job = a_job()
    option, metric = a_selection(world, job).best(job["TaskGroups"][0])
    assert option is not None
    assert option.node["NodeClass"] == ""
    assert (metric["NodesEvaluated"], metric["NodesExhausted"], metric["NodesFiltered"]) == (8, 7, 0)
    assert metric["DimensionExhausted"] == {"cpu exhausted": 7}
    assert metric["ClassExhausted"] == {"full": 7}


def test_the_network_is_a_dimension_too() -> None:
    """What the network lacks is named after ``network: ``, also when two tasks of a group want one port."""
    port = a_network(1, {"http": 8080})
    group = a_group(a_task_with(port), a_task_with(port, name="u"))
    selection = a_selection(World(), a_job(group))
    option, metric = selection.best(group)
    assert option is None
    assert metric["DimensionExhausted"] == {"network: reserved port collision": 1}
    single = a_group(a_task_with(port))
    assert selection.best(single)[0] is not None, "a failed search gives back what it had assigned"


def test_the_fuller_node_wins() -> None:
    """Of two nodes, the one that carries more is taken."""
    world = World(2)
    world.run(a_job(ID="other"))
    used = world.only_allocation()["NodeID"]
    job = a_job()
    option, metric = a_selection(world, job).best(job["TaskGroups"][0])
    assert option is not None
    assert option.node["ID"] == used
    assert option.score == max((metric["Scores"] or {}).values())


@pytest.mark.parametrize(("preferences", "penalty"), [(SERVICE, -20.0), (BATCH, -10.0), (SYSTEM, None)])
def test_a_job_keeps_away_from_itself(preferences: Preferences, penalty: float | None) -> None:
    """Each allocation of the job on a node costs 10 points, for batch jobs 5, for system jobs none."""
    world = World()
    job = a_job(a_group(Count=2))
    world.run(job)
    option, metric = a_selection(world, job, preferences).best(job["TaskGroups"][0])
    assert option is not None
    scores = metric["Scores"] or {}
    score = scores.get(f"{option.node['ID']}.job-anti-affinity")
    assert score == penalty
    assert option.score == pytest.approx(scores[f"{option.node['ID']}.binpack"] + (penalty or 0))


def test_a_job_spreads_over_the_nodes() -> None:
    """Ten allocations go to ten nodes: the penalty is larger than what packing gains."""
    world = World(10)
    world.run(a_job(a_group(Count=10)))
    used = Counter(a["NodeID"] for a in world.allocations.values())
    assert max(used.values()) <= 2


def test_searching_no_nodes_finds_nothing() -> None:
    """Without nodes nothing is evaluated."""
    job = a_job()
    assert a_selection(World(0), job).best(job["TaskGroups"][0])[0] is None


def test_the_search_time_is_plausible() -> None:
    """AllocationTime is some microseconds, in ns."""
    job = a_job()
    times = {a_selection(World(seed=seed), job).best(job["TaskGroups"][0])[1]["AllocationTime"] for seed in range(20)}
    assert len(times) > 1
    assert all(2_000 <= time < 30_000 for time in times)


def test_tasks_get_their_own_ports() -> None:
    """The tasks of a group never share a port, and what they asked for stays as it was."""
    task, other = a_task_with(a_network(dynamic=["a"])), a_task_with(a_network(dynamic=["b"]), name="u")
    group = a_group(task, other)
    option, _ = a_selection(World(), a_job(group)).best(group)
    assert option is not None
    networks = [(resources["Networks"] or [])[0] for resources in option.task_resources.values()]
    ports = [(network["DynamicPorts"] or [])[0]["Value"] for network in networks]
    assert len(set(ports)) == 2
    assert task["Resources"]["Networks"][0]["DynamicPorts"] == [{"Label": "a", "Value": 0}]


def test_only_the_first_network_is_assigned() -> None:
    """A task with several asks gets the first, as an agent does."""
    task = a_task_with(a_network(5, dynamic=["a"]))
    task["Resources"]["Networks"].append(a_network(9_999))
    option, _ = a_selection(World(), a_job(a_group(task))).best(a_group(task))
    assert option is not None
    assert [network["MBits"] for network in option.task_resources["t"]["Networks"] or ()] == [5]


def test_a_preferred_node_comes_first() -> None:
    """A preferred node is taken although another is fuller; the next search looks at all nodes again."""
    world = World(simulated_nodes(2, ids=RandomSource(3)))
    world.run(a_job(ID="other"))
    used = world.only_allocation()["NodeID"]
    (empty,) = [node for node in world.nodes() if node["ID"] != used]
    job = a_job()
    selection = a_selection(world, job)
    option, metric = selection.best_preferring(empty, job["TaskGroups"][0])
    assert option is not None
    assert (option.node["ID"], metric["NodesEvaluated"]) == (empty["ID"], 1)
    assert selection.best(job["TaskGroups"][0])[1]["NodesEvaluated"] == 2
