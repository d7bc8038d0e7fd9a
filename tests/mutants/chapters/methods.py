"""Mutants of which methods are accepted, and of what a body is good for with each."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.mutants.mutant import Breakage, Deviation, Scope, mutant
from tests.mutants.replies import Answer
from tests.mutants.vocabulary import answer, family, method, request, request_body, restored

_method = family("method")


_method(
    "post-refused",
    "POST registers nothing.",
    method("POST", "PATCH", r"/job/[^/]*$"),
    "job.register.post-is-put",
    "c*put-and-post",
)
_method(
    "post-dispatch",
    "POST dispatches nothing.",
    method("POST", "GET", "/dispatch$"),
    "common.methods.*",
    "job.dispatch.*",
)
_method("post-plan", "POST plans nothing.", method("POST", "GET", "/plan$"), "common.methods.*", "job.plan.*")
_method(
    "post-evaluate",
    "POST evaluates nothing.",
    method("POST", "GET", "/evaluate$"),
    "common.methods.*",
    "job.evaluate.*",
)
_method(
    "post-force", "POST forces nothing.", method("POST", "GET", "/force$"), "common.methods.*", "job.periodic-force.*"
)
_method(
    "put-plan",
    "PUT plans nothing.",
    method("PUT", "GET", "/plan$"),
    "job.plan.is-accepted",
    "common.methods.*",
    "job.plan.*",
)
_method(
    "put-evaluate", "PUT evaluates nothing.", method("PUT", "GET", "/evaluate$"), "job.evaluate.*", "common.methods.*"
)
_method("get-evaluate", "GET evaluates.", method("GET", "PUT", "/evaluate$"), "common.methods.wrong-method")
_method("get-force", "GET forces.", method("GET", "PUT", "/force$"), "common.methods.wrong-method")
_method(
    "delete-evaluations",
    "DELETE reads evaluations.",
    method("DELETE", "GET", "/evaluations$"),
    "common.methods.wrong-method",
)
_method("patch", "PATCH reads a job.", method("PATCH", "GET", "/job/"), "common.methods.wrong-method")


@mutant("method.head", "HEAD is answered as GET is.", "common.methods.head")
@answer
def _(answer: Answer) -> None:
    if answer.scope["method"] == "HEAD" and answer.status == 405:
        answer.status = 200


@mutant("method.summary-strict", "A summary is only answered to GET.", "common.methods.summary-takes-any")
@answer
def _(answer: Answer) -> None:
    if answer.scope["method"] != "GET" and answer.operation == "summary":
        answer.status, answer.text = 405, "Invalid method"


@mutant(
    "method.post-keys",
    "POST is answered with fewer fields than PUT.",
    "common.consistency.unchanged-is-the-same",
    "job.*",
)
@answer
def _(answer: Answer) -> None:
    if answer.scope["method"] == "POST" and answer.status == 200 and answer.operation == "force":
        answer.json = {name: value for name, value in answer.json.items() if name != "Index"}


def _post_ignores(member: str, suffix: str) -> Deviation:
    """Drop a member of the bodies that are sent by POST to an operation; to a job itself with an empty suffix."""

    def change(scope: Scope, body: bytes) -> tuple[Scope, bytes] | None:
        last = scope["path"].rpartition("/")[2]
        here = last == suffix if suffix else last not in ("dispatch", "evaluate", "force", "plan")
        if scope["method"] != "POST" or not here or f'"{member}"'.encode() not in body:
            return None
        try:
            sent = json.loads(body)
        except ValueError:
            return None
        kept = json.dumps({name: value for name, value in sent.items() if name != member}).encode()
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"content-length"]
        return {**scope, "headers": [*headers, (b"content-length", b"%d" % len(kept))]}, kept

    return request_body(change)


for _member, _suffix, _operation, _statement in (
    ("EnforceIndex", "", "registration", "job.register.check-and-set"),
    ("Region", "", "registration", "common.regions.of-the-body"),
    ("Diff", "plan", "plan", "job.plan.diff-only-when-asked"),
    ("Payload", "dispatch", "dispatch", "job.dispatch.carries-payload"),
):
    _method(
        f"post-without-{_member.lower()}",
        f"A {_operation} by POST ignores {_member}.",
        _post_ignores(_member, _suffix),
        _statement,
        "job.*",
        "common.*",
    )

_by: list[str] = []
"""The method of the last request."""


def _merged(breakage: Breakage) -> None:
    def merged(old: Any, new: Any, _: int) -> dict[str, Any]:
        merges = old is not None and _by[-1:] == ["POST"]
        return {"Meta": {**(old["Meta"] or {}), **(new["Meta"] or {})} or None} if merges else {}

    request(lambda scope: _by.__setitem__(slice(None), [scope["method"]]))(breakage)
    restored(merged)(breakage)


_method("post-merges", "An update by POST adds to the metadata.", _merged, "job.register.post-is-put", "job.*", "c*")


# Summaries

_TAKES_ANY = "common.methods.summary-takes-any"


def _of_summaries(scope: Scope) -> bool:
    return bool(scope["path"].endswith("/summary"))


def _only_with_get(change: Callable[[Scope], None]) -> Deviation:
    """Change requests for a summary with another method than GET."""

    def broken(scope: Scope) -> None:
        if _of_summaries(scope) and scope["method"] != "GET":
            change(scope)

    return request(broken)


def _without_index(scope: Scope) -> None:
    scope["query_string"] = re.sub(rb"index=[0-9]*", b"", scope["query_string"])


_method("waits-with-get", "Only GET waits for a summary.", _only_with_get(_without_index), _TAKES_ANY)


def _refused(verb: str) -> Deviation:
    """Refuse a summary to a method."""

    def of(scope: Scope, _: bytes) -> str | None:
        return "Invalid method" if scope["method"] == verb and _of_summaries(scope) else None

    return request_body(of)


for _verb in ("OPTIONS", "TRACE", "get"):
    _method(f"summary-{_verb.swapcase()}", f"A summary is not answered to {_verb}.", _refused(_verb), _TAKES_ANY)


def _head(change: Callable[[Answer], None]) -> Deviation:
    """Change what HEAD of a summary is answered with."""

    def of(reply: Answer) -> None:
        if reply.scope["method"] == "HEAD" and _of_summaries(reply.scope):
            change(reply)

    return answer(of)


def _never_missing(reply: Answer) -> None:
    reply.status = 200


for _name in ("content-type", "x-nomad-knownleader", "x-nomad-lastcontact"):
    _method(
        f"head-without-{_name}",
        f"HEAD of a summary is answered without {_name}.",
        _head(lambda reply, name=_name: reply.headers.pop(name, None)),  # type: ignore[misc]
        _TAKES_ANY,
        "common.headers.*",
    )
_method("head-of-the-missing", "HEAD of a missing summary is a 200.", _head(_never_missing), _TAKES_ANY, "common.*")
