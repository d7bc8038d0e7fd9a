"""What the journal keeps of exchanges, and how much."""

import asyncio
import threading
import time
import tracemalloc
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from mockserver.admin import journal as admin_journal
from mockserver.app import create_app
from mockserver.journal.export import summary
from mockserver.settings import Settings
from mockserver.testing import example_job
from tests.asgi import Exchange, NoAnswer, ask, begin, settle
from tests.journal.conftest import Ask

pytestmark = pytest.mark.anyio


async def test_an_exchange_is_kept_whole(agent: Ask, control: Ask) -> None:
    """An exchange has the request, the reply, and how far the index moved."""
    began = time.time_ns()
    sent = await agent("PUT", "/v1/job/web?region=global", {"Job": example_job("web")}, x_team="a")
    took = time.time_ns() - began
    (short,) = (await control("GET", "/journal")).json
    assert (short["number"], short["method"], short["path"], short["query"]) == (
        1,
        "PUT",
        "/v1/job/web",
        "region=global",
    )
    assert (short["operation"], short["target"], short["status"], short["pending"]) == ("register", "web", 200, False)
    assert short["time"] == "2017-07-14T02:40:00.000000Z"
    assert short["duration"] == 0
    before, after = short["index"]["before"]["global"], short["index"]["after"]["global"]
    assert after == before + 2 == sent.json["EvalCreateIndex"]
    whole = (await control("GET", "/journal/1")).json
    assert {"name": "X-Team", "value": "a"} in whole["request"]["headers"]
    assert '"ID": "web"' in whole["request"]["body"]
    assert whole["reply"]["body"] == sent.text
    assert whole["reply"]["headers"] == [{"name": name, "value": value} for name, value in sent.headers.items()]
    assert 0 <= whole["wall"]["wait"] <= whole["wall"]["duration"] <= took


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("target", ["/v1/job/web", "/v1/job/none", "/v1/jobs", "/v1/job/web?pretty", "/v1//x", "/"])
async def test_a_plain_read_is_kept_as_it_was_sent(agent: Ask, control: Ask, target: str, encoding: str) -> None:
    """A cached read is kept header by header, and its body without compression."""
    await agent("PUT", "/v1/job/web", {"Job": example_job("web")})
    sent = await agent("GET", target, accept_encoding=encoding)
    whole = (await control("GET", "/journal/2")).json
    assert whole["status"] == whole["reply"]["status"] == sent.status
    assert {each["name"]: each["value"] for each in whole["reply"]["headers"]} == sent.headers
    assert (whole["reply"]["body"], whole["reply"]["size"]) == (sent.text, len(sent.raw))


async def test_a_request_is_there_before_its_answer(app: Starlette, control: Ask) -> None:
    """A request is listed before its reply, so a test knows when a client waits."""
    async with app.router.lifespan_context(app):
        exchange, task = begin(app, "GET", "/v1/jobs?index=100")
        await settle()
        (short,) = (await control("GET", "/journal")).json
        assert (short["pending"], short["status"], short["duration"], short["index"]["after"]) == (
            True,
            None,
            None,
            None,
        )
        assert (await control("GET", "/journal/1")).json["reply"] is None
        exchange.disconnect()
        with pytest.raises(NoAnswer):
            await task
        (short,) = (await control("GET", "/journal")).json
        assert (short["pending"], short["status"]) == (False, None)


async def test_a_body_that_is_no_text(agent: Ask, control: Ask) -> None:
    """A body that is no text is kept in base64."""
    await agent("PUT", "/v1/job/web", b"\xff\x00")
    request = (await control("GET", "/journal/1")).json["request"]
    assert (request["encoding"], request["body"], request["size"]) == ("base64", "/wA=", 2)


async def test_of_a_long_body_the_beginning_is_kept(agent: Ask, control: Ask) -> None:
    """The first MiB of a long body is kept."""
    await agent("PUT", "/v1/job/web", b" " * (1024 * 1024 + 5))
    request = (await control("GET", "/journal/1")).json["request"]
    assert (len(request["body"]), request["size"], request["truncated"]) == (1024 * 1024, 1024 * 1024 + 5, True)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4]),
        ("?method=get", [2, 3, 4]),
        ("?path=/v1/job/*", [1, 2, 3]),
        ("?operation=summary", [3]),
        ("?status=404", [3, 4]),
        ("?status=0", []),
        ("?after=2", [3, 4]),
        ("?limit=1", [4]),
        ("?method=GET&status=200&limit=10", [2]),
    ],
)
async def test_exchanges_are_found(agent: Ask, control: Ask, query: str, numbers: list[int]) -> None:
    """Exchanges are found by method, path, operation, status and number, and counted the same way."""
    await agent("PUT", "/v1/job/web", {"Job": example_job("web")})
    for target in ("/v1/job/web", "/v1/job/none/summary", "/v1/nothing"):
        await agent("GET", target)
    found = await control("GET", f"/journal{query}")
    assert [each["number"] for each in found.json] == numbers
    if "limit" not in query:
        assert (await control("GET", f"/journal/count{query}")).json["count"] == len(numbers)


