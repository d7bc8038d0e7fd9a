"""Read the UUIDs in URLs as an agent does: malformed ones are refused in its words (observed on 0.5.4)."""

from mockserver.errors import Refused

_LENGTH = 36
_HYPHENS = 4
_HYPHENS_AFTER = (8, 12, 16, 20)
_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def whole_id(text: str, complaint: str) -> str:
    """Return an ID in the spelling in which it is stored.

    Raises:
        Refused: ``text`` is no UUID; the message begins with ``complaint``, such as
            ``eval lookup failed: index error: `` (behaviour observed on 0.5.4).
    """
    raw = text.encode("utf-8", "surrogateescape")
    if len(raw) != _LENGTH:
        raise Refused(f"{complaint}UUID must be {_LENGTH} characters")
    return _canonical(raw, complaint)


def id_prefix(text: str, complaint: str) -> str:
    """Return the beginning of an ID in the spelling in which IDs are stored.

    Raises:
        Refused: as in ``whole_id``; an odd number of digits, too, for an agent compares whole bytes (observed).
    """
    raw = text.encode("utf-8", "surrogateescape")
    if len(raw) > _LENGTH:
        raise Refused(f"{complaint}Invalid UUID length. UUID have {_LENGTH} characters; got {len(raw)}")
    return _canonical(raw, complaint)


def _canonical(raw: bytes, complaint: str) -> str:
    hyphens = raw.count(b"-")
    if hyphens > _HYPHENS:
        raise Refused(f'{complaint}UUID should have maximum of {_HYPHENS} "-"; got {hyphens}')
    digits = raw.replace(b"-", b"")
    if len(digits) % 2:
        raise Refused(f"{complaint}Input (without hyphens) must be even length")
    wrong = next((byte for byte in digits if byte not in _DIGITS), None)
    if wrong is not None:
        raise Refused(f"{complaint}Invalid UUID: encoding/hex: invalid byte: {_named(wrong)}")
    plain = digits.decode().lower()
    starts = [0, *(at for at in _HYPHENS_AFTER if at < len(plain))]
    return "-".join(plain[start:end] for start, end in zip(starts, [*starts[1:], len(plain)], strict=True))


def _named(byte: int) -> str:
    """Print a byte as Go's ``%#U`` prints a character: ``U+007A 'z'``."""
    character = chr(byte)
    return f"U+{byte:04X} '{character}'" if character.isprintable() else f"U+{byte:04X}"
