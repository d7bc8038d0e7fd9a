"""Numbers and booleans in texts, read as Go's ``strconv`` reads them."""

import re

from mockserver.gostd.fmt import quote

_INTEGER = re.compile(r"[+-]?[0-9]+")
_LITERAL = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9][0-9]*))")
_INT64 = range(-(1 << 63), 1 << 63)
TRUE_WORDS = frozenset(("1", "t", "T", "TRUE", "true", "True"))
FALSE_WORDS = frozenset(("0", "f", "F", "FALSE", "false", "False"))


def parse_bool(text: str) -> bool:
    """Return the boolean that ``text`` stands for.

    Raises:
        ValueError: with Go's text.
    """
    if text not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError(f"strconv.ParseBool: parsing {quote(text)}: invalid syntax")
    return text in TRUE_WORDS


def parse_int(text: str) -> int:
    """Return the 64-bit integer that ``text`` stands for.

    Raises:
        ValueError: with Go's text.
    """
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    digits = text.lstrip("+-").lstrip("0") or "0"
    number = int(digits[:20]) * (-1 if text.startswith("-") else 1)
    if number not in _INT64:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return number


def parse_int_literal(text: str) -> int:
    """Return the 64-bit integer that ``text`` stands for: decimal, hexadecimal after ``0x``, octal after ``0``.

    Raises:
        ValueError: with Go's text.
    """
    found = _LITERAL.fullmatch(text)
    if not found:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    sign, hexadecimal, octal, decimal = found.groups()
    digits, base = (hexadecimal, 16) if hexadecimal else (octal, 8) if octal else (decimal or "0", 10)
    number = int(digits.lstrip("0")[:23] or "0", base) * (-1 if sign == "-" else 1)  # 23 octal digits exceed the range
    if number not in _INT64:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return number