@pytest.mark.parametrize("path", ["/journal?after=x", "/journal?status=-1", "/journal?limit=99999999999999999999"])
async def test_a_bad_number_is_explained(control: Ask, path: str) -> None:
    """A malformed number is refused with the name of the parameter."""
    refused = await control("GET", path)
    assert refused.status == 400
    (finding,) = refused.json["findings"]
    assert finding.startswith(f"query {path.partition('?')[2].partition('=')[0]}: ")


async def test_the_last_exchanges_are_kept() -> None:
    """The newest exchanges are kept up to the limit; the numbers tell how many there were."""
    app = create_app(Settings(journal_limit=3, speed=0))
    for _ in range(5):
        await ask(app, "GET", "/v1/jobs")
    found = await ask(app, "GET", "/__admin/journal", host="localhost")
    assert [each["number"] for each in found.json] == [3, 4, 5]
    missing = await ask(app, "GET", "/__admin/journal/1", host="localhost")
    assert (missing.status, missing.json["help"]) == (404, "kept are 3 to 5")


async def test_memory_is_bounded() -> None:
    """Exchanges with long bodies are kept in smaller number, and a body that is too long is not kept."""
    app = create_app(Settings(journal_bytes=100_000, speed=0))
    for _ in range(20):
        await ask(app, "PUT", "/v1/job/x", b" " * 20_000)
    kept = (await ask(app, "GET", "/__admin/journal/count", host="localhost")).json
    assert kept["count"] == 4
    assert 80_000 < kept["bytes"] <= kept["largest"] == 100_000
    await ask(app, "PUT", "/v1/job/x", b" " * 200_000)
    kept = (await ask(app, "GET", "/__admin/journal/count", host="localhost")).json
    assert (kept["count"], kept["bytes"]) == (0, 0)
    missing = await ask(app, "GET", "/__admin/journal/x", host="localhost")
    assert missing.json["help"] == "the journal is empty"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["path", "query", "headers", "body", "reply"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_everything_that_is_kept_counts(method: str, where: str) -> None:
    """Path, query and headers count for the memory limit as bodies do."""
    app = create_app(Settings(journal_bytes=2_000_000, journal_limit=100_000, speed=0, nodes=0))
    async with app.router.lifespan_context(app):
        await ask(app, "PUT", "/v1/jobs", {"Job": example_job("web") | {"Meta": {"k": "x" * 30_000}}})
        journal = app.state.spaces.default.world.journal
        journal.clear()
        tracemalloc.start()
        try:
            for n in range(200):
                await _ask_at_length(app, method, where, n)
            taken, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert journal.bytes <= 2_000_000
        assert taken < 4_000_000


async def _ask_at_length(app: Starlette, method: str, where: str, number: int) -> None:
    """Send a request of 30,000 bytes, or one with as many header fields as take that much."""
    long = f"{number:09}{'x' * 30_000}"
    target = {"path": f"/v1/job/{long}", "query": f"/v1/job/web?x={long}"}.get(where, "/v1/job/web")
    headers = {f"x_{number}_{each}": "" for each in range(200)} if where == "headers" else {}
    await ask(app, method, target, long.encode() if where == "body" else b"", **headers)


async def test_a_pending_exchange_counts() -> None:
    """A pending exchange that had to make room keeps nothing more of its incoming body."""
    app = create_app(Settings(journal_bytes=100_000, speed=0, nodes=0))
    async with app.router.lifespan_context(app):
        journal = app.state.spaces.default.world.journal
        parts: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "http", "method": "PUT", "path": "/v1/job/x", "query_string": b"", "headers": []}
        scope |= {"http_version": "1.1"}
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        task = asyncio.create_task(app(scope, parts.get, send))
        for _ in range(4):
            parts.put_nowait({"type": "http.request", "body": b"x" * 20_000, "more_body": True})
        await settle()
        (entry,) = journal
        assert 80_000 < journal.bytes == entry.size <= 100_000
        parts.put_nowait({"type": "http.request", "body": b"x" * 20_000, "more_body": True})
        await settle()
        assert (len(journal), journal.bytes, entry.request_body, entry.request_size) == (0, 0, b"", 100_000)
        parts.put_nowait({"type": "http.request", "body": b"x", "more_body": False})
        await task
        assert sent[0]["status"] == 400
        assert journal.bytes == 0


