"""Read requests: what a client asked for, and the body that it sends."""

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import orjson
from starlette.types import Message, Receive, Scope

from mockserver.errors import AgentError, BadRequest
from mockserver.http.routes import Route, raw_path, route
from mockserver.http.scope import Disconnected, extension_of
from mockserver.off_loop import on_a_thread
from mockserver.openapi.query import first_values
from mockserver.openapi.weight import DENSEST, LIGHT, is_too_dense

if TYPE_CHECKING:
    from mockserver.http.replies import Header
    from mockserver.openapi import Operation

LIMIT = 64 * 1024 * 1024
"""The longest request body in bytes. A real agent has no limit; the mock's memory has."""


_LONG = 4 * 1024 * 1024
"""Bytes that are put together at once; with more others have their turn meanwhile."""

LONGEST_JSON = 1024 * 1024
"""The longest body in bytes that is looked into where requests are matched; the journal keeps no more of one."""


class Request:
    """A request to an agent, each part of which is read when it is asked for.

    Args:
        method: as it came.
        raw_path: the path with its escapes.
        raw_query: the query without its question mark.
        headers: the header fields, names in lower case.
        body: what has been read of the body.
    """

    def __init__(
        self, method: str, raw_path: bytes, raw_query: bytes, headers: "list[Header]", body: bytes = b""
    ) -> None:
        self.method = method
        self.raw_path = raw_path
        self.raw_query = raw_query
        self.headers = headers
        self.body = body

    @classmethod
    def of(cls, scope: Scope, body: bytes = b"") -> "Request":
        """Return the request of a scope."""
        return cls(scope["method"], raw_path(scope), scope["query_string"], scope["headers"], body)

    @cached_property
    def _route(self) -> Route:
        return route(self.method, self.raw_path)

    @property
    def path(self) -> str:
        """The path without its escapes; as it came where they are malformed."""
        return self._route.path

    @property
    def is_handled(self) -> bool:
        """Whether it gets as far as an agent: Go's server itself refuses a path with a malformed escape."""
        refusal = self._route.refusal
        return refusal is None or refusal.handled

    @property
    def query(self) -> str:
        """The query as it came, without its question mark."""
        return self.raw_query.decode("utf-8", "replace")

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The first value of each query parameter."""
        return first_values(self.raw_query)

    @property
    def operation(self) -> "Operation | None":
        """The described operation that the request asks for, None for another path or method."""
        return self._route.operation

    @property
    def operation_name(self) -> str | None:
        """Nomad's word for the operation, such as register."""
        return None if self.operation is None else self.operation.name

    @property
    def target(self) -> str:
        """The ID in the path, a job's for one; "" where the path has none."""
        return self._route.target

    def header(self, name: str) -> str | None:
        """Return the first value of a header field, None when it was not sent."""
        wanted = name.lower().encode("latin-1", "replace")
        return next((value.decode("latin-1") for one, value in self.headers if one == wanted), None)

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None for another body, and for one that is longer than ``LONGEST_JSON``."""
        if len(self.body) > LONGEST_JSON:
            return None
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


class BodyTooLarge(AgentError):
    """The body has more bytes than the mock accepts (413)."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"request body is larger than {limit} bytes, the limit of this mock")


class BodyTooDense(AgentError):
    """A JSON body would take too much memory once it is decoded (413)."""

    status = 413

    def __init__(self) -> None:
        super().__init__(
            f"request body has more brackets and commas than a body of its length may have: reading it would take more"
            f" than {DENSEST} times its length in memory, the limit of this mock for bodies above {LIGHT} bytes"
        )


async def is_dense(body: bytes) -> bool:
    """Say whether a body would take too much memory once it is decoded; a long one is looked at on a thread."""
    return is_too_dense(body) if len(body) <= _LONG else await on_a_thread(partial(is_too_dense, body))


class BrokenBody(BadRequest):
    """The body breaks HTTP's rules; the text is that of Go's reader (400)."""


async def read_body(scope: Scope, receive: Receive, limit: int | None = None) -> bytes:
    """Return the whole body, of at most ``limit`` bytes (``LIMIT`` by default).

    Raises:
        BodyTooLarge: when the body is longer, or is announced to be.
        BrokenBody: when the body can't be read to its end.
        Disconnected: when the client leaves before the end of the body.
    """
    limit = LIMIT if limit is None else limit
    if _announced_length(scope) > limit:
        raise BodyTooLarge(limit)
    extension = extension_of(scope)
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        if extension.broken_body:
            raise BrokenBody(extension.broken_body)
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if size <= _LONG else await on_a_thread(partial(b"".join, chunks))


def _announced_length(scope: Scope) -> int:
    length: bytes = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() else 0


async def buffered(scope: Scope, receive: Receive) -> tuple[bytes, Receive]:
    """Return the body of a request, and a ``receive`` that gives the body again before it goes on.

    Of a body that breaks off nothing is returned: whoever reads it next gets ``BrokenBody``, and whoever takes no body
    does not mind. Raises otherwise what ``read_body`` raises.
    """
    try:
        body = await read_body(scope, receive)
    except BrokenBody:
        body = b""
    return body, replayed(body, receive)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives this body before it goes on."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
