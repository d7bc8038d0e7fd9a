"""One operation of the description: how to read what a client sends to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.query import Parameter, all_values, first_values
from mockserver.gostd.json_text import read
from mockserver.gostd.json_types import GoType, decode_into


@dataclass(frozen=True, slots=True)
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
        """What the raw query (without ``?``) means: all declared parameters, the absent ones with their defaults.

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
        """The request body as Go's ``encoding/json`` would decode it into the zero value of the request.

        Every field is present. Byte strings are standard base64 text, numbers in free-form values ``Float64``.
        Null elements of lists of objects stay None. An operation that takes no body ignores it: None.
        Raises BadRequest with Go's text. Source: recordings register-malformed-json, register-wrong-json-types.
        """
        if self.body_type is None:
            return None
        decoded: dict[str, Any] = decode_into(self.body_type(), read(body))
        return decoded
