"""The operations of the description, and which of them a method and a path mean.

In a tree of paths the end of the path decides and the rest is the ID. So an ID may contain slashes or be empty
(``/v1/job/a/b/plan`` plans the job ``a/b``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mockserver.errors import MethodNotAllowed
from mockserver.gostd.json_text import read
from mockserver.gostd.json_types import GoType, decode_into
from mockserver.openapi.query import Parameter, all_values, first_values

_LONGEST = 4 * 1024
"""The longest body, in bytes, whose meaning is remembered."""

_SEEN = 1024
"""Bodies that are known to have come once."""

_MOST = 128
"""Bodies whose meaning is remembered, of all operations together."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A described operation; PUT and POST are operations of their own with the same ``name``."""

    id: str
    """The ``operationId``."""
    name: str
    """Nomad's own word (``x-nomad-operation``): query, register, plan, …"""
    method: str
    path: str
    """The path template, for one ``/v1/job/{…}`` and the suffix."""
    suffix: str
    """What follows the ID in the path, ``/plan`` for one; empty for the object itself and for paths without ID."""
    reads: bool
    """Whether it is a GET."""
    parameters: tuple[Parameter, ...] = field(repr=False)
    defaults: Mapping[str, Any] = field(repr=False)
    """The meaning of each declared query parameter when it is absent."""
    body_type: Callable[[], GoType] | None = field(repr=False)
    """Makes the Go type of the request body; None when the operation takes none."""

    def query(self, raw: bytes | str) -> dict[str, Any]:
        """Return the meaning of a raw query (without ``?``): all declared parameters, absent ones with their defaults.

        ``index`` is an int, ``wait`` nanoseconds, ``region`` a str, ``stale``, ``pretty`` and ``all`` are bools,
        ``address`` is a list; the others are str, which an operation may want to look into further.
        Raises BadRequest ``Invalid wait time`` or ``Invalid index``. Source: behaviour of an agent, recordings
        get-bad-wait and get-blocking-bad-index.
        """
        if not raw:
            return dict(self.defaults)
        values = first_values(raw)
        return {
            one.name: all_values(raw, one.name) if one.repeats else one.decode(values.get(one.name))
            for one in self.parameters
        }

    def decode(self, body: bytes) -> dict[str, Any] | None:
        """Decode the request body as Go's ``encoding/json`` decodes it into the zero value of the request.

        Every field is present. Byte strings are standard base64 text, numbers in free-form values ``Float64``.
        Null elements of lists of objects stay None. An operation that takes no body ignores it: None.
        Raises BadRequest with Go's text. Source: recordings register-malformed-json, register-wrong-json-types.
        """
        if self.body_type is None:
            return None
        if len(body) > _LONGEST or _is_new(hash(body)):
            return _decoded(self, body)
        return _remembered(self, body)


def _decoded(operation: Operation, body: bytes) -> dict[str, Any]:
    assert operation.body_type is not None
    decoded: dict[str, Any] = decode_into(operation.body_type(), read(body))
    return decoded


_remembered = lru_cache(_MOST)(_decoded)
"""Tests send the same bodies again and again, and what was decoded is never changed in place."""

_seen: dict[int, None] = {}


def _is_new(body_hash: int) -> bool:
    """Whether a body comes for the first time: to remember it would be in vain when they all differ."""
    if body_hash in _seen:
        return False
    _seen[body_hash] = None
    if len(_seen) > _SEEN:
        _seen.pop(next(iter(_seen), 0), None)
    return True


@dataclass(frozen=True, slots=True)
class PathItem:
    """The operations of one path, by method; with ``any_method`` every method does what GET does."""

    methods: Mapping[str, Operation]
    any_method: bool = False

    def operation(self, method: str) -> Operation:
        """Return the operation of this method.

        Raises:
            MethodNotAllowed: ``Invalid method``.
        """
        operation = self.methods.get("GET" if self.any_method else method)
        if operation is None:
            raise MethodNotAllowed("Invalid method")
        return operation


class Paths:
    """All described paths."""

    def __init__(self, items: Iterable[tuple[str, PathItem]]) -> None:
        self._whole: dict[str, PathItem] = {}
        self._trees: dict[str, dict[str, PathItem]] = {}
        for template, item in items:
            prefix, parameter, rest = template.partition("{")
            if parameter:
                self._trees.setdefault(prefix, {})[rest.partition("}")[2]] = item
            else:
                self._whole[template] = item
        self._prefixes = sorted(self._trees, key=len, reverse=True)
        self.trees = frozenset(one for one in self._trees if not any(_is_below(one, other) for other in self._trees))

    def find(self, method: str, path: str) -> tuple[Operation, str] | None:
        """Return the operation that a request for a decoded path is for, and the ID in it; None for other paths.

        Raises MethodNotAllowed ``Invalid method``.
        """
        item = self._whole.get(path)
        if item is not None:
            return item.operation(method), ""
        prefix = next(filter(path.startswith, self._prefixes), None)
        if prefix is None:
            return None
        rest, items = path[len(prefix) :], self._trees[prefix]
        suffix = next((one for one in items if one and rest.endswith(one)), "")
        item = items.get(suffix)
        return None if item is None else (item.operation(method), rest.removesuffix(suffix))


def _is_below(prefix: str, other: str) -> bool:
    return prefix != other and prefix.startswith(other)
