"""Constraints, drivers, and the verdicts remembered for a class of nodes."""

import pytest

from mockserver.cluster.nodes import computed_class, simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.feasibility import Feasibility, resolve
from mockserver.cluster.scheduler.outcome import new_metric
from tests.builders import a_group, a_job, a_task
from tests.cluster.scheduler.world import DISTINCT_HOSTS, a_constraint
from tests.loose_types import Job, Node

BEOS = a_constraint("${attr.kernel.name}", "=", "beos")
LINUX = a_constraint("${attr.kernel.name}", "=", "linux")


def a_node(**known: object) -> Node:
    """Return a simulated node with other fields."""
    (node,) = simulated_nodes(1, ids=RandomSource(1))
    other: Node = {**node, **known}
    return {**other, "ComputedClass": computed_class(other)}


def reasons(job: Job, *nodes: Node, group: str = "g") -> list[str | None]:
    """Return why each node is filtered in turn, None where it is not."""
    feasibility = Feasibility(job)
    found = []
    for node in nodes:
        metric = new_metric()
        admitted = feasibility.admits(node, group, metric)
        assert metric["NodesFiltered"] == int(not admitted)
        found.append(next(iter(metric["ConstraintFiltered"] or ()), None))
    return found


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("literal", "literal"),
        ("", ""),
        ("x${attr.kernel.name}", "x${attr.kernel.name}"),
        ("${node.unique.id}", "the-id"),
        ("${node.unique.name}", "global-dc1-1"),
        ("${node.datacenter}", "dc1"),
        ("${node.class}", "big"),
        ("${attr.kernel.name}", "linux"),
        ("${attr.unique.hostname}", "global-dc1-1"),
        ("${attr.nothing}", None),
        ("${meta.rack}", "r1"),
        ("${meta.none}", None),
        ("${node.unknown}", None),
        ("${env.HOME}", None),
    ],
)
def test_targets_are_resolved_against_the_node(target: str, value: str | None) -> None:
    """Only text that begins with ``${`` is looked up; what the node lacks is None."""
    assert resolve(target, a_node(ID="the-id", NodeClass="big", Meta={"rack": "r1"})) == value


def test_a_missing_value_meets_no_operator() -> None:
    """A missing value meets no operator, not even ``!=``."""
    constraint = a_constraint("${meta.x}", "!=", "x")
    assert reasons(a_job(Constraints=[constraint]), a_node()) == ["${meta.x} != x"]
    assert reasons(a_job(Constraints=[a_constraint("x", "=", "${meta.x}")]), a_node()) == ["x = ${meta.x}"]


@pytest.mark.parametrize(
    "job",
    [
        a_job(Constraints=[LINUX, BEOS]),
        a_job(a_group(Constraints=[LINUX, BEOS])),
        a_job(a_group(a_task(Constraints=[LINUX]), a_task(Name="u", Constraints=[BEOS]))),
    ],
)
def test_constraints_of_job_group_and_task_all_count(job: Job) -> None:
    """The first constraint that is not met is the reason."""
    assert reasons(job, a_node()) == ["${attr.kernel.name} = beos"]


def test_distinct_hosts_is_not_decided_here() -> None:
    """``distinct_hosts`` depends on what runs on a node; a target that can't be resolved still fails it."""
    assert reasons(a_job(Constraints=[DISTINCT_HOSTS]), a_node()) == [None]
    strange = {**DISTINCT_HOSTS, "LTarget": "${meta.x}"}
    assert reasons(a_job(Constraints=[strange]), a_node()) == ["${meta.x} distinct_hosts "]


@pytest.mark.parametrize(
    ("value", "admitted"), [("1", True), ("true", True), ("T", True), ("0", False), ("yes", False), (None, False)]
)
def test_a_driver_has_to_be_switched_on(value: str | None, admitted: bool) -> None:
    """A driver's attribute is read as a Go boolean, and each task's driver is needed."""
    attributes = {"driver.raw_exec": "1"} | ({} if value is None else {"driver.rkt": value})
    job = a_job(a_group(a_task(), a_task(Name="u", Driver="rkt")))
    assert reasons(job, a_node(Attributes=attributes)) == [None if admitted else "missing drivers"]


