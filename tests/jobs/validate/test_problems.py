"""How problems become one text."""

from mockserver.jobs.validate.problems import Problem, innermost, listed, nested


def test_no_problems_have_no_text() -> None:
    """A job without problems is accepted."""
    assert listed([]) is None
    assert list(nested("Task t validation failed: ", iter(()))) == []


def test_a_list_has_a_header_and_a_line_for_each_problem() -> None:
    """There is no newline at the end."""
    assert listed([Problem("a"), Problem("b")]) == "2 error(s) occurred:\n\n* a\n* b"


def test_a_list_within_a_list_is_not_indented() -> None:
    """The inner list, header and all, follows the prefix."""
    assert list(nested("in t: ", iter([Problem("a")]))) == ["in t: 1 error(s) occurred:\n\n* a"]


def test_the_innermost_problems_have_their_whole_place() -> None:
    """A problem that only lists others is left out; theirs begin where it is."""
    inner = nested("task: ", [Problem("no driver", "Driver"), Problem("no name", "Name")], "Tasks", 1)
    found = innermost([Problem("no ID", "ID"), *nested("group: ", inner, "TaskGroups", 0)])
    assert list(found) == [
        (("ID",), "no ID"),
        (("TaskGroups", 0, "Tasks", 1, "Driver"), "no driver"),
        (("TaskGroups", 0, "Tasks", 1, "Name"), "no name"),
    ]
