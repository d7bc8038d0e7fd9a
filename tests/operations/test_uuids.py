"""UUIDs and prefixes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import Refused
from mockserver.operations.uuids import id_prefix, whole_id

KNOWN = "5456bd7a-9fc0-c0dd-6131-cbee77f57577"


@pytest.mark.parametrize(
    "text", [KNOWN, KNOWN.upper(), "5456-bd7a9fc0-c0dd6131-cbee77f5-7577", KNOWN.replace("f", "F")]
)
def test_an_id_is_its_bytes(text: str) -> None:
    """An ID is recognised in any letter case, with its four hyphens anywhere."""
    assert whole_id(text, "") == KNOWN


@given(st.uuids(), st.integers(0, 16))
def test_a_prefix_is_a_prefix(one: object, count: int) -> None:
    """A prefix of whole bytes, with hyphens or without, is turned into the beginning of the stored ID."""
    whole = str(one)
    digits = whole.replace("-", "")[: 2 * count]
    assert whole.startswith(id_prefix(digits, ""))
    assert id_prefix(digits, "").replace("-", "") == digits


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x", "UUID must be 36 characters"),
        ("", "UUID must be 36 characters"),
        (KNOWN + "0", "UUID must be 36 characters"),
        ("-----" + "a" * 31, 'UUID should have maximum of 4 "-"; got 5'),
        (KNOWN[:-1] + "-", 'UUID should have maximum of 4 "-"; got 5'),
        ("---" + "a" * 33, "Input (without hyphens) must be even length"),
        (KNOWN[:-1] + "z", "Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"),
        (KNOWN[:-2] + "é", "Invalid UUID: encoding/hex: invalid byte: U+00C3 'Ã'"),
        (KNOWN[:-1] + "\x01", "Invalid UUID: encoding/hex: invalid byte: U+0001"),
    ],
)
def test_what_is_no_id(text: str, problem: str) -> None:
    """The first mistake in an ID is told."""
    with pytest.raises(Refused) as refused:
        whole_id(text, "eval lookup failed: index error: ")
    assert refused.value.text == f"eval lookup failed: index error: {problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("abc", "Input (without hyphens) must be even length"),
        ("zz", "Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"),
        ("a" * 37, "Invalid UUID length. UUID have 36 characters; got 37"),
    ],
)
def test_what_is_no_beginning(text: str, problem: str) -> None:
    """The first mistake in a prefix is told; an odd number of digits is one."""
    with pytest.raises(Refused) as refused:
        id_prefix(text, "")
    assert refused.value.text == problem
