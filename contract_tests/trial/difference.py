"""Two replies to the same request, one varied and one not: where they differ, in words."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from contract_tests.trial.mocks import Entry
from contract_tests.words import At, Place, escaped, shortened, told_apart, written

_MOMENT = 10**18
"""From here on an integer may be a moment in Unix nanoseconds; times of this century are above."""
_MOMENT_TEXT = re.compile(r"\b1\d{18}\b")
_HOUR = 3600 * 10**9
_OTHERWISE = ("date", "content-length", "connection", "transfer-encoding")
"""Header fields that differ without meaning."""
_MOST = 20_000


def differing(plain: Sequence[Entry], candidates: Iterable[Entry]) -> tuple[Entry, Entry, str, str] | None:
    """Return the first of several exchanges whose reply differs from that of the plain run.

    Returns:
        The varied exchange, the plain one, and both replies in words from where they differ; None when none differs.
    """
    for entry in candidates:
        other = same_request(plain, entry)
        if other is not None and (words := apart(other, entry)):
            return entry, other, *words
    return None


def same_request(plain: Sequence[Entry], entry: Entry) -> Entry | None:
    """Return the exchange of the plain run with the same request, the one of the same number if it is one of them."""
    same = [one for one in plain if all(one[name] == entry[name] for name in ("method", "path"))]
    return min(same, key=lambda one: abs(one["number"] - entry["number"]), default=None)


def apart(plain: Entry, varied: Entry) -> tuple[str, str] | None:
    """Return both replies in words, the differing place first; None when they say the same in the same form."""
    one, other = plain["reply"], varied["reply"]
    if one is None or other is None:
        return None if one is other else (_status(plain), _status(varied))
    if one["status"] != other["status"]:
        return f"{_status(plain)}: {one['body'][:300]}", f"{_status(varied)}: {other['body'][:300]}"
    here, there = _json(one["body"]), _json(other["body"])
    for words in _otherwise_ordered(here, there, ()):  # before values, which may differ because time has passed
        return words
    there = _settled(here, there)
    if here != there or type(here) is not type(there):
        return told_apart(At((), here), At((), there), 600)
    for name, (left, right) in _headers(plain, varied):
        if left != right:
            return f"{name}: {left}", f"{name}: {right}"
    left, right = (_MOMENT_TEXT.sub("…", each["body"]) for each in (one, other))
    return None if left == right else told_apart(left, right, 600)


def shown(entry: Entry, script: str = "") -> dict[str, Any]:
    """Return an exchange of the journal as reports show it."""
    request, reply = entry["request"], entry["reply"]
    milliseconds = (entry["wall"]["duration"] or 0) / 1_000_000
    return {
        "operation": entry["operation"] or "",
        "request": {
            "method": entry["method"],
            "target": escaped(request["target"]),
            "headers": {field["name"]: escaped(field["value"]) for field in request["headers"]},
            "body": shortened(escaped(request["body"]), _MOST),
        },
        "reply": {
            "status": reply and reply["status"],
            "headers": {field["name"]: escaped(field["value"]) for field in (reply or {"headers": ()})["headers"]},
            "body": shortened(escaped(reply["body"]), _MOST) if reply else "",
            "milliseconds": round(milliseconds, 1),
        },
        "curl": script,
    }


def _status(entry: Entry) -> str:
    return "no answer" if entry["reply"] is None else f"status {entry['reply']['status']}"


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _settled(one: Any, other: Any) -> Any:
    """Return ``other`` with the moments of ``one`` where both have one: each run has its own time."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: _settled(one.get(name), value) for name, value in other.items()}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_settled(left, right) for left, right in zip(one, other, strict=True)]
    return one if _is_moment(one) and _is_moment(other) and abs(one - other) < _HOUR else other


def _otherwise_ordered(one: Any, other: Any, place: Place) -> Iterator[tuple[str, str]]:
    """Yield the first object whose members come in another order, told as the names in their order."""
    if isinstance(one, dict) and isinstance(other, dict):
        if list(one) != list(other) and one.keys() == other.keys():
            start = next(n for n, (left, right) in enumerate(zip(one, other, strict=True)) if left != right)
            where = f"{written(place) or 'the object'} has its members in the order " + ("…, " if start else "")
            yield where + ", ".join([*one][start:]), where + ", ".join([*other][start:])
            return
        children = [(name, child, other[name]) for name, child in one.items() if name in other]
    elif isinstance(one, list) and isinstance(other, list):
        children = [(n, *pair) for n, pair in enumerate(zip(one, other, strict=False))]
    else:
        return
    for name, left, right in children:
        for found in _otherwise_ordered(left, right, (*place, name)):
            yield found
            return


def _is_moment(value: Any) -> bool:
    return isinstance(value, int) and value > _MOMENT


def _headers(plain: Entry, varied: Entry) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each header field of either reply that means something, with its values."""
    left, right = ({field["name"]: field["value"] for field in each["reply"]["headers"]} for each in (plain, varied))
    for name in dict.fromkeys((*left, *right)):
        if name.lower() not in _OTHERWISE:
            yield name, (left.get(name, "no such header"), right.get(name, "no such header"))
