"""The files of recordings are fully understood, and cover the API."""

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from tests.each import each
from tests.recordings.player import captured
from tests.recordings.recording import FOLDER, Recording, Request, load, parse
from tests.schemas.catalogue import exchanges, operations

FILES = sorted(FOLDER.glob("*.json"))


def _scenario() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / "get-blocking-wakes.json").read_text("utf-8"))
    return document


def test_there_are_recordings() -> None:
    """All 151 scenarios are there."""
    assert len(FILES) == 151


@each(FILES, lambda path: path.stem)
def test_a_recording_is_understood(path: Path) -> None:
    """A file has known keys and modes only, and says nothing twice in different ways."""
    recording = load(path)
    hints = get_type_hints(Recording)
    assert (recording.scenario, recording.server) == (path.stem, "nomad 0.5.4")
    assert recording.mode in get_args(hints["mode"])
    assert recording.index_check in get_args(hints["index_check"])
    assert [step.step for step in recording.steps] == list(range(len(recording.steps)))
    variables: dict[str, str] = {}
    for step in recording.steps:
        assert step.request == step.template.filled(variables)
        assert all(one.request == one.template.filled(variables) for one in step.during)
        assert {name: str(value) for name, value in (step.captured or {}).items()} == {
            name: captured(step.response, source) for name, source in (step.capture or {}).items()
        }
        assert set(step.timing or ()) <= {"min_ms", "max_ms"}
        assert [one.after_s for one in step.during] == sorted(one.after_s for one in step.during)
        variables |= {name: str(value) for name, value in (step.captured or {}).items()}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda scenario: scenario, id="scenario"),
        pytest.param(lambda scenario: scenario["steps"][2], id="step"),
        pytest.param(lambda scenario: scenario["steps"][2]["request"], id="request"),
        pytest.param(lambda scenario: scenario["steps"][2]["template"], id="template"),
        pytest.param(lambda scenario: scenario["steps"][2]["response"], id="response"),
        pytest.param(lambda scenario: scenario["steps"][2]["during"][0], id="during"),
        pytest.param(lambda scenario: scenario["steps"][2]["during"][0]["response"], id="answer meanwhile"),
    ],
)
def test_a_key_that_nobody_knows_is_refused(place: Any) -> None:
    """An unknown key anywhere is an error."""
    scenario = _scenario()
    parse(scenario)
    place(scenario)["unheard_of"] = 1
    with pytest.raises(TypeError, match="unheard_of"):
        parse(scenario)


def test_variables_are_filled_in_wherever_they_stand() -> None:
    """Variables are replaced in path, query, headers and body; other ``${…}`` is Nomad's."""
    template = Request("PUT", "/v1/job/${x}", "index=${x}", {"X": "${x}"}, '{"a": "${x}", "b": "${attr.x}"}')
    filled = template.filled({"x": 'a"\\b'})
    assert filled == Request("PUT", '/v1/job/a"\\b', 'index=a"\\b', {"X": 'a"\\b'}, '{"a": "a"\\b", "b": "${attr.x}"}')
    assert str(filled) == 'PUT /v1/job/a"\\b?index=a"\\b'


def test_every_operation_is_recorded() -> None:
    """Every operation was recorded; of plan only the page's PUT, which does the same as POST."""
    recorded = {one.operation["operationId"] for one in exchanges()}
    assert {one["operationId"] for one in operations().values()} - recorded == {"planJobByPost"}
