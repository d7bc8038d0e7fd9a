"""Which requests meet a fault, and for how long."""

from datetime import timedelta

import httpx
import pytest

from mockserver.client import MockClient, MockError
from mockserver.faults import PRESETS
from mockserver.testing import example_job


def _statuses(client: httpx.Client, number: int, target: str = "/v1/jobs") -> list[int]:
    return [client.get(target).status_code for _ in range(number)]


@pytest.mark.parametrize(
    ("match", "met"),
    [
        ({}, True),
        ({"method": "put"}, True),
        ({"method": ["GET", "PUT"]}, True),
        ({"method": "GET"}, False),
        ({"path": "/v1/job/*"}, True),
        ({"path": "/v1/job/a b/?lan"}, True),
        ({"path": "/v1/jobs"}, False),
        ({"operation": ["register", "plan"]}, True),
        ({"operation": "register"}, False),
        ({"query": {"region": "gl*"}}, True),
        ({"query": {"region": "eu1"}}, False),
        ({"query": {"stale": "*"}}, False),
        ({"headers": {"X-Team": "[ab]"}}, True),
        ({"headers": {"x-team": "b"}}, False),
        ({"headers": {"X-Other": "*"}}, False),
        ({"body": {"Job": {"ID": "a b"}}}, True),
        ({"body": {"Job": {"Priority": 51}}}, False),
        ({"body": {"Diff": True, "Job": {"Datacenters": ["dc1"]}}}, True),
        ({"body": {"Diff": 1}}, False),
        ({"body": {"Job": {"Datacenters": ["dc1", "dc2"]}}}, False),
        ({"body": {"Job": {"Datacenters": ["dc2"]}}}, False),
    ],
)
def test_a_fault_is_met_by_requests_that_match(
    mock: MockClient, client: httpx.Client, match: dict[str, object], met: bool
) -> None:
    """A request meets a fault when all parts of the match fit; others are answered as usual."""
    number = mock.fault("status", status=503, match=match)
    body = {"Job": example_job("a b"), "Diff": True}
    reply = client.put("/v1/job/a%20b/plan?region=global", json=body, headers={"X-Team": "a"})
    assert (reply.status_code == 503) is met
    assert mock.faults.hits(number) == met


def test_the_nth_request(mock: MockClient, client: httpx.Client) -> None:
    """Only the n-th matching request meets the fault, which then is over."""
    number = mock.fault("status", status=503, match={"path": "/v1/jobs"}, nth=2)
    client.get("/v1/nodes")
    assert _statuses(client, 4) == [200, 503, 200, 200]
    fault = mock.faults.list()[0]
    assert (fault["number"], fault["active"], fault["seen"], fault["hits"]) == (number, False, 2, 1)


def test_every_so_many_requests(mock: MockClient, client: httpx.Client) -> None:
    """One request in three meets the fault."""
    mock.fault("status", status=503, every=3)
    assert _statuses(client, 7) == [200, 200, 503, 200, 200, 503, 200]


def test_so_many_times(mock: MockClient, client: httpx.Client) -> None:
    """After the given number of hits the fault is over, and can still be read."""
    mock.fault("status", status=503, times=2)
    assert _statuses(client, 3) == [503, 503, 200]
    assert [(fault["hits"], fault["active"]) for fault in mock.faults.list()] == [(2, False)]


def test_for_so_long(mock: MockClient, client: httpx.Client) -> None:
    """A fault ends at its time on the world's clock, which is a planned event."""
    number = mock.fault("status", status=503, lasting="10s")
    fault = mock.faults.list()[0]
    assert fault["ends"] - fault["began"] == 10_000_000_000
    mock.clock.advance("9999ms")
    assert _statuses(client, 1) == [503]
    mock.clock.advance("1ms")
    assert _statuses(client, 1) == [200]
    assert mock.faults.hits(number) == 1


def test_by_chance(mock: MockClient, client: httpx.Client) -> None:
    """About the given share of requests meets the fault; the world's seed decides which."""
    runs = []
    for _ in range(2):
        mock.reset(seed=5)
        mock.fault("status", status=503, probability=0.3)
        runs.append(_statuses(client, 60))
    assert runs[0] == runs[1]
    assert 8 < runs[0].count(503) < 28


def test_faults_are_met_in_their_order(mock: MockClient, client: httpx.Client) -> None:
    """A fault that answers hides those behind it; all that were met are counted and named in the journal."""
    mock.fault("content-type", value="text/x", name="first")
    mock.fault("status", status=503, name="second")
    mock.fault("drop", name="third")
    reply = client.get("/v1/jobs")
    assert (reply.status_code, reply.headers["content-type"]) == (503, "text/x")
    assert mock.requests()[-1]["faults"] == ["first", "second", "third"]


