"""The comparison finds every kind of difference, and none where there is none."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.each import each
from tests.recordings.compare import Exchange, Index, compare, indexes
from tests.recordings.recording import FOLDER, Recording, Response, load

pytestmark = pytest.mark.slow

Change = Callable[[Any], Any]

PLAN = "plan-edit-services"
BLOCKED = "evaluations-blocked"
RUNNING = "allocations-running"


def recorded(name: str) -> tuple[Recording, list[Exchange]]:
    """Return a recording, and the exchanges of a server that answers exactly so again."""
    recording = load(FOLDER / f"{name}.json")
    return recording, [
        Exchange(f"step {step.step} {step.template}", step.response, step.response, step) for step in recording.steps
    ]


def differences(name: str, step: int, **changed: Any) -> list[str]:
    """Return what is found when the reply to one step comes changed."""
    recording, exchanges = recorded(name)
    came = replace(exchanges[step].came, **changed)
    exchanges[step] = replace(exchanges[step], came=came)
    return compare(recording, exchanges)


def body(name: str, step: int) -> Any:
    """Return the recorded body of a step, to be changed."""
    return json.loads(load(FOLDER / f"{name}.json").steps[step].response.body or "")


def dumped(value: Any) -> str:
    """Return a body as an agent writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@each(sorted(FOLDER.glob("*.json")), lambda path: path.stem)
def test_a_recording_is_like_itself(path: Path) -> None:
    """A recording does not differ from itself."""
    assert compare(*recorded(path.stem)) == []


def test_other_names_and_larger_indexes_are_no_difference() -> None:
    """Other UUIDs and a higher first index are no difference."""
    recording, exchanges = recorded(BLOCKED)
    moved = [replace(one, came=_moved(one.came)) for one in exchanges]
    assert compare(recording, moved) == []
    assert {one.came - one.recorded for one in indexes(moved)} == {90}


def _moved(response: Response) -> Response:
    body = re.sub(r"[0-9a-f]{8}(?=(-[0-9a-f]{4}){3}-)", lambda uuid: uuid[0][::-1], response.body or "")
    body = re.sub(r'Index":([1-9]\d*)', lambda index: f'Index":{int(index[1]) + 90}', body)
    headers = response.headers | {"X-Nomad-Index": str(int(response.headers["X-Nomad-Index"]) + 90)}
    return replace(response, headers=headers, body=body)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"status": 201}, "status: recorded 200, came 201"),
        ({"status": None}, "status: recorded 200, came None"),
        ({"headers": {}}, "header Vary: missing, recorded Accept-Encoding"),
        ({"body": "{"}, "body: recorded object, came not JSON: {"),
        ({"body": "null"}, "body: recorded object, came null"),
        ({"body": "[]"}, "body: recorded object, came array"),
    ],
)
def test_a_changed_answer_is_found(changed: dict[str, Any], expected: str) -> None:
    """A changed status or body is reported with its step."""
    found = differences(BLOCKED, 0, **changed)
    assert any(one.startswith("step 0 PUT /v1/job/") and one.endswith(expected) for one in found), found


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("X-Nomad-Index", None, "header X-Nomad-Index: missing, recorded <index>"),
        ("X-Nomad-Index", "0", "header X-Nomad-Index: recorded <index>, came 0"),
        ("X-Nomad-Index", "many", "header X-Nomad-Index: recorded <index>, came many"),
        ("X-Nomad-Knownleader", "false", "header X-Nomad-Knownleader: recorded true, came false"),
        ("X-Nomad-Lastcontact", "7", "header X-Nomad-Lastcontact: recorded 0, came 7"),
        ("Content-Type", "text/plain", "header Content-Type: recorded application/json, came text/plain"),
        ("Server", "uvicorn", "header Server: not in the recording, came uvicorn"),
    ],
)
def test_a_changed_header_is_found(name: str, value: str | None, expected: str) -> None:
    """A missing, additional or different header is a difference."""
    headers = dict(load(FOLDER / "get-pretty.json").steps[3].response.headers)
    headers = {k: v for k, v in {**headers, name: value}.items() if v is not None}
    assert expected in " ".join(differences("get-pretty", 3, headers=headers))


