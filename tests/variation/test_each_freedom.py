"""Each freedom is used, and the journal names exactly those that were."""

import gzip
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import pytest

from mockserver.client import MockClient
from mockserver.openapi.freedoms import freedoms
from mockserver.testing import example_job
from tests.variation.conftest import Varied
from tests.variation.wire import WireReply, wired

LARGE = example_job("large", Meta={f"key{number}": "x" * 100 for number in range(40)})
PERIODIC = example_job("large", Type="batch", Periodic={"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 *"})
REQUESTS: Sequence[tuple[str, str, Any, dict[str, str]]] = (
    ("GET", "/v1/job/web", None, {}),
    ("GET", "/v1/job/large", None, {}),
    ("GET", "/v1/job/web?pretty", None, {}),
    ("GET", "/v1/job/web/evaluations", None, {"Accept_Encoding": "gzip"}),
    ("GET", "/v1/job/web/allocations?stale", None, {"Accept_Encoding": "x-gzip"}),
    ("GET", "/v1/job/web/summary", None, {}),
    ("GET", "/v1/job/nowhere", None, {}),
    ("GET", "/v1/jobs", None, {}),
    ("GET", "/v1/agent/self", None, {}),
    ("GET", "/v1/nothing", None, {}),
    ("PUT", "/v1/job/large/plan", {"Job": PERIODIC, "Diff": True}, {}),
    ("PUT", "/v1/job/web/evaluate", None, {}),
    ("PUT", "/v1/job/other", {"Job": {"ID": "another"}}, {}),
)
LAST = "9999-12-31T23:59:59Z"
REPLIES_ALONE = (
    *("json.key-order", "json.white-space", "json.escapes", "fields.invented", "fields.later-releases"),
    *("fields.absent", "fields.null-or-empty", "list.order", "index.high", "index.jumps", "index.beyond-2-53"),
    *("text.errors", "text.descriptions", "time.zone", "time.precision", "header.case", "header.more"),
    *("header.content-type-form", "header.no-index-on-writes", "stale.last-contact", "status.phrase"),
    *("framing.chunks", "framing.sized", "framing.close", "compression.any-form", "compression.header"),
)
"""Freedoms that show in the reply that makes use of them, and change nothing else."""

Replies: TypeAlias = list[WireReply]


def replies_of(mock: MockClient) -> Replies:
    """Return the replies to ``REQUESTS`` in a world with two jobs at rest."""
    mock.seed(example_job("web", count=3), LARGE)
    mock.clock.advance("10s")
    with wired(mock.url) as wire:
        return [
            wire.ask(method, target, b"" if body is None else json.dumps(body).encode(), **headers)
            for method, target, body, headers in REQUESTS
        ]


@pytest.fixture(scope="module")
def plain(varied: Varied) -> Replies:
    """Return the replies of a world that makes use of no freedom: they are the same in each such world."""
    replies = replies_of(varied())
    assert [reply.raw for reply in replies_of(varied())] == [reply.raw for reply in replies]
    return replies


def test_all_freedoms_are_tested() -> None:
    """A freedom that joins the catalogue needs a test."""
    others = {"blocking.early", "blocking.late", "evaluation.pending", "evaluation.followed", "allocation.slow-start"}
    tested = {*REPLIES_ALONE, *others, "timing.slow"}
    assert {each.id for each in freedoms().values() if each.group == "freedom"} == tested


@pytest.mark.parametrize("freedom", REPLIES_ALONE)
def test_the_journal_names_what_was_used(varied: Varied, plain: Replies, freedom: str) -> None:
    """A reply is another than without the freedom just when the journal says that it made use of it."""
    mock = varied(freedom)
    changed = replies_of(mock)
    named = [each["freedoms"] for each in mock.requests.list()]
    assert named == [[freedom] if one.raw != other.raw else [] for one, other in zip(plain, changed, strict=True)]
    assert [freedom] in named


Shows: TypeAlias = Callable[[WireReply, WireReply], bool]
"""Whether the second reply, compared with the first one, shows what a freedom does."""


def value(reply: WireReply) -> Any:
    """Return the JSON of a reply, None for another one."""
    body = gzip.decompress(reply.body) if reply.fields.get(b"content-encoding") == b"gzip" else reply.body
    return json.loads(body) if b"json" in reply.fields.get(b"content-type", b"") else None


def names(found: Any) -> set[str]:
    """Return the names of all members, at any depth."""
    if isinstance(found, list):
        return set().union(*map(names, found))
    if isinstance(found, dict):
        return set(found).union(*map(names, found.values()))
    return set()


