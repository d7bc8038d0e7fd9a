"""Problems are texts; a list of them is one text again, which may be an item of the list above."""

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
