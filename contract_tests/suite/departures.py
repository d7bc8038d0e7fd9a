"""What a server does where it departs from a statement, without what differs from run to run.

A report tells a departure in words, with the IDs, indexes and values of its run. Two departures are alike when their
``Departure`` is the same: of one kind, at one place in the reply, with one pair of statuses.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from contract_tests.findings import ContractViolation
from contract_tests.oracle import shapes
from contract_tests.words import ABSENT, NO_ITEM, shortened, told_apart

Finding: TypeAlias = dict[str, Any]

IDS = re.compile(r"nomad-contract-[\w./-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""IDs, which differ from run to run."""
OWN = re.compile(rf"{IDS.pattern}|\d+")
"""What differs from run to run: IDs, indexes, times."""
NOT_REACHED = re.compile(r"not reached: (\S+) did not hold(?:: )?")
"""What begins the reason of a statement that another one kept from being checked, as ``not_reached`` tells it."""
STATUS = re.compile(r"(?:status )?(\d{3})\b(?:: ?| )?(.*)", re.DOTALL)
HEADER = re.compile(r"(X-Nomad-\w+|Vary|Content-\w+): ")
PLACE = re.compile(r'(?=[A-Za-z\[])((?:[\w-]++|\[[^\]]*+\]|"[^"]*+"|\.)+): (.*)', re.DOTALL)
"""A place in a reply and what is there; possessive, because a server's text must not make it backtrack."""
_STEP = re.compile(r'\[[^\]]*\]|"[^"]*"|[\w-]+')
_QUOTED = re.compile(r'"[^"]*"')
_LIKE_A_FIELD = re.compile(r"[A-Z][a-z]+(?:[A-Z][A-Za-z]*)?")
_FIELDS = {field.name for kind in shapes.NOTATION for field in shapes.fields(kind)}
_STUMBLED = "the check stumbled over it: "
_REPLY = re.compile(r"(?:status )?([1-5]\d\d)(?:: | (?=[{\w])|$)")
_AROUND = re.compile(
    r"(?:\d+ error\(s\) occurred: |Task (?:group )?\S+ validation failed: |^from character \d+ on: …)(?:\* )?"
)
_SAID = 60
"""The length of the beginning of an error's text by which errors are told apart."""
_LONG = 120
_EXAMPLE = 400
"""The length of expected and actual of the departures that are not shown whole."""
_ERRORS = 400


class Kind(enum.StrEnum):
    """What a departure is, in the words of the page about releases."""

    GONE = "field gone"
    ADDED = "field added"
    TYPE = "type changed"
    VALUE = "value changed"
    HEADER = "header changed"
    REFUSED = "new refusal"
    ACCEPTED = "no refusal"
    STATUS = "status changed"
    TEXT = "text changed"
    SILENT = "no answer"
    OTHER = "otherwise"


@dataclass(frozen=True, slots=True, order=True)
class Departure:
    """One departure; ``where`` is its place in the reply, the header, the statuses, or the types of both values."""

    kind: str
    where: str = ""

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.kind}: {self.where}" if self.where else self.kind


def departure(finding: Finding) -> Departure:
    """Return what a failure or a difference of a report shows."""
    exchange = finding["exchange"]
    status = exchange["reply"]["status"] if exchange else 0
    return _departure(finding["expected"], finding["actual"], status)


def departures_of(violations: Iterable[ContractViolation]) -> list[dict[str, str]]:
    """Return every departure that violations of one statement show, as JSON data: each once, with an example."""
    found: dict[Departure, dict[str, str]] = {}
    for one in violations:
        expected, actual = told_apart(one.expected, one.actual, _EXAMPLE)
        what = _departure(expected, actual, one.exchange.status if one.exchange else 0)
        found.setdefault(what, {"kind": str(what.kind), "where": what.where, "expected": expected, "actual": actual})
    return [found[what] for what in sorted(found)]


