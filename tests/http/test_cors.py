"""Pages from other origins, which use the mock through a browser."""

import json

import httpx
import pytest

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import ask
from tests.served import serving

pytestmark = pytest.mark.anyio

PAGE = "http://localhost:3000"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,x-nomad-mock-space",
}


async def test_nothing_is_shared_unless_asked_for() -> None:
    """Without origins a page gets the same headers as any client, and a preflight is answered as by an agent."""
    app = create_app(Settings())
    assert not [name for name in (await ask(app, "GET", "/v1/jobs", origin=PAGE)).headers if "Access" in name]
    preflight = {name.lower(): value for name, value in PREFLIGHT.items()}
    assert (await ask(app, "OPTIONS", "/v1/jobs", **preflight)).status == 405


async def test_each_world_has_origins_of_its_own() -> None:
    """Pages are let in by the settings of the world that they ask, to its control plane as well."""
    app = create_app(Settings())
    made = {"name": "own", "port": None, "settings": {"cors": PAGE}}
    assert (await ask(app, "POST", "/__admin/spaces", made, host="localhost")).status == 201
    for path in ("/v1/jobs", "/__admin/health"):
        page = {"origin": PAGE, "host": "localhost:4646"}
        let_in = await ask(app, "GET", path, **page, x_nomad_mock_space="own")
        assert (let_in.status, let_in.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
        assert "Access-Control-Allow-Origin" not in (await ask(app, "GET", path, **page)).headers
        assert (
            "Access-Control-Allow-Origin" not in (await ask(app, "GET", path, **page, x_nomad_mock_space="x")).headers
        )


@pytest.mark.parametrize("origins", ["localhost:3000", ["http://a", "http://a/b"]])
async def test_what_is_no_origin_is_refused(origins: object) -> None:
    """A setting that no browser would send is refused with what is expected, and the world stays."""
    answer = await ask(create_app(Settings()), "POST", "/__admin/reset", {"cors": origins}, host="localhost")
    assert (answer.status, "origin" in answer.json["error"]) == (400, True)


async def test_every_origin_may_read_the_api() -> None:
    """With * any page may read a reply and all its headers; a client that is no page sees the same body."""
    app = create_app(Settings(cors=("*",)))
    reply = await ask(app, "GET", "/v1/regions", origin="http://other")
    assert reply.headers["Access-Control-Allow-Origin"] == reply.headers["Access-Control-Expose-Headers"] == "*"
    assert reply.json == (await ask(app, "GET", "/v1/regions")).json == ["global"]


def test_a_page_uses_every_port_and_the_control_plane() -> None:
    """On the wire a named origin may write, read the reply and use the control plane, on a space's port too."""
    with serving(Settings(cors=(PAGE,))) as port, httpx.Client(headers={"Origin": PAGE}) as page:
        mock = f"http://127.0.0.1:{port}"
        made = page.post(f"{mock}/__admin/spaces", content=json.dumps({"name": "own", "port": 0}))
        assert made.headers["Access-Control-Allow-Origin"] == PAGE
        for address in (mock, f"http://127.0.0.1:{made.json()['port']}"):
            preflight = page.options(f"{address}/v1/job/web", headers=PREFLIGHT)
            assert preflight.status_code == 200
            assert preflight.headers["Access-Control-Allow-Headers"] == PREFLIGHT["Access-Control-Request-Headers"]
            reply = page.get(f"{address}/v1/job/none")
            assert (reply.status_code, reply.text) == (404, "job not found")
            assert reply.headers["Access-Control-Allow-Origin"] == PAGE
            assert reply.headers["Vary"] == "Accept-Encoding, Origin"
            stranger = page.get(f"{address}/v1/jobs", headers={"Origin": "http://evil.example"})
            assert "Access-Control-Allow-Origin" not in stranger.headers
        (only,) = [each for each in page.get(f"{mock}/__admin/journal").json() if each["status"] == 404]
        assert only["path"] == "/v1/job/none"
