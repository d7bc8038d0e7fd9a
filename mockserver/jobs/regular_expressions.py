r"""Regular expressions as Go's ``regexp`` reads them: RE2's syntax, its error texts, and what they match.

An expression is read from left to right, as RE2 does, so the first mistake is reported with the same words; on the
way it is put together again in the words of Python's ``re``. Only whether there is a match is kept: groups capture
nothing and every repetition is greedy.

Source: the syntax at https://golang.org/s/re2syntax; error texts observed with Go 1.19.
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from mockserver.jobs.character_classes import Ranges, complement, folded, merged, perl_class, posix_class, unicode_class

_LARGEST_REPEAT = 1000
_GREATEST_HEIGHT = 1000
_C_ESCAPES = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_EMPTY_MATCHES = {"A": r"\A", "b": r"(?a:\b)", "B": r"(?!(?a:\b))", "z": r"\Z"}
_COUNT = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})")


class InvalidRegexp(ValueError):
    """A text is no regular expression of RE2; the message is Go's."""

    def __init__(self, reason: str, expression: str) -> None:
        super().__init__(f"error parsing regexp: {reason}: `{expression}`")


@lru_cache(maxsize=1024)
def compile_regexp(pattern: str) -> re.Pattern[str]:
    """Compile an RE2 expression for ``search``.

    Raises:
        InvalidRegexp: when Go refuses it.
    """
    return re.compile(translate(pattern))


def translate(pattern: str) -> str:
    """Return Python's expression that finds a match wherever the RE2 expression does.

    Raises:
        InvalidRegexp: when Go refuses it.
    """
    return _Reader(pattern).read()


@dataclass(frozen=True)
class _Flags:
    fold: bool = False
    multiline: bool = False
    dot_all: bool = False


@dataclass(frozen=True)
class _Part:
    """A piece that a repetition can follow: its text in Python, how deep it nests and how often it repeats inside."""

    text: str
    height: int = 1
    repeats: int = 1


@dataclass
class _Group:
    """An open parenthesis (or the whole expression): the flags to go back to and what was read inside."""

    flags: _Flags
    captures: bool
    branches: list[list[_Part]] = field(default_factory=lambda: [[]])

    def closed(self) -> _Part:
        parts = [part for branch in self.branches for part in branch]
        levels = self.captures + (len(self.branches) > 1) + any(len(branch) > 1 for branch in self.branches)
        text = "|".join("".join(part.text for part in branch) for branch in self.branches)
        return _Part(
            f"(?:{text})",
            height=levels + max((part.height for part in parts), default=1),
            repeats=max((part.repeats for part in parts), default=1),
        )


