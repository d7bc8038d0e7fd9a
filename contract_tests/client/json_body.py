"""Reading a reply's body as JSON: one document in UTF-8, no deeper and no larger than can be worked with."""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

DEEPEST = 200
"""Levels of lists and objects in each other; the suite itself sends 60 and a server adds a dozen around them."""
MOST = 1_000_000
"""Values of a document: each takes a hundred bytes in memory, however few on the wire."""
TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""A JSON string, or the beginning of one that has no end."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = re.compile(TEXT.pattern + rb"|[\[{]|[\]}]", re.DOTALL)


def parse(body: bytes, object_hook: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """Return the JSON document in a body.

    Raises:
        ValueError: The body is no document that can be worked with; the text is the reason.
    """
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST:
        raise ValueError(f"more than {MOST} values")
    if body.count(b"[") + body.count(b"{") > DEEPEST and not _is_flat(body) and _depth(body) > DEEPEST:
        raise ValueError(f"nested more than {DEEPEST} deep")
    # From text, since from bytes a byte order mark and UTF-16 would be taken without a word.
    return json.loads(body.decode("utf-8"), object_hook=object_hook, parse_constant=_refuse)


def _is_flat(body: bytes) -> bool:
    """Return whether a body is surely not too deep, found out without looking at each bracket, as ``_depth`` does."""
    brackets = TEXT.sub(b"", body).translate(None, _NO_BRACKETS)
    for _ in range(DEEPEST // 2):  # each round takes away one level or two
        before = brackets
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if brackets == before:
            break
    return not brackets


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for step in _STEPS.finditer(body):
        first = step[0][:1]
        depth += 1 if first in b"[{" else -1 if first in b"]}" else 0
        deepest = max(deepest, depth)
    return deepest


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
