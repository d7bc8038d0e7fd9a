"""What later releases added to requests."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.gostd.json_containers import List, Struct
from mockserver.openapi import later, load_contract
from mockserver.variation.later_fields import LATER

OPERATIONS = load_contract().operations
DATA = tomllib.loads((Path(__file__).parents[2] / "schemas" / "later.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/v1/job/web/deployments", "/v1/job/*/deployments; it came with Nomad 0.6"),
        ("GET", "/v1/job/team/web/versions", "/v1/job/*/versions; it came with Nomad 0.6"),
        ("DELETE", "/v1/job/web/versions/stable/tag", "/v1/job/*/versions/*/tag; it came with Nomad 1.9"),
        ("POST", "/v1/jobs/parse", "/v1/jobs/parse; it came with Nomad 0.8.2"),
        ("GET", "/v1/acl/token/onetime/exchange", "/v1/acl/token/onetime*; it came with Nomad 1.1"),
        ("GET", "/v1/acl/token/self", "/v1/acl/*; it came with Nomad 0.7"),
    ],
)
def test_a_later_endpoint(method: str, path: str, said: str) -> None:
    """An endpoint that a later release has is named with that release; the closest pattern counts."""
    assert later.endpoint(method, path) == f"Nomad 0.5 has no endpoint {said}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/job/web/versions"),
        ("GET", "/v1/job/web"),
        ("GET", "/v1/job/web/allocations"),
        ("GET", "/v1/nothing"),
        ("GET", "/v1/job/" + "x" * 3000 + "/versions"),
    ],
)
def test_no_later_endpoint(method: str, path: str) -> None:
    """Other methods and paths are no later endpoint, nor are those that are longer than any."""
    assert later.endpoint(method, path) == ""


def test_a_parameter_counts_for_its_operation() -> None:
    """Some parameters came for every operation, others for one."""
    assert later.parameter("query", "namespace") == "; it came with Nomad 0.7"
    assert later.parameter("deregister", "purge") == "; it came with Nomad 0.6"
    assert later.parameter("query", "purge") == ""


def test_a_field_counts_in_any_letter_case() -> None:
    """A field is found by its struct, as Go finds names."""
    assert later.field("structs.Job", "affinities") == "; it came with Nomad 0.9"
    assert later.field("structs.Task", "Namespace") == ""


def _structs(go_type: Any, seen: dict[str, Struct]) -> dict[str, Struct]:
    if isinstance(go_type, List):
        return _structs(go_type.element, seen)
    if isinstance(go_type, Struct) and go_type.name not in seen:
        seen[go_type.name] = go_type
        for each in go_type.fields.values():
            _structs(each.type, seen)
    return seen


def _submitted() -> dict[str, Struct]:
    found: dict[str, Struct] = {}
    for operation in OPERATIONS.values():
        if operation.body_type is not None:
            _structs(operation.body_type(), found)
    return {name.removeprefix("structs."): struct for name, struct in found.items()}


def test_the_data_is_about_what_0_5_lacks() -> None:
    """Structs and operations exist in 0.5, and what is said to be later does not."""
    structs, names = _submitted(), {each.name: each for each in OPERATIONS.values()}
    assert set(DATA["fields"]) <= set(structs)
    for struct, fields in DATA["fields"].items():
        assert not set(fields) & set(structs[struct].fields), struct
    assert set(DATA["parameters"]) - {"any"} <= set(names)
    for name, parameters in DATA["parameters"].items():
        declared = {one.name for one in names[name].parameters} if name != "any" else set()
        assert not set(parameters) & declared, name
    assert set(DATA["bodies"]) <= {name for name, each in names.items() if each.body_type is None}


def _releases(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for each in value.values():
            yield from _releases(each)


def test_every_release_is_later() -> None:
    """Each release is written as Nomad's are, and comes after 0.5.4."""
    numbers = [tuple(map(int, release.split("."))) for release in _releases(DATA)]
    assert len(numbers) > 200
    assert all((0, 5, 4) < number < (3,) for number in numbers)


def test_fields_of_later_replies_can_be_submitted() -> None:
    """What a variation adds to replies of a job is known as later in requests, too."""
    both = set(LATER) & set(DATA["fields"])
    assert {"Job", "Task", "TaskGroup"} <= both
    for kind in both:
        assert set(LATER[kind]) <= set(DATA["fields"][kind]), kind
