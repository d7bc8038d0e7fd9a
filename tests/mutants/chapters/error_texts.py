"""Mutants of the texts of errors."""

import re
from collections.abc import Callable

from mockserver.jobs.validate import services
from tests.mutants.mutant import mutant
from tests.mutants.replies import Answer, is_missing, is_refusal
from tests.mutants.vocabulary import answer, family, text, wrapped


@mutant("error.json", "Errors are JSON objects.", "common.errors.bare-text", "common.errors.*", "job.query.missing-job")
@answer
def _(answer: Answer) -> None:
    if is_refusal(answer):
        answer.json = {"error": answer.text}


@mutant("error.newline", "Errors end with a newline, as http.Error writes them.", "common.errors.*", "job.*")
@answer
def _(answer: Answer) -> None:
    if is_refusal(answer):
        answer.text += "\n"


@mutant("error.html", "Errors call themselves HTML.", "common.errors.plain-text")
@answer
def _(answer: Answer) -> None:
    if is_refusal(answer):
        answer.headers["content-type"] = "text/html; charset=utf-8"


@mutant("error.empty", "A missing job's answer has no text.", "job.query.missing-job", "common.errors.bare-text")
@answer
def _(answer: Answer) -> None:
    if is_missing(answer):
        answer.text = ""


_text = family("error.text")


_text("missing-job", "The text is `Job not found`.", text("^job not found$", "Job not found"), "job.query.missing-job")
_text("method", "The text is `Method not allowed`.", text("Invalid method", "Method not allowed"), "common.methods.*")
_text("region", "The text is `unknown region`.", text("No path to region", "unknown region"), "common.regions.*")
_text(
    "wait", "The text is `Invalid wait`.", text("Invalid wait time", "Invalid wait"), "common.blocking.bad-parameters"
)
_text("index", "The text is `Bad index`.", text("Invalid index", "Bad index"), "common.blocking.bad-parameters")
_text("id", "The text is `ID mismatch`.", text("Job ID does not match", "ID mismatch"), "job.register.id-must-match")
_text("no-job", "The text is `No job`.", text("Job must be specified", "No job"), "common.errors.bad-body")
_text(
    "eof", "The text is `empty body`.", text("^EOF$", "empty body"), "common.errors.bad-body", "job.dispatch.*.bodies"
)
_text("json", "The text of a wrong type is another.", text("^json: cannot unmarshal", "bad JSON"), "common.errors.*")
_text("count", "Problems are counted wrong.", text(r"^(\d+) error", "99 error"), "job.register.*", "job.plan.refuses-*")
_text(
    "first-only",
    "Only the first problem is told.",
    text(r"\n(\* .*)\n\*[\s\S]*", r"\n\1"),
    "job.register.problems-in-order",
)
_text(
    "payload",
    "The text for a large payload is another.",
    text("exceeds maximum size", "is too big"),
    "job.dispatch.refuses.payload",
)
_text(
    "meta",
    "The text for missing metadata is another.",
    text("did not provide required", "lacks"),
    "job.dispatch.refuses.meta",
)
_text(
    "kind",
    "The text for a job of another kind is another.",
    text("is not a parameterized job", "?"),
    "job.dispatch.refuses.jobs",
)
_text(
    "enforce", "A text of check-and-set is another.", text("job already exists", "exists"), "job.register.check-and-set"
)
_text("evaluate", "A text of evaluate is another.", text("can't evaluate", "cannot evaluate"), "job.evaluate.refuses")
_text("force", "A text of force is another.", text("can't force", "cannot force"), "job.periodic-force.refuses")
_text(
    "route", "The text of nowhere is another.", text("404 page not found", "not found"), "common.errors.no-such-route"
)
_text(
    "space",
    "An ID with a space gets another text.",
    text("contains a space", "is bad"),
    "job.register.refuses.space-in-id",
)


_of_decoder = family("error.decoder", "common.errors.bad-body", "common.errors.*", "job.*")


_of_decoder(
    "literal", "What is expected in a literal is not told.", text(r" \(expecting '.'\)", "", statuses=range(400, 401))
)
_of_decoder(
    "hexadecimal",
    "Hexadecimal escapes are any escapes.",
    text(r"\\u hexadecimal character escape", "string escape code", statuses=range(400, 401)),
)
_of_decoder(
    "quotes",
    "The character is in double quotes.",
    text(r"^(invalid character) '(.+?)' ", r'\1 "\2" ', statuses=range(400, 401)),
)
_of_decoder(
    "hex",
    "Control characters are in hexadecimal.",
    text(r"^(invalid character) '\\[abfnrtv]'", r"\1 '\\x0c'", statuses=range(400, 401)),
)
_of_decoder(
    "exponent",
    "An exponent is a literal like any.",
    text("in exponent of numeric literal$", "in numeric literal", statuses=range(400, 401)),
)
_of_decoder(
    "unexpected",
    "A body that ends is malformed.",
    text("^unexpected EOF$", "invalid character EOF", statuses=range(400, 401)),
)
_of_decoder(
    "type",
    "Types are told in other words.",
    text("of type string$", "of type text", statuses=range(400, 401)),
    "common.errors.wrong-type",
)
_of_decoder(
    "value",
    "What came is told in other words.",
    text("unmarshal number ", "unmarshal float ", statuses=range(400, 401)),
    "common.errors.wrong-type",
)


def _durations(name: str, sentence: str, change: Callable[[str], str]) -> None:
    """Declare a mutant of how texts about checks write durations."""
    deviation = wrapped(services, "duration", lambda duration: lambda nanoseconds: change(duration(nanoseconds)))
    mutant(f"error.duration.{name}", sentence, "job.register.refuses.check")(deviation)


_durations(
    "zeros", "Whole hours and minutes are written without zeros.", lambda text: re.sub("(?<=[hm])0[ms].*", "", text)
)
_durations("micro", "Microseconds are us.", lambda text: text.replace("µ", "u"))
_durations("unsigned", "Durations have no sign.", lambda text: text.lstrip("-"))
_durations("rounded", "Fractions of durations are left out.", lambda text: re.sub(r"\.\d+", "", text))
