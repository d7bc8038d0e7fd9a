"""Query parameters, read as Go's ``net/url`` and the agent's handlers read them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.errors import BadRequest
from mockserver.gostd.durations import parse_duration
from mockserver.gostd.strconv import TRUE_WORDS

_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_UINT64 = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared query parameter and how an agent reads it (``x-nomad-decode``)."""

    name: str
    decode: Callable[[str | None], Any]
    """Turns the first value, None when the parameter is absent, into what is meant. Raises BadRequest."""
    repeats: bool = False
    """Whether all its values count, as a list of str, not only the first."""


def parameter(name: str, decoding: str) -> Parameter:
    """Return the parameter that is read in the way named ``decoding``.

    Raises:
        ValueError: there is no such way.
    """
    if decoding not in _DECODINGS:
        raise ValueError(f"query parameter {name} has an unknown x-nomad-decode: {decoding}")
    return Parameter(name, _DECODINGS[decoding], repeats=decoding == "strings")


def by_precedence(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Order parameters as an agent checks them: a bad ``wait`` is reported before a bad ``index``."""
    return tuple(sorted(parameters, key=lambda one: one.decode is not _duration))


def first_values(query: bytes | str) -> dict[str, str]:
    """Return the first value of each parameter of a raw query.

    Pairs that contain ``;`` or a malformed escape are dropped, as Go drops them. Bytes that are not UTF-8 are
    kept as lone surrogates.
    """
    values: dict[str, str] = {}
    for name, value in _pairs(query):
        values.setdefault(name, value)
    return values


def all_values(query: bytes | str, name: str) -> list[str]:
    """Return all values of one parameter of a raw query, read as ``first_values`` reads them."""
    return [value for one, value in _pairs(query) if one == name]


def dropped_pairs(query: bytes | str) -> list[str]:
    """Return the pairs of a raw query that count as absent: with ``;`` or a malformed escape."""
    return [pair for pair in _text(query).split("&") if ";" in pair or _BAD_ESCAPE.search(pair)]


def _text(query: bytes | str) -> str:
    return query if isinstance(query, str) else query.decode(errors="surrogateescape")


def _pairs(query: bytes | str) -> Iterator[tuple[str, str]]:
    for pair in _text(query).split("&"):
        if pair and ";" not in pair and not _BAD_ESCAPE.search(pair):
            name, _, value = pair.partition("=")
            yield _unescape(name), _unescape(value)


def _unescape(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    raw = unquote_to_bytes(text.replace("+", " ").encode(errors="surrogateescape"))
    return raw.decode(errors="surrogateescape")


def _string(value: str | None) -> str:
    return value or ""


def _strings(value: str | None) -> list[str]:
    return [] if value is None else [value]


def index_of(value: str | None) -> int:
    """Return the index in a query, 0 where there is none.

    Raises:
        BadRequest: It is no unsigned number of 64 bits.
    """
    if not value:
        return 0
    if not _UINT64.fullmatch(value) or len(digits := value.lstrip("0")) > 20 or int(digits or "0") >= 1 << 64:
        raise BadRequest("Invalid index")
    return int(digits or "0")


def _duration(value: str | None) -> int:
    try:
        return parse_duration(value) if value else 0
    except ValueError:
        raise BadRequest("Invalid wait time") from None


def _presence(value: str | None) -> bool:
    return value is not None


def _pretty(value: str | None) -> bool:
    return value is not None and value != "0"


def _boolean(value: str | None) -> bool:
    return value in TRUE_WORDS


_DECODINGS: dict[str, Callable[[str | None], Any]] = {
    "string": _string,
    "strings": _strings,
    "uint64": index_of,
    "duration": _duration,
    "presence": _presence,
    "pretty": _pretty,
    "boolean": _boolean,
}
