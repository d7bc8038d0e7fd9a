"""Mutants that do what frameworks, gateways and other readers of cron do by themselves."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.mutants.mutant import Deviation, Scope
from tests.mutants.replies import Answer
from tests.mutants.vocabulary import answer, family, read_as, request, request_body

_framework = family("framework")

# Query parameters

UNKNOWN = "job.query.unknown-parameters-ignored"


def _over(scope: Scope) -> None:
    found = re.search(rb"(?:^|&)_?method=(\w+)", scope["query_string"])
    if found and scope["method"] != "GET":
        scope["method"] = found[1].decode()


def _dry(scope: Scope) -> None:
    if b"dry_run" in scope["query_string"] and scope["path"].endswith("/evaluate"):
        scope["path"] = scope["path"].removesuffix("/evaluate")
        scope["raw_path"] = scope["raw_path"].removesuffix(b"/evaluate")
        scope["method"] = "GET"


def _asked(name: str, change: Callable[[Answer], None]) -> Deviation:
    """Change answers with 200 to requests with a parameter."""

    def of(reply: Answer) -> None:
        if re.search(rf"(?:^|&){name}=".encode(), reply.scope["query_string"]) and reply.status == 200:
            change(reply)

    return answer(of)


def _none(reply: Answer) -> None:
    if reply.text.startswith("{"):
        reply.text = "{}"


def _first(reply: Answer) -> None:
    if reply.text.startswith("["):
        reply.text = json.dumps(json.loads(reply.text)[:1])


def _no_page(reply: Answer) -> None:
    if reply.text.startswith("["):
        reply.text = "[]"


for _name, _sentence, _deviation in (
    ("method", "A parameter can change the method.", request(_over)),
    ("dry-run", "A parameter keeps a job from being evaluated.", request(_dry)),
    ("fields", "A parameter chooses fields.", _asked("fields", _none)),
    ("limit", "A parameter limits lists.", _asked("limit", _first)),
    ("page", "A parameter chooses a page of a list.", _asked("page", _no_page)),
):
    _framework(_name, _sentence, _deviation, UNKNOWN)

# Paths


def _any_case(scope: Scope) -> None:
    path = scope["path"]
    if path[:8].lower() == "/v1/job/" and not path.startswith("/v1/job/"):
        scope["path"], scope["raw_path"] = f"/v1/job/{path[8:]}", b"/v1/job/" + scope["raw_path"][8:]


def _without(*endings: str) -> Deviation:
    """Leave out endings of paths."""

    def of(scope: Scope) -> None:
        for ending in endings:
            scope["path"] = scope["path"].removesuffix(ending)
            scope["raw_path"] = scope["raw_path"].removesuffix(quote(ending, safe="").encode())

    return request(of)


_framework("path-case", "Paths are served in any letter case.", request(_any_case), "common.errors.no-such-route")
for _name, _sentence, _endings in (
    ("format", "A path may end with a format.", (".json", ".xml")),
    ("zipped", "A path may ask for compression.", (".gz",)),
    ("last-point", "A point at the end of a path is lost.", (".",)),
    ("parameters", "A path may have parameters.", (";x=1",)),
):
    _framework(_name, _sentence, _without(*_endings), "job.query.near-miss", "job.query.*")

# Bodies


def _lenient(member: str, meant: Callable[[Any], Any]) -> Deviation:
    """Read a member of a body as what it is taken for; ``meant`` returns the value itself where it is well."""

    def of(scope: Scope, body: bytes) -> tuple[Scope, bytes] | None:
        if scope["method"] not in ("PUT", "POST") or f'"{member}"'.encode() not in body:
            return None
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(given, dict) or member not in given:
            return None
        return scope, json.dumps({**given, member: meant(given[member])}).encode()

    return request_body(of)


def _number(value: Any) -> Any:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return int(value) if isinstance(value, float | bool) else value


for _name, _member, _meant in (
    ("truth-numbers", "EnforceIndex", lambda value: bool(value) if value in (0, 1) else value),
    ("truth-texts", "EnforceIndex", lambda value: value == "true" if isinstance(value, str) else value),
    ("truth-lists", "Diff", lambda value: bool(value) if isinstance(value, list | dict) else value),
    ("truth-of-a-diff", "Diff", lambda value: bool(value) if value in (0, 1, "true", "") else value),
    ("index-texts", "JobModifyIndex", _number),
    ("index-negative", "JobModifyIndex", lambda value: 0 if value == -1 else value),
    ("region-texts", "Region", lambda value: "" if isinstance(value, int) else value),
    ("region-empty", "Region", lambda value: value or ""),
):
    _framework(
        f"body-{_name}",
        f"{_member} is taken from other types: {_name}.",
        _lenient(_member, _meant),
        "common.errors.wrong-type",
    )


def _no_job(scope: Scope, body: bytes) -> str | None:
    if scope["path"].endswith("/dispatch") and re.search(rb'"JobID":\s*(?:""|null)', body):
        return "Job ID does not match"
    return None


_framework(
    "dispatch-of-nobody",
    "A dispatch whose body names no job is refused.",
    request_body(_no_job),
    "job.dispatch.payload-forms",
)

# Cron specs

for _name, _sentence, _pattern, _instead in (
    ("every", "A spec may be a pause.", rb'"@every [^"]*"', b'"@hourly"'),
    ("midnight", "A spec may be midnight.", rb'"@midnight"', b'"@daily"'),
    ("reboot", "A spec may be a start.", rb'"@reboot"', b'"@yearly"'),
    ("capitals", "A spec's word may be in capitals.", rb'"@HOURLY"', b'"@hourly"'),
    ("zone", "A spec may begin with a zone.", rb'"TZ=\S+ ', b'"'),
    ("cron-zone", "A spec may begin with a zone of cron.", rb'"CRON_TZ=\S+ ', b'"'),
    ("minute-60", "The minute 60 is the minute 0.", rb'"60 ', b'"0 '),
):
    _framework(f"spec-{_name}", _sentence, read_as(_pattern, _instead), "job.register.refuses.periodic")


# Errors


def _page(reply: Answer) -> None:
    accepted = dict(reply.scope["headers"]).get(b"accept", b"")
    if b"html" in accepted and reply.status >= 400:
        reply.headers["content-type"] = "text/html; charset=utf-8"
        reply.text = f"<h1>{reply.text}</h1>"


_framework(
    "error-pages", "A client that accepts HTML gets an error as a page.", answer(_page), "common.headers.others-ignored"
)
