"""The few causes that explain most failures of a report: what to mend first.

Failures with one cause break many statements: an operation that always answers 500, a field that is lost, a header that
is missing. They are grouped by operation and kind of deviation, from the words of the findings alone, so that reports
of any run can be grouped. A statement that was not reached counts for the cause that kept the run from it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from contract_tests.suite.departures import NOT_REACHED
from contract_tests.suite.reports.subject import is_of_client
from contract_tests.words import ABSENT, NO_ITEM, shortened

Report: TypeAlias = dict[str, Any]
Entry: TypeAlias = dict[str, Any]
Finding: TypeAlias = dict[str, Any]

PATHS = {
    "query": "GET /v1/job/<ID>",
    "allocations": "GET /v1/job/<ID>/allocations",
    "evaluations": "GET /v1/job/<ID>/evaluations",
    "summary": "GET /v1/job/<ID>/summary",
    "register": "PUT /v1/job/<ID>",
    "dispatch": "PUT /v1/job/<ID>/dispatch",
    "evaluate": "PUT /v1/job/<ID>/evaluate",
    "plan": "PUT /v1/job/<ID>/plan",
    "force": "PUT /v1/job/<ID>/periodic/force",
    "deregister": "DELETE /v1/job/<ID>",
}
"""Each operation as the page names it."""
_HINDERED = re.compile(r"not (reached: |asked, because )")
"""What begins the actual value of a statement that others kept from being put to the test."""
_BRIEFLY = re.compile(r"no whole reply within 0\.")
_STATUS = re.compile(r"(?:status )?(\d{3})\b(?:: ?| )?(.*)", re.DOTALL)
_HEADER = re.compile(r"(X-Nomad-\w+|Vary|Content-\w+): ")
_PLACE = re.compile(r'(?=[A-Za-z\[])((?:[\w-]++|\[[^\]]*+\]|"[^"]*+"|\.)+): (.*)', re.DOTALL)
"""A place in a reply and what is there; possessive, because a server's text must not make it backtrack."""
_TYPE = re.compile(r"(an?|true or false|a (list|map) of)\b")
_OK, _ERRORS = 200, 400
_LACKING = ("answer with an end", "gzip body")
"""What may be lacking instead of any answer."""
_NOTHING = ("[]", "{}", "null", "")
"""Bodies that say nothing."""
_ANOTHER_TYPE = "has another type"
_NO_HEADER = "no such header"
_SYSTEMATIC = 3
"""The number of operations with fields of another type from which on one thing is to mend: how replies are written."""
_NAMED = 3
"""The number of such fields, or of missing headers, that are named."""
_OWN = re.compile(r"nomad-contract-[\w.-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<!v)\d+")
_LONGEST = 100
"""The length of a title."""
_SAID = 40
"""The length of the beginning of an error's text by which errors are told apart."""


@dataclass(slots=True)
class Cause:
    """One thing to mend: what the server does, and the statements that this breaks."""

    title: str = ""
    """What the server does, in the case of the example."""
    failing: list[Entry] = field(default_factory=list)
    """The entries of the statements that do not hold."""
    unreached: list[str] = field(default_factory=list)
    """The ids of the statements that the run could not reach because of it."""

    @property
    def weight(self) -> int:
        """The number of statements that mending it may mend."""
        return len(self.failing) + len(self.unreached)

    @property
    def example(self) -> Entry:
        """The entry with the smallest exchange, of those of the highest level that break by themselves.

        A reply that was waited for only briefly, because many before it had not come, shows less than others.
        """

        def rank(entry: Entry) -> tuple[bool, bool, int, int]:
            actual = entry["failure"]["actual"]
            hindered, briefly = (pattern.match(actual) is not None for pattern in (_HINDERED, _BRIEFLY))
            return hindered, briefly, -"MAY SHOULD MUST".index(entry["level"]), _size(entry["failure"])

        return min(self.failing, key=rank)


