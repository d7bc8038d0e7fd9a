"""Weather: what befalls a request, and what the journal says of it."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockserver.testing import example_job
from tests.variation.conftest import Varied

TRIES = 60


def replies(ask: Callable[[int], httpx.Response]) -> list[httpx.Response | None]:
    """Return what comes of many requests, None for those without a reply."""
    found: list[httpx.Response | None] = []
    for number in range(TRIES):
        try:
            found.append(ask(number))
        except httpx.TransportError:
            found.append(None)
    return found


def test_it_is_fair_unless_asked_for(varied: Varied, client: httpx.Client) -> None:
    """Freedoms alone break nothing."""
    varied("json.*")
    assert {client.get("/v1/regions").status_code for _ in range(TRIES)} == {200}


def test_a_client_is_limited(varied: Varied, client: httpx.Client) -> None:
    """Some requests are refused with 429 and a number of seconds, and not carried out."""
    mock = varied(weather=["weather.rate-limit"])
    found = [client.put(f"/v1/job/j{number}", json={"Job": example_job(f"j{number}")}) for number in range(TRIES)]
    limited = {number for number, each in enumerate(found, 1) if each.status_code == 429}
    assert 0 < len(limited) < TRIES
    assert {each.headers["Retry-After"] for each in found if each.status_code == 429} <= {"1", "2"}
    assert {each["number"] for each in mock.requests.list() if each["freedoms"]} == limited
    mock.reset(vary=None)


@pytest.mark.parametrize(("weather", "done"), [("weather.lost-before", False), ("weather.lost-after", True)])
def test_a_connection_is_lost(varied: Varied, client: httpx.Client, weather: str, done: bool) -> None:
    """A write without an answer was done or not, as the name says; the journal names it all the same."""
    mock = varied(weather=[weather])
    found = replies(lambda number: client.put(f"/v1/job/j{number}", json={"Job": example_job(f"j{number}")}))
    lost = [f"j{number}" for number, each in enumerate(found) if each is None]
    assert 0 < len(lost) < TRIES
    assert [each["target"] for each in mock.requests.list() if each["freedoms"] == [weather]] == lost
    mock.import_state(mock.export_state() | {"settings": {"vary": None}})
    known = {each["ID"] for each in client.get("/v1/jobs").json()}
    assert all((job in known) is done for job in lost)


def test_only_writes_are_lost_after_they_were_done(varied: Varied, client: httpx.Client) -> None:
    """A read changes nothing, so that nobody could tell."""
    varied(weather=["weather.lost-after"])
    assert None not in replies(lambda _: client.get("/v1/regions"))


def test_indexes_go_back(varied: Varied, client: httpx.Client) -> None:
    """Before some replies all indexes go back, as far as they can."""
    mock = varied("index.high", weather=["weather.index-reset"])
    seen = []
    for number in range(TRIES):
        job = example_job("web", Priority=1 + number)
        seen.append(client.put("/v1/job/web", json={"Job": job}).json()["JobModifyIndex"])
    back = [number for number in range(1, TRIES) if seen[number] < seen[number - 1]]
    used = [each["number"] - 1 for each in mock.requests.list() if "weather.index-reset" in each["freedoms"]]
    assert back
    assert set(back) <= set(used)
    assert min(seen) > 10_000


def test_no_election_happens_on_a_clock_that_stands_still(varied: Varied, client: httpx.Client) -> None:
    """Nobody could move the clock on while a client is held."""
    varied(weather=["weather.election"])
    assert {client.get("/v1/jobs").status_code for _ in range(TRIES)} == {200}


@pytest.mark.slow
def test_an_election_holds_requests(varied: Varied, client: httpx.Client) -> None:
    """A held request goes on when there is a leader again, or is refused; stale reads say that there is none."""
    mock = varied(weather=["weather.election"], clock="real", speed=500)
    found = [client.get("/v1/jobs", params={"stale": "1"} if number % 2 else {}) for number in range(4 * TRIES)]
    entries: list[dict[str, Any]] = [dict(each) for each in mock.requests.list()]
    met = [(entry, reply) for entry, reply in zip(entries, found, strict=True) if entry["freedoms"]]
    assert {entry["freedoms"][0] for entry, _ in met} == {"weather.election"}
    fresh = Counter(reply.status_code for entry, reply in met if "stale" not in entry["query"])
    assert set(fresh) == {200, 500}
    refused = [(entry, reply) for entry, reply in met if reply.status_code == 500]
    assert {reply.text for _, reply in refused} == {"No cluster leader"}
    assert all(entry["duration"] >= 5_000_000_000 for entry, _ in refused)
    stale = {reply.headers["X-Nomad-KnownLeader"] for entry, reply in met if "stale" in entry["query"]}
    assert stale == {"false"}
    assert client.get("/v1/job/web?index=x").status_code in (400, 500)
