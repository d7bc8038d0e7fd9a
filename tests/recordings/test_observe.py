"""What is distinguished in a reply, and what may differ from run to run."""

import json
from typing import Any

import pytest

from tests.recordings.observe import Seen, observe, text
from tests.recordings.recording import Response

ONE = "9ced5b91-35d2-855d-6f6f-360ab71aa849"
TWO = "4ff85344-de81-0132-bee6-cadd020e60e0"


def seen(body: Any, **headers: str) -> dict[str, Seen]:
    """Return what is seen in a reply with this JSON body."""
    shown = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    return observe(Response(200, {"Content-Type": "application/json"} | headers, shown, 0))


def an_evaluation(identity: str = ONE, **known: Any) -> dict[str, Any]:
    """Return the part of an evaluation that matters here."""
    return {"ID": identity, "JobID": "j", "CreateIndex": 5, "ModifyIndex": 7} | known


def a_diff(name: str, *fields: str, kind: str = "Edited") -> dict[str, Any]:
    """Return an object of a plan's diff."""
    return {"Fields": [{"Name": one} for one in fields], "Name": name, "Objects": None, "Type": kind}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", Seen("plain")),
        (f"{ONE} of {TWO}", Seen("<uuid> of <uuid>", (ONE, TWO))),
        (ONE.upper(), Seen(ONE.upper())),
        ("d/dispatch-1795461585-6ac09384", Seen("d<dispatch>", ("/dispatch-1795461585-6ac09384",))),
        ("d/dispatch-now", Seen("d/dispatch-now")),
        ("p/periodic-1795461585", Seen("p<periodic>", ("/periodic-1795461585",))),
        ("v1:7342018273645", Seen("<computed>", ("v1:7342018273645",))),
        ("Enforcing job modify index 4: x", Seen("Enforcing job modify index <index>: x", indexes=(4,))),
        ("conflicting job modify index: 8", Seen("conflicting job modify index: <index>", indexes=(8,))),
        ("Enforcing job modify index 0: x", Seen("Enforcing job modify index 0: x")),
        ("network resource at index 3", Seen("network resource at index 3")),
    ],
)
def test_a_text_keeps_all_but_names_and_indexes(value: str, expected: Seen) -> None:
    """UUIDs, generated suffixes, classes and indexes other than 0 are set apart; everything else stays."""
    assert text(value) == expected


def test_each_part_of_an_answer_is_seen() -> None:
    """Status, headers, layout and every value have a place of their own."""
    body = {"EvalID": ONE, "Index": 5, "List": [None, True, 1.50, "a/b~c"], "x/y~": {}}
    assert seen(json.dumps(body), **{"X-Nomad-Index": "5", "Content-Length": "90", "Vary": "Accept-Encoding"}) == {
        "status": Seen("200"),
        "header Content-Type": Seen("application/json"),
        "header X-Nomad-Index": Seen("<index>", indexes=(5,)),
        "header Content-Length": Seen("framed"),
        "header Vary": Seen("Accept-Encoding"),
        "layout": Seen("spaces [' '], escapes [], final newline False"),
        "body": Seen("object"),
        "order ": Seen("alphabetical"),
        "body /EvalID": Seen('"<uuid>"', (ONE,)),
        "body /Index": Seen("<index>", indexes=(5,)),
        "body /List": Seen("array"),
        "body /List/0": Seen("null"),
        "body /List/1": Seen("true"),
        "body /List/2": Seen("1.5"),
        "body /List/3": Seen('"a/b~c"'),
        "body /x~1y~0": Seen("object"),
        "order /x~1y~0": Seen("alphabetical"),
    }


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ('{"ModifyIndex":0}', "0"),
        ('{"ModifyIndex":12}', "<index>"),
        ('{"CreateTime":0}', "0"),
        ('{"CreateTime":1500000000000000000}', "<time>"),
        ('{"CreateTime":"soon"}', '"soon"'),
        ('{"Priority":50}', "50"),
        ('{"Priority":50.0}', "50.0"),
        ('{"Priority":5e1}', "5e1"),
        ('{"Priority":true}', "true"),
        ('{"Name":"50"}', '"50"'),
        ('{"NextPeriodicLaunch":"2099-01-01T00:00:00Z"}', '"2099-01-01T00:00:00Z"'),
    ],
)
def test_a_value_is_told_from_others(value: str, pattern: str) -> None:
    """Types and spellings of numbers count; of indexes and times only their presence."""
    (name,) = json.loads(value)
    assert seen(value)[f"body /{name}"].pattern == pattern


