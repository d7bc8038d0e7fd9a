"""Expected and actual values, told in words."""

from typing import Any

import pytest

from contract_tests.oracle.shapes import in_words
from contract_tests.words import ABSENT, At, body, escaped, told, told_apart

LONG = {"ID": "x", "Meta": {"a": "1"}, "TaskGroups": [{"Name": "g", "Count": 1, "Tasks": ["a" * 40]}]}


@pytest.mark.parametrize(
    ("expected", "actual", "told_as"),
    [
        ("status 200", "status 500: no", ("status 200", "status 500: no")),
        (2, True, ("2", "true")),
        (None, [], ("null", "[]")),
        (3, "3", ("3", '"3"')),
        ({2, 1}, b"ab", ("[1, 2]", '"ab"')),
        ((1, {"a": "b"}), (1, 5), ('[1, {"a": "b"}]', "[1, 5]")),
        (At(("Meta",), {"k": "v"}), At(("Meta",), 5), ('Meta: {"k": "v"}', "Meta: 5")),
        (At(("Meta",), "x"), At(("Meta",), ABSENT), ('Meta: "x"', "Meta: no such field")),
        ("Meta: a string", At(("Meta",), None), ("Meta: a string", "Meta: null")),
    ],
)
def test_values_are_told_in_words(expected: object, actual: object, told_as: tuple[str, str]) -> None:
    """Texts as they are, data as JSON, with its place first; short data is shown whole."""
    assert told_apart(expected, actual) == told_as


@pytest.mark.parametrize(
    ("changed", "told_as"),
    [
        ({"Meta": {"a": "2"}}, ('Meta.a: "1"', 'Meta.a: "2"')),
        ({"Meta": {}}, ('Meta.a: "1"', "Meta.a: no such field")),
        ({"Meta": {"a": "1", "b c": 0}}, ('Meta."b c": no such field', 'Meta."b c": 0')),
        (
            {"TaskGroups": [{"Name": "g", "Count": True, "Tasks": []}]},
            ("TaskGroups[0].Count: 1", "TaskGroups[0].Count: true"),
        ),
        ({"TaskGroups": [*LONG["TaskGroups"], 7]}, ("TaskGroups[1]: no such item", "TaskGroups[1]: 7")),
    ],
)
def test_the_differing_place_comes_first(changed: dict[str, Any], told_as: tuple[str, str]) -> None:
    """Of long data only what differs is shown: the first place, and what is there."""
    assert told_apart(LONG, {**LONG, **changed}) == told_as
    assert told_apart(At(("Job",), LONG), At(("Job",), {**LONG, **changed})) == (
        f"Job.{told_as[0]}",
        f"Job.{told_as[1]}",
    )


def test_numbers_compare_by_value() -> None:
    """1.0 is 1, so the place where they differ is another one."""
    one, other = {"a": 1, "b": "x" * 80}, {"a": 1.0, "b": "y"}
    assert told_apart(one, other)[1] == 'b: "y"'


def test_long_texts_are_shown_from_their_difference_on() -> None:
    """A little before it, and where that is."""
    text = "1 error(s) occurred: task group g validation failed"
    place = tuple(f"Group{number}" for number in range(20))
    assert told_apart("Group1: a field", At(place, ABSENT))[1] == f"{'.'.join(place)}: no such field"
    expected, actual = told_apart(f"{text}: a{'.' * 80}", f"{text}: b")
    assert expected.startswith("from character 34 on: … validation failed: a..")
    assert actual == "from character 34 on: … validation failed: b"


def test_a_text_is_no_danger_to_a_terminal() -> None:
    """Escape sequences, lone surrogates and signs that turn the direction of text are spelt out."""
    assert escaped("a\x1b[31mb\r\n\tc\u202ed\ud800\x9b") == "a\\x1b[31mb\\r\n\tc\\u202ed\\ud800\\x9b"
    assert told("x" * 30, 10) == "xxxxxxxxx…"


def test_what_is_no_text_is_told_as_bytes() -> None:
    """With the beginning, which says what it is."""
    assert body(b"\x1f\x8b\x08\x00") == "4 bytes that are no UTF-8 text: 1f 8b 08 00 …, which gzip begins with"
    assert body("é\x07".encode()) == "é\\x07"


def test_data_of_any_kind_is_told() -> None:
    """What JSON does not have is shown as what is most like it."""
    circle: list[object] = []
    circle.append(circle)
    assert told(circle) == "[[...]]"
    assert told({(1, 2): 3}) == "{(1, 2): 3}"
    assert told([1j]) == '["1j"]'


@pytest.mark.parametrize(
    ("notation", "words"),
    [
        ("s", "a string"),
        ("i?", "an integer, may be null"),
        ("{s}?", "a map of strings, may be null"),
        ("[[i]]", "a list of lists of integers"),
        ("{any}", "a map of anything"),
        ("[TaskGroup]", "a list of objects (task group)"),
        ("Update", "an object (update)"),
    ],
)
def test_types_are_told_in_words(notation: str, words: str) -> None:
    """As a person says them."""
    assert in_words(notation) == words
