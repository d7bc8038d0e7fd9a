"""The ASGI endpoint of an agent: find the operation, run it, and make the reply."""

import html
import json
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from mockserver.caches import remembered
from mockserver.errors import AgentError
from mockserver.gostd.durations import SECOND
from mockserver.gostd.urls import BadEscape, cleaned, decoded, escaped
from mockserver.http.blocking import WaitingQueries
from mockserver.http.replies import (
    CLOSE,
    HTML,
    JSON,
    LOCATION,
    NOSNIFF,
    READ_META,
    SENT,
    TEXT,
    Dates,
    Header,
    Receive,
    Reply,
    Scope,
    Send,
    accepts_gzip,
    compressed,
    content_headers,
    content_type,
    index_header,
    render,
    send_reply,
    text_reply,
)
from mockserver.http.requests import BodyTooDense, Disconnected, read_body
from mockserver.off_loop import apart, on_a_thread
from mockserver.openapi.weight import is_too_dense
from mockserver.operations import ASKS, READS, WRITES
from mockserver.operations.agent import Agent
from mockserver.operations.alloc_dir import Follow, Frame
from mockserver.operations.job_writes import run
from mockserver.operations.results import Answer, Content, LongList, Query, Read

if TYPE_CHECKING:
    from mockserver.openapi import Contract, Operation


_ASCII = bytes(range(0x80))

NOT_FOUND = Reply(404, b"404 page not found\n", (TEXT, NOSNIFF))
BAD_REQUEST = Reply(400, b"400 Bad Request", (TEXT, CLOSE), handled=False)
NO_PATH = Reply(400, b"", (CLOSE,))
SERVER_OPTIONS = Reply(200, b"", handled=False)


def route(scope: Scope, trees: frozenset[str]) -> str | Reply:
    """The decoded path, or the reply for one that is malformed or not clean.

    ``trees`` are the paths that end in a slash and are meant without it, too (Go redirects).
    """
    try:
        path, clean = _read(scope.get("raw_path") or escaped(scope["path"]).encode(), trees)
    except BadEscape:
        return BAD_REQUEST
    if path == "*":
        return SERVER_OPTIONS if scope["method"] == "OPTIONS" else NO_PATH
    return _redirect(scope, clean) if clean != path and scope["method"] != "CONNECT" else path


@remembered
def _read(raw_path: bytes, trees: frozenset[str]) -> tuple[str, str]:
    path = decoded(raw_path)
    clean = cleaned(path)
    return path, clean + "/" if clean + "/" in trees else clean


def _redirect(scope: Scope, path: str) -> Reply:
    query = quote(scope["query_string"], safe=_ASCII)
    location = escaped(path) + ("?" + query if query else "")
    headers = ((LOCATION, location.encode()),)
    if scope["method"] not in ("GET", "HEAD"):
        return Reply(301, b"", headers)
    page = f'<a href="{_attribute(location)}">Moved Permanently</a>.\n\n' if scope["method"] == "GET" else ""
    return Reply(301, page.encode(), (HTML, *headers))


def _attribute(text: str) -> str:
    return html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


Key: TypeAlias = tuple[str, str, str, bool, bool]
"""Operation, region, target, whether the reply is pretty, and whether it is compressed."""

_SHOWN = 8
"""An object in memory is about this many times as long as its JSON."""


class KnownReplies:
    """Replies by the object they show: what is stored never changes, so the same object has the same reply.

    At most ``limit`` replies are kept, with what they show no more than ``room`` bytes, and none whose body is longer
    than ``largest``. The oldest go first.
    """

    def __init__(self, limit: int = 1024, largest: int = 64 * 1024, room: int = 64 * 1024 * 1024) -> None:
        self._limit = limit
        self._largest = largest
        self._room = room
        self._known: dict[Key, tuple[object, Reply]] = {}
        self.bytes = 0

    def get(self, key: Key, shown: object, make: Callable[[], Reply]) -> Reply:
        """The reply that shows ``shown``; made anew when what ``key`` stands for is another object by now."""
        known = self.find(key, shown)
        if known is not None:
            return known
        reply = make()
        if key in self._known:
            self._forget(key)
        if len(reply.body) <= self._largest:
            self._known[key] = (shown, reply)
            self.bytes += _size(key, reply)
            while len(self._known) > self._limit or self.bytes > self._room:
                self._forget(next(iter(self._known)))
        return reply

    def find(self, key: Key, shown: object) -> Reply | None:
        """The reply that shows ``shown``, when it is kept."""
        known = self._known.get(key)
        return known[1] if known is not None and known[0] is shown else None

    def _forget(self, key: Key) -> None:
        _, reply = self._known.pop(key)
        self.bytes -= _size(key, reply)


def _size(key: Key, reply: Reply) -> int:
    return len(key[2]) + (1 + _SHOWN) * len(reply.body) + len(reply.gzipped or b"")


_log = logging.getLogger("mockserver")


def checked(contract: "Contract", operation: "Operation", reply: Reply) -> Reply:
    """``reply``, or a 500 that says how it contradicts the description; that is logged, too."""
    headers = {name.decode(): value.decode() for name, value in content_headers(reply, compress=False)}
    if headers.get("content-type") == JSON[1].decode():
        body = json.loads(reply.body)
    else:  # Go calls a text with control characters binary; to the description it is a text
        headers["content-type"] = TEXT[1].decode()
        body = reply.body.decode(errors="replace")
    findings = contract.findings(operation, reply.status, headers, body)
    if not findings:
        return reply
    _log.error("a bug of the mock: %s %d contradicts its description: %s", operation.name, reply.status, findings)
    return text_reply(500, "\n".join(["a bug of the mock: this reply contradicts its description", *findings]))


