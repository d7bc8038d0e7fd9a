"""Cut a text of HCL, version 1, into tokens, as the parser of Nomad 0.5 does."""

import math
import re
import sys
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from mockserver.gostd.strconv import parse_int_literal
from nomad_contract_spelling import shown

Kind: TypeAlias = Literal["name", "text", "number", "bool", "mark", "end"]


class Place(NamedTuple):
    """Where something is written: line and column, from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class HclError(ValueError):
    """A text that is not HCL, or HCL that is no job; the message begins with line and column."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


class Token(NamedTuple):
    """A name, a literal, one of the marks ``{ } [ ] = ,``, or the end of the text."""

    kind: Kind
    value: str | int | float | bool
    place: Place


_BLANK = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w.-]*")
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)")
_HEREDOC = re.compile(r"<<(-?)(\w+)\r?\n")
_ESCAPE = re.compile(r'\\(?:([abfnrtv\\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}
_SURROGATES = range(0xD800, 0xE000)
_MARKS = "{}[]=,"
_WHOLE = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|[0-9]+)")


class Scanner:
    """Reads tokens from the beginning of a text on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line, self._line_start, self._counted = 1, 0, 0

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens, at last one of the kind ``end``; what is no token raises ``HclError``."""
        while True:
            if blank := _BLANK.match(self._text, self._at):
                self._at = blank.end()
            place = self.place(self._at)
            if self._at == len(self._text):
                yield Token("end", "", place)
                return
            yield Token(*self._next(place), place)

    def place(self, at: int) -> Place:
        """Return line and column of a position that is not before the one last asked for."""
        if newlines := self._text.count("\n", self._counted, at):
            self._line += newlines
            self._line_start = self._text.rindex("\n", self._counted, at) + 1
        self._counted = at
        return Place(self._line, at - self._line_start + 1)

    def _next(self, place: Place) -> tuple[Kind, str | int | float | bool]:
        start = self._text[self._at]
        if start in _MARKS:
            self._at += 1
            return "mark", start
        if start == '"':
            return "text", self._quoted(place)
        if heredoc := _HEREDOC.match(self._text, self._at):
            return "text", self._heredoc(heredoc, place)
        for kind, pattern in (("number", _NUMBER), ("name", _NAME)):
            if found := pattern.match(self._text, self._at):
                self._at = found.end()
                return _number(found[0], place) if kind == "number" else _word(found[0])
        raise HclError(place, f"{start!r} has no meaning here")

    def _quoted(self, place: Place) -> str:
        """Return a text in quotes; what is between ``${`` and its brace stays as it is written.

        Raises:
            HclError: It is not closed on its line.
        """
        parts, self._at = list[str](), self._at + 1
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == '"':
                self._at += 1
                return "".join(parts)
            if self._text.startswith("${", self._at):
                parts.append(self._interpolation(place))
            elif char == "\n":
                break
            elif char == "\\":
                parts.append(self._escaped())
            else:
                parts.append(char)
                self._at += 1
        raise HclError(place, "this text is not closed: a quote is missing on its line")

    def _interpolation(self, place: Place) -> str:
        depth, begin = 0, self._at
        for end in range(self._at + 1, len(self._text)):
            depth += {"{": 1, "}": -1}.get(self._text[end], 0)
            if depth == 0:
                self._at = end + 1
                return self._text[begin : self._at].replace("\\\\", "\\")
        raise HclError(place, "${ in this text is not closed: a brace is missing")

    def _escaped(self) -> str:
        escape = _ESCAPE.match(self._text, self._at)
        place = self.place(self._at)
        if escape is None:
            raise HclError(place, f"there is no {self._text[self._at : self._at + 2]}; write \\\\ for a backslash")
        self._at = escape.end()
        simple, octal, *hexadecimal = escape.groups()
        if simple:
            return _SIMPLE[simple]
        code = int(octal, 8) if octal else int("".join(filter(None, hexadecimal)), 16)
        if code > sys.maxunicode or code in _SURROGATES:
            raise HclError(place, f"there is no character {escape[0]}")
        return chr(code)

    def _heredoc(self, start: re.Match[str], place: Place) -> str:
        """Return the lines up to one that ends with the name; behind ``<<-`` that has to be indented (observed).

        Raises:
            HclError: There is no such line.
        """
        indented, name = start.groups()
        least = "." if indented else ""
        line = re.compile(rf"^(.*?{least})({name})\r?\n", re.MULTILINE).search(self._text, start.end())
        if line is None:
            last = f"an indented line with {name}" if indented else f"a line with {name}"
            raise HclError(place, f"this text is not closed: {last} is missing")
        self._at = line.end()
        text = self._text[start.end() : line.start(2)]
        return _without_indent(text) if indented else text


def _without_indent(text: str) -> str:
    """Return the lines of ``<<-`` without the indent of the line that ends it, if all of them have that."""
    *lines, indent = text.split("\n")
    if not all(line.startswith(indent) for line in lines):
        return text.rstrip(" \t")
    return "".join(f"{line.removeprefix(indent)}\n" for line in lines)


def _word(word: str) -> tuple[Kind, str | bool]:
    return ("bool", word == "true") if word in ("true", "false") else ("name", word)


def _number(digits: str, place: Place) -> tuple[Kind, int | float]:
    try:
        if _WHOLE.fullmatch(digits):
            return "number", parse_int_literal(digits)
        number = float(digits)
    except ValueError:
        raise HclError(place, f"{shown(digits)} is no whole number of 64 bits") from None
    if not math.isfinite(number):
        raise HclError(place, f"{shown(digits)} is larger than a number can be")
    return "number", number
