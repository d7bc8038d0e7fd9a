"""Lone surrogates: what Python's texts can hold in place of bytes that are not UTF-8, and Go's strings can't."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_PIECE = 64 * 1024
"""Characters that are looked at in one go: other threads wait meanwhile, some 5 ms."""


def replaced(text: str) -> str:
    """Return the text with U+FFFD in place of each lone surrogate, as Go's decoder of JSON does."""
    if len(text) <= _PIECE:
        return _SURROGATE.sub("\ufffd", text)
    return "".join(_SURROGATE.sub("\ufffd", text[at : at + _PIECE]) for at in range(0, len(text), _PIECE))


def utf8(text: str) -> bytes:
    """Return the text in UTF-8, with U+FFFD in place of each lone surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return replaced(text).encode()
