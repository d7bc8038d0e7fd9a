"""Numbers and booleans in texts, read as Go's ``strconv`` reads them."""

import re

from mockserver.gostd.fmt import quote

_INTEGER = re.compile(r"[+-]?[0-9]+")
_LITERAL = re.compile(
    r"(?P<sign>[+-]?)(?:0[xX](?P<b16>(?:_?[0-9a-fA-F])+)|0[bB](?P<b2>(?:_?[01])+)|0[oO](?P<o>(?:_?[0-7])+)"
    r"|0(?P<b8>(?:_?[0-7])*)|(?P<b10>[1-9](?:_?[0-9])*))"
)
_BASES = {"b16": 16, "b2": 2, "o": 8, "b8": 8, "b10": 10}
_ENOUGH = 65
"""As many digits of any base are beyond the range."""
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
    """Return the 64-bit integer that ``text`` stands for, in the base that its beginning names, as in ``0x1F``.

    Raises:
        ValueError: with Go's text.
    """
    found = _LITERAL.fullmatch(text)
    if not found:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    name, digits = next((name, found[name]) for name in _BASES if found[name] is not None)
    digits = digits.replace("_", "").lstrip("0")
    number = int(digits[:_ENOUGH] or "0", _BASES[name]) * (-1 if found["sign"] == "-" else 1)
    if number not in _INT64:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return number
