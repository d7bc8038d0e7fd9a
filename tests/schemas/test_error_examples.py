"""Every text with which an agent refuses is an example of the description, and is what the mock answers."""

import ast
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import mockserver
from mockserver import errors
from mockserver.jobs.validate.problems import Problem
from tests.asgi import Answer
from tests.schemas import error_examples
from tests.schemas.catalogue import all_operations, load
from tests.schemas.refusals import REFUSALS, refused_jobs

Site = tuple[str, int]
"""A file, and a line in it at which a text is made."""

CODE = Path(mockserver.__file__).parent
ROOMS = ("gostd", "jobs", "openapi", "operations")
"""The rooms whose errors clients see; those that the others have are the state's, a fault's or the mock's own."""
OF_THE_MOCK = ("this mock", "a real agent closes", "{limit}")
"""Said in texts that no agent has: where one would crash, hang or have no limit."""
KINDS = ("BadRequest", "NotFound", "Problem", "Refused")


@pytest.fixture(scope="module")
def made() -> Iterator[set[Site]]:
    """Note where texts of errors are made."""
    sites: set[Site] = set()
    with pytest.MonkeyPatch.context() as patch:
        for kind, name in ((Problem, "__new__"), (errors.AgentError, "__init__")):
            patch.setattr(kind, name, _noting(getattr(kind, name), sites))
        yield sites


def _noting(make: Any, sites: set[Site]) -> Any:
    def noted(*arguments: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        sites.add((frame.f_code.co_filename, frame.f_lineno))
        return make(*arguments, **named)

    return noted


@pytest.fixture(scope="module")
def answers(made: set[Site]) -> dict[str, dict[str, Answer]]:  # noqa: ARG001 - has to be there before
    """Return what the mock answers to each refusal."""
    return asyncio.run(error_examples.answered())


def test_examples_are_what_the_mock_answers(answers: dict[str, dict[str, Answer]]) -> None:
    """``python -m tests.schemas.error_examples --write`` was run after the last change."""
    document = load("openapi.json")
    assert REFUSALS.keys() == document["components"]["responses"].keys()
    written = error_examples.text_of(error_examples.with_examples(document, answers))
    assert error_examples.FILE.read_text("utf-8") == written


def test_a_refusal_has_a_status_of_its_response(answers: dict[str, dict[str, Answer]]) -> None:
    """Each text comes with a status that an operation answers with this response, and fits its schema."""
    described: dict[str, set[int]] = {}
    for one in all_operations().values():
        for status, response in one["responses"].items():
            described.setdefault(response.get("$ref", "").rpartition("/")[2], set()).add(int(status))
    for name, each in answers.items():
        (media,) = load("openapi.json")["components"]["responses"][name]["content"].values()
        schema = jsonschema_rs.validator_for(media["schema"])
        assert all(answer.status in described[name] and schema.is_valid(answer.text) for answer in each.values()), name


def test_every_text_of_an_error_has_an_example(
    answers: dict[str, dict[str, Answer]],  # noqa: ARG001 - made the texts
    made: set[Site],
) -> None:
    """Wherever the mock words an error that an agent has, one of the examples was worded."""
    assert {
        f"{file.relative_to(CODE)}:{line}" for file, line, last in _wordings() if not _is_in(made, file, line, last)
    } == set()


def _is_in(made: set[Site], file: Path, line: int, last: int) -> bool:
    return any(where == str(file) and line <= at <= last for where, at in made)


def _wordings() -> Iterator[tuple[Path, int, int]]:
    for file in sorted(file for room in ROOMS for file in (CODE / room).rglob("*.py")):
        source = file.read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                said = ast.get_source_segment(source, node) or ""
                if not any(word in said for word in OF_THE_MOCK):
                    yield file, node.lineno, node.end_lineno or node.lineno


def test_each_job_has_a_text_of_its_own(answers: dict[str, dict[str, Answer]]) -> None:
    """No two refused jobs show the same text."""
    texts: Mapping[str, str] = {name: answers["RegisterRefused"][name].text for name, _, _ in refused_jobs()}
    assert len({*texts.values()}) == len(texts) > 80


def test_the_command_says_what_is_not_current(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exits with 1 where an example is not current, and writes it with --write."""
    document = json.loads(error_examples.FILE.read_text("utf-8"))
    document["components"]["examples"]["JobRegion"]["value"] = "No region"
    file = tmp_path / "openapi.json"
    file.write_text(error_examples.text_of(document), "utf-8")
    monkeypatch.setattr(error_examples, "FILE", file)
    assert error_examples.main([]) == 1
    assert "run this with --write" in capsys.readouterr().err
    assert error_examples.main(["--write"]) == 0
    assert error_examples.main([]) == 0
