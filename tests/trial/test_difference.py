"""Two replies told apart."""

import json
from typing import Any

import pytest

from contract_tests.trial.difference import apart, differing, shown


def entry(body: Any, number: int = 1, path: str = "/v1/job/web", status: int | None = 200, **headers: str) -> Any:
    """Return an exchange of a journal with this reply, which is JSON unless it is a text."""
    text = body if isinstance(body, str) else json.dumps(body)
    fields = [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]
    return {
        "number": number,
        "method": "GET",
        "path": path,
        "operation": "query",
        "request": {"target": path, "headers": [{"name": "Host", "value": "x"}], "body": ""},
        "reply": None if status is None else {"status": status, "headers": fields, "body": text},
        "wall": {"duration": 1_500_000},
    }


@pytest.mark.parametrize(
    ("plain", "varied", "words"),
    [
        (entry({"a": 1}), entry({"a": 1}), None),
        (entry({"T": 1_700_000_000_000_000_000}), entry({"T": 1_700_000_000_900_000_000}), None),
        (entry("x", Date="a"), entry("x", Date="b"), None),
        (entry({}), entry({}, status=None), ("status 200", "no answer")),
        (entry({}), entry("no", status=500), ("status 200: {}", "status 500: no")),
        (entry({"a": [1]}), entry({"a": [2]}), ('{"a": [1]}', '{"a": [2]}')),
        (
            entry({"a": 1, "b": {"c": 1, "d": 2}}),
            entry({"a": 1, "b": {"d": 2, "c": 1}}),
            ("b has its members in the order c, d", "b has its members in the order d, c"),
        ),
        (
            entry({"a": [{"x": 1, "y": 2}], "ModifyIndex": 6}),
            entry({"a": [{"y": 2, "x": 1}, 0], "ModifyIndex": 8}),
            ("a[0] has its members in the order x, y", "a[0] has its members in the order y, x"),
        ),
        (entry({"a": 1, "b": 2}), entry({"b": 2, "c": 3, "a": 1}), ('{"a": 1, "b": 2}', '{"b": 2, "c": 3, "a": 1}')),
        (entry('{"a":1}'), entry('{ "a" : 1 }'), ('{"a":1}', '{ "a" : 1 }')),
        (entry({}, X_Nomad_Index="5"), entry({}), ("X-Nomad-Index: 5", "X-Nomad-Index: no such header")),
        (
            entry([{"x": 1, "y": 2, "z": 3}]),
            entry([{"x": 1, "z": 3, "y": 2}]),
            ("[0] has its members in the order …, y, z", "[0] has its members in the order …, z, y"),
        ),
    ],
    ids=str,
)
def test_the_differing_place_comes_first(plain: Any, varied: Any, words: tuple[str, str] | None) -> None:
    """Moments and dates of each run are its own; all else is told."""
    assert apart(plain, varied) == words


def test_an_effect_on_a_later_reply_is_found() -> None:
    """The first differing exchange is told, beside the same request of the plain run."""
    plain = [entry({"S": "new"}, 1), entry({"S": "done"}, 2), entry([], 3, "/v1/jobs")]
    varied = [entry({"S": "new"}, 1), entry({"S": "wait"}, 2)]
    assert differing(plain, varied) == (varied[1], plain[1], '{"S": "done"}', '{"S": "wait"}')
    assert differing(plain, varied[:1]) is None


def test_an_exchange_is_shown_without_what_acts_on_a_terminal() -> None:
    """It has the shape that reports have."""
    found = shown(entry("\x1b[2J", status=200, X="\x1b"), "script")
    assert found["reply"] == {"status": 200, "headers": {"X": "\\x1b"}, "body": "\\x1b[2J", "milliseconds": 1.5}
    assert found["curl"] == "script"
    assert shown(entry("", status=None))["reply"]["status"] is None