def index(reply: WireReply) -> int:
    """Return X-Nomad-Index, 0 for none."""
    return int(reply.fields.get(b"x-nomad-index", b"0"))


def moment(reply: WireReply) -> str:
    """Return the next launch that a plan tells, "" for another reply."""
    found = value(reply)
    return str(found.get("NextPeriodicLaunch", "")) if isinstance(found, dict) else ""


SHOWS: dict[str, Shows] = {
    "json.key-order": lambda a, b: value(a) == value(b) and sorted(a.body) == sorted(b.body),
    "json.white-space": lambda a, b: value(a) == value(b) and len(b.body) > len(a.body),
    "json.escapes": lambda a, b: value(a) == value(b) and b.body.count(b"\\u00") > a.body.count(b"\\u00"),
    "fields.invented": lambda a, b: names(value(b)) > names(value(a)),
    "fields.later-releases": lambda _, b: bool({"Version", "Namespace", "JobType"} & names(value(b))),
    "fields.absent": lambda a, b: names(value(b)) < names(value(a)),
    "fields.null-or-empty": lambda a, b: (
        names(value(b)) == names(value(a)) and b.body.count(b"[]") > a.body.count(b"[]")
    ),
    "list.order": lambda a, b: isinstance(value(a), list) and value(b) == value(a)[::-1],
    "index.high": lambda _, b: 10_000 < index(b) < 2_000_000_000,
    "index.jumps": lambda a, b: index(b) > 2 * index(a) > 0,
    "index.beyond-2-53": lambda _, b: 2**53 < index(b) < 2**63,
    "text.errors": lambda a, b: a.lines[0] == b.lines[0] and b" 404 " in a.lines[0] and a.body != b.body,
    "text.descriptions": lambda a, b: b'"StatusDescription":""' in a.body and b'"StatusDescription":""' not in b.body,
    "time.zone": lambda _, b: re.search(r"[+-]\d\d:\d\d$", moment(b)) is not None,
    "time.precision": lambda _, b: re.search(r":\d\d\.0+Z$", moment(b)) is not None,
    "header.case": lambda a, b: a.fields.keys() == b.fields.keys() and a.head.lower() != a.head != b.head,
    "header.more": lambda a, b: b.fields.keys() > a.fields.keys(),
    "header.content-type-form": lambda a, b: b"charset" in b.fields[b"content-type"] and value(a) is not None,
    "header.no-index-on-writes": lambda a, b: b"x-nomad-index" in a.fields and b"x-nomad-index" not in b.fields,
    "stale.last-contact": lambda _, b: b.fields.get(b"x-nomad-lastcontact", b"0") != b"0",
    "status.phrase": lambda a, b: a.lines[0][:12] == b.lines[0][:12] and a.lines[0] != b.lines[0],
    "framing.chunks": lambda a, b: b"content-length" in a.fields and b.framed.count(b"\r\n") > 5,
    "framing.sized": lambda a, b: b"transfer-encoding" in a.fields and int(b.fields[b"content-length"]) > 2048,
    "framing.close": lambda _, b: b.fields.get(b"connection") == b"close",
    "compression.any-form": lambda a, b: b.fields.get(b"content-encoding") == b"gzip" and value(a) == value(b),
    "compression.header": lambda a, b: b"reply.json" in b.body and value(a) == value(b),
}


@pytest.mark.parametrize("freedom", REPLIES_ALONE)
def test_it_is_seen_to_happen(varied: Varied, plain: Replies, freedom: str) -> None:
    """With one of a few seeds a reply shows just what the freedom is said to do."""
    for seed in range(1, 9):
        changed = replies_of(varied(freedom, seed=seed))
        if any(SHOWS[freedom](one, other) for one, other in zip(plain, changed, strict=True)):
            return
    raise AssertionError(f"{freedom} was not seen")


def test_the_last_moment_is_told_in_zones_that_have_it(varied: Varied) -> None:
    """Where it is the year 10000 already, the moment stays in UTC."""
    last = example_job("last", Type="batch", Periodic={"Enabled": True, "SpecType": "_internal_test"})
    last["Periodic"]["Spec"] = str(int(datetime.fromisoformat(LAST).timestamp()))
    told = set()
    for seed in range(1, 17):
        with wired(varied("time.zone", seed=seed).url) as wire:
            told.add(moment(wire.ask("PUT", "/v1/job/last/plan", json.dumps({"Job": last}).encode())))
    assert LAST in told
    assert "9999-12-31T11:59:59-12:00" in told
    assert {datetime.fromisoformat(text) for text in told} == {datetime.fromisoformat(LAST)}
