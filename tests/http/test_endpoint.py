"""From a request to a reply: headers, methods, content types, compression."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from tests.asgi import ask, settle
from tests.builders import a_group, a_job, a_task

pytestmark = pytest.mark.anyio

_META = {"X-Nomad-Knownleader": "true", "X-Nomad-Lastcontact": "0"}


@pytest.fixture
async def with_job(app: Starlette) -> Starlette:
    """Return a mock with the job ``a/b`` in it."""
    await ask(app, "PUT", "/v1/job/a%2Fb", {"Job": a_job(ID="a/b")})
    await settle()
    return app


@pytest.mark.parametrize("rest", ["a/b", "a%2Fb", "A/B"])
@pytest.mark.parametrize("suffix", ["", "/summary", "/evaluations", "/allocations"])
async def test_reads(with_job: Starlette, rest: str, suffix: str) -> None:
    """Every read answers JSON with the three headers, under every spelling of the ID."""
    answer = await ask(with_job, "GET", f"/v1/job/{rest}{suffix}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Length"] == str(len(answer.raw))
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers.items() >= _META.items()
    assert (answer.index > 0) is (suffix != "/allocations")


async def test_a_missing_object_has_the_headers_of_a_read(app: Starlette) -> None:
    """A 404 for an object has the headers of a read, with an index to wait from."""
    answer = await ask(app, "GET", "/v1/job/x")
    assert (answer.status, answer.text) == (404, "job not found")
    assert answer.headers.items() >= {**_META, "X-Nomad-Index": "0"}.items()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "/v1/job/x"),
        ("OPTIONS", "/v1/job/x"),
        ("FOO", "/v1/job/x"),
        ("get", "/v1/job/x"),
        ("PUT", "/v1/job/x/allocations"),
        ("HEAD", "/v1/job/x/evaluations"),
        ("GET", "/v1/job/x/plan"),
        ("DELETE", "/v1/job/x/periodic/force"),
    ],
)
async def test_wrong_methods(app: Starlette, method: str, path: str) -> None:
    """A wrong method gets 405 before query and body are read, without Allow and index."""
    answer = await ask(app, method, path + "?index=abc&region=mars", b"{")
    assert (answer.status, answer.text) == (405, "Invalid method")
    assert not {name for name in answer.headers if name == "Allow" or name.startswith("X-")}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "FOO"])
async def test_a_summary_answers_to_any_method(with_job: Starlette, method: str) -> None:
    """The summary answers any method as a read."""
    assert (await ask(with_job, method, "/v1/job/a/b/summary")).status == 200
    assert (await ask(with_job, method, "/v1/job/x/summary?index=abc")).text == "Invalid index"


@pytest.mark.parametrize("path", ["plan", "summary", "evaluate", "periodic/force"])
async def test_a_suffix_alone_is_a_job(app: Starlette, path: str) -> None:
    """A suffix without a job ID before it is a job ID itself."""
    assert (await ask(app, "GET", f"/v1/job/{path}")).text == "job not found"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_region_is_refused(with_job: Starlette, method: str) -> None:
    """An unknown region is refused after the request was read, before the job is looked up."""
    answer = await ask(with_job, method, "/v1/job/a/b?region=mars", {"Job": a_job(ID="a/b")})
    assert (answer.status, answer.text) == (500, "No path to region")
    assert (await ask(with_job, method, "/v1/job/a/b?region=mars", b"{")).status == (400 if method == "PUT" else 500)


async def test_regions_have_states_of_their_own(with_job: Starlette) -> None:
    """The region of the query counts before that of the body, and that before the local one."""
    assert (await ask(with_job, "GET", "/v1/job/a/b?region=eu1")).status == 404
    await ask(with_job, "PUT", "/v1/job/e", {"Job": a_job(ID="e"), "Region": "eu1"})
    await ask(with_job, "PUT", "/v1/job/f?region=eu1", {"Job": a_job(ID="f"), "Region": "mars"})
    for job_id in ("e", "f"):
        assert (await ask(with_job, "GET", f"/v1/job/{job_id}")).status == 404
        assert (await ask(with_job, "GET", f"/v1/job/{job_id}?region=eu1")).status == 200
    assert (await ask(with_job, "GET", "/v1/job/a/b?region=global")).status == 200


@pytest.mark.parametrize(("query", "pretty"), [("pretty", True), ("pretty=false", True), ("pretty=0", False)])
async def test_pretty(with_job: Starlette, query: str, pretty: bool) -> None:
    """Any value of ``pretty`` but 0 indents the JSON, of reads and writes."""
    for method, path in (("GET", "/v1/job/a/b"), ("PUT", "/v1/job/a/b/evaluate")):
        answer = await ask(with_job, method, f"{path}?{query}")
        assert answer.text.startswith("{\n    ") is answer.text.endswith("}\n") is pretty
    assert (await ask(with_job, "GET", f"/v1/job/x?{query}")).text == "job not found"


async def test_compression(with_job: Starlette) -> None:
    """Every body is compressed for clients that accept gzip; a compressed text has no content type."""
    found = await ask(with_job, "GET", "/v1/job/a/b", accept_encoding="gzip")
    plain = await ask(with_job, "GET", "/v1/job/a/b")
    missing = await ask(with_job, "GET", "/v1/job/x", user_agent="x", accept_encoding="deflate, gzip")
    assert found.body == plain.raw != found.raw
    assert found.headers["Content-Type"] == "application/json"
    assert (missing.headers["Content-Encoding"], missing.text) == ("gzip", "job not found")
    assert "Content-Type" not in missing.headers
    assert (await ask(with_job, "GET", "/v1/job/a/b", accept_encoding="gzip")).raw == found.raw


async def test_head_has_the_length_of_the_body_it_would_have(with_job: Starlette) -> None:
    """A HEAD reply is framed as with a body, which the server cuts off."""
    for encoding in ("", "gzip"):
        head = await ask(with_job, "HEAD", "/v1/job/a/b/summary", accept_encoding=encoding)
        get = await ask(with_job, "GET", "/v1/job/a/b/summary", accept_encoding=encoding)
        assert head.headers == get.headers


async def test_long_bodies_are_chunked(app: Starlette) -> None:
    """Bodies over 2048 bytes have no length."""
    await ask(app, "PUT", "/v1/job/big", {"Job": a_job(ID="big", Meta={"k": "x" * 3000})})
    answer = await ask(app, "GET", "/v1/job/big")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in answer.headers
    assert answer.json["Meta"] == {"k": "x" * 3000}


async def test_the_date_is_the_clocks(app: Starlette, clock: ManualClock) -> None:
    """The Date follows the clock, second by second."""
    seen = []
    for _ in range(3):
        seen.append((await ask(app, "GET", "/")).headers["Date"])
        clock.advance(SECOND // 2)
    now = datetime.fromtimestamp(1_500_000_000, UTC)
    assert seen[0] == seen[1] == f"{now:%a, %d %b %Y %H:%M:%S} GMT"
    assert seen[2] != seen[1]


async def test_a_text_with_control_characters_counts_as_binary(app: Starlette) -> None:
    """The content type of a text is guessed from its first 512 bytes, as Go does."""
    near = await ask(app, "PUT", "/v1/job/j", {"Job": a_job(a_group(Name="g\x01", Count=-1))})
    far = await ask(app, "PUT", "/v1/job/j", {"Job": a_job(a_group(Name="g" * 600 + "\x01", Count=-1))})
    assert (near.status, near.headers["Content-Type"]) == (500, "application/octet-stream")
    assert (far.status, far.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")


async def test_an_id_that_is_not_utf8(app: Starlette) -> None:
    """An ID of bytes that are not UTF-8 is shown with U+FFFD, and differs from that character itself."""
    assert (await ask(app, "DELETE", "/v1/job/z%ff")).status == 200
    assert [each["JobID"] for each in (await ask(app, "GET", "/v1/job/z%ff/evaluations")).json] == ["z\ufffd"]
    assert (await ask(app, "GET", "/v1/job/z%EF%BF%BD/evaluations")).json == []


async def test_numbers_of_a_config_come_back_as_floats(app: Starlette) -> None:
    """Numbers of a Config keep their value and are printed as the agent prints them."""
    job = a_job(a_group(a_task(Driver="docker", Config={"image": "x", "port_map": [{"db": 6379}]})))
    assert (await ask(app, "PUT", "/v1/job/j", {"Job": job})).status == 200
    assert b'"db":6.379E+03' in (await ask(app, "GET", "/v1/job/j")).raw


async def test_an_unexpected_error_is_told_as_a_bug_of_the_mock(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The client gets one line, and the log has the traceback."""
    monkeypatch.setattr(app.state.spaces.default.world.agent.local.state, "job", lambda _: 1 / 0)
    with caplog.at_level(logging.ERROR):
        answer = await ask(app, "GET", "/v1/job/x")
    assert (answer.status, answer.text) == (500, "a bug of the mock: ZeroDivisionError: division by zero")
    assert "GET /v1/job/x" in caplog.text


async def test_strict_mode_replaces_a_reply_that_contradicts_its_description(
    app: Starlette, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In strict mode the findings replace the reply; otherwise the reply is sent as it is."""
    easy = create_app(Settings(nodes=0, clock=clock))
    broken: Any = {"JobID": 5, "ModifyIndex": 3}
    for each in (app, easy):
        monkeypatch.setattr(each.state.spaces.default.world.agent.local.state, "summary", lambda _: broken)
    strict = await ask(app, "GET", "/v1/job/x/summary")
    assert strict.status == 500
    assert strict.text.startswith("a bug of the mock: this reply contradicts its description\nbody")
    assert "contradicts" in caplog.text
    assert (await ask(easy, "GET", "/v1/job/x/summary")).json == broken
