"""A request as it came, read only as far as somebody asks."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from mockserver.caches import remembered
from mockserver.errors import MethodNotAllowed
from mockserver.gostd.urls import BadEscape, cleaned, decoded, escaped
from mockserver.openapi import load_contract
from mockserver.openapi.query import first_values
from mockserver.openapi.weight import is_too_dense

if TYPE_CHECKING:
    from mockserver.http.replies import Header, Scope
    from mockserver.openapi import Operation


class Request:
    """Method, path and the rest of a request to an agent. ``body`` is what has been read of it."""

    def __init__(
        self, method: str, raw_path: bytes, raw_query: bytes, headers: "list[Header]", body: bytes = b""
    ) -> None:
        self.method = method
        self.raw_path = raw_path
        self.raw_query = raw_query
        self.headers = headers
        self.body = body

    @classmethod
    def of(cls, scope: "Scope", body: bytes = b"") -> "Request":
        """The request of a scope."""
        raw_path = scope.get("raw_path") or escaped(scope["path"]).encode()
        return cls(scope["method"], raw_path, scope["query_string"], scope["headers"], body)

    @cached_property
    def path(self) -> str:
        """The path with its escapes resolved; as it came where they can't be."""
        try:
            return decoded(self.raw_path)
        except BadEscape:
            return self.raw_path.decode("latin-1")

    @property
    def query(self) -> str:
        """The query as it came, without ``?``."""
        return self.raw_query.decode("utf-8", "replace")

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The first value of each query parameter."""
        return first_values(self.raw_query)

    @property
    def operation(self) -> "Operation | None":
        """The operation of the description that this is; None for other paths and methods."""
        return _found(self.method, self.path)[0]

    @property
    def operation_name(self) -> str | None:
        """Nomad's own word for the operation, such as register."""
        return None if self.operation is None else self.operation.name

    @property
    def target(self) -> str:
        """The ID in the path, a job's for one; "" where there is none."""
        return _found(self.method, self.path)[1]

    def header(self, name: str) -> str | None:
        """The first value of a header, None when it was not sent."""
        wanted = name.lower().encode("latin-1", "replace")
        return next((value.decode("latin-1") for one, value in self.headers if one == wanted), None)

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None when it is none, or would take too much memory."""
        if is_too_dense(self.body):
            return None
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


@remembered
def _found(method: str, path: str) -> "tuple[Operation | None, str]":
    try:
        return load_contract().find(method, cleaned(path)) or (None, "")
    except MethodNotAllowed:
        return None, ""