def test_scores_are_free_and_their_names_are_not() -> None:
    """A score may be any number; its name counts."""
    found = seen({"Scores": {f"{ONE}.binpack": 1.5}})
    assert found["body /Scores/<uuid>.binpack"] == Seen("<score>")
    assert found["key /Scores/<uuid>.binpack"] == Seen("<uuid>.binpack", (ONE,))


def test_the_order_of_fields_counts_and_that_of_maps_does_not() -> None:
    """The order of a struct's fields counts, that of a map's keys does not, below Config neither."""
    assert seen({"B": 1, "A": 2})["order "] == Seen("B, A")
    free = seen({"Config": {"b": {"d": 1, "c": 2}, "a": 2}, "Meta": {"b": "", "a": ""}})
    assert {name: one.pattern for name, one in free.items() if name.startswith("order")} == {"order ": "alphabetical"}


@pytest.mark.parametrize(
    "other",
    ['{"a": "<"}', '{"a":"<"}\n', '{\n    "a":"<"}', '{"a":"\\u003c"}', '{"a":"\\u003C"}'],
)
def test_the_layout_counts(other: str) -> None:
    """White space, the final newline and the escapes in strings count."""
    plain, laid_out = seen('{"a":"<"}'), seen(other)
    assert plain["body /a"] == laid_out["body /a"]
    assert plain["layout"] != laid_out["layout"]


def test_white_space_inside_of_strings_is_no_layout() -> None:
    r"""White space and escaped quotes inside strings are no layout."""
    assert seen(r'{"a":"b \" : c"}')["layout"] == Seen(r"""spaces [], escapes ['\\"'], final newline False""")


def test_answered_lists_are_sets() -> None:
    """Evaluations, whose order is that of random UUIDs, are recognised by their other values."""
    first, second = an_evaluation(ONE, Status="complete"), an_evaluation(TWO, Status="blocked")
    assert seen([first, second]) == seen([second, first])


def test_equal_evaluations_are_told_apart_by_their_creation() -> None:
    """Evaluations that are otherwise equal are ordered by creation."""
    late, early = an_evaluation(TWO, CreateIndex=9), an_evaluation(ONE)
    assert seen([late, early])["body /0/ID"] == Seen('"<uuid>"', (ONE,))


def test_evaluations_of_different_jobs_keep_their_order() -> None:
    """A list is ordered by job ID first."""
    one, other = an_evaluation(JobID="a"), an_evaluation(JobID="b")
    assert seen([one, other])["body /0/JobID"] == Seen('"a"')
    assert seen([other, one])["body /0/JobID"] == Seen('"b"')


@pytest.mark.parametrize(
    ("items", "indexes"),
    [
        ([an_evaluation()] * 2, (7,)),
        ([an_evaluation()] * 3, ()),
        ([an_evaluation(TaskGroup="g")], ()),
    ],
)
def test_racing_indexes_are_free(items: list[Any], indexes: tuple[int, ...]) -> None:
    """The ModifyIndex of allocations and of longer lists of evaluations only has to be there."""
    found = seen(items)
    assert found["body /0/ModifyIndex"] == Seen("<index>", indexes=indexes)
    assert found["body /0/CreateIndex"] == Seen("<index>", indexes=(5,))


def test_objects_of_a_diff_keep_the_order_they_have() -> None:
    """Objects of a diff keep their order, unless they agree in name, type and size."""
    equal = [a_diff("Constraint", "LTarget"), a_diff("Constraint", "RTarget")]
    assert seen({"Objects": equal}) == seen({"Objects": equal[::-1]})
    different = [a_diff("Constraint", "LTarget"), a_diff("Constraint", "LTarget", "RTarget")]
    assert seen({"Objects": different}) != seen({"Objects": different[::-1]})


def test_a_body_that_is_not_json_is_shown() -> None:
    """A body that contradicts its content type is reported."""
    assert seen("{")["body"] == Seen("not JSON: {")
    assert observe(Response(404, {}, "job not found", 0))["body"] == Seen("job not found")
    assert observe(Response(404, {}, None, 0))["body"] == Seen("")


def test_a_closed_connection_frames_the_body() -> None:
    """A reply that ends with its connection needs no length; a malformed length is not compared."""
    found = seen({}, **{"Connection": "close", "Content-Length": "2", "X-Nomad-Index": "x"})
    assert "header Content-Length" not in found
    assert found["header X-Nomad-Index"] == Seen("x")
