"""The contract as a whole: routing, zero values, loading."""

import pytest

from mockserver.errors import MethodNotAllowed
from mockserver.openapi import load_contract

NAMES = {
    "query", "register", "deregister", "allocations", "evaluations", "summary",
    "evaluate", "dispatch", "plan", "periodic-force",
}  # fmt: skip


def test_the_contract_is_loaded_once() -> None:
    """Every caller gets the same contract."""
    assert load_contract() is load_contract()


def test_every_operation_is_described() -> None:
    """All ten operations on a job are described, those that accept PUT and POST twice."""
    operations = load_contract().operations
    assert {one.name for one in operations.values() if one.path.startswith("/v1/job/")} == NAMES
    assert all(one.id == key for key, one in operations.items())
    assert sorted(one.method for one in operations.values() if one.name == "plan") == ["POST", "PUT"]


@pytest.mark.parametrize(
    ("method", "rest", "name", "job_id"),
    [
        ("GET", "x", "query", "x"),
        ("PUT", "x", "register", "x"),
        ("POST", "x", "register", "x"),
        ("DELETE", "x", "deregister", "x"),
        ("GET", "x/allocations", "allocations", "x"),
        ("GET", "x/evaluations", "evaluations", "x"),
        ("PUT", "x/evaluate", "evaluate", "x"),
        ("POST", "x/plan", "plan", "x"),
        ("PUT", "x/dispatch", "dispatch", "x"),
        ("POST", "x/periodic/force", "periodic-force", "x"),
        ("GET", "x/summary", "summary", "x"),
        ("DELETE", "x/summary", "summary", "x"),
        ("FOO", "x/summary", "summary", "x"),
        ("GET", "a/b/c/summary", "summary", "a/b/c"),
        ("GET", "x/plan/summary", "summary", "x/plan"),
        ("PUT", "summary", "register", "summary"),
        ("GET", "periodic/force", "query", "periodic/force"),
        ("GET", "x/unknown", "query", "x/unknown"),
        ("GET", "x/summary/", "query", "x/summary/"),
        ("GET", "", "query", ""),
        ("DELETE", "a\nb", "deregister", "a\nb"),
    ],
)
def test_find(method: str, rest: str, name: str, job_id: str) -> None:
    """The end of the path names the operation, if a slash stands before it."""
    found = load_contract().find(method, "/v1/job/" + rest)
    assert found is not None
    operation, found_id = found
    assert (operation.name, found_id) == (name, job_id)
    assert operation.path.endswith("}" + operation.suffix)


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("HEAD", "x"),
        ("PATCH", "x"),
        ("get", "x"),
        ("PUT", "x/allocations"),
        ("POST", "x/evaluations"),
        ("GET", "x/plan"),
        ("DELETE", "x/evaluate"),
        ("GET", "x/periodic/force"),
        ("OPTIONS", "x/dispatch"),
    ],
)
def test_methods_that_are_not_allowed(method: str, rest: str) -> None:
    """A known path with another method is refused."""
    with pytest.raises(MethodNotAllowed, match=r"^Invalid method$"):
        load_contract().find(method, "/v1/job/" + rest)


def test_zero_values_are_fresh() -> None:
    """A zero value has every field and is shared with nobody."""
    zero = load_contract().zero("submitted-job")
    zero["Update"]["Stagger"] = 1
    assert load_contract().zero("submitted-job")["Update"] == {"MaxParallel": 0, "Stagger": 0}
    assert (zero["ID"], zero["Priority"], zero["TaskGroups"], zero["Periodic"]) == ("", 0, None, None)