def causes(report: Report) -> list[Cause]:
    """Return the causes of all failures of a report, the one that explains most first."""
    found: dict[tuple[str, ...], Cause] = {}
    by_statement: dict[str, Cause] = {}
    titles: dict[str, str] = {}
    failing = [entry for entry in report["statements"] if entry.get("failure")]
    kinds = [_of_client(entry) if is_of_client(report) else _kind(entry) for entry in failing]
    known = {key for key, _ in kinds}
    for entry, kind in zip(failing, kinds, strict=True):
        answered = _answered(entry["failure"]) if kind[0] == (entry["id"],) else None
        key, title = answered if answered and answered[0] in known else kind
        cause = found.setdefault(key, Cause())
        cause.failing.append(entry)
        by_statement[entry["id"]], titles[entry["id"]] = cause, title
    if len({key[0] for key in found if key[-1] == _ANOTHER_TYPE}) >= _SYSTEMATIC:
        by_statement |= _together(found, _ANOTHER_TYPE, "replies have fields of another type")
    if any(key[-1] == _NO_HEADER for key in found):
        by_statement |= _together(found, _NO_HEADER, "replies have no header")
    for entry in report["statements"]:
        root = NOT_REACHED.match(entry.get("reason", ""))
        if root and not entry.get("failure") and root[1] in by_statement:
            by_statement[root[1]].unreached.append(entry["id"])
    for cause in found.values():
        cause.title = cause.title or titles[cause.example["id"]]
    return sorted(found.values(), key=lambda cause: -cause.weight)


def _together(found: dict[tuple[str, ...], Cause], kind: str, title: str) -> dict[str, Cause]:
    """Make one cause of all of a kind, with the names in their keys, and return it by each statement that it breaks."""
    alike = {key: found.pop(key) for key in [*found] if key[-1] == kind}
    names = [*dict.fromkeys(key[-2] for key in alike)]
    more = f" and {_count(len(names) - _NAMED, 'more')}" if len(names) > _NAMED else ""
    cause = Cause(f"{title}{':' if kind == _ANOTHER_TYPE else ''} {', '.join(names[:_NAMED])}{more}")
    cause.failing += [entry for one in alike.values() for entry in one.failing]
    found[kind,] = cause
    return {entry["id"]: cause for entry in cause.failing}


def operation_of(finding: Finding) -> str:
    """Return the operation that a finding is about, as the page names it; "" when it has no exchange."""
    exchange = finding.get("exchange")
    if not exchange:
        asked = re.match(r"an answer to (\S+ [^?\s]*)", finding["expected"])
        return _OWN.sub("<ID>", asked[1]) if asked else ""
    known = PATHS.get(exchange.get("operation", ""))
    request = exchange["request"]
    return known or _OWN.sub("<ID>", f"{request['method']} {request['target'].partition('?')[0]}")


def _of_client(entry: Entry) -> tuple[tuple[str, ...], str]:
    """Return the key and the title of a cause of its own: each freedom and each statement of conduct is one."""
    return (entry["id"],), f"{entry['id']} is {'not survived' if 'vary' in entry['failure'] else 'broken'}"


def _kind(entry: Entry) -> tuple[tuple[str, ...], str]:
    """Return what two failures of the same cause have in common, and that in words."""
    finding = entry["failure"]
    expected, actual = finding["expected"], NOT_REACHED.sub("", finding["actual"])
    operation = operation_of(finding)
    return next(_deviation(finding, operation, expected, actual), ((entry["id"],), f"does not hold: {entry['text']}"))


