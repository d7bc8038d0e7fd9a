"""Paths that lead to no operation."""

import pytest
from starlette.applications import Starlette

from tests.asgi import ask

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/jobz", "/v1/foo", "/foo"])
async def test_other_paths_are_not_found(app: Starlette, path: str) -> None:
    """Other paths get Go's own 404 page, for any method."""
    answer = await ask(app, "PUT", path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/v1/job", "/v1/job/"),
        ("/v1/job?a=b", "/v1/job/?a=b"),
        ("/v1/job//a?q=1&r=%20", "/v1/job/a?q=1&r=%20"),
        ("/v1/job/a%2F%2Fb", "/v1/job/a/b"),
        ("/v1/job/a%2F..%2Fb", "/v1/job/b"),
        ("/v1/job/%2e%2e/jobs", "/v1/jobs"),
        ("/v1/job//%C3%A9%20x%3Fy%2525", "/v1/job/%C3%A9%20x%3Fy%2525"),
        ("/v1/job//%3Cb%3E%22'&", "/v1/job/%3Cb%3E%22%27&"),
    ],
)
async def test_unclean_paths_are_redirected(app: Starlette, target: str, location: str) -> None:
    """An unclean path gets 301 to the clean one with the query; only GET gets a body."""
    for_get, for_put = await ask(app, "GET", target), await ask(app, "PUT", target)
    page = location.replace("&", "&amp;")
    assert (for_get.status, for_get.text) == (301, f'<a href="{page}">Moved Permanently</a>.\n\n')
    assert for_get.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (for_put.status, for_put.text, for_put.headers.get("Content-Type")) == (301, "", None)
    assert for_get.headers["Location"] == for_put.headers["Location"] == location


async def test_a_redirect_of_head_has_no_length(app: Starlette) -> None:
    """A redirect of HEAD has no length, as a real agent writes no body."""
    answer = await ask(app, "HEAD", "/v1/job//a")
    assert (answer.status, answer.raw) == (301, b"")
    assert "Content-Length" not in answer.headers


async def test_a_malformed_escape_is_refused_by_the_server(app: Starlette) -> None:
    """A malformed escape is refused before the agent is asked: without Vary and gzip, and the connection ends."""
    answer = await ask(app, "GET", "/v1/job/p%q", accept_encoding="gzip")
    assert (answer.status, answer.text) == (400, "400 Bad Request")
    assert answer.headers["Connection"] == "close"
    assert "Vary" not in answer.headers


async def test_connect_is_never_redirected(app: Starlette) -> None:
    """The path of CONNECT is left as it is, as by Go's mux."""
    assert (await ask(app, "CONNECT", "/v1/job//a")).status == 405


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 200), ("GET", 400)])
async def test_the_server_as_a_whole(app: Starlette, method: str, status: int) -> None:
    """The target ``*`` is valid only for OPTIONS."""
    answer = await ask(app, method, "*")
    assert (answer.status, answer.raw) == (status, b"")
