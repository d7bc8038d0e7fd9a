"""The ASGI endpoint of an agent: a request comes in, an operation is run, and its reply goes out."""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from mockserver.cluster.pace import AT_ONCE, Pace
from mockserver.errors import AgentError
from mockserver.http.blocking import Client, Patience, WaitingQueries
from mockserver.http.compression import accepts_gzip, compressed
from mockserver.http.leaving import when_gone
from mockserver.http.rendering import render
from mockserver.http.replies import (
    JSON,
    READ_META,
    TEXT,
    Dates,
    Header,
    Reply,
    content_headers,
    content_type,
    index_header,
    send_reply,
    text_reply,
)
from mockserver.http.reply_cache import ReplyCache
from mockserver.http.requests import BodyTooDense, is_dense, read_body
from mockserver.http.routes import NOT_FOUND, raw_path, redirection, route
from mockserver.http.scope import Disconnected, Extension, extension_of
from mockserver.http.streams import parts
from mockserver.off_loop import apart, on_a_thread
from mockserver.openapi import load_contract
from mockserver.operations import ASKS, READS, WRITES
from mockserver.operations.agent import Agent
from mockserver.operations.file_stream import FileStream
from mockserver.operations.results import Answer, Content, LongList, Query, Read

if TYPE_CHECKING:
    from mockserver.openapi import Operation

_log = logging.getLogger("mockserver")


@dataclass(frozen=True, slots=True)
class Manner:
    """In which way a request is carried out: how long it waits, where not as an agent does; the pace of evaluations."""

    patience: Patience | None = None
    pace: Pace = AT_ONCE


PLAIN = Manner()
"""The manner of an agent."""


