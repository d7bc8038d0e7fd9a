"""Mutants of gzip."""

from mockserver.http import compression, endpoint, replies
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import Answer, is_missing, is_read
from tests.mutants.vocabulary import answer, replaced, wrapped

mutant("gzip.never", "Nothing is ever compressed.", "common.compression.*")(
    replaced(endpoint, "accepts_gzip", lambda _: False)
)


mutant("gzip.always", "Everything is compressed, asked for or not.", "common.compression.none-unless-accepted", "c*")(
    replaced(endpoint, "wants_gzip", lambda _: True)
)


mutant("gzip.quality-ignored", "gzip;q=0 gets gzip.", "common.compression.none-unless-accepted")(
    replaced(compression, "_quality", lambda _: 1.0)
)


mutant("gzip.only-alone", "gzip is not found in a list.", "common.compression.gzip-when-accepted")(
    replaced(endpoint, "accepts_gzip", lambda text: text == "gzip")
)


@mutant("gzip.corrupt", "The checksum of gzip is wrong.", "common.compression.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(replies, "compressed", lambda zipped: lambda body: zipped(body)[:-8] + b"\0" * 8)
    breakage.wrap(endpoint, "compressed", lambda zipped: lambda body: zipped(body)[:-8] + b"\0" * 8)


@mutant("gzip.truncated", "The last bytes of gzip are missing.", "common.compression.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(replies, "compressed", lambda zipped: lambda body: zipped(body)[:-12])
    breakage.wrap(endpoint, "compressed", lambda zipped: lambda body: zipped(body)[:-12])


@mutant("gzip.undeclared", "gzip comes without Content-Encoding.", "common.compression.*")
@answer
def _(answer: Answer) -> None:
    answer.headers.pop("content-encoding", None)


@mutant("gzip.declared-only", "Content-Encoding is said of a plain body.", "common.compression.*")
def _(breakage: Breakage) -> None:
    breakage.replace(replies, "compressed", lambda body: body)
    breakage.replace(endpoint, "compressed", lambda body: body)


@mutant("gzip.other-content", "Compressed jobs lack what plain ones have.", "common.compression.same-content")
@answer
def _(answer: Answer) -> None:
    if answer.headers.get("content-encoding") == "gzip" and is_read(answer) and answer.operation == "job":
        answer.json = {name: value for name, value in answer.json.items() if name != "Meta"}


def _plain_when(name: str, sentence: str, *caught_by: str) -> None:
    def change(answer: Answer) -> None:
        plain = is_missing(answer) if name == "errors-plain" else answer.is_write
        if plain and answer.headers.get("content-encoding") == "gzip":
            text = answer.text
            del answer.headers["content-encoding"]
            answer.text = text

    mutant(f"gzip.{name}", sentence, *caught_by)(answer(change))


_plain_when("errors-plain", "Errors are never compressed.", "common.compression.errors-too")
_plain_when("writes-plain", "Answers to writes are never compressed.", "common.compression.writes-too")


mutant("gzip.wildcard", "A wildcard gets gzip.", "common.compression.only-by-name", "common.*")(
    wrapped(endpoint, "accepts_gzip", lambda accepts: lambda text: accepts(text) or "*" in text)
)


mutant("gzip.lower-case", "gzip has to be written in lower case.", "common.compression.gzip-when-accepted", "common.*")(
    wrapped(endpoint, "accepts_gzip", lambda accepts: lambda text: accepts(text) and "gzip" in text)
)


mutant("gzip.first-mention", "The first mention of gzip counts.", "common.compression.only-by-name", "common.*")(
    wrapped(endpoint, "accepts_gzip", lambda accepts: lambda text: accepts(text.split(", gzip")[0]))
)
