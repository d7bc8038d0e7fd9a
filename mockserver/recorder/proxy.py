"""Standing between a client and a real server, and keeping what passes."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from mockserver.http.replies import CLOSE, TEXT, Dates, Reply, send_reply
from mockserver.http.requests import BodyTooLarge, read_body
from mockserver.http.scope import Disconnected, cut, gone
from mockserver.recorder.exchanges import Recorded
from mockserver.recorder.recording import Recording
from mockserver.recorder.upstream import Answer, NoAnswer, Unreachable, Upstream

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_OF_A_CONNECTION = frozenset(
    (b"host", b"content-length", b"transfer-encoding", b"connection", b"keep-alive", b"te", b"upgrade")
)


class Proxy:
    """An application that asks ``upstream`` and answers what it answers, as it comes; ``kept`` is called after each.

    A blocking query waits as long as the server lets it; a client that goes away takes its request back.
    """

    def __init__(self, upstream: Upstream, recording: Recording, kept: Callable[[], None] = lambda: None) -> None:
        self._upstream = upstream
        self._recording = recording
        self._kept = kept
        self._started = time.monotonic()
        self._dates = Dates(time.time_ns)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""  # noqa: DOC501 # raised again for the server, which made them
        try:
            body = await read_body(scope, receive)
        except Disconnected:
            return
        except BodyTooLarge as error:
            await self._say(scope, send, error.status, error.text)
            return
        exchange = self._begun(scope, body)
        self._recording.begin(exchange)
        try:
            await self._forward(exchange, body, scope, receive, send)
        except Unreachable as error:
            self._recording.forget(exchange)
            await self._say(scope, send, 502, f"nomad-mock record: {error}")
        except (Disconnected, asyncio.CancelledError) as error:
            self._left(exchange)
            if isinstance(error, asyncio.CancelledError):
                raise
        except Exception as error:
            exchange.error = f"nomad-mock record can't pass on this answer: {error}"
            self._end(exchange)
            raise
        else:
            self._end(exchange)

    def _left(self, exchange: Recorded) -> None:
        """Keep what has come of an answer, such as a log that never ends, when its client leaves."""
        if exchange.status is None:
            self._recording.forget(exchange)
            return
        exchange.error = "the client went away before the end of the answer"
        self._end(exchange)

    def _end(self, exchange: Recorded) -> None:
        exchange.ended = self._now()
        self._recording.end(exchange)
        self._kept()

    async def _forward(self, exchange: Recorded, body: bytes, scope: "Scope", receive: "Receive", send: "Send") -> None:
        target = exchange.path + (b"?" + exchange.query if exchange.query else b"")
        headers = [each for each in exchange.request_headers if each[0] not in _OF_A_CONNECTION]
        async with _while_there(receive):
            try:
                asked = self._upstream.asked(exchange.method, target, headers, body)
                async with asked as answer:
                    await _pass_on(answer, exchange, send)
            except NoAnswer as error:
                exchange.error = str(error)
        if not exchange.error:  # only now: for ASGI, a client with its whole reply has left
            await send({"type": "http.response.body", "body": b""})
        else:
            with contextlib.suppress(Disconnected):
                await cut(scope, receive)

    def _begun(self, scope: "Scope", body: bytes) -> Recorded:
        return Recorded(
            method=scope["method"],
            path=scope["raw_path"],
            query=scope["query_string"],
            request_headers=scope["headers"],
            request_body=self._recording.room(body),
            began=self._now(),
            body=self._recording.room(),
        )

    def _now(self) -> float:
        return time.monotonic() - self._started

    async def _say(self, scope: "Scope", send: "Send", status: int, text: str) -> None:
        reply = Reply(status, text.encode(), (TEXT, CLOSE), handled=False)
        await send_reply(send, scope, reply, self._dates.header(), compress=False)


async def _pass_on(answer: Answer, exchange: Recorded, send: "Send") -> None:
    headers = [(name, value) for name, value in answer.headers if name.lower() != b"connection"]
    exchange.status, exchange.headers = answer.status, headers
    lower = [(name.lower(), value) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": lower})
    async for part in answer.parts:
        exchange.body.add(part)
        await send({"type": "http.response.body", "body": part, "more_body": True})


@contextlib.asynccontextmanager
async def _while_there(receive: "Receive") -> AsyncIterator[None]:
    """Cancel what is inside when the client leaves.

    Raises:
        Disconnected: The client left.
        asyncio.CancelledError: Somebody else cancelled this.
    """
    task = asyncio.current_task()
    assert task is not None
    left = False

    async def watch() -> None:
        nonlocal left
        await gone(receive)
        left = True
        task.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not left:
            raise
        task.uncancel()
        raise Disconnected from None
    finally:
        watching.cancel()