def test_a_node_that_says_nothing_has_no_drivers() -> None:
    """A node whose attributes are null has no drivers."""
    assert reasons(a_job(), a_node(Attributes=None)) == ["missing drivers"]


def test_a_class_is_judged_once() -> None:
    """The second node of a class fails without being looked at; another class is looked at."""
    twin, other = a_node(ID="2"), a_node(NodeClass="big")
    reason = "${attr.kernel.name} = beos"
    expected = [reason, "computed class ineligible", reason]
    assert reasons(a_job(Constraints=[BEOS]), a_node(), twin, other) == expected
    assert reasons(a_job(a_group(Constraints=[BEOS])), a_node(), twin, other) == expected
    assert reasons(a_job(), a_node(), twin) == [None, None]


def test_unique_constraints_are_judged_for_each_node() -> None:
    """Constraints on unique values are judged for each node of a class."""
    constraint = a_constraint("${attr.unique.hostname}", "=", "b")
    nodes = [a_node(Attributes={"unique.hostname": name, "driver.raw_exec": "1"}) for name in ("a", "b", "a")]
    reason = "${attr.unique.hostname} = b"
    assert reasons(a_job(a_group(Constraints=[constraint])), *nodes) == [reason, None, reason]
    assert reasons(a_job(Constraints=[constraint]), *nodes) == [reason, None, reason]


def test_a_node_without_a_class_is_always_looked_at() -> None:
    """No verdict is remembered for nodes without a class."""
    node = a_node() | {"ComputedClass": ""}
    feasibility = Feasibility(a_job(Constraints=[BEOS]))
    for _ in range(2):
        metric = new_metric()
        feasibility.admits(node, "g", metric)
        assert metric["ConstraintFiltered"] == {"${attr.kernel.name} = beos": 1}
    assert feasibility.classes == {}


@pytest.mark.parametrize(
    ("where", "escapes"),
    [
        (a_constraint("${node.unique.id}", "=", "x"), True),
        (a_constraint("x", "=", "${meta.unique.x}"), True),
        (a_constraint("${node.datacenter}", "=", "${attr.unique}"), False),
    ],
)
def test_what_escapes_the_classes(where: dict[str, str], escapes: bool) -> None:
    """Constraints on unique values escape the classes, on either side and at any level."""
    jobs = [
        a_job(Constraints=[where]),
        a_job(a_group(Constraints=[where])),
        a_job(a_group(a_task(Constraints=[where]))),
    ]
    assert [Feasibility(job).escaped for job in jobs] == [escapes] * 3


def test_a_class_that_any_group_may_use_is_eligible() -> None:
    """One group's failure does not hide another's success, in whatever order they are seen."""
    node = a_node()
    groups = [a_group(Name="no", Constraints=[BEOS]), a_group(Name="yes")]
    for order in (("no", "yes"), ("yes", "no")):
        feasibility = Feasibility(a_job(*groups))
        for name in order:
            feasibility.admits(node, name, new_metric())
        assert feasibility.classes == {node["ComputedClass"]: True}


@pytest.mark.parametrize(
    ("job", "eligible"), [(a_job(Constraints=[BEOS]), False), (a_job(a_group(Constraints=[BEOS])), True)]
)
def test_a_class_that_meets_the_job_stays_eligible(job: Job, eligible: bool) -> None:
    """A failing constraint of the job rules a class out, one of a group does not (observed)."""
    node = a_node()
    feasibility = Feasibility(job)
    assert not feasibility.admits(node, "g", new_metric())
    assert feasibility.classes == {node["ComputedClass"]: eligible}


def test_filtered_nodes_count_by_class() -> None:
    """ClassFiltered counts by the operator's NodeClass, where there is one."""
    metric = new_metric()
    feasibility = Feasibility(a_job(Constraints=[BEOS]))
    for node in (a_node(NodeClass="big"), a_node(NodeClass="big", ID="2"), a_node()):
        feasibility.admits(node, "g", metric)
    assert (metric["NodesFiltered"], metric["ClassFiltered"]) == (3, {"big": 2})
