"""Refuse a job that is so large that work on it would hold up other requests.

Real jobs are far below these limits. A real agent has none: it works on, however long that takes.
"""

from collections.abc import Callable, Collection, Iterator

from mockserver.errors import Refused
from mockserver.gostd.fmt import quote
from mockserver.gostd.regexp import MOST_STEPS, ExpressionTooLarge, InvalidRegexp, compile_regexp, unicode_classes
from mockserver.gostd.surrogates import utf8
from mockserver.nomad_types import Constraint, SubmittedJob

MOST_ALLOCATIONS = 10_000
"""The most allocations that a job may want: one evaluation places them all in one log entry, made in one go."""

MOST_TASKS = 1_000
"""The most tasks that a group may have: all of them are placed and reported in one go."""

MOST_EXPRESSION_BYTES = 8192
"""The most bytes of all different regular expressions of a job together; each counts as 100 bytes at least."""

MOST_UNICODE_CLASSES = 50
r"""The most ``\p{…}`` in them together: each takes as long to compile as a thousand letters."""

MOST_INSTRUCTIONS = 40_000
"""The most instructions of their programs together."""

MOST_LIST_BYTES = 65_536
"""The most bytes of the targets of a job's ``version`` and ``set_contains`` constraints together."""

MOST_VERSIONS = 1000
"""The most versions that a job's version constraints name."""

_EXPRESSION = "regexp"
_LISTS = ("version", "set_contains")
_LIMITED = frozenset((_EXPRESSION, *_LISTS))
"""The operands that may take long."""

_LEAST_BYTES = 100
_SHOWN = 60


def check_counts(job: SubmittedJob) -> None:
    """Refuse a job that wants more allocations or tasks than this mock can place in a short time.

    Raises:
        Refused: with the number that the job wants, and the limit.
    """
    groups = job["TaskGroups"] or ()
    allocations = sum(group["Count"] for group in groups)
    if allocations > MOST_ALLOCATIONS:
        raise Refused(
            f"the task groups of job {quote(job['ID'])} want {allocations} allocations in all, "
            f"the limit of this mock is {MOST_ALLOCATIONS}"
        )
    for group in groups:
        tasks = group["Tasks"] or ()
        if len(tasks) > MOST_TASKS:
            wanted = f"task group {quote(group['Name'])} has {len(tasks)} tasks"
            raise Refused(f"{wanted}, the limit of this mock is {MOST_TASKS}")


def check_operands(job: SubmittedJob, values_of: Callable[[str], Collection[str]]) -> None:
    """Refuse a job whose regular expressions or version constraints may take too long.

    The refusal (``Refused``) names the limit.

    Args:
        job: with every key present, no null elements.
        values_of: the different values that a target such as ``${attr.kernel.name}`` has on the nodes.
    """
    texts = dict.fromkeys(
        (each["Operand"], each["LTarget"], each["RTarget"]) for each in _constraints(job) if each["Operand"] in _LIMITED
    )
    if not texts:
        return
    _check_lists([text for text in texts if text[0] in _LISTS])
    expressions = [(left, right) for operand, left, right in texts if operand == _EXPRESSION]
    _check_expressions({right for _, right in expressions})
    _check_matches(expressions, values_of)


def _check_lists(texts: list[tuple[str, str, str]]) -> None:
    size = sum(len(utf8(side)) for _, left, right in texts for side in (left, right))
    _check(f"{' and '.join(_LISTS)} constraints", "bytes", size, MOST_LIST_BYTES)
    versions = sum(right.count(",") + 1 for operand, _, right in texts if operand == "version")
    _check("version constraints", "versions", versions, MOST_VERSIONS)


def _check_expressions(patterns: Collection[str]) -> None:
    size = sum(max(len(utf8(pattern)), _LEAST_BYTES) for pattern in patterns)
    _check("regular expressions", "bytes", size, MOST_EXPRESSION_BYTES)
    _check("regular expressions", r"classes \p", sum(map(unicode_classes, patterns)), MOST_UNICODE_CLASSES)
    instructions = 0
    for pattern in patterns:
        try:
            instructions += compile_regexp(pattern).instructions
        except ExpressionTooLarge as limit:
            shown = pattern if len(pattern) <= _SHOWN else pattern[:_SHOWN] + "…"
            raise Refused(f"regular expression {quote(shown)}: {limit}") from None
        except InvalidRegexp:
            continue  # for validation to tell
        _check("regular expressions", "instructions", instructions, MOST_INSTRUCTIONS)


def _check_matches(expressions: list[tuple[str, str]], values_of: Callable[[str], Collection[str]]) -> None:
    """Check what all matches together may cost: they are made for all nodes in one go."""
    steps = 0
    for left, pattern in expressions:
        try:
            compiled = compile_regexp(pattern)
        except InvalidRegexp:
            continue
        steps += sum(map(compiled.steps, values_of(left)))
        _check("regular expressions", "steps on the nodes there are (instructions times bytes)", steps, MOST_STEPS)


def _check(what: str, unit: str, amount: int, limit: int) -> None:
    if amount > limit:
        raise Refused(
            f"the {what} of the job have {amount} {unit}, the limit of this mock is {limit} (a real agent has none)"
        )


def _constraints(job: SubmittedJob) -> Iterator[Constraint]:
    yield from job["Constraints"] or ()
    for group in job["TaskGroups"] or ():
        yield from group["Constraints"] or ()
        for task in group["Tasks"] or ():
            yield from task["Constraints"] or ()
