"""Which tests a smoke check runs."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_tests.suite.selection import covering


def item(name: str, *statements: str, fixtures: tuple[str, ...] = ()) -> pytest.Item:
    """Return a test that proves statements and uses fixtures."""

    def iter_markers(_: str) -> Iterator[Any]:
        yield SimpleNamespace(args=statements)

    return cast("pytest.Item", Named(name, fixtures, iter_markers))


class Named:
    """The parts of a test that the selection looks at."""

    def __init__(self, name: str, fixturenames: tuple[str, ...], iter_markers: Any) -> None:
        self.name = name
        self.fixturenames = fixturenames
        self.iter_markers = iter_markers


def test_what_needs_placement_replaces_no_test_that_needs_nothing() -> None:
    """A server that may place nothing is checked by the tests that need no placement, in the order of the modules."""
    placed = item("placed", "a", "b", fixtures=("running",))
    plain, again, other = item("plain", "a"), item("again", "a"), item("other", "c", fixtures=("other_region",))
    assert [one.name for one in covering([placed, plain, again, other])] == ["placed", "plain", "other"]
    assert [one.name for one in covering([item("placed", "a", fixtures=("running",)), plain])] == ["plain"]
