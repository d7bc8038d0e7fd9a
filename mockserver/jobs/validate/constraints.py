"""Rules of constraints, the same for jobs, groups and tasks."""

from mockserver.gostd.regexp import InvalidRegexp, compile_regexp
from mockserver.gostd.versions import InvalidVersion, parse_constraints
from mockserver.jobs.validate.problems import Problem, Problems, nested
from mockserver.nomad_types import Constraint


def constraints_problems(constraints: list[Constraint] | None) -> Problems:
    """List the constraints with problems, counted from 1. An operand an agent does not know is none."""
    for index, constraint in enumerate(constraints or ()):
        prefix = f"Constraint {index + 1} validation failed: "
        yield from nested(prefix, _constraint_problems(constraint), "Constraints", index)


def _constraint_problems(constraint: Constraint) -> Problems:
    match constraint["Operand"]:
        case "":
            yield Problem("Missing constraint operand", "Operand")
        case "regexp":
            yield from _regexp_problems(constraint["RTarget"])
        case "version":
            yield from _version_problems(constraint["RTarget"])


def _regexp_problems(pattern: str) -> Problems:
    try:
        compile_regexp(pattern)
    except InvalidRegexp as mistake:
        yield Problem(f"Regular expression failed to compile: {mistake}", "RTarget")


def _version_problems(text: str) -> Problems:
    try:
        parse_constraints(text)
    except InvalidVersion as mistake:
        yield Problem(f"Version constraint is invalid: {mistake}", "RTarget")
