"""The words in which the chapters declare mutants: what deviates, and how."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

from mockserver.jobs import validate
from mockserver.operations import READS, WRITES
from mockserver.operations.results import Read
from tests.mutants.around import Broken, around
from tests.mutants.mutant import Breakage, Deviation, Scope, changed, mutant
from tests.mutants.replies import Answer, Change, ChangeBody, answers, bodies, body_of, read_reply, requests
from tests.mutants.scheduling import scheduled
from tests.mutants.storing import AroundRegistration, after_storing, around_registration, before_storing

Make = Callable[[Any], Any]
"""Takes a function and returns another in its place."""


class Declare(Protocol):
    """Declare a mutant: its name in its family, a sentence, its deviation, the statements that may catch it."""

    def __call__(self, name: str, sentence: str, deviation: Deviation, *caught_by: str) -> None:
        """Declare it."""


def family(prefix: str, *also: str) -> Declare:
    """Return the declaration of mutants whose names begin with ``prefix``; ``also`` may catch each of them."""

    def declare(name: str, sentence: str, deviation: Deviation, *caught_by: str) -> None:
        mutant(f"{prefix}.{name}", sentence, *caught_by, *also)(deviation)

    return declare


# Replies


def reply(operation: str, change: Change) -> Deviation:
    """Change the JSON of an operation's replies."""
    return lambda breakage: body_of(breakage, operation, change)


def read_result(operation: str, change: Callable[[Read], Read]) -> Deviation:
    """Change the result of a read."""
    return lambda breakage: read_reply(breakage, operation, change)


def answer(change: Callable[[Answer], Any]) -> Deviation:
    """Change every HTTP answer."""
    return lambda breakage: answers(breakage, change)


def reading(operation: str, make: Make) -> Deviation:
    """Put what ``make`` makes of the function that does a read in its place."""
    return lambda breakage: breakage.wrap_item(READS, operation, make)


def status(old: int, new: int, operation: str) -> Deviation:
    """Answer an operation with status ``new`` in place of ``old``."""

    def change(answer: Answer) -> None:
        if answer.status == old and answer.operation == operation:
            answer.status = new

    return answer(change)


def text(pattern: str, instead: str, *, statuses: range = range(400, 600)) -> Deviation:
    """Replace what matches ``pattern`` in the texts of errors with these statuses."""

    def change(answer: Answer) -> None:
        if answer.status in statuses:
            answer.text = re.sub(pattern, instead, answer.text)

    return answer(change)


def header(name: str, value: str) -> Deviation:
    """Give a header of successful answers about jobs another value."""

    def change(answer: Answer) -> None:
        if name in answer.headers and answer.status == 200 and answer.operation:
            answer.headers[name] = value

    return answer(change)


# Requests


def request(change: Callable[[Scope], None]) -> Deviation:
    """Change every request: its method, paths, query string and headers."""
    return lambda breakage: requests(breakage, change)


def parsing(operation: str, make: Make) -> Deviation:
    """Put what ``make`` makes of the function that parses a write's request in its place."""
    return lambda breakage: breakage.wrap_item(WRITES, operation, make)


def query(pattern: str, instead: str) -> Deviation:
    """Replace what matches ``pattern`` in query strings."""

    def change(scope: Scope) -> None:
        scope["query_string"] = re.sub(pattern, instead, scope["query_string"].decode("latin-1")).encode("latin-1")

    return lambda breakage: requests(breakage, change)


def method(old: str, new: str, path: str) -> Deviation:
    """Take one method for another where ``path``, a pattern, is found in the path."""

    def change(scope: Scope) -> None:
        if scope["method"] == old and re.search(path, scope["path"]):
            scope["method"] = new

    return lambda breakage: requests(breakage, change)


def request_body(change: ChangeBody) -> Deviation:
    """Change requests with their bodies: ``change`` returns others, or the text of a refusal, or None."""
    return lambda breakage: bodies(breakage, change)


def read_as(pattern: bytes, instead: bytes) -> Deviation:
    """Read the body of a write as if ``instead`` stood where ``pattern`` matches."""

    def of(scope: Scope, body: bytes) -> tuple[Scope, bytes] | None:
        read = re.sub(pattern, instead, body) if scope["method"] in ("PUT", "POST") else body
        return None if read == body else (scope, read)

    return request_body(of)


# Jobs and what the scheduler makes of them


def stored(change: Change, *, update: bool | None = None) -> Deviation:
    """Change a job between validation and storage; ``update`` limits it to updates, or to new jobs."""
    return lambda breakage: before_storing(breakage, change, update=update)


def registration(broken: AroundRegistration) -> Deviation:
    """Send every registration that a client asks for to ``broken``, before it is known whether it is refused."""
    return lambda breakage: around_registration(breakage, broken)


def restored(change: Callable[[Any, Any, int], dict[str, Any]]) -> Deviation:
    """Change members of a job that was just stored: ``change(old job or None, new job, index)``."""
    return lambda breakage: after_storing(breakage, change)


def child(module: ModuleType, attribute: str, change: Callable[[Any, Any], Any]) -> Deviation:
    """Change the job that a function of ``module`` makes of its parent: ``change(child, parent)``."""

    def make(made: Any) -> Any:
        def broken(parent: Any, *arguments: Any) -> Any:
            return changed(lambda child: change(child, parent), made(parent, *arguments))

        return broken

    return wrapped(module, attribute, make)


def outcome(asked_by: ModuleType, change: Callable[[Any], dict[str, Any]]) -> Deviation:
    """Replace members of the outcome that a module gets from the scheduler."""
    return lambda breakage: scheduled(breakage, asked_by, change)


# Functions and values of the mock's modules


def call(owner: Any, attribute: str, broken: Broken) -> Deviation:
    """Call ``broken(original, *arguments)`` in place of a function or method."""
    return lambda breakage: around(breakage, owner, attribute, broken)


def wrapped(owner: Any, attribute: str, make: Make) -> Deviation:
    """Put what ``make`` makes of a function or method in its place."""
    return lambda breakage: breakage.wrap(owner, attribute, make)


def intercepts(owner: Any, attribute: str) -> Callable[[Broken], Deviation]:
    """Send every call of a function or method to the function below, which is given the original first."""
    return lambda broken: call(owner, attribute, broken)


def replaces(owner: Any, attribute: str) -> Callable[[Callable[..., Any]], Deviation]:
    """Put the function below in place of a function or method."""
    return lambda function: replaced(owner, attribute, function)


def validation(make: Make) -> Deviation:
    """Put what ``make`` makes of ``validate`` in its place, and have it check every job: no group is known as sound."""

    def apply(breakage: Breakage) -> None:
        breakage.wrap(validate, "validate", make)
        breakage.replace(validate, "is_sound_but_for_groups", lambda _: False)

    return apply


def wrapped_steps(owner: Any, attribute: str, make: Make) -> Deviation:
    """Wrap a function or method that works in steps; ``make`` gets one that works at once."""
    return lambda breakage: breakage.wrap_steps(owner, attribute, make)


def replaced(owner: Any, attribute: str, value: Any) -> Deviation:
    """Put ``value`` in place of an attribute."""
    return lambda breakage: breakage.replace(owner, attribute, value)
