"""What clients experience under each preset."""

from collections import Counter

import httpx
import nomad
import pytest

from mockserver.client import MockClient, MockError
from mockserver.faults import PRESETS
from mockserver.testing import example_job
from tests.faults.asking import Meanwhile
from tests.faults.real_client import nomad_client

pytestmark = pytest.mark.slow

_LOST = "leadership lost while committing log"


def test_leader_election(mock: MockClient) -> None:
    """Requests are held for a while, and then everything works again."""
    mock.faults.preset("leader-election")
    asked = Meanwhile(lambda: nomad_client(mock).job.register_job("new", {"Job": example_job("new")}))
    mock.requests.wait(operation="register")
    mock.clock.advance("4999ms")
    assert mock.requests(operation="register")[0]["pending"]
    mock.clock.advance("1ms")
    assert asked.result()["EvalID"]
    assert [fault["active"] for fault in mock.faults.list()] == [False]


def test_quorum_lost(mock: MockClient, client: httpx.Client) -> None:
    """A client that does not allow stale reads gets an error after more than five seconds, each time."""
    mock.faults.preset("quorum-lost")
    for _ in range(2):
        count = mock.requests.count()
        asked = Meanwhile(lambda: nomad_client(mock).jobs.get_jobs())
        mock.requests.wait(count + 1)
        mock.clock.advance("5s")
        assert mock.requests.list()[-1]["pending"]
        mock.clock.advance("1s")
        with pytest.raises(nomad.api.exceptions.BaseNomadException) as caught:
            asked.result()
        assert caught.value.nomad_resp.text == "No cluster leader"
    assert client.get("/v1/jobs?stale").headers["x-nomad-knownleader"] == "false"
    mock.faults.clear()
    assert nomad_client(mock).jobs.get_jobs()[0]["ID"] == "web"


def test_leader_dies(mock: MockClient, client: httpx.Client) -> None:
    """The first write ends the leader, and five seconds later there is one again."""
    mock.faults.preset("leader-dies")
    mock.clock.advance("1m")
    assert client.get("/v1/job/web").status_code == 200
    reply = client.delete("/v1/job/web")
    assert (reply.status_code, reply.text) == (500, _LOST)
    asked = Meanwhile(lambda: client.get("/v1/job/web"))
    mock.requests.wait(count=2, method="GET")
    mock.clock.advance("4999ms")
    assert mock.requests(method="GET")[-1]["pending"]
    mock.clock.advance("1ms")
    assert asked.result().json()["ID"] == "web"
    assert client.delete("/v1/job/web").status_code == 200


def test_lost_answer(mock: MockClient, client: httpx.Client) -> None:
    """A client that retries writes twice, unless it enforces the index; reads of the same path work."""
    mock.faults.preset("lost-answer", match={"path": "/v1/job/new"})
    assert client.get("/v1/job/new").status_code == 404
    body = {"Job": example_job("new"), "EnforceIndex": True, "JobModifyIndex": 0}
    with pytest.raises(httpx.RemoteProtocolError):
        client.put("/v1/job/new", json=body)
    assert client.put("/v1/job/new", json=body).text == "Enforcing job modify index 0: job already exists"
    assert mock.requests(method="PUT")[0]["status"] is None


def test_flaky_network(mock: MockClient) -> None:
    """About one request in five fails, in three ways, and all other replies are whole."""
    mock.clock.scaled(1000)
    mock.faults.preset("flaky-network")
    seen: Counter[str] = Counter()
    for _ in range(90):
        try:
            reply = httpx.get(f"{mock.url}/v1/job/web")
            assert reply.json()["ID"] == "web"
            seen["whole"] += 1
        except httpx.HTTPError as error:
            seen[type(error).__name__ + (" in the body" if "peer closed" in str(error) else "")] += 1
    assert set(seen) == {"whole", "RemoteProtocolError", "RemoteProtocolError in the body", "ReadError"}
    assert 6 <= 90 - seen["whole"] <= 35


def test_slow_cluster(mock: MockClient, client: httpx.Client) -> None:
    """Every reply comes, after 0.5 to 3 s."""
    mock.faults.preset("slow-cluster")
    for number in range(1, 6):
        asked = Meanwhile(lambda: client.get("/v1/jobs"))
        mock.requests.wait(number)
        mock.clock.advance("499ms")
        assert mock.requests()[-1]["pending"]
        mock.clock.advance("2501ms")
        assert asked.result().status_code == 200
    durations = [each["duration"] for each in mock.requests()]
    assert len(set(durations)) == 5
    assert 500_000_000 <= min(durations) <= max(durations) <= 3_000_000_000


