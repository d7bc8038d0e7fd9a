"""Following files of an allocation."""

import asyncio
import json
from base64 import b64decode
from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.operations.file_stream import FileStream
from tests.asgi import Answer, Exchange, NoAnswer, ask, begin, settle

pytestmark = pytest.mark.anyio


async def _following(app: Starlette, target: str) -> tuple[Exchange, "asyncio.Task[Answer]"]:
    exchange, task = begin(app, "GET", f"/v1/client/fs/{target}")
    await settle()
    assert not task.done()
    return exchange, task


def _frames(exchange: Exchange) -> list[dict[str, Any]]:
    text = b"".join(message["body"] for message in exchange.sent if message["type"].endswith("body")).decode()
    found, position, decoder = [], 0, json.JSONDecoder()
    while position < len(text):
        frame, position = decoder.raw_decode(text, position)
        found.append(frame)
    return found


async def test_a_log_grows_with_the_life_of_its_task(
    app: Starlette, running: dict[str, str], clock: ManualClock
) -> None:
    """A stream sends what is there, a heartbeat for each quiet second, and news as soon as the node reports them."""
    exchange, task = await _following(app, f"logs/{running['A']}?task=t&type=stdout&follow=true")
    (first,) = _frames(exchange)
    clock.advance(2 * SECOND)
    await settle()
    assert {} in _frames(exchange)
    await ask(app, "DELETE", "/v1/job/web")
    await settle()
    clock.advance(SECOND)
    await settle()
    (news,) = [frame for frame in _frames(exchange)[1:] if frame]
    assert b"is told to end within 5s" in b64decode(news["Data"])
    assert news["Offset"] == first["Offset"] + len(b64decode(news["Data"]))
    exchange.disconnect()
    await task


async def test_a_plain_log_has_no_heartbeats(app: Starlette, running: dict[str, str], clock: ManualClock) -> None:
    """A plain stream has no heartbeats, which would be taken for data."""
    exchange, task = await _following(app, f"logs/{running['A']}?task=t&type=stdout&follow=true&plain=true")
    clock.advance(3 * SECOND)
    await settle()
    sent = b"".join(message["body"] for message in exchange.sent if message["type"].endswith("body"))
    assert sent.count(b"nomad-mock:") == sent.count(b"\n") == 2
    exchange.disconnect()
    await task


async def test_an_offset_behind_the_end_begins_anew(app: Starlette, running: dict[str, str]) -> None:
    """An offset behind the end is answered as if the file had been truncated."""
    exchange, task = await _following(app, f"stream/{running['A']}?path=alloc/logs/t.stdout.0&offset=9999")
    (frame,) = _frames(exchange)
    assert (frame["FileEvent"], frame["Offset"]) == ("file truncated", len(b64decode(frame["Data"])))
    exchange.disconnect()
    await task


async def test_a_file_that_goes_ends_its_stream(app: Starlette, running: dict[str, str], clock: ManualClock) -> None:
    """When the file is deleted, a frame says so and the stream ends."""
    exchange, task = await _following(app, f"stream/{running['A']}?path=alloc/logs/t.stdout.0&origin=end")
    await ask(app, "DELETE", "/v1/job/web")
    await settle()
    clock.advance(SECOND)
    await ask(app, "PUT", "/v1/system/gc")
    await settle()
    clock.advance(0)
    answer = await task
    assert answer.status == 200
    assert _frames(exchange)[-1]["FileEvent"] == "file deleted"


async def test_a_server_that_stops_ends_its_streams(app: Starlette, running: dict[str, str]) -> None:
    """A server that stops ends its streams at once."""
    _, task = await _following(app, f"stream/{running['A']}?path=alloc/logs/t.stdout.0")
    app.state.spaces.default.world.endpoint.waiting.release()
    assert (await task).status == 200


async def test_a_client_that_goes_before_anything_was_sent_gets_nothing(
    app: Starlette, running: dict[str, str]
) -> None:
    """Headers go out with the first byte, so a client that leaves before it gets none."""
    exchange, task = await _following(app, f"logs/{running['A']}?task=t&type=stderr&follow=true")
    exchange.disconnect()
    with pytest.raises(NoAnswer):
        await task


def test_large_files_come_in_several_frames() -> None:
    """Frames have 64 KiB at most, and only the first tells what happened to the file."""
    follow = FileStream(None, "a", "f", position=200_000)  # type: ignore[arg-type] # frames ask no cluster
    frames = list(follow.frames(b"x" * 150_000))
    assert [frame["Offset"] for frame in frames] == [65_536, 131_072, 150_000]
    assert [frame.get("FileEvent") for frame in frames] == ["file truncated", None, None]
    assert list(follow.frames(b"x" * 150_000)) == []


def test_a_log_that_lost_its_beginning_begins_anew() -> None:
    """When the log lost its oldest events, the stream begins anew."""
    follow = FileStream(None, "a", "f", position=0)  # type: ignore[arg-type] # frames ask no cluster
    assert [frame.get("FileEvent") for frame in follow.frames(b"one\n")] == [None]
    (frame,) = follow.frames(b"two\nthree\n")
    assert (frame["FileEvent"], frame["Offset"]) == ("file truncated", 10)
