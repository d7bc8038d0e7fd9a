"""Indexes as clients see them, and as they send them back."""

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.testing import example_job
from mockserver.variation.indexes import NEVER, Indexes, asked_from, enforcing
from mockserver.vary import Vary
from tests.variation.conftest import Varied

GLOBS = st.sampled_from(["index.*", "index.high", "index.jumps", "index.beyond-2-53"])
SEEDS = st.integers(0, 10**6)
OWN = st.integers(1, 10**7)


def indexes(seed: int, glob: str) -> Indexes:
    """Return the function of a world."""
    return Indexes(Vary.read({"seed": seed, "freedoms": [glob]}))


@given(SEEDS, GLOBS, OWN, OWN)
def test_order_is_kept(seed: int, glob: str, one: int, other: int) -> None:
    """What is newer inside is newer outside, and every index is one that a client can send back."""
    function = indexes(seed, glob)
    outside = function.outside(one), function.outside(other)
    assert (outside[0] < outside[1]) == (one < other)
    assert function.exactly_inside(outside[0]) == one
    assert function.inside(outside[0]) == one
    assert 0 < outside[0] < NEVER


@given(SEEDS, GLOBS, st.integers(0, 2**63), OWN)
def test_any_index_can_be_waited_from(seed: int, glob: str, asked: int, own: int) -> None:
    """An own index is newer than an asked one outside just when it is inside."""
    function = indexes(seed, glob)
    assert (function.outside(own) > asked) == (own > function.inside(asked))


@given(SEEDS, GLOBS)
def test_no_index_is_no_index(seed: int, glob: str) -> None:
    """Zero means none on both sides."""
    function = indexes(seed, glob)
    assert function.outside(0) == function.inside(0) == function.exactly_inside(0) == 0


def test_only_the_index_of_a_query_changes() -> None:
    """Other parameters, and an index that cannot be read, are passed on as they came."""
    function = indexes(1, "index.high")
    own = b"index=%d&wait=1s" % function.outside(7)
    assert asked_from(own, function) == b"index=7&wait=1s"
    assert asked_from(own.replace(b"index", b"i%6Edex"), function) == b"index=7&wait=1s"
    for odd in (b"index=x&Index=9&wait=%zz", b"index=", b"index=%d" % (1 << 64), b"index=" + b"9" * 5000):
        assert asked_from(odd, function) == odd


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b"[" * 5000 + b"\\u"),
        *(
            b'{"EnforceIndex": true, "JobModifyIndex": %b}' % index
            for index in (b"-1", b"18446744073709551616", b"9" * 5000)
        ),
    ],
    ids=lambda body: body[:60].decode(),
)
def test_a_body_that_enforces_nothing_is_passed_on(body: bytes) -> None:
    """The agent says what is wrong with it."""
    assert enforcing(body, indexes(1, "index.high"))[1] is None


def test_what_was_read_can_be_enforced(varied: Varied, client: httpx.Client) -> None:
    """EnforceIndex takes the index that was told, and refuses others with the indexes that clients know."""
    varied("index.*")
    job = example_job("web")
    told = client.put("/v1/job/web", json={"Job": job, "EnforceIndex": True, "JobModifyIndex": 0}).json()
    index = told["JobModifyIndex"]
    assert index > 2**53
    read = client.get("/v1/job/web").json()
    assert read["JobModifyIndex"] == read["CreateIndex"] == index
    for wrong in (index + 1, 7, 2**63):
        refused = client.put("/v1/job/web", json={"Job": job, "EnforceIndex": True, "JobModifyIndex": wrong})
        assert refused.status_code == 500
        assert refused.text == (
            f"Enforcing job modify index {wrong}: job exists with conflicting job modify index: {index}"
        )
    hidden = b'{"Enforce\\u0049ndex": true, "jobmodifyindex": %d, "Job": %b}' % (index + 1, json.dumps(job).encode())
    assert f"Enforcing job modify index {index + 1}: " in client.put("/v1/job/web", content=hidden).text
    again = client.put("/v1/job/web", json={"Job": job, "EnforceIndex": True, "JobModifyIndex": index})
    assert again.status_code == 200
    assert again.json()["JobModifyIndex"] > index


def test_what_was_read_can_be_waited_from(varied: Varied, client: httpx.Client) -> None:
    """A query with an older index returns at once, with the index that clients know."""
    varied("index.*")
    told = client.put("/v1/job/web", json={"Job": example_job("web")}).json()
    for path in ("/v1/job/web", "/v1/job/web/evaluations", "/v1/job/web/summary"):
        found = client.get(path, params={"index": told["JobModifyIndex"] - 1, "wait": "60s"})
        assert int(found.headers["X-Nomad-Index"]) >= told["JobModifyIndex"]


def test_all_indexes_of_a_reply_are_of_one_kind(varied: Varied, client: httpx.Client) -> None:
    """No index of the mock's own is left in any reply."""
    mock = varied("index.beyond-2-53")
    mock.seed(example_job("web"))
    mock.clock.advance("5s")
    paths = ("/v1/jobs", "/v1/evaluations", "/v1/allocations", "/v1/nodes", "/v1/job/web/allocations")
    replies = [client.get(path).json() for path in paths]
    replies += [client.get(f"/v1/allocation/{replies[2][0]['ID']}").json(), client.get("/v1/job/web").json()]

    def found(value: object) -> list[int]:
        if isinstance(value, list):
            return [index for each in value for index in found(each)]
        if not isinstance(value, dict):
            return []
        own = [each for name, each in value.items() if name.endswith("Index")]
        return [*own, *(index for each in value.values() for index in found(each))]

    told = found(replies)
    assert len(told) > 20
    assert [index for index in told if 0 < index <= 2**53] == []
