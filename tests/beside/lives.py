"""Which requests a life sends to both servers: a pure function of a seed, a number and the mode."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from tests.attack.description import operations
from tests.attack.inputs import AGENT, JOB_IDS, Inputs
from tests.attack.steps import Life, Request
from tests.beside.jobs import Jobs
from tests.beside.names import DATACENTER, HERE, PREFIX, TOKEN

LENGTH = 40
"""Requests of a life."""

_TAKEN = 0.4
"""How many of the requests are made by ``Jobs``: damaged ones are mostly refused, and change nothing."""
_LONGEST = 300_000
"""Bytes of a body: an agent takes seconds for some longer ones."""
_UNASKED = frozenset(
    (
        *("queryAgent", "listMembers", "listServers", "listPeers", "queryLeader", "listRegions", "queryHostStats"),
        *("updateServers", "updateServersByPost", "joinServers", "joinServersByPost", "forceLeave", "forceLeaveByPost"),
        *("collectGarbage", "reconcileSummaries", "drainNode", "drainNodeByPost", "listNodes", "queryNode"),
        *("queryNodeAllocations", "evaluateNode", "evaluateNodeByPost", "queryAllocationStats", "listEvaluations"),
        *("queryNothingOfAllocation", "listFiles", "queryFile", "readFile", "readFileAt", "streamFile", "readLogs"),
        "doNothingWithFiles",
    )
)
"""Operations that are about the agent and its node rather than about jobs; some would change it for good."""
_CHOICES = [each for each in operations("openapi.json") if each.id not in _UNASKED]
_WEIGHTS = {"requests": AGENT, "plans": {**AGENT, "planJob": 80}}
_JOB_PATH = re.compile(rf"^/v1/job/(?!{PREFIX}{TOKEN}|{{)(?=[^/?])")
_ACTION = re.compile(r"/(?:plan|dispatch|evaluate|periodic/force|summary|allocations|evaluations)$")
_LATER = re.compile(r"(?<=[?&])index=0*[1-9][0-9]{0,18}(?:&|$)")
"""An index that may be there on one of the servers only, so that a query waits on the other."""
_UNSENT = ("x-nomad-mock-", "content-length", "expect")
"""Header fields that only the mock knows, that ``Server`` writes itself, and that Go's versions understand otherwise:
later ones close a connection when the announced body was not read to its end, those of 2017 read on."""
_BY_ITSELF = b"_internal_test"
"""A kind of periodic job that is launched at given times, in the past also: at once, whoever asks."""


def life(seed: int, number: int, mode: str) -> Life:
    """Return the life of this number; ``mode`` is requests or plans."""
    rng = random.Random(f"{mode}/{seed}/{number}")
    inputs = Inputs(rng, tuple(f"{PREFIX}{TOKEN}-{each}" for each in JOB_IDS))
    weights = [_WEIGHTS[mode].get(each.id, 1) for each in _CHOICES]
    jobs = Jobs(rng, inputs.job_ids)

    def made() -> Request:
        if rng.random() < _TAKEN:
            request = jobs.request()
            return replace(request, body=request.body.replace(HERE.encode(), DATACENTER.encode()))
        return about_own_jobs(inputs.request_of(rng.choices(_CHOICES, weights)[0]))

    steps = tuple(
        each for each in (made() for _ in range(LENGTH)) if len(each.body) <= _LONGEST and _BY_ITSELF not in each.body
    )
    return Life(f"{seed}/{number}", 0, ("global",), False, False, steps)


def reads_after(request: Request) -> Iterator[Request]:
    """Yield what is read after a request that may have changed the job in its path."""
    yield Request("GET", "/v1/jobs")
    path = _ACTION.sub("", request.target.partition("?")[0])
    if path.startswith("/v1/job/"):
        yield from (Request("GET", f"{path}{part}") for part in ("", "/summary", "/allocations", "/evaluations"))


def requests(life: Life) -> Iterator[Request]:
    """Yield the steps of a life, which are requests."""
    for step in life.steps:
        assert isinstance(step, Request)
        yield step


def about_own_jobs(request: Request) -> Request:
    """Return the request with our prefix before the ID of the job, and without what the servers can't have alike."""
    target = _LATER.sub("", _JOB_PATH.sub(f"/v1/job/{PREFIX}{TOKEN}-", request.target))
    headers = tuple(each for each in request.headers if not each[0].startswith(_UNSENT))
    return replace(request, target=target, headers=headers, pieces=1)


def renamed(request: Request, token: str, datacenter: str) -> Request:
    """Return the request with a token in place of ``TOKEN``, also where its characters are escaped.

    ``datacenter`` stands in place of ``HERE``, and in a plan in place of ``DATACENTER``.
    """
    target = request.target.replace(TOKEN, token)
    body = _ESCAPED.sub(token.encode(), request.body)
    for name in (HERE, DATACENTER) if "/plan" in target else (HERE,):
        body = body.replace(f'"{name}"'.encode(), f'"{datacenter}"'.encode())
    return replace(request, target=target, body=body)


_ESCAPED = re.compile(b"".join(rb"(?:%c|\\u%04x)" % (ord(each), ord(each)) for each in TOKEN))