def test_a_changed_length_is_free_and_a_missing_one_is_not() -> None:
    """The length of a body depends on the digits of indexes, but it has to be there."""
    headers = dict(load(FOLDER / f"{BLOCKED}.json").steps[0].response.headers)
    assert differences(BLOCKED, 0, headers=headers | {"Content-Length": "1"}) == []
    chunked = {k: v for k, v in headers.items() if k != "Content-Length"} | {"Transfer-Encoding": "chunked"}
    assert [one.partition(": header ")[2] for one in differences(BLOCKED, 0, headers=chunked)] == [
        "Content-Length: missing, recorded framed",
        "Transfer-Encoding: not in the recording, came framed",
    ]


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, item in value.items() for leaf in _leaves(item, (*path, name))] or [path]
    if isinstance(value, list):
        return [leaf for place, item in enumerate(value) for leaf in _leaves(item, (*path, place))] or [path]
    return [path]


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return 0 if value else 1
        case str():
            return value + "x"
        case None:
            return []
        case _:
            return None


def _changed(value: Any, path: tuple[Any, ...], change: Change) -> str:
    """Return the body with one value changed."""
    place = value
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = change(place[path[-1]])
    return dumped(value)


SAMPLES = [
    (PLAN, 1),
    (BLOCKED, 1),
    ("get-roundtrip-numbers", 1),
    *(pytest.param(name, 1, marks=pytest.mark.exhaustive) for name in (RUNNING, "register-all-fields")),
]


@pytest.mark.parametrize(("name", "step"), SAMPLES)
def test_every_changed_value_is_found(name: str, step: int) -> None:
    """A change or loss of any value in a body is found; only scores are free."""
    recording, exchanges = recorded(name)
    exchange = exchanges[step]
    paths = _leaves(body(name, step))
    assert len(paths) > 10
    for path in paths:
        came = replace(exchange.came, body=_changed(json.loads(exchange.came.body or ""), path, _other))
        found = compare(replace(recording, steps=()), [replace(exchange, came=came)])
        assert bool(found) != ("Scores" in path and isinstance(path[-1], float)), path


def test_a_missing_object_is_told_once() -> None:
    """A missing object is reported once, not value by value."""
    value = body(PLAN, 1)
    del value["Annotations"]
    (found,) = differences(PLAN, 1, body=dumped(value))
    assert found.endswith("body /Annotations: missing, recorded object")


def test_an_additional_key_is_found() -> None:
    """A key that the recording does not have is a difference."""
    (found,) = differences(PLAN, 1, body=dumped(body(PLAN, 1) | {"Warnings": ""}))
    assert found.endswith('body /Warnings: not in the recording, came ""')


def test_the_order_of_fields_is_found() -> None:
    """The order of a struct's fields counts."""
    (found,) = differences(BLOCKED, 0, body=dumped(dict(reversed(body(BLOCKED, 0).items()))))
    assert "recorded alphabetical, came LastContact, KnownLeader" in found


@pytest.mark.parametrize("change", [lambda text: text + "\n", lambda text: json.dumps(json.loads(text), indent=2)])
def test_the_layout_is_found(change: Callable[[str], str]) -> None:
    """The layout of JSON, pretty or not, counts."""
    for step in (1, 3):
        plain = load(FOLDER / "get-pretty.json").steps[step].response.body or ""
        (found,) = differences("get-pretty", step, body=change(plain.rstrip("\n") + "\n" * (step == 1)))
        assert ": layout: recorded spaces" in found


def test_a_name_has_to_stay_the_same() -> None:
    """An evaluation with another ID in a later reply is a difference."""
    value = body(BLOCKED, 0)
    text = load(FOLDER / f"{BLOCKED}.json").steps[1].response.body or ""
    other = text.replace(value["EvalID"], "00000000-0000-0000-0000-000000000000")
    assert "is not what stands for" in " ".join(differences(BLOCKED, 1, body=other))