_HEARTBEAT: Frame = {}
"""A frame that only says that the connection lives."""


def reply_to(answer: Answer | Content, *, pretty: bool) -> Reply:
    """The reply; nothing at all has no type either."""
    if isinstance(answer, Content):
        return Reply(200, answer.data, (content_type(answer.data),) if answer.data else ())
    index: tuple[Header, ...] = () if answer.index is None else (index_header(answer.index),)
    if answer.body is None:
        return Reply(200, b"", index)
    return Reply(200, render(answer.body, pretty=pretty), (JSON, *index))


async def parts(follow: Follow, waiting: "WaitingQueries", receive: "Receive") -> AsyncIterator[bytes]:
    """What a followed file has, piece by piece, until it is gone, the client is, or the server stops.

    Each second without anything a heartbeat tells that the connection lives. Raises ``Disconnected``.
    """
    latest = follow.read()
    for frame in follow.frames(latest.body):
        yield _written(frame, follow)
    while follow.goes_on and latest.body is not None:
        query: Query = {"index": max(latest.index, 1), "wait": SECOND}
        latest = await waiting.answer(follow.read, query, follow.cluster, receive)
        if waiting.released:
            return
        sent = False
        for frame in follow.frames(latest.body):
            sent = True
            yield _written(frame, follow)
        if not sent:
            yield _written(_HEARTBEAT, follow)


def _written(frame: Frame, follow: Follow) -> bytes:
    return follow.data(frame) if follow.plain else render(frame)


class JobEndpoint:
    """Answers every request as the agent does; an ASGI application of its own."""

    def __init__(self, agent: Agent, contract: "Contract", *, strict: bool = False) -> None:
        self.waiting = WaitingQueries()
        self._agent = agent
        self._contract = contract
        self._strict = strict
        self._known = KnownReplies()
        self._find = remembered(contract.find)
        self._dates = Dates(agent.local.clock.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing is sent to a client that went away."""
        compress = _wants_gzip(scope)
        try:
            reply = await self._reply(scope, receive, compress=compress)
            date = self._dates.header()
            scope[SENT] = (reply, date, compress)
            await send_reply(send, scope, reply, date, compress=compress)
        except Disconnected:
            return

    async def _reply(self, scope: Scope, receive: Receive, *, compress: bool) -> Reply:
        try:
            path = route(scope, self._contract.trees)
            return path if isinstance(path, Reply) else await self._operate(scope, receive, path, compress=compress)
        except AgentError as error:
            return text_reply(error.status, error.text)
        except Disconnected:
            raise
        except Exception as bug:
            _log.exception("a bug of the mock: %s %s", scope["method"], scope["path"])
            return text_reply(500, f"a bug of the mock: {type(bug).__name__}: {bug}")

    async def _operate(self, scope: Scope, receive: Receive, path: str, *, compress: bool) -> Reply:
        found = self._find(scope["method"], path)
        if found is None:
            return NOT_FOUND
        operation, target = found
        body = await read_body(scope, receive) if operation.body_type else b""
        if is_too_dense(body):
            raise BodyTooDense
        try:
            query = operation.query(scope["query_string"])
            if operation.name in READS:
                reply = await self._read(operation, target, query, receive, compress=compress)
            elif operation.name in ASKS:
                reply = self._ask(operation, target, query, receive)
            else:
                reply = await self._write(operation, target, query, body)
        except AgentError as error:
            reply = text_reply(error.status, error.text)
        if not self._strict:
            return reply
        return await apart(reply.body, partial(checked, self._contract, operation, reply))

    async def _read(
        self, operation: "Operation", target: str, query: Query, receive: Receive, *, compress: bool
    ) -> Reply:
        cluster = self._agent.cluster(query["region"])
        result = await self.waiting.answer(
            partial(READS[operation.name], cluster, target, query), query, cluster, receive
        )
        if result.missing:
            return text_reply(404, result.missing, (index_header(result.index), *READ_META))
        make = partial(_found, result, pretty=query["pretty"], compress=compress)
        if isinstance(result.body, LongList):
            return await on_a_thread(make)
        if isinstance(result.body, list):  # lists are put together for each reply
            return await apart(result.body, make)
        key = (operation.name, cluster.region, target, query["pretty"], compress)
        known = self._known.find(key, result.body)
        if known is None:
            made = await apart(result.body, make)
            known = self._known.get(key, result.body, lambda: made)
        return known

    def _ask(self, operation: "Operation", target: str, query: Query, receive: Receive) -> Reply:
        answer = ASKS[operation.name](self._agent, target, query)
        if isinstance(answer, Follow):
            return Reply(200, b"", parts=parts(answer, self.waiting, receive))
        return reply_to(answer, pretty=query["pretty"])

    async def _write(self, operation: "Operation", target: str, query: Query, body: bytes) -> Reply:
        write = await apart(body, lambda: WRITES[operation.name](target, operation.decode(body)))
        cluster = self._agent.cluster(query["region"], write.region)
        done = await run(write, cluster)
        text = await apart(done.body, partial(render, done.body, pretty=query["pretty"]))
        return Reply(200, text, (JSON, index_header(done.index)))


def _found(result: Read, *, pretty: bool, compress: bool) -> Reply:
    shown = result.body.make() if isinstance(result.body, LongList) else result.body
    body = render(shown, pretty=pretty)
    headers = (JSON, index_header(result.index), *READ_META)
    return Reply(200, body, headers, gzipped=compressed(body) if compress else None)


def _wants_gzip(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return accepts_gzip(value.decode("latin-1"))
    return False
