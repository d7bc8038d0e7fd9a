"""Leave secrets out of everything that is handed on: archives, recordings, the journal, events.

A name tells a secret: that of a header field, of a query parameter, of a member of an object, of a field in a plan's
diff, of a variable in a list or a text. A secret without such a name, in the value of a ``Payload`` for one, is not
found. A body that should be JSON and can't be read is left out where one of these names is in it.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Any
from urllib.parse import unquote_plus

from mockserver.journal.verbatim_json import Members, NotReadable, read_all, written

REDACTED = "redacted"

LEFT_OUT = "redacted: this body can't be looked into, and may hold a secret"
"""In place of a body."""

_WORDS = (
    *("token", "secret", "passw", "passphrase", "authorization", "credential", "cookie"),
    *(f"{kind}{between}key" for kind in ("api", "private", "access") for between in ("", "-", "_")),
)
_LONGEST_NAME = 200
_NOTHING = re.compile(r"""[^"\\:]{0,64}+"\s{0,8}:\s{0,8}(?:""|null|true|false)""")
"""Behind the word: the end of a name, and a value that tells nothing."""

_ASSIGNED = re.compile(
    r"""([\w.\]-]{0,64}+(?:\\?["'])?\s{0,8}[=:]\s{0,8}(?:\\?["'])?(?:(?:bearer|basic)\s{1,8})?)"""
    r"""[^\s"'&,;}\]\\<]+""",
    re.IGNORECASE,
)
"""Behind the word: the end of a name, what stands between, and a value."""

_BEARER = re.compile(r"(\bbearer\s{1,8})[\w.~+/=-]{4,}", re.IGNORECASE)
_IN_AUTHORITY = re.compile(r"""(://)[^/@\s"']{1,200}@""")
_ESCAPED = re.compile(r"\\u00([2-7][0-9a-fA-F])")
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
_VARIABLE = re.compile(r"-{0,2}[\w.-]{1,64}")
_OF_A_FIELD = frozenset(("old", "new", "value"))
_COMPRESSED = {b"\x1f\x8b": 31, b"\x78\x01": 15, b"\x78\x9c": 15, b"\x78\xda": 15}
"""How a compressed body begins, and what zlib calls it."""

_ENCODINGS = {"": 0, "identity": 0, "gzip": 31, "x-gzip": 31, "deflate": 15}
"""The same of a ``Content-Encoding``; 0 for a body that is as it is."""

_CHECKSUM = 8
"""Bytes at the end of a gzip body."""

_LONGEST_PLAIN = 16 * 1024 * 1024
"""Bytes that are unpacked of a compressed body; what comes behind can't be looked at, and so is left out."""


def is_secret(name: str) -> bool:
    """Return whether a value of this name is a secret."""
    folded = name[:_LONGEST_NAME].lower()
    return any(word in folded for word in _WORDS)


def unpacked(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """Return a body without its ``Content-Encoding``, and whether that is all of it.

    A broken body ends where it breaks, one longer than ``_LONGEST_PLAIN`` ends there, and nothing can be read of an
    unknown encoding.
    """
    bits = _ENCODINGS.get(encoding.strip().lower())
    if bits == 0:
        return body, True
    return (b"", not body) if bits is None else _inflated(body, bits)


def _inflated(body: bytes, bits: int) -> tuple[bytes, bool]:
    plain: list[bytes] = []
    room, rest = _LONGEST_PLAIN, body
    try:
        while rest:
            unpacking = zlib.decompressobj(bits)
            for piece in (rest[:-_CHECKSUM], rest[-_CHECKSUM:]):  # the data are complete even with a wrong checksum
                plain.append(unpacking.decompress(unpacking.unconsumed_tail + piece, room))
                room -= len(plain[-1])
                if room <= 0:
                    return b"".join(plain), False
            if not unpacking.eof:
                return b"".join(plain), False
            rest = unpacking.unused_data
    except zlib.error:
        return b"".join(plain), False
    return b"".join(plain), True


@dataclass(frozen=True, slots=True)
class Redaction:
    """Leaves out secrets; with ``env`` all values in the ``Env`` of tasks, too, whatever their names."""

    env: bool = False

    def header(self, name: str, value: str) -> str:
        """Return the value of a header field without secrets."""
        return REDACTED if is_secret(name) else self.text(value)

    def query(self, query: str) -> str:
        """Return a query, as it stands in an address without its ``?``, without secrets."""
        parts = re.split("([&;])", query)
        return "".join(part if part in "&;" else self._pair(part) for part in parts)

    def text(self, text: str) -> str:
        """Return a text without secrets that follow their names: ``token=…``, ``"Token": "…"``, ``Bearer …``, ``://…@``."""
        if "@" in text:
            text = _IN_AUTHORITY.sub(rf"\1{REDACTED}@", text)
        parts, end = [], 0
        for at in _words_in(text):
            found = _ASSIGNED.match(text, at) if at >= end else None
            if found:
                parts += [text[end : found.end(1)], REDACTED]
                end = found.end()
        return _BEARER.sub(rf"\1{REDACTED}", "".join([*parts, text[end:]]))

    def body(self, body: bytes, encoding: str = "") -> str | None:
        """Return a body as text: JSON without the values of secrets, other text without what follows their names.

        The result is ``LEFT_OUT`` where that is impossible, and None for a harmless body that is no text.
        ``encoding`` is the body's ``Content-Encoding``.
        """
        plain, whole = unpacked(body, encoding)
        if not whole:
            return None if plain and _is_harmless(plain) else LEFT_OUT
        try:
            text = plain.decode()
        except UnicodeDecodeError:
            return None if _is_harmless(plain) else LEFT_OUT
        return self._json(text) if text.lstrip()[:1] in ("{", "[", '"') else self.text(text)

    def value(self, value: Any) -> Any:
        """Return a value of JSON, as ``json.loads`` returns it, without secrets."""
        if isinstance(value, dict):
            return dict(self._members(list(value.items())))
        return self._any(value)

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        return f"{name}={REDACTED}" if equals and value and is_secret(unquote_plus(name)) else pair

    def _json(self, text: str) -> str:
        if not self.env and not _is_suspicious(text):
            return text
        try:
            values = read_all(text)
            redacted = [self._any(value) for value in values]
            return text if redacted == values else written(redacted, like=text)
        except (NotReadable, RecursionError):
            plain = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text)
            hidden = _is_suspicious(plain) or (self.env and '"env"' in plain.lower())
            return LEFT_OUT if hidden else text

    def _any(self, value: Any) -> Any:
        if isinstance(value, Members):
            return Members(self._members(value))
        if isinstance(value, dict):
            return dict(self._members(list(value.items())))
        if isinstance(value, list):
            return self._items(value)
        return self.text(value) if type(value) is str else value

    def _members(self, members: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
        is_field = any(name.lower() in ("name", "key") and self._is_hidden(value) for name, value in members)
        return [
            (
                name,
                _blank(value) if self._hides(name) or (is_field and name.lower() in _OF_A_FIELD) else self._any(value),
            )
            for name, value in members
        ]

    def _hides(self, name: str) -> bool:
        return is_secret(name) or (self.env and name.lower() == "env")

    def _is_hidden(self, name: Any) -> bool:
        return type(name) is str and (is_secret(name) or (self.env and name.lower().startswith("env[")))

    def _items(self, items: list[Any]) -> list[Any]:
        found: list[Any] = []
        follows = False
        for item in items:
            found.append(_blank(item) if follows and type(item) is str else self._any(item))
            follows = type(item) is str and is_secret(item) and _VARIABLE.fullmatch(item) is not None
        return found


SECRETS = Redaction()
"""What is left out unless somebody asks for more."""


def _is_harmless(body: bytes) -> bool:
    """Return whether a body that is no text, compressed or not, holds nothing suspicious where it can be read."""
    bits = _COMPRESSED.get(body[:2])
    plain = body if bits is None else _inflated(body, bits)[0]
    return len(plain) < _LONGEST_PLAIN and not _is_suspicious(plain.decode("latin-1"))


def _is_suspicious(text: str) -> bool:
    """Return quickly whether a text may hold a secret, for most texts hold none."""
    if any(not _NOTHING.match(text, at) for at in _words_in(text)):
        return True
    return bool(_BEARER.search(text) or ("@" in text and _IN_AUTHORITY.search(text)) or _ESCAPED.search(text))


def _words_in(text: str) -> list[int]:
    """Return where the words of secrets end in a text."""
    lower = text.lower() if text.isascii() else text.translate(_SMALL)
    ends = []
    for word in _WORDS:
        at = lower.find(word)
        while at >= 0:
            ends.append(at + len(word))
            at = lower.find(word, at + len(word))
    return sorted(ends)


def _blank(value: Any) -> Any:
    """Hide each text and number; an empty value, true, false and null tell nothing."""
    if isinstance(value, Members):
        return Members((name, _blank(each)) for name, each in value)
    if isinstance(value, dict):
        return {name: _blank(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_blank(each) for each in value]
    return value if value is None or isinstance(value, bool) or value == "" else REDACTED
