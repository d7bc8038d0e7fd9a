"""What an agent ignores without an error."""

import json
from typing import Any

import pytest

from mockserver.openapi import load_contract, load_control
from mockserver.openapi.lint import KINDS, Dropped, later_endpoint, silently_dropped
from mockserver.testing import example_job

OPERATIONS = load_contract().operations


def _found(
    operation: str, query: str = "", body: Any = b"", headers: tuple[tuple[bytes, bytes], ...] = ()
) -> list[Dropped]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return silently_dropped(OPERATIONS[operation], query.encode(), headers, raw)


@pytest.mark.parametrize(
    ("operation", "query", "finding"),
    [
        ("queryJob", "Pretty", "query parameter Pretty is ignored; did you mean pretty?"),
        ("queryJob", "consistent", "query parameter consistent is ignored"),
        ("queryJob", "all=true", "query parameter all is ignored"),
        ("registerJob", "index=5", "query parameter index is ignored"),
        ("queryJob", "namespace=default", "query parameter namespace is ignored; it came with Nomad 0.7"),
        ("deregisterJob", "purge=true", "query parameter purge is ignored; it came with Nomad 0.6"),
        ("queryJob", "pretty=false", "pretty=false switches it on: only pretty=0, or leaving it out, is off"),
        ("queryJob", "stale=no", "stale=no allows stale reads: naming it is enough, whatever its value"),
        ("queryJob", "wait=5s", "query parameter wait is ignored without an index above 0"),
        ("queryJob", "wait=5s&index=00", "query parameter wait is ignored without an index above 0"),
        ("queryJob", "wait=10m&index=1", "wait=10m is cut to 5m, the longest there is"),
        ("queryJob", "wait=-1s&index=1", "wait=-1s counts as left out, which is 5m"),
        ("queryJob", "index=", "query parameter index is empty and counts as 0: the query does not wait"),
        ("queryAllocations", "all", "query parameter bare all counts as false: write all=true"),
        ("queryAllocations", "all=yes", "query parameter all=yes counts as false: write all=true"),
        (
            "queryJob",
            "region=a&region=b",
            "query parameter region is given more than once: only the first value counts",
        ),
        ("queryJob", "region=a;b", "query region=a;b is dropped: it has a malformed escape or a semicolon"),
        ("queryJob", "region=%zz", "query region=%zz is dropped: it has a malformed escape or a semicolon"),
    ],
)
def test_in_the_query(operation: str, query: str, finding: str) -> None:
    """Each ignored part of a query is a finding, which says what happens instead."""
    assert _found(operation, query) == [finding]


@pytest.mark.parametrize(
    ("operation", "query"),
    [
        ("queryJob", ""),
        ("queryJob", "pretty=0&stale&index=5&wait=5m&region=global"),
        ("queryJob", "pretty&stale="),
        ("queryJob", "region=a&region=a"),
        ("queryAllocations", "all=false"),
        ("queryAllocations", "all=1"),
        ("queryJob", "wait=soon&index=1"),
        ("joinServers", "address=a&address=b"),
    ],
)
def test_not_in_a_good_query(operation: str, query: str) -> None:
    """A correct query has no findings, nor has one that the agent refuses."""
    assert _found(operation, query) == []


@pytest.mark.parametrize(
    ("body", "findings"),
    [
        ({"Job": example_job()}, []),
        (
            {"Job": {**example_job(), "Count": 1}},
            ["body/Job/Count is ignored: there is no such field"],
        ),
        (
            {"job": {"Datacentres": []}},
            [
                "body/job is taken for Job; write Job",
                "body/Job/Datacentres is ignored: there is no such field; did you mean Datacenters?",
            ],
        ),
        (
            {"Job": {"TaskGroups": [{}, {"Tasks": [{"Resource": {}}]}]}},
            [
                "body/Job/TaskGroups/1/Tasks/0/Resource is ignored: there is no such field; did you mean Resources?",
            ],
        ),
        (
            {"Job": {"Namespace": "default"}, "PreserveCounts": True},
            [
                "body/Job/Namespace is ignored: there is no such field; it came with Nomad 0.7",
                "body/PreserveCounts is ignored: there is no such field; it came with Nomad 0.12",
            ],
        ),
        (b'{"Job":{"Meta":{"a":"1","a":"2"}}}', ["body/Job/Meta/a is there more than once"]),
        (b'{"Job":{"ID":"a","id":"b"}}', ["body/Job/ID is there more than once", "body/Job/id is taken for ID"]),
        (b'{"Job":null} {"Job":{}}', ["what follows the first JSON value of the body is ignored"]),
        ({"Job": None, "JobModifyIndex": 4}, ["body/JobModifyIndex is ignored unless EnforceIndex is true"]),
        ({"Job": None, "JobModifyIndex": 4, "EnforceIndex": True}, []),
        ({"Job": {"TaskGroups": [{"Tasks": [{"Config": {"anything": {"goes": 1}}}]}]}}, []),
        (b'{"Job":', []),
        (b"", []),
        (b"[]", []),
        (b'{"Job":{"%s":1}}' % (b"x" * 100), [f"body/Job/{'x' * 60}… is ignored"]),
    ],
)
def test_in_the_body(body: Any, findings: list[str]) -> None:
    """Findings name their place in the body; free-form values and refused bodies have none."""
    found = _found("registerJob", body=body)
    assert len(found) == len(findings)
    assert all(text.startswith(expected) for text, expected in zip(found, findings, strict=True))


@pytest.mark.parametrize("operation", ["queryJob", "collectGarbage", "deregisterJob", "forcePeriodicJob"])
def test_a_body_that_nobody_reads(operation: str) -> None:
    """A body for an operation that reads none is a finding, whether it is there or only announced."""
    ignored = [f"the body is ignored: {OPERATIONS[operation].name} takes none"]
    assert _found(operation, body=b"{}") == ignored
    assert _found(operation, headers=((b"content-length", b"10"),)) == ignored
    assert _found(operation, headers=((b"transfer-encoding", b"chunked"),)) == ignored
    assert _found(operation, headers=((b"content-length", b"0"),)) == []


def test_a_body_that_a_later_release_reads() -> None:
    """Options for an evaluation are sent by later clients; 0.5 reads no body there."""
    assert _found("evaluateJob", body=b"{}") == ["the body is ignored: evaluate takes none; it came with Nomad 0.8.4"]


def test_a_token_that_nobody_asks_for() -> None:
    """A token is a finding, for Nomad had none before 0.7."""
    found = _found("queryJob", headers=((b"x-nomad-token", b"secret"),))
    assert found == ["header X-Nomad-Token is ignored: Nomad 0.5 has no access control; it came with Nomad 0.7"]


def test_each_finding_has_a_kind() -> None:
    """Programs can tell findings apart without reading their words, and the control plane lists the kinds."""
    twice = b'{"Job": {"id": "a", "ID": "b", "Nmae": ""}, "JobModifyIndex": 3} {}'
    found = [
        *_found(
            "queryJob",
            "Pretty&pretty=no&stale&index=&wait=5s&region=a&region=b&%zz",
            headers=((b"x-nomad-token", b"t"),),
        ),
        *_found("registerJob", body=twice),
        *_found("deregisterJob", body=b"{}"),
        *later_endpoint("GET", "/v1/deployments"),
    ]
    assert {each.kind for each in found} == set(KINDS)
    kinds = load_control().bundle()["components"]["schemas"]["ExchangeSummary"]["properties"]["findings"]["properties"]
    assert kinds["kinds"]["items"]["enum"] == list(KINDS)
