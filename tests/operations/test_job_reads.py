"""Reading jobs, allocations, evaluations and summaries: body, index, and what wakes them."""

from typing import Any

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.nodes import simulated_nodes
from mockserver.gostd.durations import SECOND
from mockserver.operations import READS
from mockserver.operations.results import LongList, Read
from tests.builders import a_job, an_evaluation

_MISSING: dict[str, tuple[str, str, Any, str]] = {
    "query": ("jobs", "job", None, "job not found"),
    "summary": ("job_summary", "summary", None, "job not found"),
    "evaluations": ("evals", "evaluations", [], ""),
    "allocations": ("allocs", "allocations", [], ""),
}


def _read(cluster: Cluster, name: str, job_id: str, *, every: bool = False) -> Read:
    return READS[name](cluster, job_id, {"all": every})


@pytest.fixture
def registered(cluster: Cluster, clock: ManualClock) -> Cluster:
    """Return the region with the job ``Svc`` running."""
    cluster.register(a_job(ID="Svc"))
    clock.advance(5 * SECOND)
    return cluster


@pytest.mark.parametrize(("name", "expected"), _MISSING.items())
def test_what_is_read_of_a_missing_job(registered: Cluster, name: str, expected: tuple[str, str, Any, str]) -> None:
    """For a missing job lists are empty and objects not found, at the index of the table."""
    table, kind, body, missing = expected
    index = registered.state.table_index(table)
    assert index > 0
    assert _read(registered, name, "Nope") == Read(body, index, (kind, "Nope"), missing)


@pytest.mark.parametrize("name", ["query", "summary"])
def test_an_object_is_read_at_its_own_index(registered: Cluster, name: str) -> None:
    """An object is read at its own index, and is the stored object itself, so that it is rendered once."""
    before = _read(registered, name, "svc")
    registered.register(a_job(ID="other"))
    after = _read(registered, name, "SVC")
    assert before.body is after.body
    assert after.index == after.body["ModifyIndex"] < registered.state.index
    assert after.watch[1] == "SVC"


@pytest.mark.parametrize(("name", "table"), [("evaluations", "evals"), ("allocations", "allocs")])
def test_a_list_is_read_at_the_index_of_the_table(
    registered: Cluster, clock: ManualClock, name: str, table: str
) -> None:
    """A list has the index of its table, whoever changed it."""
    registered.register(a_job(ID="other"))
    clock.advance(5 * SECOND)
    result = _read(registered, name, "svc")
    assert result.index == registered.state.table_index(table) > max(each["ModifyIndex"] for each in result.body)


def test_evaluations_are_those_of_a_prefix(registered: Cluster) -> None:
    """Evaluations of other jobs with the prefix are listed too."""
    registered.register(a_job(ID="svc2"))
    assert [each["JobID"] for each in _read(registered, "evaluations", "sv").body] == ["Svc", "svc2"]


def test_evaluations_are_ordered(cluster: Cluster) -> None:
    """Evaluations are ordered by job, status and ID (behaviour.md 5.2)."""
    for evaluation_id, job_id, status in (
        ("3", "xyz", "complete"),
        ("2", "X", "pending"),
        ("1", "x", "pending"),
        ("4", "x", "blocked"),
        ("5", "y", "pending"),
        ("6", "x/dispatch-1", "complete"),
    ):
        cluster.state.upsert_evaluation(an_evaluation(ID=evaluation_id, JobID=job_id, Status=status))
    assert [each["ID"] for each in _read(cluster, "evaluations", "x").body] == ["4", "1", "2", "6", "3"]


@pytest.mark.parametrize("name", ["evaluations", "all-evaluations", "nodes"])
def test_a_long_list_is_made_later(cluster: Cluster, name: str) -> None:
    """A long list shows what was stored when it was read, in the same order as a short one."""
    state = cluster.state
    for number in range(1_001):
        state.upsert_evaluation(an_evaluation(ID=f"{number:04}", JobID="x"))
    for node in simulated_nodes(1_001, ids=cluster.ids):
        state.upsert_node(node)
    read = READS[name](cluster, "x", {"all": False, "prefix": ""})
    assert isinstance(read.body, LongList)
    expected = [*state.evaluations()] if "evaluations" in name else [*state.nodes()]
    state.upsert_evaluation(an_evaluation(ID="0000", JobID="x", Status="failed"))
    state.delete_node(next(iter(state.nodes()))["ID"])
    assert [each["ID"] for each in read.body.make()] == sorted(each["ID"] for each in expected)
    assert {each["Status"] for each in read.body.make()} <= {"ready", "pending"}


def test_allocations_are_listed_without_their_job(registered: Cluster) -> None:
    """A listed allocation has fourteen keys, with task states and without the job."""
    (stub,) = _read(registered, "allocations", "svc").body
    assert list(stub) == sorted(stub)
    assert len(stub) == 14
    assert (stub["ClientStatus"], stub["TaskStates"]["t"]["State"]) == ("running", "running")


def test_allocations_of_earlier_instances(registered: Cluster, clock: ManualClock) -> None:
    """With ``all``, allocations of earlier instances are listed, once the job exists again."""
    registered.deregister("svc")
    clock.advance(5 * SECOND)
    assert len(_read(registered, "allocations", "svc").body) == 1
    registered.register(a_job(ID="Svc"))
    clock.advance(5 * SECOND)
    counts = [len(_read(registered, "allocations", "svc", every=every).body) for every in (False, True)]
    assert counts == [1, 2]
