"""The dashboard's files, and what it asks of the agent."""

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import Answer, ask

pytestmark = pytest.mark.anyio

FILES = {
    "": "text/html",
    "/app.js": "text/javascript",
    "/app.css": "text/css",
    "/icon.svg": "image/svg+xml",
}


async def _get(app: Starlette, path: str, method: str = "GET", **headers: str) -> Answer:
    return await ask(app, method, f"/__admin/ui{path}", **{"host": "localhost:4646", **headers})


@pytest.mark.parametrize("path", FILES)
async def test_files_are_served_under_a_strict_policy(app: Starlette, path: str) -> None:
    """Files have their type, and a policy that forbids other origins and inline scripts."""
    answer = await _get(app, path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(FILES[path])
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_a_file_that_is_known_is_not_sent_again(app: Starlette) -> None:
    """A browser that has the present version of a file gets 304."""
    tag = (await _get(app, "/app.js")).headers["Etag"]
    again = await _get(app, "/app.js", **{"if-none-match": tag})
    assert (again.status, again.raw) == (304, b"")


@pytest.mark.parametrize("path", ["/none.js", "//", "/..%2fui.py", "/agent"])
async def test_there_are_no_other_files(app: Starlette, path: str) -> None:
    """Nothing but the dashboard's files is served, and no path leads to another folder."""
    assert (await _get(app, path)).status == 404


async def test_the_agent_is_read_past_journal_and_faults(app: Starlette) -> None:
    """The dashboard's reads meet no faults and leave no trace in the journal."""
    world = app.state.spaces.default.world
    world.faults.add({"fault": {"kind": "drop"}})
    answer = await _get(app, "/agent/v1/regions")
    assert (answer.status, answer.json) == (200, ["eu1", "global"])
    assert len(world.journal) == 0


async def test_an_escaped_id_reaches_the_agent_as_it_was_sent(app: Starlette) -> None:
    """A job ID with escapes reaches the agent as in a request to the agent itself."""
    answer = await _get(app, "/agent/v1/job/a%2Fb")
    assert (answer.status, answer.text) == (404, "job not found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("PUT", "/v1/system/gc", "GET"), ("DELETE", "/v1/job/web", "GET, PUT")]
)
async def test_the_agent_is_otherwise_only_read(app: Starlette, method: str, path: str, allowed: str) -> None:
    """Through the dashboard's path nothing but jobs can be written: other writes belong in the journal."""
    answer = await _get(app, f"/agent{path}", method)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)


async def test_a_job_is_written_past_journal_and_faults(app: Starlette) -> None:
    """A write of the dashboard meets no faults, is not in the journal, and fails in the agent's words."""
    world = app.state.spaces.default.world
    world.faults.add({"fault": {"kind": "drop"}})
    answer = await _get(app, "/agent/v1/job/none/evaluate", "PUT")
    assert (answer.status, answer.text) == (500, "job not found")
    assert len(world.journal) == 0


async def test_with_a_token_only_the_files_are_for_everybody() -> None:
    """Without the token, only the dashboard's files are served; they ask for the token."""
    app = create_app(Settings(admin_token="secret"))
    assert (await _get(app, "")).status == 200
    assert (await _get(app, "/app.js", "POST")).status == 401
    assert (await _get(app, "/agent/v1/jobs")).status == 401
    assert (await _get(app, "/agent/v1/jobs", authorization="Bearer secret")).json == []


async def test_the_page_is_not_served_under_a_foreign_name(app: Starlette) -> None:
    """A request with a foreign Host header is refused, as everywhere in the control plane."""
    assert (await _get(app, "", host="evil.example")).status == 403


@pytest.mark.parametrize("path", ["/__admin", "/__admin/", "/__admin/ui/"])
async def test_who_looks_for_it_finds_it(path: str) -> None:
    """The addresses that people type lead to the dashboard, with a token or without."""
    for settings in (Settings(), Settings(admin_token="secret")):
        answer = await ask(create_app(settings), "GET", path, host="localhost")
        assert (answer.status, answer.headers["Location"]) == (302, "/__admin/ui")