class JobEndpoint:
    """Answers every request as the agent does.

    Args:
        agent: whose regions are read and written.
        strict: whether a reply that contradicts the description becomes a 500 that says so.
    """

    def __init__(self, agent: Agent, *, strict: bool = False) -> None:
        self.waiting = WaitingQueries()
        self._agent = agent
        self.strict = strict
        self._cache = ReplyCache()
        self.dates = Dates(agent.local.clock.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that went away is sent nothing."""
        compress, extension = wants_gzip(scope), extension_of(scope)
        try:
            reply = await self.reply(scope, receive, compress=compress)
            date = self.dates.header()
            extension.sent = (reply, date, compress)
            if extension.unchanged is not None:
                extension.unchanged = partial(self._is_same, extension.unchanged, date)
            await send_reply(send, scope, reply, date, compress=compress)
        except Disconnected:
            return

    def _is_same(self, unchanged: Callable[[], bool], date: Header) -> bool:
        return unchanged() and self.dates.header() is date

    async def reply(self, scope: Scope, receive: Receive, *, compress: bool, manner: Manner = PLAIN) -> Reply:
        """Return the reply to a request, to be sent with the present date.

        Raises:
            Disconnected: when the client leaves before.
        """
        try:
            return await self._routed(scope, receive, manner, compress=compress)
        except AgentError as error:
            return text_reply(error.status, error.text)
        except Disconnected:
            raise
        except Exception as bug:
            _log.exception("a bug of the mock: %s %s", scope["method"], scope["path"])
            return text_reply(500, f"a bug of the mock: {type(bug).__name__}: {bug}")

    async def _routed(self, scope: Scope, receive: Receive, manner: Manner, *, compress: bool) -> Reply:
        found = route(scope["method"], raw_path(scope))
        if found.redirect:
            return redirection(scope, found.redirect)
        if found.operation is None or found.refusal is not None:
            return found.refusal or NOT_FOUND
        operation = found.operation
        body = await read_body(scope, receive) if operation.body_type else b""
        if body and await is_dense(body):
            raise BodyTooDense
        extension = extension_of(scope)
        try:
            query = operation.query(scope["query_string"])
            if operation.name in READS:
                reply = await self._read(operation, found.target, query, receive, extension, manner, compress=compress)
            elif operation.name in ASKS:
                reply = await self._ask(operation, found.target, query, partial(when_gone, receive, extension))
            else:
                wait = extension.before_commit
                reply = await self._write(operation, found.target, query, body, manner, wait)
        except AgentError as error:
            reply = text_reply(error.status, error.text)
        if not self.strict:
            return reply
        return await apart(reply.body, partial(checked, operation, reply))

    async def _read(
        self,
        operation: "Operation",
        target: str,
        query: Query,
        receive: Receive,
        extension: Extension,
        manner: Manner,
        *,
        compress: bool,
    ) -> Reply:
        """Read a region, as soon as it is past the index that the client knows."""
        cluster = self._agent.cluster(query["region"])
        result = await self.waiting.answer(
            partial(READS[operation.name], cluster, target, query),
            query,
            cluster,
            partial(when_gone, receive, extension),
            manner.patience,
        )
        if query["index"] == 0 or result.index > query["index"]:  # the same query need not wait now
            extension.unchanged = partial(cluster.state.is_at, cluster.state.edition)
        if result.missing:
            return text_reply(404, result.missing, (index_header(result.index), *READ_META))
        make = partial(_shown, result, pretty=query["pretty"], compress=compress)
        if isinstance(result.body, LongList):
            return await on_a_thread(make)
        if isinstance(result.body, list):  # each request makes a list of its own
            return await apart(result.body, make)
        key = (operation.name, cluster.region, target, query["pretty"], compress)
        reply = self._cache.find(key, result.body)
        if reply is None:
            made = await apart(result.body, make)
            reply = self._cache.get(key, result.body, lambda: made)
        return reply

    async def _ask(self, operation: "Operation", target: str, query: Query, client: Client) -> Reply:
        """Ask the agent itself, which never waits."""
        answer = ASKS[operation.name](self._agent, target, query)
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, FileStream):
            return Reply(200, b"", parts=parts(answer, self.waiting, client))
        return _answered(answer, pretty=query["pretty"])

    async def _write(
        self,
        operation: "Operation",
        target: str,
        query: Query,
        body: bytes,
        manner: Manner,
        before_commit: Callable[[], Awaitable[None]] | None,
    ) -> Reply:
        """Decode and check a write, then carry it out in its region."""
        write = await apart(body, lambda: WRITES[operation.name](target, operation.decode(body)))
        cluster = self._agent.cluster(query["region"], write.region)
        if manner.pace != AT_ONCE:
            cluster = cluster.at_pace(manner.pace)
        if before_commit is not None:
            cluster = cluster.committing_after(before_commit)
        await cluster.clock.at_rest()
        done = await write.run(cluster)
        make = partial(render, done.body, pretty=query["pretty"])
        text = make() if done.small else await apart(done.body, make)
        return Reply(200, text, (JSON, index_header(done.index)))


def wants_gzip(scope: Scope) -> bool:
    """Return whether the client takes gzip."""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return accepts_gzip(value.decode("latin-1"))
    return False


def _shown(result: Read, *, pretty: bool, compress: bool) -> Reply:
    body = render(result.body.make() if isinstance(result.body, LongList) else result.body, pretty=pretty)
    headers = (JSON, index_header(result.index), *READ_META)
    return Reply(200, body, headers, gzipped=compressed(body) if compress else None)


def _answered(answer: Answer | Content, *, pretty: bool) -> Reply:
    """Return the reply that shows an answer of the agent; an empty one has no Content-Type."""
    if isinstance(answer, Content):
        return Reply(200, answer.data, (content_type(answer.data),) if answer.data else ())
    index: tuple[Header, ...] = () if answer.index is None else (index_header(answer.index),)
    if answer.body is None:
        return Reply(200, b"", index)
    return Reply(200, render(answer.body, pretty=pretty), (JSON, *index))


def checked(operation: "Operation", reply: Reply, *, documented_only: bool = False) -> Reply:
    """Return ``reply``, or a 500 that says how ``reply`` contradicts the description; log that, too.

    With ``documented_only`` what only an agent was observed to do does not count.
    """
    headers = {name.decode(): value.decode() for name, value in content_headers(reply, compress=False)}
    if headers.get("content-type", "").startswith(JSON[1].decode()):
        body = json.loads(reply.body)
    else:  # Go calls a text with control characters binary; to the description it is a text
        headers["content-type"] = TEXT[1].decode()
        body = reply.body.decode(errors="replace")
    contract = load_contract()
    findings = contract.findings(operation, reply.status, headers, body, documented_only=documented_only)
    if not findings:
        return reply
    _log.error("a bug of the mock: %s %d contradicts its description: %s", operation.name, reply.status, findings)
    return text_reply(500, "\n".join(["a bug of the mock: this reply contradicts its description", *findings]))
