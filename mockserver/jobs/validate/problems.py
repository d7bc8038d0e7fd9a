"""Say what is wrong where; join problems to one text as Go's multierror does; check paths in an allocation's folder."""

import posixpath
from collections.abc import Collection, Iterable, Iterator
from typing import Self, TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value inside another: names of fields and indexes of lists."""


class Problem(str):
    """What is wrong with a part of a job, in an agent's words.

    Attributes:
        place: where in the part; a field that is missing is named, too.
        inner: the problems that the text lists, if they are those of an inner part; their places begin at ``place``.
        word: the word that is wrong, if there are valid ones.
        known: the valid words.
    """

    __slots__ = ("inner", "known", "place", "word")

    place: Place
    inner: tuple["Problem", ...]
    word: str
    known: Collection[str]

    def __new__(
        cls,
        text: str,
        *place: str | int,
        inner: "tuple[Problem, ...]" = (),
        word: str = "",
        known: Collection[str] = (),
    ) -> Self:
        """Make a problem at a place."""
        problem = super().__new__(cls, text)
        problem.place = place
        problem.inner = inner
        problem.word = word
        problem.known = known
        return problem


Problems: TypeAlias = Iterator[Problem]
"""The problems of one part of a job, in the order they are reported."""


def listed(problems: Iterable[Problem]) -> str | None:
    """Return the text an agent makes of problems, None when there are none."""
    items = [f"* {problem}" for problem in problems]
    if not items:
        return None
    return f"{len(items)} error(s) occurred:\n\n" + "\n".join(items)


def nested(prefix: str, problems: Iterable[Problem], *place: str | int) -> Problems:
    """Give the problems of an inner part, which is at ``place``, as one problem; nothing when there are none."""
    inner = tuple(problems)
    if inner:
        yield Problem(f"{prefix}{listed(inner)}", *place, inner=inner)


def innermost(problems: Iterable[Problem], place: Place = ()) -> Iterator[tuple[Place, Problem]]:
    """Yield the problems that list no others, each with its whole place."""
    for problem in problems:
        here = (*place, *problem.place)
        if problem.inner:
            yield from innermost(problem.inner, here)
        else:
            yield here, problem


_ALLOCATION = "/alloc-dir/alloc-id"


def escapes(prefix: str, path: str) -> bool:
    """Say whether a path below ``prefix`` leads out of the allocation's directory (``..foo`` beside it counts too)."""
    absolute = posixpath.normpath(f"{_ALLOCATION}/{prefix}/{path}")
    return posixpath.relpath(absolute, _ALLOCATION).startswith("..")
