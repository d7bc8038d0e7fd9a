"""Numbers as Go prints them.

Whatever number stands in free-form JSON (a task's ``Config``) becomes a Go ``float64`` when an agent reads
it, and shows it: the agent answers with ``6.379E+03`` where ``6379`` was sent (recording get-roundtrip-numbers).
"""

_PLAIN_EXPONENTS = range(-4, 6)
"""The powers of ten of a first digit for which ``%v`` prints no exponent."""


class Float64(float):
    """A number of a free-form value, to be printed by ``codec_number`` in replies and ``go_number`` in texts."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Compare as Go does: ``1`` is not ``true``, so that equality of two values of a job is exact."""
        return not isinstance(other, bool) and float.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = float.__hash__


def codec_number(x: float) -> str:
    """Print ``x`` as the agent's JSON encoder does: shortest digits, always an exponent (``1E+07``, ``0E+00``)."""
    sign, digits, exponent = _shortest(x)
    return f"{sign}{_with_point(digits)}E{exponent:+03d}"


def go_number(x: float) -> str:
    """Print ``x`` as Go's ``%v`` does: an exponent below 1e-4 and from 1e+06 on, plain digits between."""
    sign, digits, exponent = _shortest(x)
    if exponent not in _PLAIN_EXPONENTS:
        return f"{sign}{_with_point(digits)}e{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole, fraction = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _shortest(x: float) -> tuple[str, str, int]:
    """Return the sign, the fewest significant digits that read back as ``x``, and the power of ten of the first one."""
    mantissa, _, exponent = repr(float(x)).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.removeprefix("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return sign, "0", 0
    leading_zeros = len(whole + fraction) - len(digits)
    return sign, digits.rstrip("0"), int(exponent or 0) + len(whole) - 1 - leading_zeros


def _with_point(digits: str) -> str:
    return f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
