"""Strict clients: requests are refused that a real agent accepts but does not fully read."""

import httpx
import pytest

from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.testing import example_job, running_mock
from tests.asgi import Exchange, NoAnswer, ask

pytestmark = pytest.mark.anyio


async def test_a_request_is_refused_before_anything_is_done() -> None:
    """A refusal lists all that would be dropped, before anything changes; another world accepts the request."""
    for strict, status in ((True, 400), (False, 200)):
        app = create_app(Settings(strict_clients=strict, speed=0))
        answer = await ask(app, "PUT", "/v1/job/web", {"job": example_job("web"), "Extra": 1})
        assert answer.status == status
        assert (await ask(app, "GET", "/v1/job/web")).status == (404 if strict else 200)
        if strict:
            assert answer.text.splitlines()[1:] == [
                "body/job is taken for Job; write Job",
                "body/Extra is ignored: there is no such field",
            ]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/v1/jobs", 200),
        ("GET", "/v1/jobs?index=x", 400),
        ("GET", "/v1/nothing?dry=1", 404),
        ("PATCH", "/v1/job/web?dry=1", 405),
        ("DELETE", "/v1/job/web", 200),
    ],
)
async def test_everything_else_is_answered_as_ever(method: str, target: str, status: int) -> None:
    """Correct requests, and those that an agent refuses itself, are answered as usual."""
    app = create_app(Settings(strict_clients=True, speed=0))
    assert (await ask(app, method, target)).status == status


async def test_a_client_that_goes_away_gets_nothing() -> None:
    """A client that leaves before its body is complete gets no reply."""
    app = create_app(Settings(strict_clients=True, speed=0))
    exchange = Exchange(app, "PUT", "/v1/job/web", b"", {})
    exchange._body = None
    exchange.disconnect()
    with pytest.raises(NoAnswer):
        await exchange.run()


async def test_a_body_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is too large gets the same reply as without strict clients."""
    monkeypatch.setattr("mockserver.http.requests.LIMIT", 10)
    app = create_app(Settings(strict_clients=True, speed=0))
    assert (await ask(app, "PUT", "/v1/job/web", b" " * 11)).status == 413


def test_over_a_socket_and_by_the_control_plane() -> None:
    """Strictness can be set for one world, and works over a socket."""
    with running_mock(strict_clients=True) as mock:
        assert httpx.get(f"{mock.url}/v1/jobs?wait=5s").status_code == 400
        mock.reset(strict_clients=False)
        assert httpx.get(f"{mock.url}/v1/jobs?wait=5s").status_code == 200
        assert mock.requests.findings() == {1: ["query parameter wait is ignored without an index above 0"]}