class _Reader:
    """Reads one expression; ``_rest`` is what is still to be read."""

    def __init__(self, pattern: str) -> None:
        self._whole = self._rest = pattern
        self._flags = _Flags()
        self._open = [_Group(self._flags, captures=False)]
        self._last_repeat: str | None = None

    def read(self) -> str:
        while self._rest:
            start, repeated = self._rest, self._read_repeat()
            if not repeated:
                self._read_other()
            self._last_repeat = start if repeated else None
        if len(self._open) > 1:
            raise InvalidRegexp("missing closing )", self._whole)
        return self._open[0].closed().text

    @property
    def _branch(self) -> list[_Part]:
        return self._open[-1].branches[-1]

    def _read_repeat(self) -> bool:
        """Read ``*``, ``+``, ``?`` or ``{n,m}`` if there is one."""
        start = self._rest
        if start[0] in "*+?":
            self._repeat(start, start[0], 1, 1)
            return True
        count = _COUNT.match(start)
        if count is None:
            return False
        least, most = _number(count[1]), _number(count[3] or count[1])
        if max(least, most) > _LARGEST_REPEAT or least > most:
            raise InvalidRegexp("invalid repeat count", count[0])
        times = 0 if count[3] == "0" or (not count[2] and most == 0) else max(most, 1)
        self._repeat(start, count[0], most, times)
        return True

    def _repeat(self, start: str, operator: str, most: int, times: int) -> None:
        end = len(operator)
        self._rest = start[end + start.startswith("?", end) :]
        read = _read_until(start, self._rest)
        if self._last_repeat is not None:
            raise InvalidRegexp("invalid nested repetition operator", _read_until(self._last_repeat, self._rest))
        if not self._branch:
            raise InvalidRegexp("missing argument to repetition operator", read)
        part = self._branch.pop()
        repeats = part.repeats * times if times else 1
        self._add(_Part(f"(?:{part.text}){operator}", part.height + 1, repeats))
        if operator[0] == "{" and most > 1 and repeats > _LARGEST_REPEAT:
            raise InvalidRegexp("invalid repeat count", read)

    def _add(self, part: _Part) -> None:
        if part.height > _GREATEST_HEIGHT:
            raise InvalidRegexp("expression nests too deeply", self._whole)
        self._branch.append(part)

    def _read_other(self) -> None:
        char, rest = self._rest[0], self._rest[1:]
        if char == "[":
            self._read_class()
        elif char == "\\":
            self._read_escape()
        elif self._rest.startswith("(?"):
            self._read_flags()
        else:
            self._rest = rest
            self._read_char(char)

    def _read_char(self, char: str) -> None:
        match char:
            case "(":
                self._open.append(_Group(self._flags, captures=True))
            case "|":
                self._open[-1].branches.append([])
            case ")":
                self._close()
            case "^":
                self._add(_Part("(?m:^)" if self._flags.multiline else r"\A"))
            case "$":
                self._add(_Part("(?m:$)" if self._flags.multiline else r"\Z"))
            case ".":
                self._add(_Part("(?s:.)" if self._flags.dot_all else "."))
            case _:
                self._literal(char)

    def _close(self) -> None:
        if len(self._open) == 1:
            raise InvalidRegexp("unexpected )", self._whole)
        group = self._open.pop()
        self._flags = group.flags
        self._add(group.closed())

    def _literal(self, char: str) -> None:
        if self._flags.fold:
            self._class(self._folded(((ord(char), ord(char)),)))
        else:
            self._add(_Part(re.escape(char)))

    def _class(self, ranges: Ranges) -> None:
        chars = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
        self._add(_Part(f"[{chars}]" if ranges else "(?!)"))

    def _folded(self, ranges: Ranges) -> Ranges:
        return folded(ranges) if self._flags.fold else ranges

    def _signed(self, ranges: Ranges, *, negated: bool) -> Ranges:
        """Cases are added before a class is negated, as RE2 does."""
        return complement(self._folded(ranges)) if negated else self._folded(ranges)

    def _read_flags(self) -> None:
        """Read what follows ``(?``: flags to set here or in a group, a group without a number, or a named one."""
        start = self._rest
        if start.startswith("(?P<") and len(start) > len("(?P<"):
            self._read_named_group()
            return
        flags, setting, needs_flag = self._flags, True, False
        for place, char in enumerate(start[2:], 3):
            if char in "imsU":
                flags, needs_flag = _with_flag(flags, char, setting=setting), False
            elif char == "-" and setting:
                setting, needs_flag = False, True
            elif char in ":)" and not needs_flag:
                self._rest = start[place:]
                if char == ":":
                    self._open.append(_Group(self._flags, captures=False))
                self._flags = flags
                return
            else:
                raise InvalidRegexp("invalid or unsupported Perl syntax", start[:place])
        raise InvalidRegexp("invalid or unsupported Perl syntax", start)

    def _read_named_group(self) -> None:
        name, closed, rest = self._rest[4:].partition(">")
        if not closed or not _NAME.fullmatch(name):
            raise InvalidRegexp("invalid named capture", f"(?P<{name}{closed}")
        self._rest = rest
        self._open.append(_Group(self._flags, captures=True))

    def _read_escape(self) -> None:
        letter = self._rest[1:2]
        if letter == "Q":
            literals, _, self._rest = self._rest[2:].partition(r"\E")
            for char in literals:
                self._literal(char)
        elif letter in _EMPTY_MATCHES:
            self._rest = self._rest[2:]
            self._add(_Part(_EMPTY_MATCHES[letter]))
        else:
            ranges = self._escaped_class()
            if ranges is not None:
                self._class(ranges)
            else:
                self._literal(chr(self._escaped_char()))

    def _escaped_class(self) -> Ranges | None:
        r"""Read ``\d`` and its like or ``\p{…}`` if there is one."""
        letter = self._rest[1:2] if self._rest.startswith("\\") else ""
        if letter and letter in "pP":
            return self._unicode_class()
        ranges = perl_class(letter.lower())
        if ranges is None:
            return None
        self._rest = self._rest[2:]
        return self._signed(ranges, negated=letter.isupper())

    def _unicode_class(self) -> Ranges:
        start = self._rest
        if start[2:3] == "{":
            end = start.find("}") + 1 or len(start)
            name = start[3 : end - 1] if start[end - 1] == "}" else ""
        else:
            end, name = 3, start[2:3]
        ranges = unicode_class(name.removeprefix("^"))
        if ranges is None:
            raise InvalidRegexp("invalid character class range", start[:end])
        self._rest = start[end:]
        return self._signed(ranges, negated=(start[1] == "P") != name.startswith("^"))

    def _escaped_char(self) -> int:
        start = self._rest
        if len(start) == 1:
            raise InvalidRegexp("trailing backslash at end of expression", "")
        char = start[1]
        if char.isascii() and not char.isalnum():
            return self._take(2, ord(char))
        if char in _C_ESCAPES:
            return self._take(2, _C_ESCAPES[char])
        if octal := _OCTAL.match(start, 1):
            return self._take(octal.end(), int(octal[0], 8))
        digits = _HEX.match(start, 1)
        if digits and (code := _code(digits[1] or digits[2])) is not None:
            return self._take(digits.end(), code)
        raise InvalidRegexp("invalid escape sequence", start[: _end_of_bad_escape(start)])

    def _take(self, length: int, code: int) -> int:
        self._rest = self._rest[length:]
        return code

    def _read_class(self) -> None:
        start = self._rest
        negated = start.startswith("[^")
        self._rest = start[1 + negated :]
        ranges: list[tuple[int, int]] = []
        first = True
        while first or not self._rest.startswith("]"):
            first = False
            ranges += self._class_item(start)
        self._rest = self._rest[1:]
        self._class(self._signed(merged(ranges), negated=negated))

    def _class_item(self, whole_class: str) -> Ranges:
        for item in (self._named_class(), self._escaped_class()):
            if item is not None:
                return item
        return (self._range(whole_class),)

    def _named_class(self) -> Ranges | None:
        if not self._rest.startswith("[:") or ":]" not in self._rest[2:]:
            return None
        name, _, rest = self._rest[2:].partition(":]")
        ranges = posix_class(name.removeprefix("^"))
        if ranges is None:
            raise InvalidRegexp("invalid character class range", f"[:{name}:]")
        self._rest = rest
        return self._signed(ranges, negated=name.startswith("^"))

    def _range(self, whole_class: str) -> tuple[int, int]:
        start = self._rest
        first = last = self._class_char(whole_class)
        if len(self._rest) > 1 and self._rest[0] == "-" and self._rest[1] != "]":
            self._rest = self._rest[1:]
            last = self._class_char(whole_class)
        if last < first:
            raise InvalidRegexp("invalid character class range", _read_until(start, self._rest))
        return first, last

    def _class_char(self, whole_class: str) -> int:
        if not self._rest:
            raise InvalidRegexp("missing closing ]", whole_class)
        if self._rest[0] == "\\":
            return self._escaped_char()
        return self._take(1, ord(self._rest[0]))


def _with_flag(flags: _Flags, letter: str, *, setting: bool) -> _Flags:
    """``U`` swaps greedy and lazy, which changes no answer."""
    name = {"i": "fold", "m": "multiline", "s": "dot_all"}.get(letter)
    return replace(flags, **{name: setting}) if name else flags


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= 9 else _LARGEST_REPEAT + 1


def _code(digits: str) -> int | None:
    code = int(digits.lstrip("0")[:9] or "0", 16)
    return code if code <= 0x10FFFF else None


def _end_of_bad_escape(start: str) -> int:
    r"""Say how far Go reads an escape before it gives up: ``\x{12g`` ends at the ``g``, ``\8`` at the ``8``."""
    if start[1] != "x":
        return 2
    if start[2:3] != "{":
        return 4
    code = 0
    for place, char in enumerate(start[3:], 4):
        if char not in "0123456789abcdefABCDEF":
            return place
        code = code * 16 + int(char, 16)
        if code > 0x10FFFF:
            return place
    return len(start)


def _read_until(start: str, rest: str) -> str:
    return start[: len(start) - len(rest)]
