r"""Regular expressions as Go's ``regexp`` reads them: compiled and matched by RE2, the engine that Go's was made after.

RE2 takes time in proportion to the expression times the text, never more. Both are limited, because one request may
not hold up the others.

RE2's tables are of Unicode 15.1, Go 1.26's of 15.0: 622 ideographs and 5 symbols more. Names that Go knows only
since 1.25 (``\p{Letter}``, ``\p{greek}``, ``\p{ASCII}``) are refused, and ``\pC`` is without unassigned characters.

Source: the syntax at https://golang.org/s/re2syntax; texts and limits observed with Go 1.26.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from mockserver.gostd.regexp_errors import marked, mistake_in, refused_by_go, unicode_classes
from mockserver.gostd.surrogates import utf8

if TYPE_CHECKING:
    from re2 import _Regexp

__all__ = [
    "LONGEST",
    "MOST_STEPS",
    "ExpressionTooLarge",
    "InvalidRegexp",
    "Regexp",
    "compile_regexp",
    "unicode_classes",
]

LONGEST = 4096
"""Bytes that an expression may have."""

MOST_STEPS = 2_500_000
"""Instructions of a program times bytes of a text: what a match may cost, 25 ms at the most (10 ns a step)."""

_MEMORY = 512 * 1024
_CACHED = 128


class InvalidRegexp(ValueError):
    """A text is no regular expression; the message is Go's."""


class ExpressionTooLarge(ValueError):
    """A regular expression, or what it is to be matched with, is over a limit of this mock; the message says which."""


class Regexp:
    """A compiled expression.

    Attributes:
        instructions: how long RE2's program is.
    """

    def __init__(self, pattern: str, compiled: "_Regexp[bytes]") -> None:
        self.instructions = compiled.programsize
        self._compiled = compiled
        self._may_match_within_characters = r"\B" in pattern

    def steps(self, text: str) -> int:
        """How many steps a match with a text takes at the most."""
        size = self.instructions * (len(utf8(text)) + 1)
        if self._may_match_within_characters:
            return size * (1 + sum(not char.isascii() for char in text))
        return size

    def matches(self, text: str) -> bool:
        """Say whether the expression matches somewhere in the text.

        Raises:
            ExpressionTooLarge: when that may take more than ``MOST_STEPS``.
        """
        steps = self.steps(text)
        if steps > MOST_STEPS:
            raise ExpressionTooLarge(f"a match may take {steps} steps, the limit of this mock is {MOST_STEPS}")
        encoded = utf8(text)
        found = self._compiled.search(encoded)
        while found is not None and _is_within_character(encoded, found.start()):
            # RE2 finds \B between the bytes of a character, too; Go only looks between characters.
            found = self._compiled.search(encoded, found.start() + 1)
        return found is not None


@lru_cache(maxsize=_CACHED)
def compile_regexp(pattern: str) -> Regexp:
    """Compile an expression.

    Raises:
        InvalidRegexp: when Go refuses it.
        ExpressionTooLarge: when this mock refuses it.
    """
    size = len(utf8(pattern))
    if size > LONGEST:
        raise ExpressionTooLarge(f"it has {size} bytes, the limit of this mock is {LONGEST} (a real agent takes it)")
    import re2  # takes longer to import than all that a start needs; few mocks ever meet an expression

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    try:
        compiled = re2.compile(utf8(marked(pattern)), options)
    except re2.error as error:
        reason = mistake_in(pattern, error.args[0].decode())
        if reason is None:
            raise ExpressionTooLarge(
                f"it needs more memory than {_MEMORY // 1024} KiB, the limit of this mock (a real agent allows 128 MiB)"
            ) from None
        raise InvalidRegexp(f"error parsing regexp: {reason}") from None
    reason = refused_by_go(pattern)
    if reason is not None:
        raise InvalidRegexp(f"error parsing regexp: {reason}")
    return Regexp(pattern, compiled)


def _is_within_character(encoded: bytes, place: int) -> bool:
    return place < len(encoded) and encoded[place] & 0xC0 == 0x80
