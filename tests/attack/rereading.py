"""What was accepted can be read again: reads give the same replies after an export and after a restart."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from tests.attack.mocks import Broken, Mock
from tests.attack.steps import HEADERS, Export, Request, Restart
from tests.attack.verdicts import Fault, Reply, shape

_MOST = 25
"""How many objects of a kind are read one by one."""
_FEW = 3
_LISTS = ("/v1/jobs", "/v1/evaluations", "/v1/allocations", "/v1/nodes", "/v1/status/leader")
_OF_JOB = ("", "/allocations?all=true", "/evaluations", "/summary")
_OF_ALLOCATION = ("/v1/client/allocation/{}/stats", "/v1/client/fs/ls/{}?path=/")
_ALONE = (
    "/v1/regions",
    "/v1/agent/self",
    "/v1/agent/members",
    "/v1/status/peers",
    "/v1/client/stats",
    "/__admin/clock",
    "/__admin/settings",
    "/__admin/jobs",
    "/__admin/nodes",
    "/__admin/tasks",
    "/__admin/tasks/rules",
)


def restart(step: Restart, mock: Mock) -> None:
    """Restart the mock and compare its replies. Raises ``Broken``."""
    _calm(mock)
    before = answers(mock)
    mock.start_again(killed=step.killed)
    _compare("restart", before, answers(mock))


def export(step: Export, mock: Mock) -> None:
    """Import the state into a second mock, let time pass in both, and compare their replies. Raises ``Broken``."""
    _calm(mock)
    document = _state(mock)
    before = answers(mock)
    other = Mock(replace(mock.world.settings, data_dir=None, load=()), mock.loop, mock.log)
    try:
        reply = _tell(other, "PUT", "/__admin/state", document)
        if reply.status != 200:
            raise Broken(Fault("an exported state is refused", "PUT /__admin/state", reply.body.decode()))
        _compare("export", before, answers(other))
        for each in (mock, other):
            _tell(each, "POST", "/__admin/clock/advance", json.dumps({"duration": step.duration}).encode())
        _compare(f"export and {step.duration}", answers(mock), answers(other))
    finally:
        other.stop()


def exported(mock: Mock) -> Any:
    """Return the state as a document."""
    return json.loads(_state(mock))


def _state(mock: Mock) -> bytes:
    reply = _tell(mock, "GET", "/__admin/state")
    if reply.status != 200:
        raise Broken(Fault("a state that can't be exported", "GET /__admin/state", reply.body.decode()))
    return reply.body


def _calm(mock: Mock) -> None:
    """Remove faults and stop the clock, so that all replies are comparable: some tell how long ago something was.

    Whoever waits is let go first: a reset may be among them, which brings a world with a clock of its own.
    """
    _tell(mock, "DELETE", "/__admin/faults")
    mock.let_go()
    _tell(mock, "DELETE", "/__admin/faults")
    _tell(mock, "PUT", "/__admin/clock", b'{"mode": "manual"}')


def _tell(mock: Mock, method: str, target: str, body: bytes = b"") -> Reply:
    return mock.complete(Request(method, target, HEADERS, body))


def answers(mock: Mock) -> dict[str, Any]:
    """Return the reply to every read; none of a mock that varies its replies on purpose."""
    if mock.world.settings.vary is not None:
        return {}
    return {target: _seen(mock.complete(Request("GET", target))) for target in _reads(mock)}


def _seen(reply: Reply) -> Any:
    try:
        body = json.loads(reply.body)
    except ValueError:
        body = reply.body.decode("utf-8", "replace")
    return {"status": reply.status, "index": reply.headers.get("x-nomad-index"), "body": body}


def _reads(mock: Mock) -> Iterator[str]:
    yield from _ALONE
    for region, cluster in mock.world.agent.regions.items():
        state, where = cluster.state, f"region={quote(region)}"
        yield from (f"{each}?{where}" for each in _LISTS)
        for job in [*state.jobs()][:_MOST]:
            job_id = quote(job["ID"].encode("utf-8", "replace"))
            yield from (f"/v1/job/{job_id}{end}{'&' if '?' in end else '?'}{where}" for end in _OF_JOB)
        for kind, objects in (
            ("evaluation", state.evaluations()),
            ("allocation", state.allocations()),
            ("node", state.nodes()),
        ):
            yield from (f"/v1/{kind}/{each['ID']}?{where}" for each in [*objects][:_MOST])
        allocations = [*state.allocations()][:_FEW]
        yield from (path.format(each["ID"]) for each in allocations for path in _OF_ALLOCATION)


def _compare(what: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Compare replies. Raises ``Broken`` where they differ."""
    for target in [*before, *(after.keys() - before.keys())]:
        found = next(_differences(before.get(target), after.get(target), ""), None)
        if found:
            raise Broken(Fault(f"other answers after {what}", shape(target), f"{target}{found}"))


def _differences(left: Any, right: Any, where: str) -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from _differences(left.get(key, "nothing"), right.get(key, "nothing"), f"{where} {key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, pair in enumerate(zip(left, right, strict=True)):
            yield from _differences(*pair, f"{where} {number}")
    elif left != right or type(left) is not type(right):
        yield f"{where}: {left!r} became {right!r}"[:400]
