"""Origins of pages, as browsers write them."""

from contextlib import suppress
from urllib.parse import urlsplit

from nomad_contract_spelling import did_you_mean

ANY = "*"
"""Stands for every origin."""


def read_origin(text: str) -> str:
    """Return an origin as browsers write it, or ``*``.

    Raises:
        ValueError: The text is something else, such as an address with a path.
    """
    found = ""
    with suppress(ValueError):
        parts = urlsplit(text.lower())
        found = f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
    if text == ANY or (found and found == text.lower()):
        return text.lower()
    if found:
        raise ValueError(f"{text!r} is more than an origin: {did_you_mean(found)}")
    raise ValueError(f"{text!r} is not an origin, such as http://localhost:3000")
