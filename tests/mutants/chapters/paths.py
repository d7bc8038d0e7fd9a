"""Mutants of paths and job IDs in them."""

import re
from typing import Any
from urllib.parse import quote, unquote

from mockserver.gostd import urls
from mockserver.http import routes
from tests.mutants.mutant import Breakage, Scope, mutant
from tests.mutants.replies import Answer
from tests.mutants.vocabulary import answer, replaced, request, wrapped


def _path(name: str, sentence: str, change: "object", *caught_by: str) -> None:
    def changed(scope: Scope) -> None:
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        scope["raw_path"] = change(raw)  # type: ignore[operator] # a function of bytes
        scope["path"] = unquote(scope["raw_path"].decode("latin-1"))

    mutant(f"path.{name}", sentence, *caught_by)(request(changed))


_path(
    "decoded-twice",
    "Paths are decoded twice.",
    lambda raw: quote(unquote(raw.decode())).encode() and unquote(raw.decode()).replace(" ", "%20").encode("utf-8"),
    "job.query.id-percent-decoded",
    "job.query.*",
)
_path(
    "escaped-slash-kept",
    "%2F in a path is no slash.",
    lambda raw: raw.replace(b"%2F", b"%252F"),
    "job.query.id-with-slash",
)
_path(
    "plus-is-space",
    "A plus in a path is a space.",
    lambda raw: raw.replace(b"+", b"%20"),
    "job.query.id-percent-decoded",
)
_path(
    "last-slash-dropped",
    "A last slash is dropped.",
    lambda raw: raw.rstrip(b"/") or b"/",
    "job.query.id-percent-decoded",
    "common.errors.*",
)
_path(
    "first-segment-only",
    "An ID ends at its first slash.",
    lambda raw: re.sub(
        rb"^(/v1/job/[^/]+)/(?!allocations|evaluations|summary|dispatch$|evaluate|plan|periodic/force)[^/]*",
        rb"\1",
        raw,
    ),
    "job.query.id-with-slash",
    "job.query.*",
    "job.dispatch.*",
    "job.*",
)
_path(
    "lower-case",
    "IDs in paths are put into lower case.",
    lambda raw: raw.lower(),
    "job.query.*",
    "job.register.*",
    "job.*",
)


mutant("path.unclean-accepted", "Doubled slashes are served, not redirected.", "common.errors.path-is-cleaned")(
    replaced(routes, "cleaned", lambda path: path)
)


mutant("path.dots-accepted", "Dots in paths are nothing special.", "common.errors.path-is-cleaned")(
    wrapped(routes, "cleaned", lambda cleaned: lambda path: cleaned(path) if "//" in path else path)
)


@mutant("path.last-slash-lost", "Cleaning a path takes its last slash.", "common.errors.path-is-cleaned")
def _(breakage: Breakage) -> None:
    def make(cleaned: Any) -> Any:
        return lambda path: clean if (clean := cleaned(path)) == path else clean.rstrip("/") or "/"

    breakage.wrap(routes, "cleaned", make)


@mutant("path.redirect-drops-query", "A redirect forgets the query.", "common.errors.path-is-cleaned")
@answer
def _(answer: Answer) -> None:
    if answer.status == 301:
        answer.headers["location"] = answer.headers["location"].partition("?")[0]


@mutant("path.redirect-unescaped", "A redirect leads to the path without escapes.", "common.errors.path-is-cleaned")
@answer
def _(answer: Answer) -> None:
    if answer.status == 301:
        answer.headers["location"] = unquote(answer.headers["location"], "latin-1")


@mutant("path.redirect-302", "Unclean paths are redirected for the time being.", "common.errors.path-is-cleaned")
@answer
def _(answer: Answer) -> None:
    if answer.status == 301:
        answer.status = 302


@mutant("path.unknown-suffix-404", "An unknown suffix is a 404 of the router.", "job.query.unknown-suffix-is-id")
@answer
def _(answer: Answer) -> None:
    if answer.scope["path"].endswith("/unknown"):
        answer.status, answer.text = 404, "404 page not found\n"


@mutant(
    "path.replacement", "What is not ASCII in an ID becomes a question mark.", "job.query.id-percent-decoded", "job.*"
)
def _(breakage: Breakage) -> None:
    breakage.wrap(urls, "decoded", lambda decoded: lambda raw: decoded(raw).encode("ascii", "replace").decode())
    breakage.wrap(routes, "decoded", lambda decoded: lambda raw: decoded(raw).encode("ascii", "replace").decode())


@mutant("request.content-type", "Only application/json is read.", "common.errors.content-type-ignored")
@answer
def _(answer: Answer) -> None:
    types = [value for name, value in answer.scope["headers"] if name == b"content-type"]
    if types and types[0] != b"application/json" and answer.is_write:
        answer.status, answer.text = 415, "Unsupported media type"
