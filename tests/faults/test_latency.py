"""Requests delayed on the clock of the world."""

import random
import statistics

import httpx
import pytest

from mockserver.client import MockClient
from mockserver.faults.latency import Fixed, LogNormal, Normal, Uniform
from mockserver.gostd.durations import MILLISECOND, SECOND
from tests.faults.asking import Meanwhile


@pytest.mark.parametrize(
    ("parameters", "least", "most"),
    [
        ({"delay": "2s"}, 2, 2),
        ({"distribution": "uniform", "least": "1s", "most": "3s"}, 1, 3),
        ({"distribution": "normal", "mean": "2s", "deviation": "10ms"}, 1.9, 2.1),
        ({"distribution": "lognormal", "median": "2s", "sigma": 0.01}, 1.8, 2.2),
    ],
)
def test_an_answer_comes_late(
    mock: MockClient, client: httpx.Client, parameters: dict[str, object], least: float, most: float
) -> None:
    """A reply comes exactly when the clock has moved by the delay, and the journal has the duration."""
    mock.fault("latency", match={"operation": "query"}, **parameters)
    asked = Meanwhile(lambda: client.get("/v1/job/web"))
    mock.requests.wait(operation="query")
    assert client.get("/v1/jobs").status_code == 200
    mock.clock.advance_to_next_event()
    assert asked.result().json()["ID"] == "web"
    took = mock.requests(operation="query")[0]["duration"]
    assert least * SECOND <= took <= most * SECOND


def test_a_write_that_is_late_is_done_late(mock: MockClient, client: httpx.Client) -> None:
    """A delayed write changes nothing until then, and is carried out even when its client gave up."""
    mock.fault("latency", delay="10s", match={"method": "DELETE"})
    with pytest.raises(httpx.ReadTimeout):
        client.delete("/v1/job/web", timeout=0.2)
    assert client.get("/v1/job/web").status_code == 200
    mock.clock.advance("10s")
    assert client.get("/v1/job/web").status_code == 404


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_request_hangs(mock: MockClient, client: httpx.Client, carried_out: bool) -> None:
    """A hanging request lasts until the client gives up; whether it was carried out shows afterwards."""
    mock.fault("hang", carried_out=carried_out, match={"method": "DELETE"})
    with pytest.raises(httpx.ReadTimeout):
        client.delete("/v1/job/web", timeout=0.2)
    assert (client.get("/v1/job/web").status_code == 404) is carried_out


def test_a_reset_lets_everybody_go(mock: MockClient, client: httpx.Client) -> None:
    """When the world ends, delayed requests go on at once."""
    mock.fault("latency", delay="1h")
    asked = Meanwhile(lambda: client.get("/v1/jobs"))
    mock.requests.wait(operation="jobs")
    mock.reset()
    assert asked.result().status_code == 200


def test_distributions_are_what_they_say() -> None:
    """The middle and the spread of many draws are those of the distribution."""
    source = random.Random(1)
    ms = MILLISECOND
    draws = {
        each: [each.draw(source) for _ in range(2000)]
        for each in (Fixed(5 * ms), Uniform(10 * ms, 30 * ms), Normal(20 * ms, 2 * ms), LogNormal(20 * ms, 1))
    }
    fixed, uniform, normal, lognormal = draws.values()
    assert set(fixed) == {5 * ms}
    assert 10 * ms <= min(uniform) < 11 * ms < 29 * ms < max(uniform) <= 30 * ms
    assert statistics.mean(normal) == pytest.approx(20 * ms, rel=0.05)
    assert statistics.pstdev(normal) == pytest.approx(2 * ms, rel=0.1)
    assert statistics.median(lognormal) == pytest.approx(20 * ms, rel=0.15)
    assert max(lognormal) > 200 * ms
    assert Normal(0, 10).draw(random.Random(4)) >= 0
