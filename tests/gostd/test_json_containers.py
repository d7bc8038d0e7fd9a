"""Decoding bodies into structs, lists and maps, with duplicates and with errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import BadRequest
from mockserver.gostd.json_containers import fold
from mockserver.gostd.json_text import read
from mockserver.gostd.json_types import decode_into
from mockserver.openapi.documents import Documents
from mockserver.openapi.request_types import RequestTypes


def scalar(go_type: str, **more: Any) -> dict[str, Any]:
    """Return the schema of a property without parts."""
    return {"x-go-type": go_type, **more}


SHIP = {
    "x-go-type": "structs.Ship",
    "type": "object",
    "properties": {
        "Name": scalar("string"),
        "Masts": scalar("int", **{"x-zero": 0, "type": ["integer", "null"]}),
        "Sails": {"x-go-type": "[]string", "items": scalar("string")},
        "Cargo": {"x-go-type": "map[string]string", "additionalProperties": scalar("string")},
        "Log": {"x-go-type": "map[string]interface {}", "additionalProperties": True},
        "Flag": scalar("[]uint8"),
        "Anything": scalar("interface {}"),
        "Captain": {"anyOf": [{"$ref": "person.json"}, {"type": "null"}]},
        "Mate": {"$ref": "person.json", "x-go-type": "structs.Person", "x-zero": None},
        "Owner": {"$ref": "person.json", "x-zero": "object"},
        "Boats": {"x-go-type": "[]*structs.Ship", "items": {"$ref": "../ships/ship.json"}},
        "Berths": {"x-go-type": "[]structs.Person", "items": {"$ref": "person.json"}},
    },
}
PERSON = {
    "x-go-type": "structs.Person",
    "properties": {"Name": scalar("string"), "Age": scalar("uint64"), "Rank": {"allOf": [{"$ref": "#/$defs/rank"}]}},
    "$defs": {"rank": scalar("string")},
}
NOBODY = {"Name": "", "Age": 0, "Rank": ""}
NO_SHIP = {
    "Name": "",
    "Masts": 0,
    "Sails": None,
    "Cargo": None,
    "Log": None,
    "Flag": None,
    "Anything": None,
    "Captain": None,
    "Mate": None,
    "Owner": NOBODY,
    "Boats": None,
    "Berths": None,
}


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    """Return a folder with two request schemas that refer to each other."""
    (tmp_path / "ships").mkdir()
    (tmp_path / "ships" / "ship.json").write_text(json.dumps(SHIP))
    (tmp_path / "ships" / "person.json").write_text(json.dumps(PERSON))
    return Documents(tmp_path)


def decode(documents: Documents, body: str) -> Any:
    """Return a body decoded into a ship."""
    return decode_into(RequestTypes().of(documents.node("ships/ship.json")), read(body.encode()))


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("{}", {}),
        ("null", {}),
        ('{"Unknown": [{"deep": 1}], "Name": "Argo"}', {"Name": "Argo"}),
        (
            '{"name": "Argo", "\u017fAIL\u017f": ["jib"], "MA\u017fT\u017f": 2}',
            {"Name": "Argo", "Sails": ["jib"], "Masts": 2},
        ),
        ('{"Name": "Argo", "name": "Fram"}', {"Name": "Fram"}),
        ('{"Name": "Argo", "Name": null, "Masts": 3, "Masts": null}', {"Name": "Argo", "Masts": 3}),
        ('{"Sails": [null, "jib"]}', {"Sails": ["", "jib"]}),
        ('{"Sails": []}', {"Sails": []}),
        ('{"Sails": ["a", "b"], "Sails": null}', {"Sails": None}),
        ('{"Sails": ["a", "b"], "Sails": []}', {"Sails": []}),
        ('{"Sails": ["a", "b"], "Sails": [], "Sails": [null]}', {"Sails": [""]}),
        ('{"Sails": ["a", "b"], "Sails": [null, null, null, "d"]}', {"Sails": ["a", "b", "", "d"]}),
        ('{"Sails": ["a", "b"], "Sails": ["c"], "Sails": [null, null]}', {"Sails": ["c", "b"]}),
        ('{"Cargo": {"tea": null, "rum": "3"}}', {"Cargo": {"tea": "", "rum": "3"}}),
        ('{"Cargo": {"tea": "1"}, "Cargo": {"tea": null, "Tea": "2"}}', {"Cargo": {"tea": "", "Tea": "2"}}),
        ('{"Cargo": {"tea": "1"}, "Cargo": null}', {"Cargo": None}),
        ('{"Log": {"a": {"x": 1}}, "Log": {"a": {"y": 2}}}', {"Log": {"a": {"y": 2.0}}}),
        ('{"Anything": {"x": 1}, "Anything": {"y": 2}}', {"Anything": {"y": 2.0}}),
        ('{"Flag": "QUJD", "Flag": [null, 66]}', {"Flag": "QUI="}),
        ('{"Captain": {}}', {"Captain": NOBODY}),
        ('{"Captain": {"Age": 7}, "captain": {"Rank": "x"}}', {"Captain": {"Name": "", "Age": 7, "Rank": "x"}}),
        ('{"Captain": {"Age": 7}, "Captain": null}', {"Captain": None}),
        ('{"Mate": {"Age": 7}, "Mate": null, "Mate": {}}', {"Mate": NOBODY}),
        ('{"Owner": {"Age": 7}, "Owner": null}', {"Owner": {**NOBODY, "Age": 7}}),
        ('{"Boats": [null, {}]}', {"Boats": [None, NO_SHIP]}),
        ('{"Boats": [{"Masts": 1}], "Boats": [{"Name": "b"}]}', {"Boats": [{**NO_SHIP, "Masts": 1, "Name": "b"}]}),
        ('{"Boats": [{"Masts": 1}], "Boats": [null]}', {"Boats": [None]}),
        ('{"Berths": [null, {"Age": 1}]}', {"Berths": [NOBODY, {**NOBODY, "Age": 1}]}),
    ],
)
def test_decoded(documents: Documents, body: str, given: dict[str, Any]) -> None:
    """Names match in any case, unknown ones are dropped, and a duplicate is decoded over the value before."""
    assert decode(documents, body) == {**NO_SHIP, **given}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("[]", "array into Go value of type structs.Ship"),
        ('{"Masts": "3"}', "string into Go struct field Ship.Masts of type int"),
        ('{"masts": 3.0}', "number 3.0 into Go struct field Ship.Masts of type int"),
        ('{"Sails": {}}', "object into Go struct field Ship.Sails of type []string"),
        ('{"Sails": ["a", 1]}', "number into Go struct field Ship.Sails of type string"),
        ('{"Cargo": "tea"}', "string into Go struct field Ship.Cargo of type map[string]string"),
        ('{"Cargo": {"tea": 1}}', "number into Go struct field Ship.Cargo of type string"),
        ('{"Log": []}', "array into Go struct field Ship.Log of type map[string]interface {}"),
        ('{"Log": {"a": [1e999]}}', "number 1e999 into Go struct field Ship.Log of type float64"),
        ('{"Owner": true}', "bool into Go struct field Ship.Owner of type structs.Person"),
        ('{"Captain": 1}', "number into Go struct field Ship.Captain of type structs.Person"),
        ('{"Boats": {}}', "object into Go struct field Ship.Boats of type []*structs.Ship"),
        ('{"Boats": [1]}', "number into Go struct field Ship.Boats of type structs.Ship"),
        ('{"Boats": [{"Mate": {"Age": -1}}]}', "number -1 into Go struct field Person.Boats.Mate.Age of type uint64"),
        ('{"Berths": [{}, {"Rank": []}]}', "array into Go struct field Person.Berths.Rank of type string"),
        ('{"Name": 1, "Masts": "3"}', "number into Go struct field Ship.Name of type string"),
        ('{"Boats": [{"Name": "b"}], "Name": []}', "array into Go struct field Ship.Name of type string"),
    ],
)
def test_refused(documents: Documents, body: str, text: str) -> None:
    """The first mismatch is told with the innermost struct, the whole path and the Go type."""
    with pytest.raises(BadRequest) as refusal:
        decode(documents, body)
    assert refusal.value.text == f"json: cannot unmarshal {text}"


def test_syntax_comes_before_types(documents: Documents) -> None:
    """A mismatch is told only when the whole value is well-formed."""
    with pytest.raises(BadRequest, match=r"^unexpected EOF$"):
        decode(documents, '{"Masts": "3"')


def test_zero_values_are_not_shared(documents: Documents) -> None:
    """Changing a decoded value changes no other one."""
    first, second = decode(documents, "{}"), decode(documents, "{}")
    first["Owner"]["Age"] = 7
    assert second == NO_SHIP


def test_folding_is_that_of_go() -> None:
    """Of the characters beyond ASCII, only the Kelvin sign and the long s fold into it."""
    folding = [char for char in map(chr, range(0x80, 0x11000)) if fold(char).isascii()]
    assert folding == ["ſ", "\N{KELVIN SIGN}"]
