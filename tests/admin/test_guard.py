"""Access to the control plane."""

import pytest

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import ask

pytestmark = pytest.mark.anyio

TOKEN = Settings(admin_token="secret")
NAMED = Settings(host="mock.local", admin_hosts=("nomad",))


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        (Settings(), {"host": "127.0.0.1:4646"}, 200),
        (Settings(), {"host": "[::1]:4646"}, 200),
        (Settings(), {"host": "LOCALHOST"}, 200),
        (Settings(), {"host": "192.168.0.7:4646"}, 200),
        (Settings(), {}, 403),
        (Settings(), {"host": "evil.example"}, 403),
        (Settings(), {"host": "127.0.0.1.evil.example"}, 403),
        (Settings(), {"host": "localhost.evil.example:4646"}, 403),
        (NAMED, {"host": "nomad:4646"}, 200),
        (NAMED, {"host": "mock.local:4646"}, 200),
        (Settings(), {"host": "localhost:4646", "origin": "http://localhost:4646"}, 200),
        (Settings(), {"host": "localhost:4646", "origin": "http://localhost:8080"}, 403),
        (Settings(), {"host": "localhost:4646", "origin": "http://evil.example"}, 403),
        (Settings(), {"host": "localhost:4646", "origin": "null"}, 403),
        (Settings(cors=("http://a:3000",)), {"host": "localhost:4646", "origin": "http://a:3000"}, 200),
        (Settings(cors=("http://a:3000",)), {"host": "localhost:4646", "origin": "http://a"}, 403),
        (Settings(cors=("*",)), {"host": "localhost:4646", "origin": "http://a:3000"}, 403),
        (Settings(cors=("http://a:3000",)), {"host": "evil.example", "origin": "http://a:3000"}, 403),
        (Settings(), {"host": "["}, 403),
        (Settings(), {"host": "[::1"}, 403),
        (Settings(), {"host": "localhost:4646", "origin": "http://["}, 403),
        (TOKEN, {"host": "["}, 401),
        (TOKEN, {"host": "[", "authorization": "Bearer secret"}, 200),
        (TOKEN, {"host": "localhost"}, 401),
        (TOKEN, {"host": "localhost", "authorization": "Bearer wrong"}, 401),
        (TOKEN, {"host": "localhost", "authorization": "Basic secret"}, 401),
        (TOKEN, {"host": "nomad.example", "authorization": "bearer secret"}, 200),
        (TOKEN, {"host": "localhost", "authorization": "Bearer secret", "origin": "http://evil.example"}, 403),
    ],
)
async def test_strangers_are_refused(settings: Settings, headers: dict[str, str], status: int) -> None:
    """A foreign host, a foreign origin and a wrong token are refused, and each refusal says what to do."""
    answer = await ask(create_app(settings), "GET", "/__admin/health", **headers)
    assert answer.status == status
    assert ("Www-Authenticate" in answer.headers) == (status == 401)
    assert status == 200 or answer.json["help"]
