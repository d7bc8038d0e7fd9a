"""Mutants whose companion endpoints tell something else in another form."""

from collections.abc import Callable
from typing import Any

from tests.mutants.chapters.companion import answer_at
from tests.mutants.chapters.kept_replies import is_pretty, is_zipped
from tests.mutants.replies import Answer

FORM = "companion.headers.every-form"
LIST, ONE = "/v1/jobs", "/v1/evaluation/[^/]+"


def _where(form: Callable[[Answer], bool], change: Callable[[Answer], Any]) -> Callable[[Answer], Any]:
    return lambda answer: change(answer) if answer.status == 200 and form(answer) else None


def _indented(answer: Answer) -> bool:
    return is_pretty(answer) or b"&pretty" in answer.scope["query_string"]


def _kept() -> Callable[[Answer], Any]:
    first: dict[str, bytes] = {}

    def change(answer: Answer) -> None:
        key = answer.scope["path"] + answer.scope["query_string"].decode("latin-1")
        answer.body = first.setdefault(key, answer.body)

    return change


def _header(name: str, value: str) -> Callable[[Answer], Any]:
    return lambda answer: answer.headers.__setitem__(name, value)


for _name, _sentence, _path, _change in (
    ("zipped-jobs-kept", "The compressed list of jobs is kept for ever.", LIST, _where(is_zipped, _kept())),
    ("pretty-jobs-kept", "The indented list of jobs is kept for ever.", LIST, _where(_indented, _kept())),
    (
        "zipped-jobs-without-index",
        "The compressed list of jobs has no index.",
        LIST,
        _where(is_zipped, lambda answer: answer.headers.pop("x-nomad-index", None)),
    ),
    (
        "pretty-jobs-index-0",
        "The indented list of jobs has the index 0.",
        LIST,
        _where(_indented, _header("x-nomad-index", "0")),
    ),
    (
        "pretty-evaluation-text",
        "An indented evaluation is text.",
        ONE,
        _where(_indented, _header("content-type", "text/plain")),
    ),
    (
        "zipped-evaluation-older",
        "A compressed evaluation is older.",
        ONE,
        _where(is_zipped, _header("x-nomad-lastcontact", "9")),
    ),
):
    answer_at(f"form.{_name}", _sentence, _path, _change, FORM)