async def test_the_journal_can_be_off() -> None:
    """Without a journal nothing is kept, and the error says how to switch it on."""
    app = create_app(Settings(journal_limit=0))
    assert (await ask(app, "GET", "/v1/jobs")).status == 200
    refused = await ask(app, "GET", "/__admin/journal", host="localhost")
    assert (refused.status, "--journal-limit" in refused.json["help"]) == (409, True)


async def test_all_is_forgotten_on_demand(app: Starlette, agent: Ask, control: Ask) -> None:
    """Clearing drops all exchanges, those under way too, and the numbers go on."""
    async with app.router.lifespan_context(app):
        _, task = begin(app, "GET", "/v1/jobs?index=100&wait=1s")
        await settle()
        assert (await control("DELETE", "/journal")).status == 204
        await control("POST", "/clock/advance", {"duration": "2s"})
        await task
        await agent("GET", "/v1/jobs")
    kept = (await control("GET", "/journal")).json
    assert [each["number"] for each in kept] == [2]
    assert (await control("GET", "/journal/count")).json["bytes"] < 10_000


async def test_waiting_for_requests(agent: Ask, control: Ask) -> None:
    """A wait ends when enough requests have arrived; their bodies count once they are complete."""
    match = {"operation": "register", "body": {"Job": {"ID": "b"}}}
    waiting = asyncio.ensure_future(control("POST", "/journal/wait", {"match": match, "count": 2}))
    for job_id in ("a", "b", "b"):
        await settle()
        assert not waiting.done()
        await agent("PUT", f"/v1/job/{job_id}", {"Job": example_job(job_id)})
    arrived = (await waiting).json
    assert (arrived["met"], arrived["count"], [each["number"] for each in arrived["exchanges"]]) == (True, 2, [2, 3])


async def test_waiting_ends_in_time(control: Ask) -> None:
    """A wait ends after its timeout on the machine's clock, or when the world ends."""
    assert (await control("POST", "/journal/wait", {"timeout": "1ms"})).json == {
        "met": False,
        "count": 0,
        "exchanges": [],
    }
    waiting = asyncio.ensure_future(control("POST", "/journal/wait", {"timeout": "1h"}))
    await settle()
    await control("POST", "/reset")
    assert not (await waiting).json["met"]


async def test_requests_are_found_by_all_that_is_in_them(agent: Ask, control: Ask) -> None:
    """Requests are found by any part, the body included."""
    for job_id in ("a", "b"):
        await agent("PUT", f"/v1/job/{job_id}", {"Job": example_job(job_id)})
    found = await control("POST", "/journal/search", {"match": {"body": {"Job": {"ID": "b"}}}})
    assert [each["target"] for each in found.json] == ["b"]
    assert (await control("POST", "/journal/search", {"after": 2})).json == []


async def test_who_waits_for_requests_and_leaves_is_forgotten(app: Starlette) -> None:
    """A client that leaves during a wait is forgotten, and so is the wait."""
    exchange = Exchange(app, "POST", "/__admin/journal/wait", b'{"timeout": "600s"}', {"host": "localhost"})
    waiting = asyncio.create_task(exchange.run())
    await settle()
    assert not waiting.done()
    exchange.disconnect()
    await asyncio.wait_for(waiting, 5)
    assert not app.state.spaces.default.world.journal._waiting


async def test_long_bodies_are_looked_at_on_another_thread(
    agent: Ask, control: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long bodies are matched on a thread, short ones at once."""
    threads: list[bool] = []

    def noted(*arguments: Any) -> dict[str, Any]:
        threads.append(threading.current_thread() is threading.main_thread())
        return summary(*arguments)

    monkeypatch.setattr(admin_journal, "summary", noted)
    await agent("PUT", "/v1/job/web", {"Job": example_job("web")})
    await agent("PUT", "/v1/job/web", {"Job": example_job("web"), "Else": "a" * 100_000})
    assert [each["number"] for each in (await control("GET", "/journal")).json] == [1, 2]
    assert threads == [True, False]
