"""Origins, of pages as browsers write them and of servers: a scheme, a host and a port."""

from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

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


def server_at(url: str, what: str = "a server", example: str = "http://host:4646") -> SplitResult:
    """Return the parts of the address of a server, which has no path.

    Args:
        url: the address as somebody gave it.
        what: the server's kind, for the error.
        example: an address that is right, for the error.

    Raises:
        ValueError: It is no such address.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, a port that is none
        sound = False
    if not sound:
        raise ValueError(f"{url!r} is not the address of {what}: write it as {example}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is not the address of {what}: {did_you_mean(f'{parts.scheme}://{parts.netloc}')}")
    return parts
