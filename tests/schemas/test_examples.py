"""The examples of replies are what an agent answered, and fit their schemas."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from tests.schemas.catalogue import (
    RECORDINGS,
    SECTIONS,
    all_operations,
    body_schema,
    complaints,
    exchanges,
    lacking,
    load,
    resolve,
    validator,
)


class Example(NamedTuple):
    """An example of a reply: the operation or component it stands at, its media type's object, and itself."""

    place: str
    media: dict[str, Any]
    value: Any
    seen: tuple[str, ...]


def _examples(place: str, response: dict[str, Any]) -> Iterator[Example]:
    for media in response.get("content", {}).values():
        for one in media["examples"].values():
            example = resolve("openapi.json", one["$ref"])[1] if "$ref" in one else one
            seen = example.get("x-seen", response.get("x-seen", ()))
            yield Example(place, media, example["value"], tuple(seen))


SUCCESSES = [
    each for name, one in all_operations().items() for each in _examples(name, one["responses"].get("200", {}))
]
ERRORS = [
    each for name, one in load("openapi.json")["components"]["responses"].items() for each in _examples(name, one)
]


def _label(one: Example) -> str:
    return one.place


def test_every_reply_has_an_example() -> None:
    """Each reply with a body has an example, and each error text is one."""
    responses = [
        (name, resolve("openapi.json", response["$ref"])[1] if "$ref" in response else response)
        for name, one in all_operations().items()
        for response in one["responses"].values()
    ]
    assert len(SUCCESSES) > 40
    for name, response in responses:
        assert all(media["examples"] for media in response.get("content", {}).values()), name


@pytest.mark.parametrize("one", SUCCESSES, ids=_label)
def test_an_example_fits_its_schema(one: Example) -> None:
    """An example of JSON fits the schema of its reply, without unknown properties; any other is a text."""
    if "$ref" in one.media["schema"]:
        assert complaints(validator(body_schema({"application/json": one.media}), strict=True), one.value) == {}
    else:
        assert isinstance(one.value, str)


@pytest.mark.parametrize("one", [each for each in SUCCESSES if each.seen != ("agent",)], ids=_label)
def test_an_example_is_a_recorded_reply(one: Example) -> None:
    """An example that names a recording is a reply of that recording."""
    (scenario,) = one.seen
    recorded = [each.response["json"] for each in exchanges() if f"recordings/{each.scenario}" == scenario]
    assert one.value in recorded


@pytest.mark.parametrize("one", [each for each in ERRORS if each.seen != ("agent",)], ids=_label)
def test_an_error_text_was_recorded(one: Example) -> None:
    """Each error text stands in a recording, unless it says that somebody asked an agent by hand."""
    assert one.value in _recorded_texts()


@cache
def _recorded_texts() -> set[str]:
    steps = (step for file in RECORDINGS.glob("*.json") for step in json.loads(file.read_text("utf-8"))["steps"])
    return {one["response"]["body"] for step in steps for one in (step, *step.get("during", []))}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_sample_of_the_page_names_what_it_lacks(section: str) -> None:
    """Beside each sample stand, by JSON pointer, the properties that an agent answers and the page does not show."""
    document = load(f"documentation/{section}.json")
    assert document["lacks"] == lacking(document["schema"], document["sample"])
