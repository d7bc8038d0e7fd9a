"""JSON text, read exactly as Go's scanner reads it.

Python's own scanner is quick, but it words its complaints differently, accepts ``NaN``, keeps lone surrogates
and gives up on deep nesting. ``read`` lets it do the work where the two provably agree; ``read_exactly``
does all the rest: it needs no recursion, takes linear time and knows Go's words for every mistake.

Both give a *tree* that has kept what a decoder needs to know: an object is a tuple of (name, value) pairs in
the order sent, duplicates included; an array is a list; a number is the ``Number`` literal that was sent.
"""

import codecs
import json
import re
from contextlib import suppress
from typing import Any, TypeAlias

from mockserver.errors import BadRequest
from mockserver.gostd.surrogates import replaced

Pairs: TypeAlias = tuple[tuple[str, Any], ...]
Tree: TypeAlias = bool | str | list[Any] | Pairs | None
"""A JSON value: null, a boolean, a string (or ``Number``), an array or an object."""

_MAX_DEPTH = 10_000
_SPACE = re.compile(rb"[ \t\r\n]*")
_SPACE_BEFORE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(rb'(?:[^"\\\x00-\x1f]{1,4096}+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){0,512}')
"""A part of a string: a longer match would hold the interpreter too long.

The whole is not possessive: up to Python 3.11.4 such a group takes in what it can only begin to match.
"""
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HEX = re.compile(rb"[0-9a-fA-F]*")
_WORDS: dict[int, tuple[str, bool | None]] = {
    ord("t"): ("true", True),
    ord("f"): ("false", False),
    ord("n"): ("null", None),
}
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_UTF8 = codecs.getincrementaldecoder("utf-8")
_SHORT_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v", "\\": "\\"}


_OPENED = object()


class InvalidCharacter(BadRequest):
    """A byte that JSON does not allow where it stands."""

    def __init__(self, char: int, context: str) -> None:
        super().__init__(f"invalid character {_quote(char)} {context}")


class Number(str):
    """A number as it was written: ``50``, ``5e1``, ``-0``."""

    __slots__ = ()


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


_plain = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=Number, parse_float=Number, parse_constant=_refuse, strict=True
)


def _members(pairs: list[tuple[str, Any]]) -> Pairs:
    return tuple(pairs)


def _literal(text: str) -> Number:
    return Number(text)


_yielding = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_literal, parse_float=_literal, parse_constant=_refuse, strict=True
)
"""Does the same, a little slower: with functions in Python, other threads have their turn between members."""

_LONG = 256 * 1024
"""Characters of a text that is read so: the scanner itself holds the interpreter from beginning to end."""


def read(body: bytes) -> Tree:
    """Return the first JSON value of ``body``; whatever follows it is ignored.

    A body that is not JSON raises BadRequest in the words of Go 1.19: ``EOF`` (it is empty), ``unexpected EOF`` (it is
    cut off) or ``invalid character …``.
    """
    try:
        text = body.decode()
        start = len(_SPACE_BEFORE.match(text)[0])  # type: ignore[index]  # it always matches
        if text.startswith("{", start) and not _SURROGATE_ESCAPE.search(text):
            decoder = _plain if len(text) <= _LONG else _yielding
            tree: Pairs = decoder.raw_decode(text, start)[0]
            return tree
    except (ValueError, RecursionError):
        pass  # not UTF-8, not JSON or nested deeply: a case for the exact reader
    return read_exactly(body)


def read_exactly(body: bytes) -> Tree:
    """Do the same as ``read`` in plain Python: slower, without recursion, with Go's complaints."""
    return _Reader(body).value()


def mistake_in(body: bytes) -> int:
    """Return the offset of the byte at which reading stops where ``body`` is not JSON."""
    reader = _Reader(body)
    with suppress(BadRequest):
        reader.value()
    return reader.last_seen


def rest_after_value(body: bytes) -> bytes:
    """Return what follows the first JSON value of ``body``; raises as ``read_exactly`` does."""
    reader = _Reader(body)
    reader.value()
    return reader.rest


