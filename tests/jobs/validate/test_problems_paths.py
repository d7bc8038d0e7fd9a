"""Paths that leave an allocation's directory."""

import pytest

from mockserver.jobs.validate.problems import escapes


@pytest.mark.parametrize("path", ["", ".", "a", "/etc", "..", "../a", "a//b", "local/../x", "../../alloc-id/x", "..a"])
def test_paths_inside(path: str) -> None:
    """A task may reach up to its allocation's directory; an absolute path starts at the task's."""
    assert not escapes("task", path)


@pytest.mark.parametrize("path", ["../..", "../../a", "../../../a", "/../../..", "a/../../..", "../../alloc-idx"])
def test_paths_outside(path: str) -> None:
    """A path above the allocation's directory is refused."""
    assert escapes("task", path)


def test_a_name_beside_that_begins_with_two_dots_counts_as_outside() -> None:
    """A relative path that begins with two dots counts as outside, even in a name."""
    assert escapes("task", "../..b")


def test_a_deeper_prefix_gives_one_more_step() -> None:
    """A dispatch payload starts in the task's ``local``, one step deeper."""
    assert not escapes("task/local", "../../a")
    assert escapes("task/local", "../../../a")
