"""Request schemas as Go types."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.gostd.json_containers import List, Map, Struct
from mockserver.gostd.json_types import GoType
from mockserver.openapi.documents import Documents
from mockserver.openapi.request_types import RequestTypes

PORT = {"$ref": "#/$defs/port"}
DEFS = {"port": {"x-go-type": "structs.Port", "type": "object", "properties": {"Value": {"x-go-type": "int"}}}}


def go_type(folder: Path, **schema: Any) -> GoType:
    """Return the type of a schema in a file of its own."""
    (folder / "odd.json").write_text(json.dumps({**schema, "$defs": DEFS}))
    return RequestTypes().of(Documents(folder).node("odd.json"))


def field(folder: Path, **schema: Any) -> Any:
    """Return the zero value of a field with that schema."""
    struct = go_type(folder, **{"x-go-type": "structs.Odd", "properties": {"Field": schema}})
    return struct.zero()["Field"]


def test_lists_know_what_null_among_their_elements_means(tmp_path: Path) -> None:
    """A star in the element's type keeps null elements of a list."""
    of_pointers = go_type(tmp_path, **{"x-go-type": "[]*structs.Port", "items": PORT})
    of_values = go_type(tmp_path, **{"x-go-type": "[]structs.Port", "items": PORT})
    assert isinstance(of_pointers, List)
    assert isinstance(of_values, List)
    assert of_pointers.decode([None], None) == [None]
    assert of_values.decode([None], None) == [{"Value": 0}]


def test_lists_of_lists_and_maps_of_maps(tmp_path: Path) -> None:
    """Element types are read from the type's name, so their schemas need not repeat them."""
    nested = go_type(tmp_path, **{"x-go-type": "[]map[string][]string", "items": True})
    assert isinstance(nested, List)
    assert isinstance(nested.element, Map)
    assert nested.element.element.name == "[]string"
    assert nested.decode([(("a", ["b"]),)], None) == [{"a": ["b"]}]


@pytest.mark.parametrize(
    ("schema", "zero"),
    [
        (PORT, {"Value": 0}),
        ({**PORT, "type": ["object", "null"]}, None),
        ({"anyOf": [PORT, {"type": "null"}]}, None),
        ({"oneOf": [{"type": "null"}, PORT]}, None),
        ({"anyOf": [PORT, {"type": "null"}], "x-zero": "object"}, {"Value": 0}),
        ({**PORT, "x-zero": None}, None),
        ({"x-go-type": "int", "type": ["integer", "null"]}, 0),
        ({"x-go-type": "int", "type": ["integer", "null"], "x-zero": None}, 0),
        ({"x-go-type": "map[string]string", "type": "object"}, None),
    ],
)
def test_zero_values(tmp_path: Path, schema: dict[str, Any], zero: object) -> None:
    """A struct is a pointer by ``x-zero``, else by whether null is allowed; other types have Go's zero."""
    assert field(tmp_path, **schema) == zero


def test_a_struct_is_made_once(tmp_path: Path) -> None:
    """A schema that contains itself gives one struct."""
    node = go_type(tmp_path, **{"x-go-type": "structs.Node", "properties": {"Next": {"$ref": "#", "x-zero": None}}})
    assert isinstance(node, Struct)
    assert node.fields["Next"].type is node
    assert node.zero() == {"Next": None}


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [({"type": "object"}, "has no x-go-type"), ({"x-go-type": "structs.Odd"}, "is not known and has no properties")],
)
def test_schemas_that_name_no_type(tmp_path: Path, schema: dict[str, Any], complaint: str) -> None:
    """A schema that gives no Go type is refused with its file's name."""
    with pytest.raises(ValueError, match=rf"odd\.json.*{complaint}"):
        go_type(tmp_path, **schema)
