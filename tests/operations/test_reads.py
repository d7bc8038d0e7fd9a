"""Query, allocations, evaluations and summary: body, index, and what wakes them."""

from typing import Any

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.gostd.durations import SECOND
from mockserver.operations import READS
from mockserver.operations.results import Read
from tests.builders import a_job

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
    """With the job ``Svc`` running."""
    cluster.register(a_job(ID="Svc"))
    clock.advance(5 * SECOND)
    return cluster


@pytest.mark.parametrize(("name", "expected"), _MISSING.items())
def test_what_is_read_of_a_missing_job(registered: Cluster, name: str, expected: tuple[str, str, Any, str]) -> None:
    """Lists are empty, objects are not found; the index is that of the table."""
    table, kind, body, missing = expected
    index = registered.state.table_index(table)
    assert index > 0
    assert _read(registered, name, "Nope") == Read(body, index, (kind, "Nope"), missing)


@pytest.mark.parametrize("name", ["query", "summary"])
def test_an_object_is_read_at_its_own_index(registered: Cluster, name: str) -> None:
    """And it is the stored one, so that it has to be rendered only once."""
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
    """Whoever changed it."""
    registered.register(a_job(ID="other"))
    clock.advance(5 * SECOND)
    result = _read(registered, name, "svc")
    assert result.index == registered.state.table_index(table) > max(each["ModifyIndex"] for each in result.body)


def test_evaluations_are_those_of_a_prefix(registered: Cluster) -> None:
    """Of other jobs, too."""
    registered.register(a_job(ID="svc2"))
    assert [each["JobID"] for each in _read(registered, "evaluations", "sv").body] == ["Svc", "svc2"]


def test_allocations_are_listed_without_their_job(registered: Cluster) -> None:
    """Fourteen keys, task states among them."""
    (stub,) = _read(registered, "allocations", "svc").body
    assert list(stub) == sorted(stub)
    assert len(stub) == 14
    assert (stub["ClientStatus"], stub["TaskStates"]["t"]["State"]) == ("running", "running")


def test_allocations_of_earlier_instances(registered: Cluster, clock: ManualClock) -> None:
    """Only with ``all``, once the job exists again."""
    registered.deregister("svc")
    clock.advance(5 * SECOND)
    assert len(_read(registered, "allocations", "svc").body) == 1
    registered.register(a_job(ID="Svc"))
    clock.advance(5 * SECOND)
    counts = [len(_read(registered, "allocations", "svc", every=every).body) for every in (False, True)]
    assert counts == [1, 2]
