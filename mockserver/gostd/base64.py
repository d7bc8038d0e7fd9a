"""Base64 as Go's ``base64.StdEncoding`` reads it: padding required, line breaks ignored, spare bits forgiven."""

import binascii
import re

from mockserver.errors import BadRequest

_WELL_FORMED = re.compile(rb"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
"""The plain case; line breaks are for the slow way."""

_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_LINE_BREAKS = b"\r\n"
_PAD = ord("=")


def decode_base64(text: str) -> bytes:
    """Return the bytes that ``text`` stands for.

    Raises:
        BadRequest: ``illegal base64 data at input byte N``, N counted in bytes of UTF-8.
    """
    encoded = text.encode()
    position = None if _WELL_FORMED.fullmatch(encoded) else _first_illegal_byte(encoded)
    if position is not None:
        raise BadRequest(f"illegal base64 data at input byte {position}")
    return binascii.a2b_base64(encoded)


def _first_illegal_byte(encoded: bytes) -> int | None:
    """Return the position that Go complains about, None when there is none.

    Four digits make a quantum; only the last one may be padded. An unfinished quantum is blamed on its
    first byte (line breaks inside it not counted), missing padding on the end, anything else on itself.
    """
    digits = 0
    for position, byte in enumerate(encoded):
        if byte in _ALPHABET:
            digits += 1
        elif byte == _PAD:
            return _illegal_padding(encoded, position, digits % 4)
        elif byte not in _LINE_BREAKS:
            return position
    return len(encoded) - digits % 4 if digits % 4 else None


def _illegal_padding(encoded: bytes, position: int, digits: int) -> int | None:
    """Return the position of what is wrong with the padding at ``position``, after ``digits`` of the last quantum."""
    if digits < 2:
        return position
    end = _skip_line_breaks(encoded, position + 1)
    if digits == 2:
        if end == len(encoded):
            return end
        if encoded[end] != _PAD:
            return end - 1
        end = _skip_line_breaks(encoded, end + 1)
    return end if end < len(encoded) else None


def _skip_line_breaks(encoded: bytes, position: int) -> int:
    while position < len(encoded) and encoded[position] in _LINE_BREAKS:
        position += 1
    return position
