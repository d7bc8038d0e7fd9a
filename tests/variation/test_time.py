"""Freedoms that take time: blocking queries, evaluations, allocations, slow replies."""

import threading
import time
from typing import Any

import httpx
import pytest

from mockserver.client import MockClient
from mockserver.testing import example_job
from tests.faults.asking import Meanwhile
from tests.variation.conftest import Varied

MILLISECOND = 1_000_000
SEEDS = range(1, 12)


def waited(mock: MockClient, client: httpx.Client, wait: str) -> tuple[int, list[str]]:
    """Let a query wait in vain; return the nanoseconds of the mock's clock that it took, and the freedoms used."""
    index = client.get("/v1/job/web").headers["X-Nomad-Index"]
    asked = len(mock.requests.list())
    before = client.get("/v1/job/web").json()
    query = Meanwhile(lambda: client.get("/v1/job/web", params={"index": index, "wait": wait}))
    mock.requests.wait(asked + 2)
    while not query.done:
        mock.clock.advance_to_next_event()
    assert query.result().json() == before
    assert query.result().headers["X-Nomad-Index"] == index
    entry = mock.requests.list()[-1]
    return entry["duration"], entry["freedoms"]


def test_a_query_returns_early_with_nothing_changed(varied: Varied, client: httpx.Client) -> None:
    """Some queries return before their wait is over, at an index that is no newer; others keep to it."""
    found = []
    for seed in SEEDS:
        mock = varied("blocking.early", seed=seed)
        mock.seed(example_job("web"))
        mock.clock.advance("5s")
        found.append(waited(mock, client, "4s"))
    early = [used for took, used in found if took < 4_000 * MILLISECOND]
    assert early
    assert all(used == ["blocking.early"] for used in early)
    assert all(used == [] for took, used in found if took >= 4_000 * MILLISECOND)


def test_a_query_returns_late(varied: Varied, client: httpx.Client) -> None:
    """A query is late by most of a sixteenth of its wait, and by no more."""
    mock = varied("blocking.late")
    mock.seed(example_job("web"))
    mock.clock.advance("5s")
    took, used = waited(mock, client, "16s")
    assert 16_700 * MILLISECOND <= took <= 17_000 * MILLISECOND
    assert used == ["blocking.late"]


def test_a_query_that_is_woken_used_no_freedom(varied: Varied, client: httpx.Client) -> None:
    """A change is answered at once, whatever was chosen for the end of the wait."""
    mock = varied("blocking.late")
    mock.seed(example_job("web"))
    mock.clock.advance("5s")
    index = client.get("/v1/job/web").headers["X-Nomad-Index"]
    query = Meanwhile(lambda: client.get("/v1/job/web", params={"index": index, "wait": "60s"}))
    mock.requests.wait(2)
    httpx.put(f"{mock.url}/v1/job/web", json={"Job": example_job("web", Priority=70)})
    assert query.result().json()["Priority"] == 70
    entry = next(each for each in mock.requests.list() if each["number"] == 2)
    assert entry["freedoms"] == []


def registered(varied: Varied, client: httpx.Client, freedom: str) -> tuple[MockClient, str]:
    """Return a world in which a registration makes use of a freedom, and the ID of its evaluation."""
    for seed in SEEDS:
        mock = varied(freedom, seed=seed)
        told = client.put("/v1/job/web", json={"Job": example_job("web")}).json()
        if mock.requests.list()[0]["freedoms"] == [freedom]:
            return mock, told["EvalID"]
        settled = client.get(f"/v1/evaluation/{told['EvalID']}").json()
        assert settled["Status"] == "complete"
        assert settled["NextEval"] == ""
    raise AssertionError(f"{freedom} was never used")


def evaluation(client: httpx.Client, evaluation_id: str) -> dict[str, Any]:
    """Return an evaluation."""
    return dict(client.get(f"/v1/evaluation/{evaluation_id}").json())


def test_an_evaluation_stays_pending(varied: Varied, client: httpx.Client) -> None:
    """It is pending until time passes, then places its work; an export keeps it waiting."""
    mock, evaluation_id = registered(varied, client, "evaluation.pending")
    assert evaluation(client, evaluation_id)["Status"] == "pending"
    assert client.get("/v1/job/web/allocations").json() == []
    mock.import_state(mock.export_state())
    assert evaluation(client, evaluation_id)["Status"] == "pending"
    mock.clock.advance("1s")
    assert evaluation(client, evaluation_id)["Status"] == "complete"
    assert len(client.get("/v1/job/web/allocations").json()) == 1


def test_an_evaluation_is_followed_by_another(varied: Varied, client: httpx.Client) -> None:
    """The first one is complete with nothing placed, and names the one that does the work."""
    mock, evaluation_id = registered(varied, client, "evaluation.followed")
    first = evaluation(client, evaluation_id)
    assert first["Status"] == "complete"
    assert client.get("/v1/job/web/allocations").json() == []
    mock.clock.advance("1s")
    following = evaluation(client, first["NextEval"])
    assert (following["Status"], following["PreviousEval"]) == ("complete", evaluation_id)
    (placed,) = client.get("/v1/job/web/allocations").json()
    assert placed["EvalID"] == following["ID"]


def test_allocations_start_slowly(varied: Varied, client: httpx.Client) -> None:
    """They are pending when those of another cluster run, and run later."""
    mock, _ = registered(varied, client, "allocation.slow-start")
    mock.clock.advance("90ms")
    assert [each["ClientStatus"] for each in client.get("/v1/job/web/allocations").json()] == ["pending"]
    assert [task["state"] for task in mock.tasks.list()] == ["pending"]
    mock.clock.advance("2s")
    assert [each["ClientStatus"] for each in client.get("/v1/job/web/allocations").json()] == ["running"]


def test_no_time_passes_for_slow_replies_on_a_clock_that_stands_still(varied: Varied, client: httpx.Client) -> None:
    """Nobody could move such a clock while a client waits, so replies are quick there."""
    mock = varied("timing.slow")
    for _ in range(30):
        client.get("/v1/regions")
    assert not any(each["freedoms"] for each in mock.requests.list())


@pytest.mark.slow
def test_a_reply_comes_slowly_but_whole(varied: Varied, client: httpx.Client) -> None:
    """Some replies take their time on the mock's clock, and are the same as ever."""
    mock = varied("timing.slow", "framing.chunks", clock="real")
    bodies = {client.get("/v1/regions").text for _ in range(60)}
    assert bodies == {'["global"]'}
    slow = [each for each in mock.requests.list() if "timing.slow" in each["freedoms"]]
    assert slow
    assert max(each["duration"] for each in slow) > 10 * MILLISECOND


@pytest.mark.slow
def test_a_server_that_stops_does_not_wait_for_slow_replies(varied: Varied, client: httpx.Client) -> None:
    """A reset lets replies go on that are held up."""
    mock = varied("timing.slow", clock="real", speed=0.001)
    done = threading.Event()

    def ask() -> None:
        for _ in range(40):
            client.get("/v1/regions")
        done.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    started = time.monotonic()
    while not done.is_set() and time.monotonic() - started < 30:
        mock.reset(vary=None, clock="real", speed=1)
        done.wait(0.1)
    assert done.is_set()
