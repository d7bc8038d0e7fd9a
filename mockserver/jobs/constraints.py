"""Decide whether a node's value satisfies a constraint (observed; the scheduler handles ``distinct_hosts``)."""

from functools import lru_cache

from mockserver.caches import remembered
from mockserver.gostd.fmt import trim_space
from mockserver.gostd.regexp import ExpressionTooLarge, InvalidRegexp, compile_regexp
from mockserver.gostd.versions import InvalidVersion, VersionConstraint, parse_constraints, parse_version

OPERANDS = (
    *("=", "==", "is", "!=", "not", "<", "<=", ">", ">="),
    *("version", "regexp", "set_contains", "distinct_hosts"),
)
"""The operands that an agent knows."""

_VERDICTS = 128
"""More than a job has expressions, so that each is matched with a long text once and not once for each node."""


def satisfied(operand: str, left: str, right: str) -> bool:
    """Say whether ``left operand right`` holds, both sides already resolved to texts.

    Order is lexical: ``9`` is greater than ``10``. What cannot be read (a version, a regular expression) is not
    satisfied, and neither is an operand that an agent does not know, nor a match that may take longer than the mock
    allows (only values that nodes were given later can be so long: see ``limits``).
    """
    match operand:
        case "=" | "==" | "is":
            return left == right
        case "!=" | "not":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "version":
            return _version_satisfied(left, right)
        case "regexp":
            return _regexp_satisfied(left, right)
        case "set_contains":
            return _items(right) <= _items(left)
        case "distinct_hosts":
            return True
        case _:
            return False


@remembered
def _version_satisfied(left: str, right: str) -> bool:
    try:
        version = parse_version(left)
        return all(constraint.allows(version) for constraint in _constraints(right))
    except InvalidVersion:
        return False


@lru_cache(_VERDICTS)
def _regexp_satisfied(left: str, right: str) -> bool:
    try:
        return compile_regexp(right).matches(left)
    except (InvalidRegexp, ExpressionTooLarge):
        return False


@remembered
def _constraints(text: str) -> list[VersionConstraint]:
    return parse_constraints(text)


@remembered
def _items(text: str) -> frozenset[str]:
    return frozenset(trim_space(item) for item in text.split(","))
