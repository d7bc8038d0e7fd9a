"""Join problems to one text as Go's multierror does; check paths inside an allocation's directory."""

import posixpath
from collections.abc import Iterable, Iterator
from typing import TypeAlias

Problems: TypeAlias = Iterator[str]
"""The problems of one part of a job, in the order they are reported."""


def listed(problems: Iterable[str]) -> str | None:
    """Return the text an agent makes of problems, None when there are none."""
    items = [f"* {problem}" for problem in problems]
    if not items:
        return None
    return f"{len(items)} error(s) occurred:\n\n" + "\n".join(items)


def nested(prefix: str, problems: Iterable[str]) -> Problems:
    """Give the problems of an inner part as one problem; nothing when there are none."""
    text = listed(problems)
    if text is not None:
        yield prefix + text


_ALLOCATION = "/alloc-dir/alloc-id"


def escapes(prefix: str, path: str) -> bool:
    """Say whether a path below ``prefix`` leads out of the allocation's directory (``..foo`` beside it counts too)."""
    absolute = posixpath.normpath(f"{_ALLOCATION}/{prefix}/{path}")
    return posixpath.relpath(absolute, _ALLOCATION).startswith("..")
