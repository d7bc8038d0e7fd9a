"""Find the valid word that a misspelt one probably means, the same way for every kind of name."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 60
"""Characters of a word that are compared and shown; no valid word is as long."""

_LIKENESS = 0.65
"""How alike two words have to be, from 0 to 1: of three letters two may be swapped, as in GTE for GET."""

_MOST = 60
"""How many valid words are listed."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the valid word that is most like ``word`` in any letter case; None when none is near."""
    by_lower = {one.lower(): one for one in known}
    folded = word[:_LONGEST].lower()
    if folded in by_lower:
        return by_lower[folded]
    near = get_close_matches(folded, by_lower, n=1, cutoff=_LIKENESS)
    return by_lower[near[0]] if near else None


def meant(word: str, known: Iterable[str]) -> str:
    """Return ``; is register meant?``, to follow what is wrong with a word; empty when no valid word is near."""
    near = nearest(word, known)
    return f"; is {near} meant?" if near else ""


def advice(word: str, known: Iterable[str]) -> str:
    """Return ``is register meant?``, or else all valid words; empty when there are none."""
    words = list(dict.fromkeys(known))
    near = nearest(word, words)
    if near:
        return f"is {near} meant?"
    listed = ", ".join(words[:_MOST]) + (", …" if len(words) > _MOST else "")
    return f"there are: {listed}" if words else ""


def shown(word: str) -> str:
    """Return a word at a length that an error can quote."""
    return word if len(word) <= _LONGEST else f"{word[:_LONGEST]}…"
