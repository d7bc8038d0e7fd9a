"""The endpoint of a world that varies: each reply is changed within the contract before it is sent."""

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.types import Message, Receive, Scope, Send

from mockserver.errors import AgentError, BadRequest
from mockserver.http.endpoint import JobEndpoint, checked
from mockserver.http.replies import BODILESS, Reply, content_headers, send_reply, text_reply
from mockserver.http.requests import Request, buffered, replayed
from mockserver.http.scope import Disconnected, extension_of
from mockserver.off_loop import apart
from mockserver.openapi.query import first_values, index_of
from mockserver.variation.body import changed_body
from mockserver.variation.framing import framed, packed, takes_gzip
from mockserver.variation.head import INDEX, changed_headers, head_style
from mockserver.variation.indexes import Enforced, Indexes, OutsideIndexes, asked_from, enforcing
from mockserver.variation.manner import WRITES, manner_of, note_pace, note_patience
from mockserver.variation.slow import Pauses

if TYPE_CHECKING:
    from mockserver.cluster.clock import SteeredClock
    from mockserver.faults.effect import Delays
    from mockserver.http.replies import HeadStyle
    from mockserver.vary import ReplyChoices, Vary


_OK = 200


class VaryingEndpoint:
    """Answers every request as ``endpoint`` does, and makes use of the freedoms of ``vary``."""

    def __init__(self, endpoint: JobEndpoint, vary: "Vary", clock: "SteeredClock", delays: "Delays") -> None:
        self._endpoint = endpoint
        self._vary = vary
        self._clock = clock
        self._delays = delays
        self._indexes = Indexes(vary)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that went away is sent nothing."""
        extension = extension_of(scope)
        choices = self._vary.of_reply(extension.number)
        request = Request.of(scope)
        manner = manner_of(request.method, choices)
        try:
            inner, receive, asked = await self._inward(request, scope, receive)
            reply = await self._endpoint.reply(inner, receive, compress=False, manner=manner)
        except Disconnected:
            return
        except AgentError as error:
            inner, asked, reply = scope, None, text_reply(error.status, error.text)
        if request.method in WRITES and reply.status == _OK and not _made_nothing(reply):
            note_pace(manner, choices)
        extension.freedoms += choices.used
        if not reply.handled:
            await send_reply(send, scope, reply, self._endpoint.dates.header(), compress=False)
            return
        outside = OutsideIndexes(self._indexes, choices)
        if _came_in_vain(reply, inner):
            note_patience(manner, choices)
        body = await apart(
            reply.body, lambda: changed_body(reply, request.operation, choices, self._vary, outside, asked)
        )
        fields = tuple((name, outside.header(value) if name == INDEX else value) for name, value in reply.headers)
        stale = "stale" in request.parameters
        fields = changed_headers(fields, choices, method=request.method, stale=stale)
        varied = replace(reply, body=body, headers=fields)
        if self._endpoint.strict and request.operation is not None and reply.status == _OK and reply.parts is None:
            operation = request.operation
            varied = await apart(body, lambda: checked(operation, varied, documented_only=True))
        with suppress(Disconnected):
            await self._send(varied, scope, receive, send, choices)

    async def _inward(self, request: Request, scope: Scope, receive: Receive) -> tuple[Scope, Receive, Enforced | None]:
        """Return a request with the indexes in it as the mock counts, and the one that it enforces."""
        if not self._indexes.used or request.operation is None:
            return scope, receive, None
        if request.operation.reads:
            return {**scope, "query_string": asked_from(request.raw_query, self._indexes)}, receive, None
        if request.operation_name != "register":
            return scope, receive, None
        body, receive = await buffered(scope, receive)
        body, asked = await apart(body, lambda: enforcing(body, self._indexes))
        return scope, replayed(body, receive), asked

    async def _send(self, reply: Reply, scope: Scope, receive: Receive, send: Send, choices: "ReplyChoices") -> None:
        """Send a reply, framed and spelled as is chosen; a client that leaves meanwhile is ``Disconnected``."""
        request = Request.of(scope)
        date, style = self._endpoint.dates.header(), head_style(choices)
        compress = takes_gzip(request.header("accept-encoding") or "", choices)
        if reply.parts is not None:
            await send_reply(_telling(send, choices, style), scope, reply, date, compress=compress)
            return
        body = await apart(reply.body, lambda: packed(reply.body, choices)) if compress else reply.body
        frame = framed(body, choices, http_version=scope["http_version"])
        headers = [*content_headers(reply, compress=compress), date]
        if (body or request.method != "HEAD") and reply.status not in BODILESS:
            headers += frame.headers
        pauses = Pauses(choices, self._delays, receive, time_passes=bool(self._clock.speed))
        await pauses.before_head()
        start = {"type": "http.response.start", "status": reply.status, "headers": headers}
        await _telling(send, choices, style)(start)
        *parts, last = pauses.parts(frame.parts)
        for part in parts:
            await pauses.before_part()
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await pauses.before_part()
        await send({"type": "http.response.body", "body": last})


def _came_in_vain(reply: Reply, scope: Scope) -> bool:
    """Return whether the reply to a query is no newer than the index that it waited from."""
    told = next((int(value) for name, value in reply.headers if name == INDEX), None)
    if told is None:
        return False
    try:
        return told <= index_of(first_values(scope["query_string"]).get("index"))
    except BadRequest:  # this endpoint waits for nothing, and so reads no index
        return False


def _made_nothing(reply: Reply) -> bool:
    """Return whether a write says that it made no evaluation."""
    return b'"EvalID":""' in reply.body or b'"EvalID"' not in reply.body


def _telling(send: Send, choices: "ReplyChoices", style: "HeadStyle | None") -> Send:
    """Return a ``send`` that says how a head is written, and tells the journal which freedoms a reply made use of."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "freedoms": choices.used, "style": style}
        await send(message)

    return tell
