"""Mutants of pretty printing."""

import re

from tests.mutants.mutant import Scope, mutant
from tests.mutants.replies import Answer, is_missing
from tests.mutants.vocabulary import answer, request


def _query_changed(name: str, sentence: str, old: str, new: str, *caught_by: str) -> None:
    def change(scope: Scope) -> None:
        scope["query_string"] = re.sub(old, new, scope["query_string"].decode("latin-1")).encode("latin-1")

    mutant(name, sentence, *caught_by)(request(change))


_query_changed("pretty.ignored", "pretty is ignored.", "pretty(=[^&]*)?", "", "common.pretty.*")
_query_changed("pretty.needs-value", "A bare pretty is ignored.", "pretty(&|$)", r"\1", "common.pretty.*")
_query_changed("pretty.zero-is-on", "pretty=0 is on.", "pretty=0", "pretty", "common.pretty.values")
_query_changed("pretty.only-true", "Only pretty=true is on.", "pretty=(?!true)[^&]*", "", "common.pretty.*")
_query_changed("pretty.always", "Everything is printed pretty.", "^", "pretty&", "common.pretty.off-is-compact", "c*")
_query_changed("consistency.stale-waits", "stale asks for another region.", "stale", "region=x", "common.consistency.*")
_query_changed("allocations.all-ignored", "all is ignored.", "all=[^&]*", "", "job.allocations.all")
_query_changed("allocations.all-any", "all=false is true.", "all=(false|zzz)", "all=1", "job.allocations.past-*")
_query_changed("allocations.all-bare", "A bare all is true.", "all=?(&|$)", r"all=1\1", "job.allocations.past-*")
_query_changed("blocking.index-ignored", "index is ignored.", "index=[^&]*", "", "common.blocking.*")
_query_changed("blocking.wait-ignored", "wait is ignored.", "wait=[^&]*", "", "common.blocking.*")
_query_changed("blocking.wait-is-short", "Every wait is 100 ms.", "wait=[^&]*", "wait=100ms", "common.blocking.*")
_query_changed("blocking.wait-is-long", "Every wait is 9 s.", "wait=[^&]*", "wait=9s", "common.blocking.*")
_query_changed(
    "blocking.wait-in-seconds", "A number is a wait.", r"wait=(\d+)(&|$)", r"wait=\1ms\2", "common.blocking.*"
)
_query_changed(
    "blocking.bad-wait-ignored", "A bad wait is none.", "wait=(abc|5x)", "", "common.blocking.bad-parameters"
)
_query_changed("blocking.bad-index-zero", "A bad index is 0.", "index=(abc|x)", "", "common.blocking.bad-parameters")
_query_changed("blocking.negative-index", "index=-1 is 0.", r"index=-\d+", "", "common.blocking.bad-parameters")
_query_changed("regions.ignored", "region is ignored.", "region=[^&]*", "", "common.regions.*")
_query_changed(
    "regions.empty-unknown", "An empty region is none.", "region=(&|$)", r"region=x\1", "common.regions.empty-*"
)
_query_changed(
    "query.strict-parameters", "Unknown parameters are bad.", "nonsense=1", "index=x", "job.query.unknown-par*"
)


@mutant("pretty.two-spaces", "Pretty is indented by two spaces.", "common.pretty.form", "common.pretty.writes-too")
@answer
def _(answer: Answer) -> None:
    answer.text = re.sub("(?m)^ +", lambda spaces: spaces[0][: len(spaces[0]) // 2], answer.text)


@mutant("pretty.no-newline", "Pretty does not end with a newline.", "common.pretty.form", "common.pretty.writes-too")
@answer
def _(answer: Answer) -> None:
    if b"pretty" in answer.scope["query_string"] and answer.status == 200:
        answer.text = answer.text.rstrip("\n")


@mutant("pretty.writes-compact", "Writes are never printed pretty.", "common.pretty.writes-too")
@request
def _(scope: Scope) -> None:
    if scope["method"] != "GET":
        scope["query_string"] = scope["query_string"].replace(b"pretty", b"x")


@mutant(
    "pretty.errors", "pretty errors are JSON.", "common.pretty.errors-unaffected", "common.*", "job.query.missing-job"
)
@answer
def _(answer: Answer) -> None:
    if b"pretty" in answer.scope["query_string"] and is_missing(answer):
        answer.text = '{\n    "error": "job not found"\n}\n'


@mutant("pretty.loses", "Pretty lists lack their last element.", "common.pretty.same-content")
@answer
def _(answer: Answer) -> None:
    if b"pretty" in answer.scope["query_string"] and answer.operation == "evaluations":
        answer.text = "[]\n"
