"""How problems become one text."""

from mockserver.jobs.validate.problems import listed, nested


def test_no_problems_have_no_text() -> None:
    """A job without problems is accepted."""
    assert listed([]) is None
    assert list(nested("Task t validation failed: ", iter(()))) == []


def test_a_list_has_a_header_and_a_line_for_each_problem() -> None:
    """There is no newline at the end."""
    assert listed(["a", "b"]) == "2 error(s) occurred:\n\n* a\n* b"


def test_a_list_within_a_list_is_not_indented() -> None:
    """The inner list, header and all, follows the prefix."""
    assert list(nested("in t: ", iter(["a"]))) == ["in t: 1 error(s) occurred:\n\n* a"]
