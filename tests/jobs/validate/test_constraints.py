"""Rules of constraints."""

import pytest

from mockserver.jobs.validate.constraints import constraints_problems
from tests.jobs.validate.parts import a_constraint, texts


@pytest.mark.parametrize("operand", ["=", "is", "distinct_hosts", "set_contains", "nonsense"])
def test_most_operands_take_anything(operand: str) -> None:
    """Most operands accept anything, and unknown operands are accepted too."""
    assert texts(constraints_problems([a_constraint(operand, "(")])) == []


def test_no_constraints_have_no_problems() -> None:
    """Null or empty constraints are valid."""
    assert texts(constraints_problems(None)) == []
    assert texts(constraints_problems([])) == []


@pytest.mark.parametrize(
    ("operand", "right", "problem"),
    [
        ("", "", "Missing constraint operand"),
        ("regexp", "(", "Regular expression failed to compile: error parsing regexp: missing closing ): `(`"),
        ("version", "zz", "Version constraint is invalid: Malformed constraint: zz"),
        ("version", ">= 1,", "Version constraint is invalid: Malformed constraint: "),
    ],
)
def test_problems_are_counted_from_one(operand: str, right: str, problem: str) -> None:
    """A problem begins with the place of its constraint, from 1 on (recording register-invalid-constraint)."""
    constraints = [a_constraint("="), a_constraint(operand, right)]
    assert texts(constraints_problems(constraints)) == [f"Constraint 2 validation failed: 1: > {problem}"]
