"""What a reply says, taken apart so that two replies of different runs can be compared.

Each part of a reply (status, a header, the layout of its body, a value in it) becomes one ``Seen`` under a name that
says where it stands. What differs from run to run is named in its pattern only by its kind: ``<uuid>``, ``<index>``,
``<time>``; the names and indexes themselves are kept beside it, to be compared with others of the same scenario. What
has no order is sorted.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from tests.recordings.recording import Response

_TOKENS = re.compile(
    r"(?P<uuid>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
    r"|(?P<dispatch>/dispatch-\d+-[0-9a-f]{8})"
    r"|(?P<periodic>/periodic-\d+)"
    r"|(?P<computed>\bv1:\d{6,})"
    r"|(?P<index>(?<=modify index )[1-9]\d*|(?<=modify index: )[1-9]\d*)"
)
_TIMES = frozenset({"CreateTime", "Time", "AllocationTime"})
_JOB_MAPS = {"Meta", "Env", "Config", "GetterOptions"}
_TASK_GROUP_MAPS = {"Summary", "QueuedAllocations", "FailedTGAllocs", "DesiredTGUpdates", "Updates"}
_ALLOCATION_MAPS = {"TaskResources", "TaskStates"}
_METRIC_MAPS = {
    "NodesAvailable",
    "ClassEligibility",
    "ClassFiltered",
    "ConstraintFiltered",
    "ClassExhausted",
    "DimensionExhausted",
    "Scores",
}
_MAPS = _JOB_MAPS | _TASK_GROUP_MAPS | _ALLOCATION_MAPS | _METRIC_MAPS
"""The objects whose keys are data; all others are structs, whose fields come in alphabetical order."""

_FREE_BELOW = frozenset({"Config", "Scores"})
"""The maps whose values have no fields of Nomad's."""

_FRAMING = ("Content-Length", "Transfer-Encoding")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.")
_REMEMBERED = 1 << 14
"""How many texts and values are remembered with what was seen in them: names of fields are the same in every reply."""


@dataclass(frozen=True)
class Seen:
    """One part of a reply: its text, with everything that differs from run to run named by its kind."""

    pattern: str
    names: tuple[str, ...] = ()
    indexes: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Number:
    """A number that is not an integer, as it is written."""

    text: str


Found = Iterator[tuple[str, Seen]]


def observe(response: Response) -> dict[str, Seen]:
    """Return everything that a reply says, by place: ``status``, ``header X-Nomad-Index``, ``body /0/ID``."""
    return dict(_parts(response))


@lru_cache(_REMEMBERED)
def text(value: str) -> Seen:
    """Return a text with the kinds of its UUIDs, generated job IDs, computed classes and indexes."""
    tokens = list(_TOKENS.finditer(value))
    return Seen(
        _masked(value),
        names=tuple(one[0] for one in tokens if one.lastgroup != "index"),
        indexes=tuple(int(one[0]) for one in tokens if one.lastgroup == "index"),
    )


def _masked(value: str) -> str:
    return _TOKENS.sub(lambda token: f"<{token.lastgroup}>", value)


def _parts(response: Response) -> Found:
    yield "status", Seen(str(response.status))
    for name, value in response.headers.items():
        if name not in _FRAMING or response.headers.get("Connection") != "close":  # else its end ends the body
            yield f"header {name}", _header(name, value)
    if "json" in response.headers.get("Content-Type", ""):
        yield from _json(response.body or "")
    else:
        yield "body", text(response.body or "")


def _header(name: str, value: str) -> Seen:
    if name == "X-Nomad-Index" and value.isdecimal():
        return _index(int(value))
    return Seen("framed") if name in _FRAMING else text(value)


def _json(body: str) -> Found:
    try:
        value = json.loads(body, parse_float=_Number)
    except ValueError:
        yield "body", Seen(f"not JSON: {body}")
        return
    yield "layout", _layout(body)
    yield from _answered_list(value) if isinstance(value, list) else _value(value, "", "")


def _layout(body: str) -> Seen:
    """Return how a JSON text is laid out: its white space, its end, and the escapes in its strings."""
    spaces = sorted(set(re.findall(r"\s+", _STRING.sub("", body))))
    escapes = sorted({escape for string in _STRING.findall(body) for escape in _ESCAPE.findall(string)})
    return Seen(f"spaces {spaces}, escapes {escapes}, final newline {body.endswith(chr(10))}")


def _answered_list(items: list[Any]) -> Found:
    """Return the evaluations or allocations of a job, ordered by job, then by random UUIDs.

    The ModifyIndexes of longer lists, and of allocations, come from two writers that race.
    """
    race = len(items) > 2 or any("TaskGroup" in item for item in items)
    yield "body", Seen("array")
    for position, item in enumerate(_settled(items, lambda item: _masked(item["JobID"]))):
        for where, seen in _value(item, f"/{position}", ""):
            yield where, Seen(seen.pattern) if race and where == f"body /{position}/ModifyIndex" else seen


def _value(value: Any, pointer: str, key: str) -> Found:
    """Yield all that is said at a JSON pointer and below; ``key`` is the name of the value."""
    where = f"body {pointer}".rstrip()
    match value:
        case dict():
            yield where, Seen("object")
            yield from _members(value, pointer, key)
        case list():
            yield where, Seen("array")
            for position, item in enumerate(_settled(value, _rank) if key == "Objects" else value):
                yield from _value(item, f"{pointer}/{position}", key)
        case str():
            yield where, _string(value)
        case _:
            yield where, _scalar(value, key)


def _members(value: dict[str, Any], pointer: str, key: str) -> Found:
    if key not in _MAPS:
        yield f"order {pointer}", Seen("alphabetical" if sorted(value) == list(value) else ", ".join(value))
    for name, item in value.items():
        found = text(name)
        inner = f"{pointer}/{found.pattern.replace('~', '~0').replace('/', '~1')}"
        if found.names:
            yield f"key {inner}", found
        yield from _value(item, inner, key if key in _FREE_BELOW else name)


@lru_cache(_REMEMBERED)
def _string(value: str) -> Seen:
    found = text(value)
    return Seen(json.dumps(found.pattern, ensure_ascii=False), found.names, found.indexes)


def _scalar(value: Any, key: str) -> Seen:
    if isinstance(value, _Number):
        return Seen("<score>" if key == "Scores" else value.text)
    if isinstance(value, int) and not isinstance(value, bool):
        if key.endswith("Index"):
            return _index(value)
        if key in _TIMES and value > 0:
            return Seen("<time>")
    return _written(value)


@lru_cache(_REMEMBERED, typed=True)  # else 1 and true were the same
def _written(value: float | None) -> Seen:
    return Seen(json.dumps(value))


def _index(value: int) -> Seen:
    return Seen("<index>", indexes=(value,)) if value > 0 else Seen(str(value))


def _rank(item: dict[str, Any]) -> tuple[Any, ...]:
    """Return what an agent orders the objects of a plan's diff by; where it is equal, their order is random."""
    return item["Name"], item["Type"], len(item["Fields"] or ()), len(item["Objects"] or ())


def _settled(items: list[Any], rank: Callable[[Any], Any]) -> Iterator[Any]:
    """Return the items with neighbours of equal rank in an order that is the same in each run."""
    for _, group in groupby(items, rank):
        equal = list(group)
        yield from sorted(equal, key=_likeness) if len(equal) > 1 else equal


def _likeness(item: dict[str, Any]) -> tuple[list[tuple[str, str]], int]:
    patterns = sorted((where, seen.pattern) for where, seen in _value(item, "", ""))
    return patterns, item.get("CreateIndex", 0)
