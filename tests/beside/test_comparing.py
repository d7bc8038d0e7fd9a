"""Where two values differ, and what tells one difference from another."""

from tests.attack.steps import Request
from tests.beside.comparing import Difference, differences

ASKED = Request("GET", "/v1/job/web/summary")


def test_each_difference_has_a_path() -> None:
    """Members, elements, lengths and types are told apart; what is the same is not."""
    ours = {"a": 1, "same": [1], "list": [1, {"x": 2}], "long": [1], "type": True, "ours": None}
    theirs = {"a": 2, "same": [1], "list": [1, {"x": 3}], "long": [1, 2], "type": 1}
    found = {each.path: (each.ours, each.theirs) for each in differences(ASKED, ours, theirs)}
    assert found == {
        "a": (1, 2),
        "list/1/x": (2, 3),
        "long": ([1], [1, 2]),
        "ours": (None, "nothing"),
        "type": (True, 1),
    }


def test_the_same_difference_has_the_same_key() -> None:
    """Names of jobs and groups, numbers and positions are not part of what a difference is; texts and fields are."""
    one = Difference(ASKED, "body/0/Summary/g1/Queued", 0, 1)
    assert one.key == Difference(Request("GET", "/v1/job/x/summary"), "body/3/Summary/g02/Queued", 5, 7).key
    assert one.key != Difference(ASKED, "body/0/Summary/g1/Failed", 0, 1).key
    assert Difference(ASKED, "body", "bad a", "no").key != Difference(ASKED, "body", "bad b", "no").key


def test_a_difference_is_shown_with_both_values() -> None:
    """A difference reads as the request, the path and both values, the long one cut."""
    text = str(Difference(ASKED, "body/A", 1, "x" * 999))
    assert text.startswith("GET /v1/job/web/summary: body/A\n  mock:  1\n  agent: xxx")
    assert text.endswith("x… (999 characters)")
