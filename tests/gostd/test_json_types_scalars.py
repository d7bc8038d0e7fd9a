"""Decoding into Go types without parts: what is stored, what null does, and what is refused."""

from typing import Any

import pytest

from mockserver.errors import BadRequest
from mockserver.gostd.json_text import read_exactly
from mockserver.gostd.json_types import MAX_FREE_DEPTH, SIMPLE_TYPES, decode_into
from mockserver.gostd.numbers import Float64


def decode(go_type: str, body: str) -> Any:
    """Return a JSON text decoded into the zero value of a type."""
    return decode_into(SIMPLE_TYPES[go_type], read_exactly(body.encode()))


@pytest.mark.parametrize(
    ("go_type", "body", "value"),
    [
        ("string", '"a"', "a"),
        ("string", "null", ""),
        ("bool", "true", True),
        ("bool", "null", False),
        ("int", "-9223372036854775808", -(2**63)),
        ("int", "-0", 0),
        ("int", "null", 0),
        ("uint64", "18446744073709551615", 2**64 - 1),
        ("time.Duration", "10000000000", 10_000_000_000),
        ("float64", "1e-999", 0.0),
        ("float64", "null", 0.0),
        ("[]uint8", '"QR=="', "QQ=="),
        ("[]uint8", '""', ""),
        ("[]uint8", "[]", ""),
        ("[]uint8", "[65, null, 255]", "QQD/"),
        ("[]uint8", "null", None),
        ("interface {}", "null", None),
        ("interface {}", '[true, "x", {"b": 1, "a": [], "b": 2e1}]', [True, "x", {"b": 20.0, "a": []}]),
    ],
)
def test_stored(go_type: str, body: str, value: object) -> None:
    """Values are stored as Go stores them; null leaves scalars at zero and makes the others nil."""
    decoded = decode(go_type, body)
    assert (decoded, type(decoded)) == (value, type(value)) or go_type == "float64"


@pytest.mark.parametrize(
    ("go_type", "body", "value"),
    [
        ("string", "1", "number"),
        ("string", "[]", "array"),
        ("bool", '"yes"', "string"),
        ("bool", "{}", "object"),
        ("int", "true", "bool"),
        ("int", '"50"', "string"),
        ("int", "50.0", "number 50.0"),
        ("int", "5e1", "number 5e1"),
        ("int", "9223372036854775808", "number 9223372036854775808"),
        ("int", "1" * 5000, "number " + "1" * 5000),
        ("uint64", "-1", "number -1"),
        ("uint64", "-0", "number -0"),
        ("uint64", "18446744073709551616", "number 18446744073709551616"),
        ("time.Duration", '"10s"', "string"),
        ("float64", "1e999", "number 1e999"),
        ("float64", '"1"', "string"),
        ("[]uint8", "{}", "object"),
        ("[]uint8", "5", "number"),
    ],
)
def test_refused(go_type: str, body: str, value: str) -> None:
    """A mismatch names the kind of the value, or the literal of a number out of range."""
    with pytest.raises(BadRequest) as refusal:
        decode(go_type, body)
    assert refusal.value.text == f"json: cannot unmarshal {value} into Go value of type {go_type}"


def test_bytes_are_refused_one_by_one() -> None:
    """In a list of numbers, the first that is no byte is named."""
    with pytest.raises(BadRequest, match=r"^json: cannot unmarshal number 256 into Go value of type uint8$"):
        decode("[]uint8", "[1, 256, -1]")


def test_free_numbers_are_float64() -> None:
    """Numbers in free-form values print as Go prints them, and must be finite."""
    assert type(decode("interface {}", "[6379]")[0]) is Float64
    with pytest.raises(BadRequest, match="number -1e400 into Go value of type float64"):
        decode("interface {}", '{"a": [-1e400]}')


def test_free_values_may_nest_only_so_deep() -> None:
    """A free-form value that nests too deeply is refused in words of our own."""
    assert decode("interface {}", "[" * MAX_FREE_DEPTH + "]" * MAX_FREE_DEPTH)
    with pytest.raises(BadRequest, match="may not nest deeper than 200 levels"):
        decode("interface {}", "[" * 5000 + "]" * 5000)
