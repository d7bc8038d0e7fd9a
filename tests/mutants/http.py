"""Mutants of HTTP itself: statuses, headers, methods, regions, compression, pretty printing, paths, error texts."""

import re
from urllib.parse import quote, unquote

from mockserver.web import accept, endpoint, paths, reply, routing
from tests.mutants.mutant import Breakage, Scope, mutant
from tests.mutants.replies import Answer, answers, requests

READS = ("job", "allocations", "evaluations", "summary")
CATCHES_INDEX = (
    "common.blocking.*",
    "job.*.index-header*",
    "job.*.reply-index",
    "common.headers.*",
    "job.register.no-evaluation-of-parents",
)


def is_read(answer: Answer) -> bool:
    """Whether an answer is that of a successful read."""
    return answer.scope["method"] == "GET" and answer.operation in READS and answer.status == 200


def is_missing(answer: Answer) -> bool:
    """Whether an answer says that a job does not exist."""
    return answer.status == 404 and answer.text == "job not found"


def is_refusal(answer: Answer) -> bool:
    """Whether an answer is an error about a job."""
    return answer.status >= 400 and bool(answer.operation) and answer.scope["method"] != "HEAD"


# Statuses


def _status(name: str, sentence: str, old: int, new: int, operation: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(answer: Answer) -> None:
            if answer.status == old and answer.operation == operation:
                answer.status = new

        answers(breakage, change)

    mutant(f"status.{name}", sentence, *caught_by)(apply)


_status("missing-is-400", "A missing job is 400.", 404, 400, "job", "job.query.missing-job", "common.*")
_status("missing-is-500", "A missing job is 500.", 404, 500, "job", "job.query.missing-job")
_status("missing-is-410", "A missing job is 410 Gone.", 404, 410, "job", "job.query.missing-job")
_status("missing-summary-is-200", "A missing summary is 200.", 404, 200, "summary", "job.summary.missing-job")
_status("created", "A plan is answered with 201.", 200, 201, "plan", "job.plan.*", "common.*")
_status("accepted", "An evaluate is answered with 202.", 200, 202, "evaluate", "job.evaluate.*", "common.*")
_status("dispatch-created", "A dispatch is answered with 201.", 200, 201, "dispatch", "job.dispatch.*", "common.*")
_status("force-no-content", "A force is answered with 204.", 200, 204, "force", "job.periodic-force.*", "common.*")
_status("refused-evaluate-404", "A refused evaluate is 404.", 500, 404, "evaluate", "job.evaluate.refuses")
_status("refused-dispatch-400", "A refused dispatch is 400.", 500, 400, "dispatch", "job.dispatch.refuses.*")
_status("refused-force-404", "A refused force is 404.", 500, 404, "force", "job.periodic-force.refuses", "common.*")
_status("refused-plan-400", "A refused plan is 400.", 500, 400, "plan", "job.plan.refuses-as-register", "common.*")
_status("bad-body-500", "An unreadable plan is 500.", 400, 500, "plan", "common.errors.*", "job.register.id-must-match")
_status("bad-dispatch-500", "An unreadable dispatch is 500.", 400, 500, "dispatch", "job.dispatch.refuses.bodies")
_status("wrong-method-404", "A wrong method is 404.", 405, 404, "evaluations", "common.methods.wrong-method")
_status("wrong-method-501", "A wrong method is 501.", 405, 501, "plan", "common.methods.*")


@mutant("status.register-201", "A new job is answered with 201.", "job.register.creates", "job.register.*", "common.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] in ("PUT", "POST") and answer.operation == "job" and answer.status == 200:
            answer.status = 201

    answers(breakage, change)


@mutant("status.refused-register-400", "An invalid job is refused with 400.", "job.register.refuses.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.operation == "job" and answer.status == 500 and "error(s) occurred" in answer.text:
            answer.status = 400

    answers(breakage, change)


@mutant("status.no-allocations-404", "No allocations are a 404.", "job.allocations.none-is-empty-list", "common.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.operation == "allocations" and answer.status == 200 and answer.text == "[]":
            answer.status, answer.text = 404, "job not found"

    answers(breakage, change)


@mutant("status.no-evaluations-404", "No evaluations are a 404.", "job.evaluations.none-is-empty-list", "common.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.operation == "evaluations" and answer.status == 200 and answer.text.strip() == "[]":
            answer.status, answer.text = 404, "job not found"

    answers(breakage, change)


@mutant("status.missing-is-empty-200", "A missing job is 200 with null.", "job.query.missing-job", "job.query.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.operation == "job" and is_missing(answer):
            answer.status, answer.text = 200, "null"
            answer.headers["content-type"] = "application/json"

    answers(breakage, change)


# Headers


def _header_dropped(header: str, where: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(answer: Answer) -> None:
            if (
                (where == "write" and answer.is_write)
                or (where == "read" and is_read(answer))
                or where == "all"
                or (where == "missing" and is_missing(answer))
            ):
                answer.headers.pop(header, None)

        answers(breakage, change)

    mutant(f"header.dropped.{header}.{where}", f"{header} is missing ({where}).", *caught_by)(apply)


_header_dropped("x-nomad-index", "read", "common.blocking.*")
_header_dropped("x-nomad-index", "missing", "common.blocking.*")
_header_dropped("x-nomad-index", "write", "common.headers.index-on-writes")
_header_dropped("x-nomad-knownleader", "read", "common.headers.known-leader")
_header_dropped("x-nomad-lastcontact", "read", "common.headers.last-contact")
_header_dropped("vary", "all", "common.headers.vary")
_header_dropped("content-type", "read", "common.headers.json-content-type", "job.*.reply-is-json")
_header_dropped("content-type", "write", "common.headers.json-content-type", "job.*.reply-is-json", "common.errors.*")


def _header_changed(name: str, sentence: str, header: str, value: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(answer: Answer) -> None:
            if header in answer.headers and answer.status == 200 and answer.operation:
                answer.headers[header] = value

        answers(breakage, change)

    mutant(f"header.{name}", sentence, *caught_by)(apply)


_header_changed("index-zero", "X-Nomad-Index is always 0.", "x-nomad-index", "0", *CATCHES_INDEX)
_header_changed("index-one", "X-Nomad-Index is always 1.", "x-nomad-index", "1", *CATCHES_INDEX)
_header_changed("index-float", "X-Nomad-Index is a float.", "x-nomad-index", "12.0", *CATCHES_INDEX)
_header_changed("index-huge", "X-Nomad-Index is far ahead.", "x-nomad-index", "99999999", *CATCHES_INDEX)
_header_changed("leader-no", "KnownLeader is false.", "x-nomad-knownleader", "false", "common.consistency.*")
_header_changed("leader-yes", "KnownLeader is `True`.", "x-nomad-knownleader", "True", "common.headers.known-leader")
_header_changed("contact-unit", "LastContact is `0s`.", "x-nomad-lastcontact", "0s", "common.headers.last-contact")
_header_changed("contact-old", "LastContact is an hour.", "x-nomad-lastcontact", "3600000", "common.consistency.*")
_header_changed(
    "json-charset",
    "JSON has a charset.",
    "content-type",
    "application/json; charset=utf-8",
    "common.headers.json-content-type",
)
_header_changed(
    "json-as-text", "JSON is called text.", "content-type", "text/plain; charset=utf-8", "common.headers.json-*"
)


@mutant("header.index-off-by-one", "Reads tell an index one too high.", *CATCHES_INDEX)
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_read(answer):
            answer.headers["x-nomad-index"] = str(int(answer.headers["x-nomad-index"]) + 1)

    answers(breakage, change)


@mutant("header.leader-on-writes", "Writes tell of the leader, too.", "common.headers.writes-say-no-leader")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.is_write and answer.status == 200:
            answer.headers |= {"x-nomad-knownleader": "true", "x-nomad-lastcontact": "0"}

    answers(breakage, change)


@mutant("header.index-on-errors", "Refusals have an X-Nomad-Index.", "common.headers.none-on-errors")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.status in (400, 405, 500):
            answer.headers["x-nomad-index"] = "7"

    answers(breakage, change)


@mutant("header.allow", "A wrong method is told which ones are right.", "common.methods.wrong-method")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.status == 405:
            answer.headers["allow"] = "GET, PUT"

    answers(breakage, change)


# Error texts


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


# Methods


def _method(name: str, sentence: str, old: str, new: str, path: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(scope: Scope) -> None:
            if scope["method"] == old and re.search(path, scope["path"]):
                scope["method"] = new

        requests(breakage, change)

    mutant(f"method.{name}", sentence, *caught_by)(apply)


_method(
    "post-refused",
    "POST registers nothing.",
    "POST",
    "PATCH",
    r"/job/[^/]*$",
    "job.register.post-is-put",
    "c*put-and-post",
)
_method("post-dispatch", "POST dispatches nothing.", "POST", "GET", "/dispatch$", "common.methods.*", "job.dispatch.*")
_method("post-plan", "POST plans nothing.", "POST", "GET", "/plan$", "common.methods.*", "job.plan.*")
_method("post-evaluate", "POST evaluates nothing.", "POST", "GET", "/evaluate$", "common.methods.*", "job.evaluate.*")
_method("post-force", "POST forces nothing.", "POST", "GET", "/force$", "common.methods.*", "job.periodic-force.*")
_method(
    "put-plan", "PUT plans nothing.", "PUT", "GET", "/plan$", "job.plan.is-accepted", "common.methods.*", "job.plan.*"
)
_method("put-evaluate", "PUT evaluates nothing.", "PUT", "GET", "/evaluate$", "job.evaluate.*", "common.methods.*")
_method("get-evaluate", "GET evaluates.", "GET", "PUT", "/evaluate$", "common.methods.wrong-method")
_method("get-force", "GET forces.", "GET", "PUT", "/force$", "common.methods.wrong-method")
_method(
    "delete-evaluations", "DELETE reads evaluations.", "DELETE", "GET", "/evaluations$", "common.methods.wrong-method"
)
_method("patch", "PATCH reads a job.", "PATCH", "GET", "/job/", "common.methods.wrong-method")


@mutant("method.head", "HEAD is answered as GET is.", "common.methods.head")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] == "HEAD" and answer.status == 405:
            answer.status = 200

    answers(breakage, change)


@mutant("method.summary-strict", "A summary is only answered to GET.", "common.methods.summary-takes-any")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] != "GET" and answer.operation == "summary":
            answer.status, answer.text = 405, "Invalid method"

    answers(breakage, change)


@mutant("method.post-keys", "POST is answered with fewer fields than PUT.", "common.methods.put-and-post", "job.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] == "POST" and answer.status == 200 and answer.operation == "force":
            answer.json = {name: value for name, value in answer.json.items() if name != "Index"}

    answers(breakage, change)


# Compression


@mutant("gzip.never", "Nothing is ever compressed.", "common.compression.*")
def _(breakage: Breakage) -> None:
    breakage.replace(endpoint, "accepts_gzip", lambda _: False)


@mutant("gzip.always", "Everything is compressed, asked for or not.", "common.compression.none-unless-accepted", "c*")
def _(breakage: Breakage) -> None:
    breakage.replace(endpoint, "_wants_gzip", lambda _: True)


@mutant("gzip.quality-ignored", "gzip;q=0 gets gzip.", "common.compression.none-unless-accepted")
def _(breakage: Breakage) -> None:
    breakage.replace(accept, "_quality", lambda _: 1.0)


@mutant("gzip.only-alone", "gzip is not found in a list.", "common.compression.gzip-when-accepted")
def _(breakage: Breakage) -> None:
    breakage.replace(endpoint, "accepts_gzip", lambda text: text == "gzip")


@mutant("gzip.corrupt", "The checksum of gzip is wrong.", "common.compression.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(reply, "compressed", lambda zipped: lambda body: zipped(body)[:-8] + b"\0" * 8)
    breakage.wrap(endpoint, "compressed", lambda zipped: lambda body: zipped(body)[:-8] + b"\0" * 8)


@mutant("gzip.truncated", "The last bytes of gzip are missing.", "common.compression.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(reply, "compressed", lambda zipped: lambda body: zipped(body)[:-12])
    breakage.wrap(endpoint, "compressed", lambda zipped: lambda body: zipped(body)[:-12])


@mutant("gzip.undeclared", "gzip comes without Content-Encoding.", "common.compression.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        answer.headers.pop("content-encoding", None)

    answers(breakage, change)


@mutant("gzip.declared-only", "Content-Encoding is said of a plain body.", "common.compression.*")
def _(breakage: Breakage) -> None:
    breakage.replace(reply, "compressed", lambda body: body)
    breakage.replace(endpoint, "compressed", lambda body: body)


@mutant("gzip.other-content", "Compressed jobs lack what plain ones have.", "common.compression.same-content")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.headers.get("content-encoding") == "gzip" and is_read(answer) and answer.operation == "job":
            answer.json = {name: value for name, value in answer.json.items() if name != "Meta"}

    answers(breakage, change)


def _plain_when(name: str, sentence: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(answer: Answer) -> None:
            plain = is_missing(answer) if name == "errors-plain" else answer.is_write
            if plain and answer.headers.get("content-encoding") == "gzip":
                text = answer.text
                del answer.headers["content-encoding"]
                answer.text = text

        answers(breakage, change)

    mutant(f"gzip.{name}", sentence, *caught_by)(apply)


_plain_when("errors-plain", "Errors are never compressed.", "common.compression.errors-too")
_plain_when("writes-plain", "Answers to writes are never compressed.", "common.compression.writes-too")


# Pretty printing


def _query_changed(name: str, sentence: str, old: str, new: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(scope: Scope) -> None:
            scope["query_string"] = re.sub(old, new, scope["query_string"].decode("latin-1")).encode("latin-1")

        requests(breakage, change)

    mutant(name, sentence, *caught_by)(apply)


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
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        answer.text = re.sub("(?m)^ +", lambda spaces: spaces[0][: len(spaces[0]) // 2], answer.text)

    answers(breakage, change)


@mutant("pretty.no-newline", "Pretty does not end with a newline.", "common.pretty.form", "common.pretty.writes-too")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if b"pretty" in answer.scope["query_string"] and answer.status == 200:
            answer.text = answer.text.rstrip("\n")

    answers(breakage, change)


@mutant("pretty.writes-compact", "Writes are never printed pretty.", "common.pretty.writes-too")
def _(breakage: Breakage) -> None:
    def change(scope: Scope) -> None:
        if scope["method"] != "GET":
            scope["query_string"] = scope["query_string"].replace(b"pretty", b"x")

    requests(breakage, change)


@mutant(
    "pretty.errors", "pretty errors are JSON.", "common.pretty.errors-unaffected", "common.*", "job.query.missing-job"
)
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if b"pretty" in answer.scope["query_string"] and is_missing(answer):
            answer.text = '{\n    "error": "job not found"\n}\n'

    answers(breakage, change)


@mutant("pretty.loses", "Pretty lists lack their last element.", "common.pretty.same-content")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if b"pretty" in answer.scope["query_string"] and answer.operation == "evaluations":
            answer.text = "[]\n"

    answers(breakage, change)


# JSON


@mutant("json.unsorted", "Keys come in the order of the Go struct.", "common.replies.sorted-keys")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_read(answer) and answer.operation == "job" and b"pretty" not in answer.scope["query_string"]:
            answer.json = dict(reversed(answer.json.items()))

    answers(breakage, change)


@mutant("json.markup-raw", "< > & are not escaped.", "common.replies.html-escaped")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        for character in "<>&":
            answer.text = answer.text.replace(f"\\u{ord(character):04x}", character)

    answers(breakage, change)


@mutant("json.ascii", "Everything beyond ASCII is escaped.", "common.replies.html-escaped")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.status == 200:
            answer.text = re.sub("[^\x00-\x7f]", lambda one: f"\\u{ord(one[0]):04x}", answer.text)

    answers(breakage, change)


@mutant("json.mangled", "UTF-8 is taken for Latin-1.", "job.register.keeps.*", "job.query.*", "common.replies.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_read(answer) and answer.operation == "job":
            answer.text = answer.text.encode("utf-8", "surrogateescape").decode("latin-1")

    answers(breakage, change)


@mutant("json.bom", "Jobs begin with a byte order mark.", "job.query.reply-is-json")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if is_read(answer) and answer.operation == "job":
            answer.text = "\ufeff" + answer.text

    answers(breakage, change)


def _cut(name: str, operation: str, method: str, chapter: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(answer: Answer) -> None:
            asked = answer.operation == operation and re.match(method, answer.scope["method"])
            if asked and answer.status == 200:
                answer.text = answer.text.rstrip()[:-1]

        answers(breakage, change)

    mutant(f"json.cut.{name}", f"The JSON of {name} is cut off.", f"job.{chapter}.reply-is-json")(apply)


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


# Paths


def _path(name: str, sentence: str, change: "object", *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def changed(scope: Scope) -> None:
            raw = scope.get("raw_path") or quote(scope["path"]).encode()
            scope["raw_path"] = change(raw)  # type: ignore[operator] # a function of bytes
            scope["path"] = unquote(scope["raw_path"].decode("latin-1"))

        requests(breakage, changed)

    mutant(f"path.{name}", sentence, *caught_by)(apply)


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


@mutant("path.unclean-accepted", "Doubled slashes are served, not redirected.", "common.errors.path-is-cleaned")
def _(breakage: Breakage) -> None:
    breakage.replace(routing, "cleaned", lambda path: path)


@mutant("path.redirect-302", "Unclean paths are redirected for the time being.", "common.errors.path-is-cleaned")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.status == 301:
            answer.status = 302

    answers(breakage, change)


@mutant("path.unknown-suffix-404", "An unknown suffix is a 404 of the router.", "job.query.unknown-suffix-is-id")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["path"].endswith("/unknown"):
            answer.status, answer.text = 404, "404 page not found\n"

    answers(breakage, change)


@mutant(
    "path.replacement", "What is not ASCII in an ID becomes a question mark.", "job.query.id-percent-decoded", "job.*"
)
def _(breakage: Breakage) -> None:
    breakage.wrap(paths, "decoded", lambda decoded: lambda raw: decoded(raw).encode("ascii", "replace").decode())
    breakage.wrap(routing, "decoded", lambda decoded: lambda raw: decoded(raw).encode("ascii", "replace").decode())


@mutant("request.content-type", "Only application/json is read.", "common.errors.content-type-ignored")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        types = [value for name, value in answer.scope["headers"] if name == b"content-type"]
        if types and types[0] != b"application/json" and answer.is_write:
            answer.status, answer.text = 415, "Unsupported media type"

    answers(breakage, change)
