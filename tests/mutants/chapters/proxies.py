"""Mutants that err as a caching proxy or an API gateway in front of a server does."""

from collections.abc import Callable
from typing import Any

from tests.mutants.chapters.kept_replies import asks, is_conditional, is_pretty, is_zipped
from tests.mutants.mutant import Breakage, Deviation, Scope, mutant
from tests.mutants.replies import Answer, answers
from tests.mutants.vocabulary import answer, family, request

COMPRESSED, INDENTED, CONDITIONAL, FORM, ALL_WAKE = (
    "common.compression.after-a-change",
    "common.pretty.after-a-change",
    "common.headers.others-after-a-change",
    "common.headers.beside-the-form",
    "common.concurrency.all-wake",
)


def wants_gzip(answer: Answer) -> bool:
    """Return whether the client accepts gzip, whatever the reply is."""
    return b"gzip" in asks(answer, b"accept-encoding")


def _kept(
    applies: Callable[[Answer], bool],
    clears: Callable[[Answer, str], bool],
    keeps: Callable[[Answer], bool] = lambda _: True,
) -> Deviation:
    """Keep replies in a form until a write clears their path; ``keeps`` says which."""

    def break_it(breakage: Breakage) -> None:
        kept: dict[str, tuple[int, dict[str, str], bytes]] = {}

        def change(answer: Answer) -> None:
            path = answer.scope["path"]
            if answer.is_write:
                for one in [one for one in kept if clears(answer, one)]:
                    del kept[one]
            elif answer.scope["method"] == "GET" and answer.operation and applies(answer):
                if keeps(answer):
                    kept.setdefault(path, (answer.status, {**answer.headers}, answer.body))
                answer.status, headers, answer.body = kept.get(path, (answer.status, answer.headers, answer.body))
                answer.headers = {**headers}

        answers(breakage, change)

    return break_it


def _of_the_job(answer: Answer, kept: str) -> bool:
    """Return whether a write goes to the job itself; a gateway takes its operations for other resources."""
    path: str = answer.scope["path"]
    return kept == path or kept.startswith(f"{path}/")


def _but_deletions(answer: Answer, kept: str) -> bool:
    return answer.scope["method"] != "DELETE" and kept.startswith(answer.scope["path"].rpartition("/")[0])


def _never(*_: object) -> bool:
    return False


_cache = family("cache")
for _form, _applies, _statement in (
    ("zipped", wants_gzip, COMPRESSED),
    ("pretty", is_pretty, INDENTED),
    ("conditional", is_conditional, CONDITIONAL),
):
    _cache(
        f"{_form}-misses-operations",
        f"A {_form} reply is kept when an operation changes what it tells.",
        _kept(_applies, _of_the_job),
        _statement,
    )
    _cache(
        f"{_form}-misses-deletions",
        f"A {_form} reply is kept when the job is deregistered.",
        _kept(_applies, _but_deletions),
        _statement,
    )
    _cache(
        f"{_form}-of-the-missing",
        f"That a job is missing is kept in the {_form} form.",
        _kept(_applies, _never, lambda answer: answer.status == 404),
        _statement,
    )

# Headers

_gateway = family("gateway")


def _on(operation: str, form: Callable[[Answer], bool], change: Callable[[Answer], object]) -> Deviation:
    """Change the successful replies to one operation in one form."""

    def of(answer: Answer) -> None:
        is_job = answer.operation == "job"
        named = {"GET": "query", "DELETE": "deregister"}.get(answer.scope["method"], "register")
        if answer.status == 200 and (named if is_job else answer.operation) == operation and form(answer):
            change(answer)

    return answer(of)


def _no_index(answer: Answer) -> None:
    answer.headers.pop("x-nomad-index", None)


def _index_1(answer: Answer) -> None:
    answer.headers["x-nomad-index"] = "1"


def _asked_index(answer: Answer) -> None:
    asked = dict(part.partition(b"=")[::2] for part in answer.scope["query_string"].split(b"&"))
    answer.headers["x-nomad-index"] = asked.get(b"index", b"").decode() or answer.headers["x-nomad-index"]


for _operation in ("query", "allocations", "evaluations", "summary", "deregister"):
    _gateway(
        f"zipped-{_operation}", f"{_operation} compressed has no index.", _on(_operation, is_zipped, _no_index), FORM
    )
for _operation in ("register", "dispatch", "evaluate", "plan", "force"):
    _gateway(
        f"pretty-{_operation}", f"{_operation} indented has the index 1.", _on(_operation, is_pretty, _index_1), FORM
    )
