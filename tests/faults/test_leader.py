"""No leader, as observed on a real 0.5.4 server that lost its quorum, and servers out of contact."""

from typing import Any

import httpx
import pytest

from mockserver.client import MockClient
from mockserver.testing import example_job
from tests.faults.asking import Meanwhile

NEEDS_A_LEADER: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/v1/job/web", None),
    ("GET", "/v1/job/none", None),
    ("GET", "/v1/jobs?index=1", None),
    ("GET", "/v1/status/leader", None),
    ("PUT", "/v1/job/web", {"Job": example_job("web")}),
    ("PUT", "/v1/job/web", {"Job": {"ID": "web"}}),
    ("PUT", "/v1/job/web/evaluate", None),
    ("PUT", "/v1/job/web/plan", {"Job": example_job("web")}),
    ("DELETE", "/v1/job/web", None),
]


@pytest.mark.parametrize(("method", "target", "body"), NEEDS_A_LEADER)
def test_without_a_leader_requests_are_held_and_then_refused(
    mock: MockClient, client: httpx.Client, method: str, target: str, body: dict[str, Any] | None
) -> None:
    """Requests fail after a little over five seconds, with a real server's text; not even jobs are validated."""
    mock.fault("no-leader")
    before = mock.clock.get().next_event
    asked = Meanwhile(lambda: client.request(method, target, json=body))
    number = mock.requests.wait(method=method)[0]["number"]
    while mock.clock.get().next_event == before:
        pass  # it has arrived, and is held once its end is among the events to come
    mock.clock.advance("4999ms")
    assert mock.requests.get(number)["pending"]
    mock.clock.advance("400ms")
    reply = asked.result()
    assert (reply.status_code, reply.text) == (500, "No cluster leader")
    assert "x-nomad-index" not in reply.headers
    assert 5_000_000_000 <= mock.requests.get(number)["duration"] < 5_312_500_000


@pytest.mark.parametrize(
    ("method", "target", "status", "text"),
    [
        ("GET", "/v1/job/web?index=x", 400, "Invalid index"),
        ("PUT", "/v1/job/web", 400, "EOF"),
        ("GET", "/v1/job/web?region=zz", 500, "No path to region"),
        ("GET", "/v1/job/none?region=eu1", 404, "job not found"),
        ("GET", "/v1/nothing", 404, "404 page not found\n"),
        ("PATCH", "/v1/job/web", 405, "Invalid method"),
        ("GET", "/v1/regions", 200, '["eu1","global"]'),
    ],
)
def test_what_needs_no_leader_is_answered_at_once(
    mock: MockClient, client: httpx.Client, method: str, target: str, status: int, text: str
) -> None:
    """Malformed requests, unknown regions and other regions are answered at once."""
    mock.fault("no-leader")
    reply = client.request(method, target)
    assert (reply.status_code, reply.text) == (status, text)


def test_requests_go_on_when_there_is_a_leader_again(mock: MockClient, client: httpx.Client) -> None:
    """When an election ends in time, held requests are carried out once."""
    mock.faults.preset("leader-election", lasting="3s")
    asked = Meanwhile(lambda: client.put("/v1/job/new", json={"Job": example_job("new")}))
    mock.requests.wait(method="PUT")
    mock.clock.advance("2999ms")
    assert client.get("/v1/job/new?stale").status_code == 404
    mock.clock.advance("1ms")
    reply = asked.result()
    assert (reply.status_code, sorted(reply.json())[0]) == (200, "EvalCreateIndex")
    assert client.get("/v1/job/new").json()["ID"] == "new"
    assert mock.requests(method="PUT")[0]["duration"] == 3_000_000_000


def test_stale_reads_go_on_and_say_how_old_they_are(mock: MockClient, client: httpx.Client) -> None:
    """Stale reads show the state when the leader went, with a growing LastContact."""
    mock.fault("no-leader")
    contacts = []
    for _ in range(3):
        reply = client.get("/v1/job/web?stale")
        assert (reply.status_code, reply.headers["x-nomad-knownleader"]) == (200, "false")
        contacts.append(int(reply.headers["x-nomad-lastcontact"]))
        mock.clock.advance("700ms")
    assert contacts == [0, 700, 1400]
    assert client.get("/v1/job/none?stale").headers["x-nomad-knownleader"] == "false"


def test_nothing_new_is_learned_without_a_leader(mock: MockClient, client: httpx.Client) -> None:
    """What nodes do without a leader shows when there is one again."""
    before = client.get("/v1/jobs?stale")
    number = mock.fault("no-leader")
    mock.seed(example_job("later"))
    mock.clock.advance("1s")
    assert client.get("/v1/jobs?stale").content == before.content
    mock.faults.remove(number)
    assert [job["ID"] for job in client.get("/v1/jobs").json()] == ["later", "web"]


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_write_is_in_flight_when_the_leader_falls(mock: MockClient, client: httpx.Client, carried_out: bool) -> None:
    """A write gets the same error whether it was carried out or not; reads do not meet this."""
    mock.fault("leadership-lost", carried_out=carried_out, times=1)
    assert client.get("/v1/job/web").status_code == 200
    reply = client.delete("/v1/job/web")
    assert (reply.status_code, reply.text) == (500, "leadership lost while committing log")
    assert (client.get("/v1/job/web").status_code == 404) is carried_out


def test_a_server_has_not_heard_of_its_leader(mock: MockClient, client: httpx.Client) -> None:
    """A server without contact to its leader answers only stale reads."""
    number = mock.fault("last-contact", already="2s", known_leader=False)
    mock.clock.advance("500ms")
    stale, consistent = client.get("/v1/job/web?stale"), client.get("/v1/job/web")
    assert (stale.headers["x-nomad-lastcontact"], stale.headers["x-nomad-knownleader"]) == ("2500", "false")
    assert (consistent.headers["x-nomad-lastcontact"], consistent.headers["x-nomad-knownleader"]) == ("0", "true")
    assert mock.faults.hits(number) == 1
