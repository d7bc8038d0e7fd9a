"""How Go words values: an agent's error texts are built with its ``fmt``, ``strings`` and ``time`` packages.

The texts are part of what clients see, so the printing has to agree character by character (observed).
"""

from typing import Any

from mockserver.gostd.durations import MICROSECOND, MILLISECOND, MINUTE, SECOND
from mockserver.gostd.numbers import go_number

_WHITE_SPACE = (
    "".join(map(chr, [*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)]))
    + "\u2028\u2029\u202f\u205f\u3000"
)
_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
    '"': r"\"",
}


def quote(text: str) -> str:
    """``%q``: a double-quoted Go string; what cannot be printed is escaped."""
    return f'"{text}"' if _is_plain(text) else '"' + "".join(map(_escaped, text)) + '"'


def quote_ascii(text: str) -> str:
    """``%+q``: the same, with everything beyond ASCII escaped."""
    if _is_plain(text):
        return f'"{text}"'
    return '"' + "".join(_escaped(char) if char.isascii() else _unicode_escape(char) for char in text) + '"'


def quote_value(value: Any) -> str:
    """``%q`` of any JSON value: strings are quoted, what has no quoted form says so, as ``%!q(float64=5)``."""
    match value:
        case None:
            return "<nil>"
        case str():
            return quote(value)
        case bool():
            return f"%!q(bool={str(value).lower()})"
        case int() | float():
            return f"%!q(float64={go_number(value)})"
        case list():
            return "[" + " ".join(map(quote_value, value)) + "]"
        case _:
            return "map[" + " ".join(f"{quote(key)}:{quote_value(value[key])}" for key in sorted(value)) + "]"


def duration(nanoseconds: int) -> str:
    """``time.Duration.String``: ``1m0s``, ``1.5s``, ``5ns``."""
    sign, size = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if size == 0:
        return "0s"
    if size < MICROSECOND:
        return f"{sign}{size}ns"
    if size < MILLISECOND:
        return f"{sign}{_decimal(size, MICROSECOND)}µs"
    if size < SECOND:
        return f"{sign}{_decimal(size, MILLISECOND)}ms"
    minutes, rest = divmod(size, MINUTE)
    seconds = f"{_decimal(rest, SECOND)}s"
    if minutes == 0:
        return f"{sign}{seconds}"
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}h{minutes}m{seconds}" if hours else f"{sign}{minutes}m{seconds}"


def int64(value: int) -> int:
    """Return what is left of a product or sum in 64 bits, two's complement."""
    return (value + 2**63) % 2**64 - 2**63


def upper(text: str) -> str:
    """``strings.ToUpper``: rune by rune, so ``ß`` stays as it is."""
    return "".join(map(_upper, text))


def lower(text: str) -> str:
    """``strings.ToLower``: rune by rune, so a sigma is the same letter at the end of a word, and ``İ`` is ``i``."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def trim_space(text: str) -> str:
    """``strings.TrimSpace``: Unicode white space, but not the separators U+001C to U+001F that Python strips too."""
    return text.strip(_WHITE_SPACE)


def _is_plain(text: str) -> bool:
    """Whether nothing has to be escaped; texts are nearly always so."""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    if char.isascii():
        return f"\\x{ord(char):02x}"
    return _unicode_escape(char)


def _unicode_escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _decimal(amount: int, unit: int) -> str:
    whole, rest = divmod(amount, unit)
    if rest == 0:
        return str(whole)
    width = len(str(unit)) - 1
    return f"{whole}.{rest:0{width}d}".rstrip("0")


def _upper(char: str) -> str:
    for candidate in (char.upper(), char.title()):
        if len(candidate) == 1:
            return candidate
    return char


def _lower(char: str) -> str:
    return char.lower()[0]  # İ is the only one that Python makes more than one of
