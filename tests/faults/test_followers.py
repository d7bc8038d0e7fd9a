"""A follower that lags behind its leader."""

import httpx

from mockserver.client import MockClient
from mockserver.testing import example_job
from tests.faults.asking import Meanwhile


def _index(client: httpx.Client, target: str) -> int:
    return int(client.get(target).headers["x-nomad-index"])


def test_stale_reads_are_older(mock: MockClient, client: httpx.Client) -> None:
    """Stale reads show lists, objects and indexes of one earlier moment, and catch up as the index moves."""
    mock.fault("stale-follower", lag=6)
    client.put("/v1/job/web", json={"Job": example_job("web", Priority=70)})
    assert client.get("/v1/job/web?stale").json()["Priority"] == 50
    assert client.get("/v1/job/web").json()["Priority"] == 70
    assert _index(client, "/v1/job/web?stale") < _index(client, "/v1/job/web")
    assert client.get("/v1/evaluations?stale").content != client.get("/v1/evaluations").content
    for _ in range(6):
        mock.nodes.add({})
    assert client.get("/v1/job/web?stale").json()["Priority"] == 70


def test_all_tables_follow(mock: MockClient, client: httpx.Client) -> None:
    """Without a lag a follower shows what its leader does."""
    mock.fault("stale-follower", lag=0)
    mock.seed(example_job("other", count=2), example_job("batch", Type="batch"))
    mock.clock.advance("1s")
    mock.tasks.fail(job="other", restart=False)
    client.delete("/v1/job/web")
    mock.nodes.add({"Name": "more"})
    mock.nodes.drain("more")
    mock.clock.advance("2h")
    client.put("/v1/system/gc")
    mock.nodes.remove("more")
    mock.clock.advance("1s")
    for path in ("jobs", "evaluations", "allocations", "nodes", "job/other", "job/other/summary", "job/web"):
        stale, consistent = client.get(f"/v1/{path}?stale"), client.get(f"/v1/{path}")
        assert stale.content == consistent.content
        assert stale.headers["x-nomad-index"] == consistent.headers["x-nomad-index"]


def test_a_blocking_stale_read_wakes_when_the_follower_learns(mock: MockClient, client: httpx.Client) -> None:
    """A stale query wakes as many indexes later as the follower lags."""
    index = _index(client, "/v1/job/web")
    mock.fault("stale-follower", lag=8)
    asked = Meanwhile(lambda: client.get(f"/v1/job/web?stale&index={index}"))
    number = mock.requests.wait(query={"stale": "*"})[0]["number"]
    client.put("/v1/job/web", json={"Job": example_job("web", Priority=70)})
    assert mock.requests.get(number)["pending"]
    for _ in range(4):
        mock.nodes.add({})
    assert asked.result().json()["Priority"] == 70


def test_the_preset_says_how_long_it_was_out_of_contact(mock: MockClient, client: httpx.Client) -> None:
    """The LastContact of a fault before the follower is kept."""
    mock.faults.preset("stale-follower")
    mock.clock.advance("1s")
    reply = client.get("/v1/jobs?stale")
    assert (reply.headers["x-nomad-lastcontact"], reply.headers["x-nomad-knownleader"]) == ("3000", "true")
