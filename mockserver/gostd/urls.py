"""Paths as Go's net/http reads them: decoded once, cleaned, and looked at from the end. Also hosts with ports.

The job ID is what a client sent, byte for byte: bytes that aren't UTF-8 become lone surrogates
("surrogateescape"), so two different IDs never look the same.
"""

import posixpath
import re
from urllib.parse import quote, unquote_to_bytes

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_UNCLEAN = re.compile(r"//|/\.\.?(?:/|\Z)")
_UNESCAPED = "/$&+,:;=@~"


class BadEscape(ValueError):
    """A percent sign without two hex digits behind it."""


def decoded(raw_path: bytes) -> str:
    """Return the path with its escapes resolved once.

    Raises:
        BadEscape: a percent sign has no two hex digits after it.
    """
    if b"%" in raw_path:
        if _BAD_ESCAPE.search(raw_path):
            raise BadEscape(raw_path)
        raw_path = unquote_to_bytes(raw_path)
    return raw_path.decode("utf-8", "surrogateescape")


def cleaned(path: str) -> str:
    """Return the path without empty, ``.`` and ``..`` elements; a slash at the end stays."""
    if path.startswith("/") and not _UNCLEAN.search(path):
        return path
    clean = "/" + posixpath.normpath("/" + path).lstrip("/")
    return clean + "/" if path.endswith("/") and clean != "/" else clean


def escaped(path: str) -> str:
    """Return the path as Go writes it into a Location header."""
    return quote(path.encode("utf-8", "surrogateescape"), safe=_UNESCAPED)


def host_port(host: str, port: int | str) -> str:
    """``net.JoinHostPort``: ``127.0.0.1:4646``, and ``[::1]:4646`` where the host has colons."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