_gateway(
    "zipped-echoes-the-index",
    "A compressed reply to a query with an index has that index.",
    _on("query", is_zipped, _asked_index),
    FORM,
)


def _of_errors(form: Callable[[Answer], bool], change: Callable[[Answer], object]) -> Deviation:
    def of(answer: Answer) -> None:
        if answer.status >= 400 and answer.operation and form(answer):
            change(answer)

    return answer(of)


def _typed(kind: str) -> Callable[[Answer], object]:
    return lambda answer: answer.headers.__setitem__("content-type", kind)


for _name, _sentence, _deviation in (
    ("zipped-error-is-json", "A compressed error is JSON.", _of_errors(wants_gzip, _typed("application/json"))),
    ("pretty-error-is-json", "An indented error is JSON.", _of_errors(is_pretty, _typed("application/json"))),
    (
        "zipped-error-without-vary",
        "A compressed error has no Vary.",
        _of_errors(wants_gzip, lambda one: one.headers.pop("vary", None)),
    ),
    ("zipped-missing-without-index", "A compressed 404 has no index.", _of_errors(wants_gzip, _no_index)),
    ("pretty-missing-index-1", "A 404 that was to be indented has the index 1.", _of_errors(is_pretty, _index_1)),
):
    _gateway(_name, _sentence, _deviation, FORM)

# Readers that wait


def _sleeps(name: str, sentence: str, applies: Callable[[Scope], bool]) -> None:
    """Declare a mutant whose changes do not wake these readers."""

    def change(scope: Scope) -> None:
        query: bytes = scope["query_string"]
        if b"index=" in query and applies(scope):
            later = [
                b"index=" + str(10**9).encode() if part.startswith(b"index=") else part for part in query.split(b"&")
            ]
            scope["query_string"] = b"&".join(later)

    mutant(f"gateway.sleeps-{name}", sentence, ALL_WAKE)(request(change))


def _in_query(word: bytes) -> Callable[[Scope], bool]:
    return lambda scope: word in scope["query_string"]


_sleeps("pretty", "A change wakes no reader that wants its reply indented.", _in_query(b"pretty"))
_sleeps("stale", "A change wakes no reader that takes any server's answer.", _in_query(b"stale"))
_sleeps("region", "A change wakes no reader that names the region.", _in_query(b"region=global"))
_sleeps("evaluations", "A change wakes no reader of the evaluations.", lambda scope: "/evaluations" in scope["path"])


@mutant("gateway.sleeps-from-the-third-on", "A change wakes two readers of each resource.", ALL_WAKE)
def _(breakage: Breakage) -> None:
    seen: dict[str, int] = {}

    def change(scope: Scope) -> None:
        query: bytes = scope["query_string"]
        if b"index=" in query:
            key = scope["path"] + query.partition(b"&wait")[0].decode()
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 2:
                scope["query_string"] = query.replace(b"index=", b"index=1000000")

    request(change)(breakage)


# Paths


def _of_children(name: str, sentence: str, change: Callable[[Scope], Any], *caught_by: str) -> None:
    def of(scope: Scope) -> None:
        if "/dispatch-" in scope["path"] or "/periodic-" in scope["path"]:
            change(scope)

    mutant(f"gateway.{name}", sentence, *caught_by)(request(of))


def _unknown(scope: Scope) -> None:
    scope["raw_path"] = b"/v1/job/gateway-knows-no-such-job"
    scope["path"] = scope["raw_path"].decode()


def _unless_plain(scope: Scope) -> None:
    if scope["query_string"]:
        _unknown(scope)


def _unless_upper(scope: Scope) -> None:
    if b"%2f" in scope["raw_path"]:
        _unknown(scope)


def _if_letters_are_escaped(scope: Scope) -> None:
    if b"%64" in scope["raw_path"] or b"%70" in scope["raw_path"]:
        _unknown(scope)


def _post_is_unknown(scope: Scope) -> None:
    if scope["method"] == "POST":
        _unknown(scope)


def _unpadded(scope: Scope) -> None:
    if scope["raw_path"].endswith(b"/allocations"):
        _unknown(scope)


_of_children("query-ends-the-path", "A child is not found with a query.", _unless_plain, "common.relatives.query")
_of_children("lower-escape", "The slash of a child's ID may not be %2f.", _unless_upper, "common.relatives.escaped")
_of_children(
    "letters-escaped",
    "Letters of a child's ID may not be escaped.",
    _if_letters_are_escaped,
    "common.relatives.escaped",
)
_of_children("no-post", "A child takes no POST.", _post_is_unknown, "common.relatives.read-back-can-be-put")
_of_children("no-allocations", "A child has no list of allocations.", _unpadded, "common.relatives.escaped")
