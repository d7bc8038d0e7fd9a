"""The one ASGI endpoint: from a request to an operation, and from its result to a reply."""

import logging
from functools import partial
from typing import TYPE_CHECKING

from mockserver.apart import apart
from mockserver.errors import AgentError
from mockserver.openapi.weight import is_too_dense
from mockserver.operations import ASKS, READS, WRITES
from mockserver.operations.agent import Agent
from mockserver.operations.alloc_dir import Follow
from mockserver.operations.job_writes import run
from mockserver.operations.results import Query, Read
from mockserver.remembered import remembered
from mockserver.web.accept import accepts_gzip
from mockserver.web.answers import parts, reply_to
from mockserver.web.blocking import WaitingQueries
from mockserver.web.known import KnownReplies
from mockserver.web.render import render
from mockserver.web.reply import (
    JSON,
    READ_META,
    SENT,
    Dates,
    Receive,
    Reply,
    Scope,
    Send,
    compressed,
    index_header,
    send_reply,
    text_reply,
)
from mockserver.web.request_body import BodyTooDense, Disconnected, read_body
from mockserver.web.routing import NOT_FOUND, route
from mockserver.web.strict import checked

if TYPE_CHECKING:
    from mockserver.openapi import Contract, Operation

_log = logging.getLogger("mockserver")


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
        return checked(self._contract, operation, reply) if self._strict else reply

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
    body = render(result.body, pretty=pretty)
    headers = (JSON, index_header(result.index), *READ_META)
    return Reply(200, body, headers, gzipped=compressed(body) if compress else None)


def _wants_gzip(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return accepts_gzip(value.decode("latin-1"))
    return False