def test_stale_follower(mock: MockClient, client: httpx.Client) -> None:
    """A stale read shows an older state, and says so."""
    index = int(client.get("/v1/jobs").headers["x-nomad-index"])
    mock.faults.preset("stale-follower")
    for number in range(10):
        client.put(f"/v1/job/new-{number}", json={"Job": example_job(f"new-{number}", Datacenters=["dc9"])})
    stale, consistent = client.get("/v1/jobs?stale"), client.get("/v1/jobs")
    assert index <= int(stale.headers["x-nomad-index"]) < int(consistent.headers["x-nomad-index"])
    assert 0 < len(stale.json()) < len(consistent.json())
    assert int(stale.headers["x-nomad-lastcontact"]) >= 2000


def test_restored_snapshot(mock: MockClient, client: httpx.Client) -> None:
    """A client that waits for its last index never wakes: it has to notice that the index fell."""
    before = int(client.get("/v1/jobs").headers["x-nomad-index"])
    mock.faults.preset("restored-snapshot")
    after = int(client.get("/v1/jobs").headers["x-nomad-index"])
    assert after < before
    asked = Meanwhile(lambda: client.get(f"/v1/jobs?index={before}&wait=1m"))
    mock.requests.wait(query={"index": str(before)})
    client.put("/v1/job/web", json={"Job": example_job("web", Priority=60)})
    assert mock.requests(query={"index": "*"})[0]["pending"]
    mock.clock.advance("2m")
    assert int(asked.result().headers["x-nomad-index"]) <= before


def test_overloaded_proxy(mock: MockClient, client: httpx.Client) -> None:
    """About half of the replies are errors in HTML, so a client has to look before it parses JSON."""
    mock.faults.preset("overloaded-proxy")
    replies = [client.get("/v1/jobs") for _ in range(60)]
    statuses = Counter(reply.status_code for reply in replies)
    assert set(statuses) == {200, 502, 503, 504}
    assert 15 <= statuses[200] <= 45
    for reply in replies:
        assert reply.text.startswith("[" if reply.status_code == 200 else f"<html><body><h1>{reply.status_code} ")
        assert reply.headers["content-type"] == ("application/json" if reply.status_code == 200 else "text/html")


def test_rate_limited(mock: MockClient, client: httpx.Client) -> None:
    """Ten requests pass, then none until the time in Retry-After is over."""
    mock.faults.preset("rate-limited")
    replies = [client.get("/v1/jobs") for _ in range(12)]
    assert [reply.status_code for reply in replies] == [200] * 10 + [429] * 2
    mock.clock.advance(f"{replies[-1].headers['retry-after']}s")
    assert client.get("/v1/jobs").status_code == 200


def test_lost_update(mock: MockClient, client: httpx.Client) -> None:
    """A registration that was checked is stored 100 ms later, without another check; others are stored at once."""
    (fault,) = mock.faults.preset("lost-update")
    index = client.get("/v1/job/web").json()["JobModifyIndex"]
    checked = {"Job": example_job("web", Priority=70), "EnforceIndex": True, "JobModifyIndex": index}
    with pytest.raises(httpx.ReadTimeout):
        client.put("/v1/job/web", json=checked, timeout=0.2)
    assert client.put("/v1/job/web", json={"Job": example_job("web", Priority=60)}).status_code == 200
    assert (client.get("/v1/job/web").json()["Priority"], mock.faults.hits(fault)) == (60, 1)
    mock.clock.advance("100ms")
    assert client.get("/v1/job/web").json()["Priority"] == 70


def test_every_preset_is_tested_here() -> None:
    """Every preset has a test of its name in this module."""
    assert {f"test_{name.replace('-', '_')}" for name in PRESETS} <= set(globals())


def test_one_fault_follows_another(mock: MockClient, client: httpx.Client) -> None:
    """A fault begins when the one before it is over by hits or time, not when that is removed."""
    last = {"fault": {"kind": "status", "status": 298}}
    chain = {"fault": {"kind": "status", "status": 299}, "for": "1s", "then": last}
    mock.fault("status", status=297, times=2, then=chain)
    assert [client.get("/v1/jobs").status_code for _ in range(3)] == [297, 297, 299]
    mock.clock.advance("1s")
    assert [client.get("/v1/jobs").status_code for _ in range(2)] == [298, 298]
    assert [fault["number"] for fault in mock.faults.list()] == [1, 2, 3]
    assert mock.faults.list()[0]["then"] == chain
    mock.faults.clear()
    mock.faults.remove(mock.fault("status", status=297, then=last))
    assert client.get("/v1/jobs").status_code == 200


@pytest.mark.parametrize(
    "then",
    [
        {"fault": {"kind": "region-unreachable", "region": "nowhere"}},
        {"preset": "slow-cluster"},
        {"fault": {"kind": "hang"}, "then": {"fault": {"kind": "latency", "delay": "300000000000h"}}},
    ],
)
def test_a_fault_that_could_never_follow_is_refused(mock: MockClient, then: dict[str, object]) -> None:
    """A fault that follows one without an end is refused, together with that."""
    with pytest.raises(MockError):
        mock.fault("hang", then=then)
    assert not mock.faults.list()
    assert mock.call("GET", "/health")["status"] == "ok"
