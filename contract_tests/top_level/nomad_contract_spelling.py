"""Find the valid word that a misspelt one probably means, and ask whether it does.

The mock and the contract tests never import each other. Both import this module, which knows nothing of either, so that
a user is answered in the same way by every command line, the control plane, the Python client and the pytest plugins.
An installation puts it beside the packages, under a name that no project has.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 60
"""Characters of a word that are compared and shown; no valid word is as long."""

_LIKENESS = 0.65
"""How alike two words have to be, from 0 to 1: of three letters two may be swapped, as in GTE for GET."""

_SHORTEST = 4
"""Characters that a word begins with in a telling way."""
_LIKENESS_OF_BEGINNINGS = 0.85
"""How alike a word and the beginning of another one have to be."""

_MOST = 60
"""How many valid words are listed."""

_TERM = r"[\s,]*([0-9]+(?:\.[0-9]+)?)\s*([^\W0-9]*)"
_UNITS = {
    **dict.fromkeys(("ns", "nanosecond"), "ns"),
    **dict.fromkeys(("us", "µs", "μs", "microsecond"), "us"),
    **dict.fromkeys(("ms", "millisecond"), "ms"),
    **dict.fromkeys(("", "s", "sec", "second"), "s"),
    **dict.fromkeys(("m", "min", "minute"), "m"),
    **dict.fromkeys(("h", "hr", "hour"), "h"),
    **dict.fromkeys(("d", "day"), "d"),
}
"""What people write for Go's units. Go has no day; a number alone counts seconds."""
_HOURS_OF_A_DAY = 24


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the valid word that is most like ``word`` in any letter case, or begins so; None when none is near."""
    by_lower = {one.lower(): one for one in known}
    folded = word[:_LONGEST].lower()
    if folded in by_lower:
        return by_lower[folded]
    near = get_close_matches(folded, by_lower, n=1, cutoff=_LIKENESS)
    if near:
        return by_lower[near[0]]
    beginnings = {one[: len(folded)]: name for one, name in by_lower.items()} if len(folded) >= _SHORTEST else {}
    begun = get_close_matches(folded, beginnings, n=1, cutoff=_LIKENESS_OF_BEGINNINGS)
    return beginnings[begun[0]] if begun else None


def did_you_mean(*words: str) -> str:
    """Return ``did you mean plan?``, or ``did you mean plan and register?`` after several misspelt words."""
    return f"did you mean {' and '.join(words)}?"


def meant(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean register?``, to follow what is wrong with a word; empty when no valid word is near."""
    near = nearest(word, known)
    return f"; {did_you_mean(near)}" if near else ""


def advice(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean register?``, or else all valid words; empty when there are none."""
    words = list(dict.fromkeys(known))
    near = nearest(word, words)
    if near:
        return did_you_mean(near)
    listed = ", ".join(words[:_MOST]) + (", …" if len(words) > _MOST else "")
    return f"there are: {listed}" if words else ""


def shown(word: str) -> str:
    """Return a word at a length that an error can quote."""
    return word if len(word) <= _LONGEST else f"{word[:_LONGEST]}…"


def duration_meant(text: str) -> str:
    """Return ``; did you mean 1h?`` for what a person writes, such as ``1 hour``; empty when it means no duration."""
    term = re.compile(_TERM)  # here, since it costs start-up time
    terms, position, text = "", 0, text[:_LONGEST].rstrip()
    while position < len(text):
        found = term.match(text, position)
        unit = found and (_UNITS.get(found[2].lower()) or _UNITS.get(found[2].lower().removesuffix("s")))
        if found is None or not unit:
            return ""
        terms += f"{float(found[1]) * _HOURS_OF_A_DAY:g}h" if unit == "d" else f"{found[1]}{unit}"
        position = found.end()
    return f"; {did_you_mean(terms)}" if terms else ""