def test_a_fault_is_removed(mock: MockClient, client: httpx.Client) -> None:
    """One fault or all can be removed; an unknown number is an error that explains."""
    first, second = mock.fault("status", status=503), mock.fault("status", status=504)
    mock.faults.remove(first)
    assert _statuses(client, 1) == [504]
    with pytest.raises(MockError, match=f"there are: {second}"):
        mock.faults.remove(first)
    with pytest.raises(MockError, match="no fault x"):
        mock.call("GET", "/faults/x")
    mock.faults.clear()
    assert _statuses(client, 1) == [200]


def test_a_reset_forgets_all_faults(mock: MockClient, client: httpx.Client) -> None:
    """A reset removes all faults, and each space has its own."""
    mock.fault("status", status=503)
    space = mock.create_space("other")
    assert httpx.get(f"{space.url}/v1/jobs").status_code == 200
    space.drop_space()
    mock.reset()
    assert (_statuses(client, 1), mock.faults.list()) == ([200], [])


@pytest.mark.parametrize("text", ["300000000000h", "5000000h"])
def test_a_duration_has_its_limits(mock: MockClient, text: str) -> None:
    """A duration has to fit 64 bits of nanoseconds."""
    with pytest.raises(MockError, match=r"duration|long"):
        mock.fault("latency", delay=text)


def test_there_are_not_too_many_faults(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of faults is limited; a preset that does not fit begins with none of its faults."""
    monkeypatch.setattr("mockserver.faults.faults.MOST", 5)
    mock.faults.preset("flaky-network")
    with pytest.raises(MockError, match="5 faults already"):
        mock.faults.preset("flaky-network")
    assert len(mock.faults.list()) == 4


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_begins_and_ends(mock: MockClient, client: httpx.Client, name: str) -> None:
    """Every preset is described, can be given another match, and leaves no trace."""
    assert mock.faults.presets()[name].endswith((".", ")", "?"))
    numbers = mock.faults.preset(name, match={"path": "/v1/none"}, lasting="1h")
    assert [fault["preset"] for fault in mock.faults.list()] == [name] * len(numbers)
    assert _statuses(client, 3) == [200] * 3
    mock.faults.clear()
    assert _statuses(client, 1) == [200]


def test_an_unknown_preset_is_explained(mock: MockClient) -> None:
    """The error for an unknown preset lists the known ones."""
    with pytest.raises(MockError, match="leader-election"):
        mock.faults.preset("earthquake")


def test_faults_come_one_after_the_other(mock: MockClient, client: httpx.Client) -> None:
    """A fault that comes after another begins when that one has ended, and no request meets both."""
    first = mock.fault("status", status=501, times=1)
    second = mock.fault("status", status=502, times=1, after_fault=first, lasting="5s")
    third = mock.fault("pass", times=1, after_fault=second)
    assert [fault["active"] for fault in mock.faults.list()] == [True, False, False]
    assert mock.faults.get(second)["ends"] is None
    assert _statuses(client, 4) == [501, 502, 200, 200]
    assert [fault["hits"] for fault in mock.faults.list()] == [1, 1, 1]
    assert not mock.faults.get(third)["active"]


def test_a_fault_that_is_removed_holds_up_none(mock: MockClient, client: httpx.Client) -> None:
    """Where one of a row of faults is removed, the next one waits for the one before it."""
    first = mock.fault("status", status=501, times=1)
    second = mock.fault("status", status=502, times=1, after_fault=first)
    mock.fault("status", status=503, times=1, after_fault=second)
    mock.faults.remove(second)
    assert _statuses(client, 3) == [501, 503, 200]
    last = mock.fault("status", status=504, after_fault=first)
    assert mock.faults.get(last)["active"]
    mock.fault("status", status=505, times=1, after_fault=last)
    mock.faults.clear()
    assert _statuses(client, 1) == [200]


def test_a_fault_comes_after_one_that_there_is(mock: MockClient) -> None:
    """A fault can't come after one that is unknown."""
    mock.fault("hang", match={"path": "/never"})
    with pytest.raises(MockError, match="there is no fault 7 that it could come after; there are: 1"):
        mock.fault("hang", after_fault=7)


def test_python_knows_both_names_of_a_lifetime(mock: MockClient) -> None:
    """A lifetime can be given as ``lasting`` and as the control plane calls it."""
    lasting = [mock.fault("hang", lasting=timedelta(minutes=1)), mock.faults.add("hang", **{"for": 60})]  # type: ignore[arg-type]
    assert [mock.faults.get(number)["ends"] - mock.clock.now() for number in lasting] == [60_000_000_000] * 2
