"""Which tests can prove a statement: what is not needed is neither loaded nor run."""

import re
from collections.abc import Set

import pytest

_TEXT = re.compile(r'"[^"\n]*"')
_NAMED = re.compile(r"\b(?:states|statement_mark)\([^)]*[A-Za-z]")
"""With texts left out: a mark whose ids stand elsewhere."""


def declared(item: pytest.Item) -> list[str]:
    """Return the ids of the statements that a test says it proves."""
    return [one for mark in item.iter_markers("states") for one in mark.args]


def may_prove(source: str, statements: Set[str]) -> bool:
    """Return whether a test of a module can prove one of the statements, judged by the module's source alone.

    To load a module takes time. An id stands literally in it, or its marks name something in which the ids stand.
    """
    return any(one in source for one in statements) or _NAMED.search(_TEXT.sub("", source)) is not None


def provable_by(test: object) -> set[str]:
    """Return the ids of the statements that any case of a test function says it proves."""
    marks = [*getattr(test, "pytestmark", [])]
    cases = [case for mark in marks if mark.name == "parametrize" for case in mark.args[1]]
    marks += [mark for case in cases for mark in getattr(case, "marks", ())]
    return {one for mark in marks if mark.name == "states" for one in mark.args}


def covering(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that prove a statement which no other test that is kept proves.

    A test for which a run has to offer something proves only what no other test does.
    """
    covered: set[str] = set()
    kept = set()
    for item in sorted(items, key=_wants_more):
        if not covered.issuperset(proved := declared(item)):
            covered.update(proved)
            kept.add(item)
    return [item for item in items if item in kept]


def _wants_more(item: pytest.Item) -> bool:
    """Return whether a test is skipped where no allocations may run, or there is no second region."""
    return not {"running", "other_region"}.isdisjoint(getattr(item, "fixturenames", ()))
