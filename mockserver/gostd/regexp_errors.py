r"""Where Go's regular expressions differ from RE2's in C++: the words of mistakes, and a few that only Go refuses.

Every pattern of this module takes linear time: what it reads may be written to stop a server.
"""

import re
from dataclasses import dataclass

_REASONS = {
    "bad repetition operator": "invalid nested repetition operator",
    "invalid character class range": "invalid character class range",
    "invalid escape sequence": "invalid escape sequence",
    "invalid named capture group": "invalid named capture",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid repetition size": "invalid repeat count",
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "no argument for repetition operator": "missing argument to repetition operator",
    "trailing \\": "trailing backslash at end of expression",
    "unexpected )": "unexpected )",
}
_ABOUT_REPETITION = {"bad repetition operator", "invalid repetition size", "no argument for repetition operator"}
_LARGEST_REPEAT = 1000
_GREATEST_HEIGHT = 1000

_MARK = "\U0010ffff"  # no character, and so refused by RE2 in an escape sequence and in a name
_QUOTED = r"\\Q.*?(?:\\E|\Z)"
_REFUSED_BY_GO = re.compile(rf"(?s){_QUOTED}|(?P<any_byte>\\C)|\\.|\(\?P?<(?P<name>[^>()]+)>")
_UNICODE_CLASS = re.compile(rf"(?s){_QUOTED}|(?P<unicode>\\[pP])|\\.")
_NUMBER = r"(0|[1-9]\d*)"
_LAST_COUNT = re.compile(rf"(\{{{_NUMBER}(?:,{_NUMBER}?)?\}})\??\Z")
_LARGE_COUNT = re.compile(r"[{,]\d{9}")
_PIECE = re.compile(
    rf"""(?xs)
      (?P<literals> {_QUOTED} | [^\\\[\](){{}}|*+?.^$]++ )
    | (?P<open> \( (?: (?!\?) | \? P? < [^>]* > ) ) | (?P<plain> \(\?[a-zA-Z-]*: ) | \(\?[a-zA-Z-]*\)
    | (?P<close> \) ) | (?P<or> \| )
    | (?P<repeat> (?: [*+?] | \{{ (?:0|[1-9]\d*) (?: , (?:0|[1-9]\d*)? )? \}} ) \?? )
    | (?P<other> \[ \^? \]? (?: \[:\^?\w+:\] | \\. | [^\\\]] )*+ \] | \\. | . )
    """
)


def marked(pattern: str) -> str:
    r"""Return the pattern with a mark that RE2 stumbles over where only Go would: ``\C``, names beyond ASCII."""
    return _REFUSED_BY_GO.sub(_marked, pattern)


def _marked(found: re.Match[str]) -> str:
    if found["any_byte"]:
        return "\\" + _MARK
    if found["name"] and not found["name"].isascii():
        return found[0][:-1] + _MARK + ">"
    return found[0]


def mistake_in(pattern: str, told: str) -> str | None:
    """Say in Go's words what RE2 says of a marked pattern; None when Go would accept it.

    Args:
        pattern: without marks.
        told: RE2's words, ``missing ): a(b``.
    """
    reason, _, where = told.partition(": ")
    if told == "invalid UTF-8":  # RE2's way to say that the text ends in it
        return r"invalid escape sequence: `\x{`"
    if reason not in _REASONS:
        return None
    if reason in _ABOUT_REPETITION and (count := _refused_count(where)):
        return f"invalid repeat count: `{count}`"
    if where in (r"\p", r"\P"):
        return f"invalid character class range: `{where}`"
    if reason in ("missing )", "unexpected )"):
        where = pattern
    unmarked = where.replace("\\" + _MARK, r"\C").replace(_MARK, "")
    return f"{_REASONS[reason]}: `{unmarked}`"


def _refused_count(operators: str) -> str | None:
    """Go looks at a count before it asks what is repeated."""
    found = _LAST_COUNT.search(operators)
    if found is None:
        return None
    least = _number(found[2])
    without_second = _LARGEST_REPEAT if "," in found[1] else least
    most = _number(found[3]) if found[3] else without_second
    return found[1] if max(least, most) > _LARGEST_REPEAT or least > most else None


def _number(digits: str) -> int:
    return int(digits[:9])


def unicode_classes(pattern: str) -> int:
    r"""Count ``\p`` and ``\P``."""
    return sum(found["unicode"] is not None for found in _UNICODE_CLASS.finditer(pattern))


@dataclass
class _Group:
    """An open parenthesis (or the whole expression) and what was read inside."""

    captures: bool
    branches: int = 1
    pieces: int = 0
    joined: bool = False
    last: int = 1
    highest: int = 1

    def add(self, height: int) -> None:
        self.pieces += 1
        self.joined |= self.pieces > 1
        self.last = height
        self.highest = max(self.highest, height)

    @property
    def height(self) -> int:
        return self.captures + (self.branches > 1) + self.joined + self.highest


def refused_by_go(pattern: str) -> str | None:
    """Say in Go's words what is wrong with an expression that RE2 accepts; None when nothing is.

    RE2 takes a count of nine digits for no limit, and a tree of any height.
    """
    if len(pattern) <= _GREATEST_HEIGHT and not _LARGE_COUNT.search(pattern):
        return None
    groups = [_Group(captures=False)]
    for piece in _PIECE.finditer(pattern):
        group = groups[-1]
        match piece.lastgroup:
            case "open" | "plain":
                groups.append(_Group(captures=piece.lastgroup == "open"))
            case "close":
                groups.pop()
                groups[-1].add(group.height)
            case "or":
                group.branches += 1
                group.pieces = 0
            case "repeat":
                if count := _refused_count(piece[0]):
                    return f"invalid repeat count: `{count}`"
                group.last += 1
                group.highest = max(group.highest, group.last)
            case "literals" | "other":
                group.add(1)
    return f"expression nests too deeply: `{pattern}`" if groups[0].height > _GREATEST_HEIGHT else None
