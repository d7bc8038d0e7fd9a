"""Limits on what one job asks for, and on what its constraints cost."""

from typing import Any

import pytest

from mockserver.errors import Refused
from mockserver.gostd.regexp import MOST_STEPS
from mockserver.jobs.limits import (
    MOST_ALLOCATIONS,
    MOST_EXPRESSION_BYTES,
    MOST_INSTRUCTIONS,
    MOST_LIST_BYTES,
    MOST_UNICODE_CLASSES,
    MOST_VERSIONS,
    check_counts,
    check_operands,
)
from tests.builders import a_group, a_job, a_task


def _check(*constraints: tuple[str, str, str], values: dict[str, set[str]] | None = None) -> None:
    """Check a job with these constraints: one in the job, the next in a group, the next in a task, and so on."""
    lists: list[list[dict[str, Any]]] = [[], [], []]
    for place, (left, operand, right) in enumerate(constraints):
        lists[place % 3].append({"LTarget": left, "Operand": operand, "RTarget": right})
    group = a_group(a_task(Constraints=lists[2]), Constraints=lists[1])
    check_operands(a_job(group, Constraints=lists[0]), lambda target: (values or {}).get(target, {target}))


def test_ordinary_jobs() -> None:
    """Ordinary jobs are far below every limit, and duplicates count once."""
    _check(*[("${attr.kernel.name}", "regexp", "^(linux|darwin)$"), ("1.2", "version", ">= 1.0, < 2")] * 5000)
    _check(("a,b", "set_contains", "a"), ("a", "=", "a" * 1_000_000), ("a", "regexp", "(a*)*b"))


def test_mistakes_are_for_validation_to_tell() -> None:
    """What can't be read costs nothing here; validation refuses it."""
    _check(("a" * 100_000, "regexp", "("), ("a", "version", "x"))


@pytest.mark.parametrize(
    ("constraints", "told"),
    [
        (
            [("a", "regexp", f"a{number}") for number in range(82)],
            f"the regular expressions of the job have 8200 bytes, the limit of this mock is {MOST_EXPRESSION_BYTES}",
        ),
        (
            [("a", "regexp", r"\pL\PN" * 10 + letter) for letter in "abc"],
            rf"the regular expressions of the job have 60 classes \p, the limit of this mock is {MOST_UNICODE_CLASSES}",
        ),
        (
            [("", "regexp", f"[^a]{{1000}}{letter}") for letter in "abcdefghij"],
            f" instructions, the limit of this mock is {MOST_INSTRUCTIONS}",
        ),
        ([("a", "regexp", "a" * 5000)], 'regular expression "' + "a" * 60 + '…": it has 5000 bytes, the limit'),
        ([("a", "regexp", r"\pL{1000}")], r'regular expression "\\pL{1000}": it needs more memory than 512 KiB'),
        (
            [("a" * 2000, "regexp", f"(?:a?){{1000}}{letter}") for letter in "xyz"],
            f" steps on the nodes there are (instructions times bytes), the limit of this mock is {MOST_STEPS}",
        ),
        (
            [("a", "version", ">= 1," * MOST_VERSIONS + "1")],
            f"the version constraints of the job have 1001 versions, the limit of this mock is {MOST_VERSIONS}",
        ),
        (
            [("a", "set_contains", "a," * 20_000), ("1", "version", " " * 30_000 + "1")],
            f"set_contains constraints of the job have 70003 bytes, the limit of this mock is {MOST_LIST_BYTES}",
        ),
    ],
)
def test_beyond_a_limit(constraints: list[tuple[str, str, str]], told: str) -> None:
    """A job beyond a limit is refused with what it has too much of, and with the limit."""
    with pytest.raises(Refused) as refused:
        _check(*constraints)
    assert told in str(refused.value)


def test_every_value_on_the_nodes_counts() -> None:
    """An expression costs a match for each distinct value on the nodes."""
    constraint = ("${attr.x}", "regexp", "(?:[0-9a-f]?){1000}x")
    _check(constraint, values={"${attr.x}": {"f" * 36}})
    with pytest.raises(Refused, match="steps on the nodes there are"):
        _check(constraint, values={"${attr.x}": {f"{number:036x}" for number in range(100)}})


def test_the_counts_of_a_job_are_limited_together() -> None:
    """A job may want ten thousand allocations in all its groups and not one more, and a group a thousand tasks."""
    check_counts(a_job(TaskGroups=None))
    check_counts(a_job(a_group(Count=MOST_ALLOCATIONS)))
    with pytest.raises(Refused, match='job "j" want 10002 allocations in all, the limit of this mock is 10000'):
        check_counts(a_job(a_group(), a_group(Name="g", Count=MOST_ALLOCATIONS + 1)))
    with pytest.raises(Refused, match='task group "g" has 1001 tasks, the limit of this mock is 1000'):
        check_counts(a_job(a_group(*(a_task(Name=f"t{number}") for number in range(1001)))))
