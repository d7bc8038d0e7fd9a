"""Mutants of headers."""

from tests.mutants.mutant import mutant
from tests.mutants.replies import Answer, is_missing, is_read
from tests.mutants.vocabulary import answer, family, header

CATCHES_INDEX = (
    "common.blocking.*",
    "job.*.index-header*",
    "job.*.reply-index",
    "common.headers.*",
    "job.register.no-evaluation-of-parents",
)


def _header_dropped(header: str, where: str, *caught_by: str) -> None:
    def change(answer: Answer) -> None:
        if (
            (where == "write" and answer.is_write)
            or (where == "read" and is_read(answer))
            or where == "all"
            or (where == "missing" and is_missing(answer))
        ):
            answer.headers.pop(header, None)

    mutant(f"header.dropped.{header}.{where}", f"{header} is missing ({where}).", *caught_by)(answer(change))


_header_dropped("x-nomad-index", "read", "common.blocking.*")
_header_dropped("x-nomad-index", "missing", "common.blocking.index-of-the-missing")
_header_dropped("x-nomad-index", "write", "common.headers.index-on-writes")
_header_dropped("x-nomad-knownleader", "read", "common.headers.known-leader")
_header_dropped("x-nomad-lastcontact", "read", "common.headers.last-contact")
_header_dropped("vary", "all", "common.headers.vary")
_header_dropped("content-type", "read", "common.headers.json-content-type", "job.*.reply-is-json")
_header_dropped("content-type", "write", "common.headers.json-content-type", "job.*.reply-is-json", "common.errors.*")


_header_changed = family("header")


_header_changed("index-zero", "X-Nomad-Index is always 0.", header("x-nomad-index", "0"), *CATCHES_INDEX)
_header_changed("index-one", "X-Nomad-Index is always 1.", header("x-nomad-index", "1"), *CATCHES_INDEX)
_header_changed("index-float", "X-Nomad-Index is a float.", header("x-nomad-index", "12.0"), *CATCHES_INDEX)
_header_changed("index-huge", "X-Nomad-Index is far ahead.", header("x-nomad-index", "99999999"), *CATCHES_INDEX)
_header_changed("leader-no", "KnownLeader is false.", header("x-nomad-knownleader", "false"), "common.consistency.*")
_header_changed(
    "leader-yes", "KnownLeader is `True`.", header("x-nomad-knownleader", "True"), "common.headers.known-leader"
)
_header_changed(
    "contact-unit", "LastContact is `0s`.", header("x-nomad-lastcontact", "0s"), "common.headers.last-contact"
)
_header_changed(
    "contact-old", "LastContact is an hour.", header("x-nomad-lastcontact", "3600000"), "common.consistency.*"
)
_header_changed(
    "json-charset",
    "JSON has a charset.",
    header("content-type", "application/json; charset=utf-8"),
    "common.headers.json-content-type",
)
_header_changed(
    "json-as-text", "JSON is called text.", header("content-type", "text/plain; charset=utf-8"), "common.headers.json-*"
)


@mutant("header.index-off-by-one", "Reads tell an index one too high.", *CATCHES_INDEX)
@answer
def _(answer: Answer) -> None:
    if is_read(answer):
        answer.headers["x-nomad-index"] = str(int(answer.headers["x-nomad-index"]) + 1)


@mutant("header.leader-on-writes", "Writes tell of the leader, too.", "common.headers.writes-say-no-leader")
@answer
def _(answer: Answer) -> None:
    if answer.is_write and answer.status == 200:
        answer.headers |= {"x-nomad-knownleader": "true", "x-nomad-lastcontact": "0"}


@mutant("header.index-on-errors", "Refusals have an X-Nomad-Index.", "common.headers.none-on-errors")
@answer
def _(answer: Answer) -> None:
    if answer.status in (400, 405, 500):
        answer.headers["x-nomad-index"] = "7"


@mutant("header.allow", "A wrong method is told which ones are right.", "common.methods.wrong-method")
@answer
def _(answer: Answer) -> None:
    if answer.status == 405:
        answer.headers["allow"] = "GET, PUT"
