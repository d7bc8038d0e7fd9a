"""Mutants of the form of JSON."""

import re

from mockserver.gostd.numbers import codec_number
from mockserver.http import rendering
from mockserver.jobs.diff import flatten
from tests.mutants.mutant import mutant
from tests.mutants.replies import Answer, is_read
from tests.mutants.vocabulary import answer, replaced


@mutant("json.unsorted", "Keys come in the order of the Go struct.", "common.replies.sorted-keys")
@answer
def _(answer: Answer) -> None:
    if is_read(answer) and answer.operation == "job" and b"pretty" not in answer.scope["query_string"]:
        answer.json = dict(reversed(answer.json.items()))


@mutant("json.markup-raw", "< > & are not escaped.", "common.replies.html-escaped")
@answer
def _(answer: Answer) -> None:
    for character in "<>&":
        answer.text = answer.text.replace(f"\\u{ord(character):04x}", character)


@mutant("json.ascii", "Everything beyond ASCII is escaped.", "common.replies.html-escaped")
@answer
def _(answer: Answer) -> None:
    if answer.status == 200:
        answer.text = re.sub("[^\x00-\x7f]", lambda one: f"\\u{ord(one[0]):04x}", answer.text)


@mutant("json.paragraphs-raw", "U+2029 is not escaped.", "common.replies.html-escaped")
@answer
def _(answer: Answer) -> None:
    answer.text = answer.text.replace("\\u2029", "\u2029")


@mutant("json.mangled", "UTF-8 is taken for Latin-1.", "job.register.keeps.*", "job.query.*", "common.replies.*")
@answer
def _(answer: Answer) -> None:
    if is_read(answer) and answer.operation == "job":
        answer.text = answer.text.encode("utf-8", "surrogateescape").decode("latin-1")


@mutant("json.bom", "Jobs begin with a byte order mark.", "job.query.reply-is-json")
@answer
def _(answer: Answer) -> None:
    if is_read(answer) and answer.operation == "job":
        answer.text = "\ufeff" + answer.text


def _cut(name: str, operation: str, method: str, chapter: str) -> None:
    def change(answer: Answer) -> None:
        asked = answer.operation == operation and re.match(method, answer.scope["method"])
        if asked and answer.status == 200:
            answer.text = answer.text.rstrip()[:-1]

    mutant(f"json.cut.{name}", f"The JSON of {name} is cut off.", f"job.{chapter}.reply-is-json")(answer(change))


_cut("query", "job", "GET", "query")
_cut("register", "job", "PUT|POST", "register")
_cut("deregister", "job", "DELETE", "deregister")
_cut("allocations", "allocations", "GET", "allocations")
_cut("evaluations", "evaluations", "GET", "evaluations")
_cut("summary", "summary", "GET", "summary")
_cut("dispatch", "dispatch", "PUT|POST", "dispatch")
_cut("evaluate", "evaluate", "PUT|POST", "evaluate")
_cut("plan", "plan", "PUT|POST", "plan")
_cut("force", "force", "PUT|POST", "periodic-force")


mutant("json.plain-numbers", "Numbers in Config are plain.", "job.register.config-numbers", "job.*")(
    replaced(rendering, "codec_number", repr)
)


mutant("json.short-numbers", "Numbers in Config have six digits.", "job.register.config-numbers", "job.*")(
    replaced(rendering, "codec_number", lambda number: codec_number(float(f"{number:.6g}")))
)


mutant("json.plain-exponents", "Exponents have no leading zero.", "job.register.config-numbers", "job.*")(
    replaced(rendering, "codec_number", lambda number: re.sub("([-+])0(.)$", r"\1\2", codec_number(number)))
)


mutant("json.whole-numbers-told", "Large numbers in a diff are whole.", "job.plan.diff.config-numbers", "job.*")(
    replaced(flatten, "go_number", lambda number: str(int(number)) if number == int(number) else repr(number))
)
