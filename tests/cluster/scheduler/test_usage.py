"""Resources in use on a node, and the score of placing more there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.cluster.load import Carried
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.usage import Usage, combined
from tests.builders import an_allocation
from tests.cluster.scheduler.world import a_network
from tests.loose_types import Allocation, Node


def a_node(reserved_cpu: int = 0, **resources: int) -> Node:
    """Return a simulated node, with other resources where given."""
    (node,) = simulated_nodes(1, ids=RandomSource(1))
    return {
        **node,
        "Resources": {**node["Resources"], **resources},
        "Reserved": {**node["Reserved"], "CPU": reserved_cpu},
    }


def an_ask(cpu: int = 0, memory: int = 0, disk: int = 0, iops: int = 0) -> Any:
    """Return amounts of the four resources."""
    return {"CPU": cpu, "MemoryMB": memory, "DiskMB": disk, "IOPS": iops}


def a_carried(allocation_id: str = "a1", cpu: int = 100) -> Allocation:
    """Return an allocation that uses CPU and memory."""
    return an_allocation(ID=allocation_id, Resources={**an_ask(cpu, 100), "Networks": None})


@pytest.mark.parametrize(
    ("ask", "dimension"),
    [
        (an_ask(10_000, 16_384, 102_400), ""),
        (an_ask(10_001, 16_385), "cpu exhausted"),
        (an_ask(1, 16_385, 102_401), "memory exhausted"),
        (an_ask(1, 1, 102_401, 1), "disk exhausted"),
        (an_ask(1, 1, 1, 1), "iops exhausted"),
    ],
)
def test_the_first_dimension_that_lacks_is_named(ask: Any, dimension: str) -> None:
    """CPU is named before memory, disk and IOPS; what fits exactly fits."""
    assert Usage(a_node(), Carried()).lacks(ask) == dimension


def test_what_is_carried_and_reserved_counts() -> None:
    """The free room is what the node has, less its reservation and its allocations."""
    usage = Usage(a_node(reserved_cpu=400), Carried([a_carried(cpu=600)]))
    assert usage.lacks(an_ask(9_000)) == ""
    assert usage.lacks(an_ask(9_001)) == "cpu exhausted"
    usage.remove("a1")
    assert usage.lacks(an_ask(9_600)) == ""


def test_an_allocation_of_the_same_id_takes_the_place() -> None:
    """A second version of an allocation is not counted twice."""
    usage = Usage(a_node(), Carried([a_carried(cpu=5_000)]))
    usage.add(a_carried(cpu=6_000))
    assert usage.lacks(an_ask(4_000)) == ""
    assert usage.of_job("j") == usage.of_group("j", "g") == 1


def test_removing_what_is_not_there_changes_nothing() -> None:
    """Removing an unknown ID is no error."""
    usage = Usage(a_node(), Carried())
    usage.remove("nobody")
    assert "nobody" not in usage
    assert usage.lacks(an_ask(10_000)) == ""


def test_too_much_bandwidth_is_the_last_dimension() -> None:
    """Overcommitted bandwidth is named last, also for an ask without a network."""
    usage = Usage(a_node(), Carried())
    usage.network.add(a_network(1_001, Device="lo", IP="127.0.0.1"))
    assert usage.lacks(an_ask(1)) == "bandwidth exceeded"
    assert not usage.holds


def test_only_a_ready_node_holds_anything() -> None:
    """A placement on a node that is not ready is not committed."""
    assert Usage(a_node(), Carried()).holds
    assert not Usage(a_node() | {"Status": "initializing"}, Carried()).holds


@pytest.mark.parametrize(
    ("node", "cpu", "memory", "score"),
    [
        ((5192, 24105), 200, 64, 0.9097240416841039),
        ((5192, 24105), 300, 96, 1.3370359810904944),
        ((5192, 24105), 500, 160, 2.140467180577282),
        ((10_000, 16_384), 0, 0, 0.0),
        ((10_000, 16_384), 10_000, 16_384, 18.0),
        ((10_000, 16_384), 30_000, 65_536, 18.0),
    ],
)
def test_the_score_is_that_of_a_real_agent(node: tuple[int, int], cpu: int, memory: int, score: float) -> None:
    """Scores equal those that an agent gave its own node, and those at both ends."""
    usage = Usage(a_node(CPU=node[0], MemoryMB=node[1]), Carried())
    assert usage.score(an_ask(cpu, memory)) == pytest.approx(score, abs=1e-12)


@given(st.lists(st.integers(20, 500), max_size=10), st.integers(1, 100))
def test_a_fuller_node_scores_higher(carried: list[int], ask: int) -> None:
    """The more a node carries, the higher it scores."""
    usage = Usage(a_node(), Carried())
    scores = [usage.score(an_ask(ask, ask))]
    for number, cpu in enumerate(carried):
        usage.add(a_carried(str(number), cpu))
        scores.append(usage.score(an_ask(ask, ask)))
    assert scores == sorted(scores)


def test_combined_resources_merge_networks_by_device() -> None:
    """Amounts add up; ports of one device are in one network, and no ports are null."""
    one: Any = {**an_ask(100, 32), "Networks": [a_network(10, {"http": 80}, Device="lo", IP="127.0.0.1")]}
    two: Any = {**an_ask(50, 16), "Networks": [a_network(5, dynamic=["x"], Device="lo", IP="127.0.0.1")]}
    three: Any = {**an_ask(1, 1), "Networks": [a_network(1, Device="eth0", IP="10.0.0.1")]}
    total: Any = combined({"a": one, "b": two, "c": three}, an_ask(disk=300) | {"Networks": None})
    assert {name: total[name] for name in an_ask()} == an_ask(151, 49, 300)
    assert [(n["Device"], n["MBits"]) for n in total["Networks"]] == [("lo", 15), ("eth0", 1)]
    assert [len(n["ReservedPorts"] or ()) + len(n["DynamicPorts"] or ()) for n in total["Networks"]] == [2, 0]
    assert total["Networks"][1]["DynamicPorts"] is None
