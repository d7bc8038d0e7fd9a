"""Mutants of the texts of errors."""

import re
from collections.abc import Callable

from mockserver.jobs.validate import services
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import Answer, answers, is_missing, is_refusal


@mutant("error.json", "Errors are JSON objects.", "common.errors.bare-text", "common.errors.*", "job.query.missing-job")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_refusal(answer):
            answer.json = {"error": answer.text}

    answers(breakage, change)


@mutant("error.newline", "Errors end with a newline, as http.Error writes them.", "common.errors.*", "job.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_refusal(answer):
            answer.text += "\n"

    answers(breakage, change)


@mutant("error.html", "Errors call themselves HTML.", "common.errors.plain-text")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_refusal(answer):
            answer.headers["content-type"] = "text/html; charset=utf-8"

    answers(breakage, change)


@mutant("error.empty", "A missing job's answer has no text.", "job.query.missing-job", "common.errors.bare-text")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_missing(answer):
            answer.text = ""

    answers(breakage, change)


def _text(name: str, sentence: str, old: str, new: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(answer: Answer) -> None:
            if answer.status >= 400:
                answer.text = re.sub(old, new, answer.text)

        answers(breakage, change)

    mutant(f"error.text.{name}", sentence, *caught_by)(apply)


_text("missing-job", "The text is `Job not found`.", "^job not found$", "Job not found", "job.query.missing-job")
_text("method", "The text is `Method not allowed`.", "Invalid method", "Method not allowed", "common.methods.*")
_text("region", "The text is `unknown region`.", "No path to region", "unknown region", "common.regions.*")
_text("wait", "The text is `Invalid wait`.", "Invalid wait time", "Invalid wait", "common.blocking.bad-parameters")
_text("index", "The text is `Bad index`.", "Invalid index", "Bad index", "common.blocking.bad-parameters")
_text("id", "The text is `ID mismatch`.", "Job ID does not match", "ID mismatch", "job.register.id-must-match")
_text("no-job", "The text is `No job`.", "Job must be specified", "No job", "common.errors.bad-body")
_text("eof", "The text is `empty body`.", "^EOF$", "empty body", "common.errors.bad-body", "job.dispatch.*.bodies")
_text("json", "The text of a wrong type is another.", "^json: cannot unmarshal", "bad JSON", "common.errors.*")
_text("count", "Problems are counted wrong.", r"^(\d+) error", "99 error", "job.register.*", "job.plan.refuses-*")
_text(
    "first-only", "Only the first problem is told.", r"\n(\* .*)\n\*[\s\S]*", r"\n\1", "job.register.problems-in-order"
)
_text(
    "payload",
    "The text for a large payload is another.",
    "exceeds maximum size",
    "is too big",
    "job.dispatch.refuses.payload",
)
_text(
    "meta",
    "The text for missing metadata is another.",
    "did not provide required",
    "lacks",
    "job.dispatch.refuses.meta",
)
_text(
    "kind",
    "The text for a job of another kind is another.",
    "is not a parameterized job",
    "?",
    "job.dispatch.refuses.jobs",
)
_text("enforce", "A text of check-and-set is another.", "job already exists", "exists", "job.register.check-and-set")
_text("evaluate", "A text of evaluate is another.", "can't evaluate", "cannot evaluate", "job.evaluate.refuses")
_text("force", "A text of force is another.", "can't force", "cannot force", "job.periodic-force.refuses")
_text("route", "The text of nowhere is another.", "404 page not found", "not found", "common.errors.no-such-route")
_text(
    "space", "An ID with a space gets another text.", "contains a space", "is bad", "job.register.refuses.space-in-id"
)


def _of_decoder(name: str, sentence: str, pattern: str, instead: str, *caught_by: str) -> None:
    """Declare a mutant that changes what the decoder of bodies says."""

    def apply(breakage: Breakage) -> None:
        def change(answer: Answer) -> None:
            if answer.status == 400:
                answer.text = re.sub(pattern, instead, answer.text)

        answers(breakage, change)

    mutant(f"error.decoder.{name}", sentence, *caught_by, "common.errors.bad-body", "common.errors.*", "job.*")(apply)


_of_decoder("literal", "What is expected in a literal is not told.", r" \(expecting '.'\)", "")
_of_decoder(
    "hexadecimal", "Hexadecimal escapes are any escapes.", r"\\u hexadecimal character escape", "string escape code"
)
_of_decoder("quotes", "The character is in double quotes.", r"^(invalid character) '(.+?)' ", r'\1 "\2" ')
_of_decoder("hex", "Control characters are in hexadecimal.", r"^(invalid character) '\\[abfnrtv]'", r"\1 '\\x0c'")
_of_decoder("exponent", "An exponent is a literal like any.", "in exponent of numeric literal$", "in numeric literal")
_of_decoder("unexpected", "A body that ends is malformed.", "^unexpected EOF$", "invalid character EOF")
_of_decoder("type", "Types are told in other words.", "of type string$", "of type text", "common.errors.wrong-type")
_of_decoder(
    "value", "What came is told in other words.", "unmarshal number ", "unmarshal float ", "common.errors.wrong-type"
)


def _durations(name: str, sentence: str, change: Callable[[str], str]) -> None:
    """Declare a mutant of how texts about checks write durations."""

    def apply(breakage: Breakage) -> None:
        breakage.wrap(services, "duration", lambda duration: lambda nanoseconds: change(duration(nanoseconds)))

    mutant(f"error.duration.{name}", sentence, "job.register.refuses.check")(apply)


_durations(
    "zeros", "Whole hours and minutes are written without zeros.", lambda text: re.sub("(?<=[hm])0[ms].*", "", text)
)
_durations("micro", "Microseconds are us.", lambda text: text.replace("µ", "u"))
_durations("unsigned", "Durations have no sign.", lambda text: text.lstrip("-"))
_durations("rounded", "Fractions of durations are left out.", lambda text: re.sub(r"\.\d+", "", text))
