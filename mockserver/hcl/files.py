"""Tell files of HCL from files of JSON, and read their text."""

import re
from pathlib import PurePath

from mockserver.hcl.scanner import HclError, Place

SUFFIXES = (".nomad", ".hcl")
"""Endings of the names of files that hold HCL, unless they begin as JSON does."""
_JSON = (b"{", b"[")
_BEGIN = re.compile(
    rb"(?:\s|#[^\n]*+|//[^\n]*+|/\*.*?\*/)*+(?:job|variable|group|task)\s+\"[^\"]*+\"\s*\{",
    re.DOTALL,  # possessive: a line of many # would otherwise be tried in every possible division
)


def is_hcl(text: bytes, name: str = "") -> bool:
    """Say whether a text is meant as HCL: by how it begins, or by the name of its file if it does not begin as JSON."""
    if text.lstrip()[:1] in _JSON:
        return False
    return PurePath(name).suffix in SUFFIXES or bool(_BEGIN.match(text))


def decoded(text: bytes) -> str:
    """Return the text of a file.

    Raises:
        HclError: It is not UTF-8.
    """
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start]
        line, begin = before.count(b"\n") + 1, before.rfind(b"\n") + 1
        place = Place(line, len(before[begin:].decode()) + 1)
        raise HclError(place, "these bytes are not UTF-8: save the file as UTF-8") from None