class _Reader:
    """A position in a body, and the containers that are open there."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0
        self.last_seen = 0
        """Where the byte is that was looked at last; the one that is wrong, after an error."""
        self._open: list[list[Any]] = []
        self._names: list[str | None] = []
        """For each open object the name whose value comes next; None for an open array."""

    def value(self) -> Tree:
        """Read one whole value, keeping the open containers on a stack of our own."""
        while True:
            value = self._begin_value()
            if value is _OPENED:
                continue
            while self._open:
                self._put(value)
                if not self._closes():
                    break
                value = self._close()
            else:
                return value  # type: ignore[no-any-return]  # a tree has no closer static type than Any

    @property
    def rest(self) -> bytes:
        """What has not been read."""
        return self._body[self._at :]

    def _begin_value(self) -> Any:
        """Read a literal or an empty container; return ``_OPENED`` when a container with members begins.

        Raises:
            InvalidCharacter: no value begins here.
        """
        char = self._next()
        if char == ord("{"):
            return self._begin_container(char, ord("}"))
        if char == ord("["):
            return self._begin_container(char, ord("]"))
        if char == ord('"'):
            return self._string()
        if char in b"-0123456789":
            return self._number()
        if char in _WORDS:
            return self._word(*_WORDS[char])
        raise InvalidCharacter(char, "looking for beginning of value")

    def _begin_container(self, opening: int, closing: int) -> Any:
        if len(self._open) == _MAX_DEPTH:
            raise InvalidCharacter(opening, "exceeded max depth")
        self._at += 1
        if self._next() == closing:
            self._at += 1
            return () if closing == ord("}") else []
        self._open.append([])
        self._names.append(self._name() if closing == ord("}") else None)
        return _OPENED

    def _name(self) -> str:
        """Read a property's name and the colon after it.

        Raises:
            InvalidCharacter: there is no name, or no colon.
        """
        if (char := self._next()) != ord('"'):
            raise InvalidCharacter(char, "looking for beginning of object key string")
        name = self._string()
        if (char := self._next()) != ord(":"):
            raise InvalidCharacter(char, "after object key")
        self._at += 1
        return name

    def _put(self, value: Any) -> None:
        name = self._names[-1]
        self._open[-1].append(value if name is None else (name, value))

    def _closes(self) -> bool:
        """Say whether the innermost container ends here; otherwise move to its next member.

        Raises:
            InvalidCharacter: neither a comma nor the end follows.
        """
        char = self._next()
        in_array = self._names[-1] is None
        if char == ord(","):
            self._at += 1
            if not in_array:
                self._names[-1] = self._name()
            return False
        if char != ord("]" if in_array else "}"):
            raise InvalidCharacter(char, "after array element" if in_array else "after object key:value pair")
        return True

    def _close(self) -> Any:
        self._at += 1
        members = self._open.pop()
        return members if self._names.pop() is None else tuple(members)

    def _string(self) -> str:
        start = self._at
        end, further = start + 1, self._match(_STRING, start + 1)
        while further > end:
            end, further = further, self._match(_STRING, further)
        if self._peek(end) != ord('"'):
            raise self._bad_string(end)
        self._at = end + 1
        return unquoted(self._body[start : end + 1])

    def _bad_string(self, at: int) -> "InvalidCharacter":
        char = self._peek(at)
        if char != ord("\\"):
            return InvalidCharacter(char, "in string literal")
        char = self._peek(at + 1)
        if char != ord("u"):
            return InvalidCharacter(char, "in string escape code")
        return InvalidCharacter(self._peek(self._match(_HEX, at + 2)), r"in \u hexadecimal character escape")

    def _number(self) -> Number:
        number = _NUMBER.match(self._body, self._at)
        if number is None:
            raise InvalidCharacter(self._peek(self._at + 1), "in numeric literal")
        self._at = number.end()
        self._check_end_of_number(number[0])
        return Number(number[0].decode())

    def _check_end_of_number(self, number: bytes) -> None:
        """Refuse a point or an exponent without digits, which the pattern left behind.

        Raises:
            InvalidCharacter: there is one.
        """
        following = self._body[self._at : self._at + 2]
        has_exponent = b"e" in number or b"E" in number
        if has_exponent or not following:
            return
        if following[:1] in b"eE":
            signed = following[1:] in {b"+", b"-"}
            raise InvalidCharacter(self._peek(self._at + 1 + signed), "in exponent of numeric literal")
        if following[:1] == b"." and b"." not in number:
            raise InvalidCharacter(self._peek(self._at + 1), "after decimal point in numeric literal")

    def _word(self, word: str, value: bool | None) -> bool | None:
        for offset, expected in enumerate(word):
            char = self._peek(self._at + offset)
            if char != ord(expected):
                raise InvalidCharacter(char, f"in literal {word} (expecting '{expected}')")
        self._at += len(word)
        return value

    def _next(self) -> int:
        """Skip white space and return the next byte."""
        self._at = self._match(_SPACE, self._at)
        return self._peek(self._at)

    def _peek(self, at: int) -> int:
        self.last_seen = at
        try:
            return self._body[at]
        except IndexError:
            raise BadRequest("unexpected EOF" if self._body.strip(b" \t\r\n") else "EOF") from None

    def _match(self, pattern: re.Pattern[bytes], at: int) -> int:
        """Where a pattern that always matches ends."""
        match = pattern.match(self._body, at)
        return match.end() if match else at


def unquoted(literal: bytes) -> str:
    """Return the text of a string literal; each byte that is not UTF-8 and each lone surrogate becomes U+FFFD."""
    text: str = json.loads(_decoded(literal))
    return replaced(text)


def _decoded(literal: bytes) -> str:
    """Return UTF-8 as text, each byte that is none as a lone surrogate; a long one in pieces, as it is matched."""
    if len(literal) <= _LONG:
        return literal.decode(errors="surrogateescape")
    decoder = _UTF8(errors="surrogateescape")
    pieces = [decoder.decode(literal[at : at + _LONG]) for at in range(0, len(literal), _LONG)]
    return "".join([*pieces, decoder.decode(b"", final=True)])


def _quote(byte: int) -> str:
    """Return a byte as Go shows it: as the character of that number, escaped when it does not print."""
    char = chr(byte)
    if char == "'":
        return r"'\''"
    if char in _SHORT_ESCAPES:
        return rf"'\{_SHORT_ESCAPES[char]}'"
    if char.isprintable():
        return f"'{char}'"
    return rf"'\x{byte:02x}'" if byte < 0x80 else rf"'\u{byte:04x}'"
