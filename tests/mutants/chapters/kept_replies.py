"""Mutants that keep a reply in one form for too long, or whose forms change headers that are not theirs."""

from collections.abc import Callable

from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import Answer, answers, is_read
from tests.mutants.vocabulary import answer, family

READS = {"query": "job", "allocations": "allocations", "evaluations": "evaluations", "summary": "summary"}
FORM = "common.headers.beside-the-form"


def asks(answer: Answer, name: bytes) -> bytes:
    """Return a header of the request."""
    return dict(answer.scope["headers"]).get(name, b"")  # type: ignore[no-any-return] # a scope may hold anything


def is_pretty(answer: Answer) -> bool:
    """Return whether the reply is to be indented."""
    return answer.scope["query_string"].startswith(b"pretty")  # type: ignore[no-any-return] # as above


def is_zipped(answer: Answer) -> bool:
    """Return whether the reply is compressed."""
    return answer.headers.get("content-encoding") == "gzip"


def is_stale(answer: Answer) -> bool:
    """Return whether any server may answer."""
    return b"stale" in answer.scope["query_string"]


def is_conditional(answer: Answer) -> bool:
    """Return whether the client says what it knows already."""
    return bool(asks(answer, b"if-none-match"))


KEPT: tuple[tuple[str, str, Callable[[Answer], bool], str], ...] = (
    ("zipped", "A compressed reply is kept for ever", is_zipped, "common.compression.after-a-change"),
    ("pretty", "An indented reply is kept for ever", is_pretty, "common.pretty.after-a-change"),
    (
        "conditional",
        "A conditional reply is kept for ever",
        is_conditional,
        "common.headers.others-after-a-change",
    ),
)


def _keeps(name: str, sentence: str, applies: Callable[[Answer], bool], operation: str, *caught_by: str) -> None:
    @mutant(f"kept.{name}-{operation}", f"{sentence}: {operation}.", *caught_by)
    def _(breakage: Breakage) -> None:
        first: dict[str, tuple[dict[str, str], bytes]] = {}

        def change(answer: Answer) -> None:
            if is_read(answer) and answer.operation == READS[operation] and applies(answer):
                headers, answer.body = first.setdefault(answer.scope["path"], ({**answer.headers}, answer.body))
                answer.headers = {**headers}

        answers(breakage, change)


for _name, _sentence, _applies, _statement in KEPT:
    for _operation in READS:
        _caught = "job.allocations.every-form" if _operation == "allocations" else _statement
        _keeps(_name, _sentence, _applies, _operation, _caught)

_form = family("form", "common.*")


def _when(applies: Callable[[Answer], bool], change: Callable[[Answer], object]) -> Callable[[Breakage], None]:
    def of(answer: Answer) -> None:
        if answer.operation and answer.status == 200 and applies(answer):
            change(answer)

    return answer(of)


def _without(name: str) -> Callable[[Answer], object]:
    return lambda answer: answer.headers.pop(name, None)


def _with(name: str, value: str) -> Callable[[Answer], object]:
    return lambda answer: answer.headers.__setitem__(name, value)


def _next_index(answer: Answer) -> None:
    answer.headers["x-nomad-index"] = str(int(answer.headers["x-nomad-index"]) + 1)


def _is_indented_write(answer: Answer) -> bool:
    return answer.is_write and is_pretty(answer)


def _is_zipped_write(answer: Answer) -> bool:
    return answer.is_write and is_zipped(answer)


def _is_stale_read(answer: Answer) -> bool:
    return is_read(answer) and is_stale(answer)


for _name, _sentence, _deviation in (
    ("pretty-without-index", "An indented reply has no index.", _when(is_pretty, _without("x-nomad-index"))),
    ("zipped-without-index", "A compressed reply has no index.", _when(is_zipped, _without("x-nomad-index"))),
    ("zipped-index-0", "A compressed reply has the index 0.", _when(is_zipped, _with("x-nomad-index", "0"))),
    ("stale-index", "A stale reply has the next index.", _when(_is_stale_read, _next_index)),
    ("pretty-leader", "An indented reply knows no leader.", _when(is_pretty, _with("x-nomad-knownleader", "false"))),
    ("zipped-contact", "A compressed reply is older.", _when(is_zipped, _with("x-nomad-lastcontact", "7"))),
    ("pretty-text", "An indented reply is text.", _when(is_pretty, _with("content-type", "text/plain"))),
    ("stale-vary", "A stale reply has another Vary.", _when(_is_stale_read, _with("vary", "Accept"))),
    ("pretty-write", "An indented write has the next index.", _when(_is_indented_write, _next_index)),
    ("zipped-write", "A compressed write has the next index.", _when(_is_zipped_write, _next_index)),
):
    _form(_name, _sentence, _deviation, FORM)
