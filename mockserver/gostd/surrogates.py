"""Lone surrogates: what Python's texts can hold in place of bytes that are not UTF-8, and Go's strings can't."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def replaced(text: str) -> str:
    """Return the text with U+FFFD in place of each lone surrogate, as Go's decoder of JSON does."""
    return _SURROGATE.sub("\ufffd", text)
