"""Durations as Go reads them: ``10s``, ``1h30m``, ``.5ms``, ``-1s``."""

import re

MICROSECOND = 1_000
MILLISECOND = 1_000 * MICROSECOND
SECOND = 1_000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "µs": MICROSECOND,  # micro sign
    "μs": MICROSECOND,  # Greek mu
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_LIMIT = 1 << 63
_TERM = re.compile(r"(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?(?P<unit>[^.0-9]+)")


class InvalidDuration(ValueError):
    """A text that Go does not take for a duration."""

    def __init__(self, text: str) -> None:
        super().__init__(f"invalid duration {text!r}")


def parse_duration(text: str) -> int:
    """Return the nanoseconds that ``text`` means to Go's ``time.ParseDuration``.

    A number without a unit is no duration, except ``0``.

    Raises:
        InvalidDuration: Go refuses the text; it also refuses what does not fit into 64 bits.
    """
    negative = text.startswith("-")
    unsigned = text[1:] if text[:1] in {"-", "+"} else text
    if unsigned == "0":
        return 0
    total = _sum_of_terms(unsigned, text)
    if total > _LIMIT - (not negative):
        raise InvalidDuration(text)
    return -total if negative else total


def nanoseconds(written: str | float) -> int:
    """Return the nanoseconds of a duration as people write it: a text as Go takes it, or a number of seconds.

    A text that Go does not take raises ``InvalidDuration``.
    """
    return parse_duration(written) if isinstance(written, str) else round(written * SECOND)


def _sum_of_terms(unsigned: str, text: str) -> int:
    total = position = 0
    while position < len(unsigned) or not unsigned:
        term = _TERM.match(unsigned, position)
        if term is None:
            raise InvalidDuration(text)
        total += _nanoseconds(term, text)
        if total > _LIMIT:
            raise InvalidDuration(text)
        position = term.end()
    return total


def _nanoseconds(term: re.Match[str], text: str) -> int:
    whole, fraction, unit = term["whole"], term["fraction"] or "", _UNITS.get(term["unit"])
    if unit is None or not whole + fraction:
        raise InvalidDuration(text)
    nanoseconds = _whole_number(whole, text) * unit
    if nanoseconds > _LIMIT:
        raise InvalidDuration(text)
    return nanoseconds + _part_of(unit, fraction)


def _whole_number(digits: str, text: str) -> int:
    significant = digits.lstrip("0")
    if len(significant) > len(str(_LIMIT)):
        raise InvalidDuration(text)
    return int(significant or "0")


def _part_of(unit: int, fraction: str) -> int:
    """Return the nanoseconds of ``0.<fraction>`` units.

    Digits beyond 63 bits are dropped; the rest is float arithmetic, as in Go.
    """
    value, scale = 0, 1.0
    for digit in fraction:
        longer = value * 10 + int(digit)
        if value > (_LIMIT - 1) // 10 or longer > _LIMIT:
            break
        value, scale = longer, scale * 10
    return int(float(value) * (unit / scale))
