"""Mutants of bodies that say something twice, or in another language than JSON."""

from collections.abc import Callable
from typing import Any

from mockserver.gostd import json_containers, json_types
from mockserver.gostd.numbers import Float64
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import intercepts, read_as, replaced, wrapped

_STATEMENT = "common.errors.repeated-members"


def _over(name: str, sentence: str, type_: type, change: Callable[[Any, Any], tuple[Any, Any]]) -> None:
    """Declare a mutant of a type; ``change(tree, old)`` returns what is decoded instead, and over what."""
    deviation = wrapped(type_, "decode", lambda decode: lambda self, tree, old: decode(self, *change(tree, old)))
    mutant(f"decoding.{name}", sentence, _STATEMENT)(deviation)


_over("objects-anew", "An object given again is read anew.", json_containers.Struct, lambda tree, _: (tree, None))
_over("maps-anew", "A map given again replaces the first.", json_containers.Map, lambda tree, _: (tree, None))
_over(
    "lists-anew",
    "The elements of a list given again are read anew.",
    json_containers.List,
    lambda tree, _: (tree, None),
)
_over(
    "lists-forget",
    "What a shorter list left behind is forgotten.",
    json_containers.List,
    lambda tree, old: (tree, old and list(old)),
)
_over(
    "lists-keep-null",
    "A list given again as null stays.",
    json_containers.List,
    lambda tree, old: ([{}] * len(old) if tree is None and old and isinstance(old[0], dict) else tree, old),
)
_over(
    "lists-grow",
    "A shorter list leaves the longer one in place.",
    json_containers.List,
    lambda tree, old: (tree + old[len(tree) :] if tree and old and isinstance(old[0], str) else tree, old),
)


def _at_null(breakage: Breakage, decoded: Callable[[Any, Any], Any]) -> None:
    """Let an object become something else at a member that is null, ``None`` for what it should become."""

    def make(decode: Any) -> Any:
        def broken(self: Any, tree: Any, old: Any) -> Any:
            if type(tree) is not tuple:
                return decode(self, tree, old)
            whole = decode(self, (), old)
            for member in tree:
                found = self.fields.get(member[0]) or self._folded.get(json_containers.fold(member[0]))
                other = decoded(found, whole) if found and member[1] is None else None
                whole = decode(self, (member,), whole) if other is None else other
            return whole

        return broken

    breakage.wrap(json_containers.Struct, "decode", make)


@mutant("decoding.null-resets", "A number or text given again as null is reset.", _STATEMENT)
def _(breakage: Breakage) -> None:
    _at_null(breakage, lambda found, old: {**old, found.name: found.zero()})


mutant("decoding.ascii-case", "Letter case is only that of ASCII.", "common.errors.lenient-decoding")(
    replaced(json_containers, "fold", lambda name: name.lower() if name.isascii() else name)
)


mutant("decoding.huge-numbers", "A number that no double can hold is the largest.", "common.errors.wrong-type")(
    replaced(json_types, "_float64", lambda text: Float64(min(max(float(text), -1e308), 1e308)))
)


@mutant("decoding.objects-stay", "An object given again as null stays.", _STATEMENT)
def _(breakage: Breakage) -> None:
    _at_null(breakage, lambda found, old: old if found.pointer else None)


@mutant("decoding.null-parts", "A null among parts of a task is left out.", "common.errors.null-in-list")
@intercepts(json_containers.List, "decode")
def _(decode: Any, self: Any, tree: Any, old: Any) -> Any:
    part = type(tree) is list and not self.element.name.endswith(("TaskGroup", "Task"))
    return decode(self, [item for item in tree if item is not None] if part else tree, old)


for _name, _sentence, _pattern, _instead in (
    ("comments", "Comments in a body are passed over.", rb"/\*.*?\*/", b""),
    ("hash-comments", "A body may begin with a comment.", rb"\A#[^\n]*\n", b""),
    ("any-space", "Any white space is white space in a body.", rb"\A\xc2\xa0", b""),
    ("bare-names", "Names in a body need no quotation marks.", rb"([{,]\s*)(\w+):", rb'\1"\2":'),
    ("equals-signs", "A name may be followed by an equals sign.", rb'("\w+")\s*=', rb"\1:"),
    ("semicolons", "Members may be separated by semicolons.", rb'(\d); "', rb'\1, "'),
    ("apostrophes", "Texts may stand between apostrophes.", rb": '(\w*)'", rb': "\1"'),
    ("backticks", "Texts may stand between backticks.", rb": `(\w*)`", rb': "\1"'),
    ("two-texts", "Two texts that follow each other are one.", rb'"(\w)" "(\w)"', rb'"\1\2"'),
    ("capitals", "Literals may be in capitals.", rb": (?:True|NULL)", b": null"),
    ("infinity", "There are infinite numbers.", rb": -?Infinity", b": 1"),
    ("plus-signs", "Numbers may have a plus.", rb": \+1", b": 1"),
    ("points-first", "Numbers may begin with a point.", rb": \.5", b": 0.5"),
    ("hexadecimal", "Numbers may be hexadecimal.", rb": 0x1F", b": 31"),
    ("underscores", "Numbers may have underscores.", rb"(\d)_(\d)", rb"\1\2"),
    ("escapes", "Anything may be escaped in a text.", rb"\\(?=['0\nU])", b""),
):
    mutant(f"decoding.{_name}", _sentence, "common.errors.bad-body")(read_as(_pattern, _instead))
