"""Find the parts of a request that an agent drops without a word, for the author of the client.

This is a second, lenient walk over a request: it finds what ``Operation.query`` and ``Operation.decode`` drop. Where
they raise, it finds nothing: the client gets an error anyway.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from mockserver.errors import AgentError
from mockserver.gostd.durations import MINUTE, parse_duration
from mockserver.gostd.json_containers import List, Map, Struct, fold
from mockserver.gostd.json_text import Number, Tree, read, rest_after_value
from mockserver.gostd.json_types import GoType
from mockserver.gostd.strconv import FALSE_WORDS, TRUE_WORDS
from mockserver.openapi import later
from mockserver.openapi.operation import Operation
from mockserver.openapi.query import all_values, dropped_pairs, first_values
from nomad_contract_spelling import did_you_mean, meant, nearest, shown

KINDS = (
    *("header", "query-malformed", "query-unknown", "query-value", "query-twice", "query-wait", "query-index"),
    *("body-unread", "body-rest", "body-unknown", "body-spelling", "body-twice", "body-unenforced"),
    "path-later",
)
"""The kinds of what is dropped: where it stood, and what was odd about it."""

_LONGEST_WAIT = 5 * MINUTE
_MEANT_AS_NO = frozenset(("0", "f", "false", "n", "no", "off"))
_TOKEN = b"x-nomad-token"


class Dropped(str):
    """What of a request is dropped, in words.

    Attributes:
        kind: one of ``KINDS``.
        place: the way to it in the body, field names as they are written right; empty for what is not in the body.
        what: the words without the place.
        hint: what was probably meant, or which release knows it; empty when nothing is near.
        near: the name that was probably meant; empty when none is near.
        harmless: whether nothing is lost: it counts as its author means it, or has the value of what is left out.
    """

    __slots__ = ("harmless", "hint", "kind", "near", "place", "what")

    kind: str
    place: tuple[str | int, ...]
    what: str
    hint: str
    near: str
    harmless: bool

    def __new__(cls, kind: str, text: str) -> "Dropped":
        """Make a text of a kind."""
        dropped = super().__new__(cls, text)
        dropped.kind, dropped.place, dropped.what, dropped.harmless = kind, (), text, False
        dropped.hint = dropped.near = ""
        return dropped

    @classmethod
    def in_body(
        cls,
        kind: str,
        place: tuple[str | int, ...],
        what: str,
        *,
        came: str = "",
        near: str = "",
        harmless: bool = False,
    ) -> "Dropped":
        """Make a text about a place in the body; ``came`` is from which release on the name is known, after a "; "."""
        *steps, last = place
        where = "/".join(["body", *map(str, steps), shown(str(last))])
        hint = came or (f"; {did_you_mean(near)}" if near else "")
        dropped = cls(kind, f"{where} {what}{hint}")
        dropped.place, dropped.what, dropped.harmless = place, what, harmless
        dropped.hint, dropped.near = hint.removeprefix("; "), near
        return dropped


def silently_dropped(
    operation: Operation, query: bytes, headers: Iterable[tuple[bytes, bytes]], body: bytes
) -> list[Dropped]:
    """Say in words which parts of a request have no effect, or another effect than its author will expect."""
    fields = dict(headers)
    found = [*_in_query(operation, query), *_in_headers(fields)]
    with suppress(AgentError):  # the client gets these as an error
        found += _in_body(operation, body) if operation.body_type else _ignored_body(operation, fields, body)
    return found


def later_endpoint(method: str, path: str, *, taken_for: str = "") -> list[Dropped]:
    """Say that a path is that of an endpoint of later releases; ``taken_for`` is the ID that 0.5 finds in it."""
    text = later.endpoint(method, path)
    taken = f", and takes {shown(taken_for)} for an ID" if taken_for else ""
    return [Dropped("path-later", text.replace(";", f"{taken};", 1))] if text else []


def _in_headers(headers: Mapping[bytes, bytes]) -> Iterator[Dropped]:
    if _TOKEN in headers:
        came = later.header("X-Nomad-Token")
        yield Dropped("header", f"header X-Nomad-Token is ignored: Nomad 0.5 has no access control{came}")


# The query


def _in_query(operation: Operation, query: bytes) -> Iterator[Dropped]:
    values = first_values(query)
    declared = {one.name: one for one in operation.parameters}
    for pair in dropped_pairs(query):
        yield Dropped("query-malformed", f"query {shown(pair)} is dropped: it has a malformed escape or a semicolon")
    for name, value in values.items():
        if name not in declared:
            hint = later.parameter(operation.name, name) or meant(name, declared)
            yield Dropped("query-unknown", f"query parameter {shown(name)} is ignored{hint}")
        else:
            yield from _odd_value(name, value)
            if not declared[name].repeats and len(set(all_values(query, name))) > 1:
                text = f"query parameter {name} is given more than once: only the first value counts"
                yield Dropped("query-twice", text)
    if "wait" in values and "wait" in declared and not (values.get("index") or "").strip("0"):
        yield Dropped("query-wait", "query parameter wait is ignored without an index above 0")


def _odd_value(name: str, value: str) -> Iterator[Dropped]:
    if name == "pretty" and value != "0" and value.lower() in _MEANT_AS_NO:
        yield Dropped("query-value", f"pretty={value} switches it on: only pretty=0, or leaving it out, is off")
    if name == "stale" and value.lower() in _MEANT_AS_NO:
        yield Dropped("query-value", f"stale={value} allows stale reads: naming it is enough, whatever its value")
    if name == "all" and value not in TRUE_WORDS | FALSE_WORDS:
        given = f"{name}={shown(value)}" if value else f"bare {name}"
        yield Dropped("query-value", f"query parameter {given} counts as false: write {name}=true")
    if name == "wait" and value:
        yield from _odd_wait(value)
    if name == "index" and value == "":
        yield Dropped("query-index", "query parameter index is empty and counts as 0: the query does not wait")


def _odd_wait(text: str) -> Iterator[Dropped]:
    try:
        wait = parse_duration(text)
    except (ValueError, AgentError):
        return
    if wait > _LONGEST_WAIT:
        yield Dropped("query-wait", f"wait={text} is cut to 5m, the longest there is")
    elif wait <= 0:
        yield Dropped("query-wait", f"wait={text} counts as left out, which is 5m")


# The body


def _in_body(operation: Operation, body: bytes) -> Iterator[Dropped]:
    assert operation.body_type is not None
    tree = read(body)
    if rest_after_value(body).strip():
        yield Dropped("body-rest", "what follows the first JSON value of the body is ignored")
    yield from dropped_of(operation.body_type(), tree)
    if operation.name == "register":
        yield from unenforced(tree)


def lost_fields(go_type: GoType, tree: Tree, most: int) -> list[Dropped]:
    """Return, in words, the first ``most`` fields of a JSON value of which Go loses something."""
    return list(islice((one for one in dropped_of(go_type, tree) if not one.harmless), most))


def _ignored_body(operation: Operation, headers: Mapping[bytes, bytes], body: bytes) -> Iterator[Dropped]:
    if body or headers.get(b"content-length", b"0").strip(b"0") or b"transfer-encoding" in headers:
        came = later.body(operation.name)
        yield Dropped("body-unread", f"the body is ignored: {operation.name} takes none{came}")


def dropped_of(go_type: GoType, tree: Tree, place: tuple[str | int, ...] = ()) -> Iterator[Dropped]:
    """Yield what of a JSON value Go does not decode into a type, or not as it is written."""
    if isinstance(go_type, Struct) and isinstance(tree, tuple):
        yield from _in_struct(go_type, tree, place)
    elif isinstance(go_type, Map) and isinstance(tree, tuple):
        yield from _twice((name for name, _ in tree), place)
        for name, value in tree:
            yield from dropped_of(go_type.element, value, (*place, name))
    elif isinstance(go_type, List) and isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from dropped_of(go_type.element, value, (*place, number))


def _in_struct(struct: Struct, tree: Any, place: tuple[str | int, ...]) -> Iterator[Dropped]:
    folded = {fold(name): name for name in struct.fields}
    yield from _twice((folded.get(fold(name), name) for name, _ in tree), place)
    for name, value in tree:
        known = folded.get(fold(name))
        if known is None:
            came = later.field(struct.name, name)
            near = "" if came else nearest(name, struct.fields) or ""
            what, harmless = "is ignored: there is no such field", not _counts(value)
            yield Dropped.in_body("body-unknown", (*place, name), what, came=came, near=near, harmless=harmless)
            continue
        if name != known:
            what = f"is taken for {known}; write {known}"
            yield Dropped.in_body("body-spelling", (*place, name), what, harmless=True)
        yield from dropped_of(struct.fields[known].type, value, (*place, known))


def _counts(value: Tree) -> bool:
    """Say whether a value is another than that of a field that is left out."""
    return float(value) != 0 if isinstance(value, Number) else bool(value)


def _twice(names: Iterable[str], place: tuple[str | int, ...]) -> Iterator[Dropped]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 2:
            what = "is there more than once: they are merged or the last one counts"
            yield Dropped.in_body("body-twice", (*place, name), what)


def unenforced(tree: Tree) -> Iterator[Dropped]:
    """Find a check-and-set that checks nothing."""
    given = {fold(name): value for name, value in tree} if isinstance(tree, tuple) else {}
    if given.get("jobmodifyindex") and given.get("enforceindex") is not True:
        yield Dropped.in_body("body-unenforced", ("JobModifyIndex",), "is ignored unless EnforceIndex is true")