def test_two_names_have_to_stay_two() -> None:
    """Two evaluations that become one are a difference."""
    first, second = (item["ID"] for item in body(BLOCKED, 1))
    merged = (load(FOLDER / f"{BLOCKED}.json").steps[1].response.body or "").replace(first, second)
    assert "is not what stands for" in " ".join(differences(BLOCKED, 1, body=merged))


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ((4, 5, 5), (14, 15, 15), []),
        ((4, 5, 5), (14, 15, 16), ["index recorded 5, came 16, but recorded 5, came 15"]),
        ((4, 5, 6), (14, 15, 15), ["index recorded 6, came 15, but recorded 5, came 15"]),
        ((4, 5, 6), (14, 16, 15), ["index recorded 6, came 15, but recorded 5, came 16"]),
    ],
)
def test_indexes_keep_their_order(was: tuple[int, ...], now: tuple[int, ...], expected: list[str]) -> None:
    """Indexes have to keep their order over the whole scenario, unless only their presence counts."""
    recording = replace(load(FOLDER / f"{BLOCKED}.json"), steps=())
    exchanges = [
        Exchange(f"step {place}", _at_index(old), _at_index(new))
        for place, (old, new) in enumerate(zip(was, now, strict=True))
    ]
    found = compare(recording, exchanges)
    assert [one.partition(": ")[2].partition(": ")[2].partition(" in step")[0] for one in found] == expected
    assert compare(replace(recording, index_check="presence"), exchanges) == []


def _at_index(index: int) -> Response:
    return Response(200, {"X-Nomad-Index": str(index)}, "", 0)


def test_indexes_are_listed_with_their_places() -> None:
    """All indexes are listed with their places."""
    assert indexes([Exchange("step 0", _at_index(4), _at_index(5))]) == [Index(4, 5, "step 0: header X-Nomad-Index")]


@pytest.mark.parametrize(("elapsed", "late"), [(949, True), (950, False), (1800, False), (1801, True)])
def test_timing_is_found(elapsed: int, late: bool) -> None:
    """A reply before or after its time is a difference."""
    found = differences("get-blocking-timeout", 2, elapsed_ms=elapsed)
    assert [one.partition(": time: ")[2] for one in found] == [
        f"came after {elapsed} ms, expected {{'min_ms': 950, 'max_ms': 1800}}, recorded 1055 ms"
    ] * late


def test_ignored_parts_are_free() -> None:
    """Only what the recording says is to be ignored may differ."""
    recording, exchanges = recorded(PLAN)
    came = replace(exchanges[1].came, body=_changed(body(PLAN, 1), ("Diff", "ID"), _other))
    for pointer, free in [("/Diff", True), ("/Diff/ID", True), ("*", True), ("/Dif", False), ("/Diff/Type", False)]:
        step = replace(recording.steps[1], ignore=(pointer,))
        exchanges[1] = replace(exchanges[1], came=came, step=step)
        assert (compare(recording, exchanges) == []) == free
    exchanges[1] = replace(exchanges[1], came=replace(came, status=500), step=replace(step, ignore=("*",)))
    assert compare(recording, exchanges) == [f"{exchanges[1].label}: status: recorded 200, came 500"]


@pytest.mark.parametrize(("status", "wrong"), [(None, False), (400, False), (500, False), (200, True)])
def test_no_answer_asks_for_an_error(status: int | None, wrong: bool) -> None:
    """Where the agent crashed, any error is right."""
    found = differences("register-null-group-drops-connection", 0, status=status, headers={"Any": "x"}, body="any")
    assert bool(found) == wrong


def test_steps_that_were_not_played_are_found() -> None:
    """A scenario that broke off differs from its recording."""
    recording, exchanges = recorded(BLOCKED)
    assert compare(recording, exchanges[:1])[0].endswith("not played")