def _departure(expected: str, actual: str, status: int | None) -> Departure:
    """Return the departure told in words; ``status`` is None when no reply came, 0 when nothing was asked."""
    if actual.startswith(_STUMBLED):
        return Departure(Kind.OTHER, shortened(OWN.sub("…", " ".join(actual.partition(" (")[0].split())), _LONG))
    if status is None:
        return Departure(Kind.SILENT)
    came = STATUS.match(actual)
    if came and status and status == int(came[1]):
        return _of_statuses(expected, status, came[2])
    if header := HEADER.match(expected):
        return Departure(Kind.HEADER, f"{header[1]} {'gone' if 'no such header' in actual else 'changed'}")
    if actual.startswith("from character "):
        return Departure(Kind.TEXT)
    if place := PLACE.match(actual):
        wanted = PLACE.match(expected)
        return _at(_plain(place[1]), wanted[2] if wanted else expected, place[2])
    return Departure(Kind.VALUE, f"{_type(expected)} → {_type(actual)}")


def not_reached(cause: str) -> str:
    """Return the reason of a statement that the one of this name kept from being checked."""
    return f"not reached: {cause} did not hold"


def alike(texts: Iterable[str]) -> str:
    """Return what texts of several runs have in common, in words on one line; "" when they tell of different things.

    Numbers stay where every run has them; those of one run alone may be indexes or times.
    """
    lines = [IDS.sub("…", _brief(" ".join(text.split()))) for text in texts]
    if len(lines) > 1 and len(set(lines)) == 1:
        return shortened(lines[0], _LONG)
    plain = {_without_numbers(line) for line in lines}
    return shortened(plain.pop(), _LONG) if len(plain) == 1 else ""


def _brief(text: str) -> str:
    """Return what a server said without what surrounds it: the body of a success, the counts of a list of errors."""
    reply = _REPLY.match(text)
    if reply and reply[1][0] == "2":
        return f"status {reply[1]}"
    return _AROUND.sub("", f"status {reply[1]}: {text[reply.end() :]}" if reply else text).strip()


def _without_numbers(text: str) -> str:
    kept = text[: len("status 500")] if text.startswith("status ") else ""
    return kept + OWN.sub("…", text[len(kept) :])


def _of_statuses(expected: str, status: int, text: str) -> Departure:
    due = STATUS.match(expected)
    wanted = int(due[1]) if due else 0
    change = f"{wanted or '…'} → {status}"
    if status < _ERRORS:
        return Departure(Kind.ACCEPTED if wanted >= _ERRORS else Kind.STATUS, change)
    said = shortened(OWN.sub("…", _QUOTED.sub('"…"', " ".join(_gist(text).split()))), _SAID)
    kind = Kind.REFUSED if wanted < _ERRORS else Kind.TEXT if wanted == status else Kind.STATUS
    return Departure(kind, f"{change} {said}".rstrip())


def _gist(text: str) -> str:
    """Return the last item of an error that lists several, such as of a validation; else the whole."""
    return next((item for item in reversed(re.split(r"^\s*\* ", text, flags=re.MULTILINE)) if item.strip()), "")


def _at(place: str, expected: str, actual: str) -> Departure:
    if actual in (ABSENT, NO_ITEM):
        return Departure(Kind.GONE, place)
    if expected in (ABSENT, NO_ITEM):
        return Departure(Kind.ADDED, place)
    types = _type(expected), _type(actual)
    if types[0] != types[1] and "text" not in types:
        return Departure(Kind.TYPE, f"{place}: {types[0]} → {types[1]}")
    return Departure(Kind.VALUE, place)


def _plain(place: str) -> str:
    """Return a place without the numbers of items and the names that a user chose."""
    steps = ["[]" if step[0] == "[" else step if _is_field(step) else "*" for step in _STEP.findall(place)]
    return "".join(step if step == "[]" or not number else f".{step}" for number, step in enumerate(steps))


def _is_field(name: str) -> bool:
    return name in _FIELDS or _LIKE_A_FIELD.fullmatch(name) is not None


def _type(told: str) -> str:
    """Return the type of data that is told as JSON, or of what it is in words: "text" when that cannot be said."""
    first = told[:1]
    if told == "null" or told in ("true", "false"):
        return "null" if told == "null" else "true or false"
    if first in '"[{':
        return {'"': "string", "[": "list", "{": "object"}.get(first, "text")
    if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", told):
        return "number"
    words = {"a string": "string", "an integer": "number", "a number": "number", "true or false": "true or false"}
    kinds = {"a list of": "list", "a map of": "object", "an object": "object"}
    bare = told.removeprefix("a field with ").removesuffix(", may be null")
    return words.get(bare) or next((kind for start, kind in kinds.items() if bare.startswith(start)), "text")