def _deviation(finding: Finding, operation: str, expected: str, actual: str) -> Iterator[tuple[tuple[str, ...], str]]:
    exchange = finding.get("exchange")
    if exchange is None or exchange["reply"]["status"] is None:
        lacking = next((what for what in _LACKING if what in expected), "answer")
        yield (operation, lacking.removesuffix(" with an end")), f"{operation or 'a request'} gets no {lacking}"
        return
    reply, status = exchange["reply"], _STATUS.match(actual)
    if expected == "a JSON body":
        yield (operation, "JSON"), shortened(f"{operation} answers no JSON: {one_line(reply['body'])}", _LONGEST)
    elif status and int(status[1]) == reply["status"]:
        yield _error(operation, status[1], status[2])
    elif header := _HEADER.match(expected):
        missing = _NO_HEADER in actual
        kind = _NO_HEADER if missing else "another header"
        yield (header[1], kind), f"replies have {'no' if missing else 'another'} header {header[1]}"
    elif reply["status"] == _OK and (nothing := reply["body"].strip()) in _NOTHING:
        yield (operation, nothing), f"{operation} answers {nothing or 'an empty body'}"
    elif place := _PLACE.match(actual):
        name = re.split(r"[.\[]", re.sub(r'\[[^\]]*\]|"[^"]*"', "", place[1]).rstrip("."))[-1] or place[1]
        wanted = _PLACE.match(expected)
        kind = _how(wanted[2] if wanted else expected, place[2])
        yield (operation, name, kind), f"{operation}: {name} {kind}"


def _error(operation: str, status: str, text: str) -> tuple[tuple[str, ...], str]:
    said = one_line(text)
    title = shortened(f"{operation} answers {status}{f': {said}' if said else ''}", _LONGEST)
    return (operation, status, _OWN.sub("<ID>", said)[:_SAID]), title


def _answered(finding: Finding) -> tuple[tuple[str, ...], str] | None:
    """Return the cause that is the error which the shown reply is, whatever of it was looked at."""
    exchange = finding.get("exchange")
    if not exchange or exchange["reply"]["status"] is None or exchange["reply"]["status"] < _ERRORS:
        return None
    return _error(operation_of(finding), str(exchange["reply"]["status"]), exchange["reply"]["body"])


def _how(expected: str, actual: str) -> str:
    if actual in (ABSENT, NO_ITEM):
        return "is missing"
    kinds = _kind_of(expected), _kind_of(actual)
    return _ANOTHER_TYPE if _TYPE.match(expected) or (all(kinds) and kinds[0] != kinds[1]) else "has another value"


def _kind_of(data: str) -> str:
    """Return what the kind of JSON data begins with, "" for what is null or no data."""
    first = data[:1]
    return (
        "0"
        if first.isdigit() or first == "-"
        else "t"
        if data in ("true", "false")
        else first
        if first in '"[{'
        else ""
    )


def _size(finding: Finding) -> int:
    exchange = finding["exchange"]
    return len(exchange["request"]["body"]) + len(exchange["reply"]["body"]) if exchange else 0


def in_short(exchange: Entry) -> str:
    """Return what came, and what was asked, without the query and the bodies."""
    request, reply = exchange["request"], exchange["reply"]
    size = f", {len(request['body'])} bytes" if request["body"] else ""
    came = "no answer" if reply["status"] is None else f"{reply['status']} after {reply['milliseconds']:.0f} ms"
    return f"{came} to {request['method']} {request['target'].partition('?')[0]}{size}"


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def expected_and_actual(finding: Finding) -> tuple[str, str]:
    """Return what was expected and what came, on a line each; breaks of lines are written out if only they differ."""
    expected, actual = one_line(finding["expected"]), one_line(finding["actual"])
    if expected != actual:
        return expected, actual
    return finding["expected"].replace("\n", "\\n"), finding["actual"].replace("\n", "\\n")


def told(causes_of_it: Sequence[Cause], most: int) -> str:
    """Return how much the first causes explain, as a sentence without its full stop."""
    first = causes_of_it[:most]
    failing, unreached = sum(len(one.failing) for one in first), sum(len(one.unreached) for one in first)
    everything = sum(len(one.failing) for one in causes_of_it)
    words = f"{len(first)} of {len(causes_of_it)} causes" if len(causes_of_it) > most else _count(len(first), "cause")
    more = f" and {unreached} not reached" if unreached else ""
    return f"{words} explain{'s' if words == '1 cause' else ''} {failing} of {_count(everything, 'failure')}{more}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if what == "more" or number == 1 else f"{number} {what}s"
