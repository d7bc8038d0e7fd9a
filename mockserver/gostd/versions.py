"""Versions and version constraints as hashicorp/go-version of 2016 reads and compares them (observed).

``1.2`` is ``1.2.0``; at most three numbers; a pre-release comes before its release; metadata is only ignored when
something else decides. ``~> 1.2.3`` is ``>= 1.2.3`` with the same ``1.2``.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest

_VERSION = (
    r"v?([0-9]++(?:\.[0-9]++){0,2})"
    r"(?:-([0-9A-Za-z-]++(?:\.[0-9A-Za-z-]++)*))?"
    r"(?:\+([0-9A-Za-z-]++(?:\.[0-9A-Za-z-]++)*))?"
)
_ONE_VERSION = re.compile(_VERSION)
_BLANKS = "\t\n\f\r "
_ONE_CONSTRAINT = re.compile(rf"(=|!=|>=|<=|~>|>|<|)[{_BLANKS}]*({_VERSION})")
_LARGEST = 2**31 - 1


class InvalidVersion(ValueError):
    """A text is no version or no version constraint; the message is the library's."""


@dataclass(frozen=True)
class Version:
    """A version: three numbers, how many of them were written, the pre-release and the metadata."""

    numbers: tuple[int, int, int]
    written: int
    prerelease: str = ""
    metadata: str = ""

    def compare(self, other: "Version") -> int:
        """Return -1, 0 or 1."""
        if self.numbers != other.numbers:
            return _order(self.numbers, other.numbers)
        return _compare_prereleases(self.prerelease, other.prerelease)


@dataclass(frozen=True)
class VersionConstraint:
    """One of the comma-separated parts of a constraint; no operator means ``=``."""

    operator: str
    version: Version

    def allows(self, version: Version) -> bool:
        """Say whether a version keeps the constraint."""
        order = version.compare(self.version)
        match self.operator:
            case "!=":
                return order != 0
            case ">":
                return order > 0
            case "<":
                return order < 0
            case ">=":
                return order >= 0
            case "<=":
                return order <= 0
            case "~>":
                kept = self.version.written - 1
                return order >= 0 and version.numbers[:kept] == self.version.numbers[:kept]
            case _:
                return order == 0


def parse_version(text: str) -> Version:
    """Read a version.

    Raises:
        InvalidVersion: when it is none.
    """
    match = _ONE_VERSION.fullmatch(text)
    if match is None:
        raise InvalidVersion(f"Malformed version: {text}")
    numbers = [_number(digits) for digits in match[1].split(".")]
    first, second, third = (*numbers, 0, 0)[:3]
    return Version((first, second, third), len(numbers), match[2] or "", match[3] or "")


def parse_constraints(text: str) -> list[VersionConstraint]:
    """Read comma-separated version constraints, such as ``>= 1.0, < 2.0``.

    Text that is none raises InvalidVersion with the first part that is wrong.
    """
    return [_parse_constraint(part) for part in text.split(",")]


def _parse_constraint(text: str) -> VersionConstraint:
    match = _ONE_CONSTRAINT.fullmatch(text.strip(_BLANKS))
    if match is None:
        raise InvalidVersion(f"Malformed constraint: {text}")
    return VersionConstraint(match[1], parse_version(match[2]))


def _number(digits: str) -> int:
    if not _fits(digits, _LARGEST):
        raise InvalidVersion(f'Error parsing version: strconv.ParseInt: parsing "{digits}": value out of range')
    return int(digits.lstrip("0") or "0")


def _fits(digits: str, limit: int) -> bool:
    significant = digits.lstrip("0")
    return len(significant) < 20 and int(significant or "0") <= limit


def _compare_prereleases(left: str, right: str) -> int:
    if left == right:
        return 0
    if not left or not right:
        return -1 if left else 1
    parts = zip_longest(left.split("."), right.split("."), fillvalue="")
    return next(_compare_parts(one, other) for one, other in parts if one != other)


def _compare_parts(left: str, right: str) -> int:
    """Parts compare as text, numbers too; a missing part comes before a number and after a word."""
    if left and right:
        return _order(left, right)
    sign = -1 if _is_int64(left or right) else 1
    return sign if not left else -sign


def _is_int64(text: str) -> bool:
    negative = text.startswith("-")
    digits = text[negative:]
    return re.fullmatch("[0-9]+", digits) is not None and _fits(digits, 2**63 - 1 + negative)


def _order(left: tuple[int, ...] | str, right: tuple[int, ...] | str) -> int:
    return (left > right) - (left < right)  # type: ignore[operator]  # both are of the same type
