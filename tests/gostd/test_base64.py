"""Base64 as Go reads it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest
from mockserver.gostd.base64 import decode_base64


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", b""),
        ("QUJD", b"ABC"),
        ("QQ==", b"A"),
        ("QR==", b"A"),
        ("QUI=", b"AB"),
        ("Q\nU\r\nJD\n", b"ABC"),
        ("QQ=\n=\n", b"A"),
        ("\n", b""),
    ],
)
def test_well_formed(text: str, data: bytes) -> None:
    """Line breaks may be anywhere, and spare bits need not be zero."""
    assert decode_base64(text) == data


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("!!", 0),
        ("QUJ", 0),
        ("QUJDQ", 4),
        ("QUJD\nQ", 5),
        ("=", 0),
        ("Q=", 1),
        ("QQ=", 3),
        ("QQ=A", 2),
        ("QQ=\nA", 3),
        ("QQ===", 4),
        ("QUI==", 4),
        ("QUJD=", 4),
        ("QQ==QQ==", 4),
        ("QU-_", 2),
        ("QUJDé", 4),
        ("éQUJ", 0),
        ("QUJ D", 3),
    ],
)
def test_malformed(text: str, position: int) -> None:
    """The error names the byte at which Go stops."""
    with pytest.raises(BadRequest) as refusal:
        decode_base64(text)
    assert refusal.value.text == f"illegal base64 data at input byte {position}"


@given(st.binary(), st.integers(0, 20))
def test_round_trip(data: bytes, place: int) -> None:
    """What Python encodes is decoded, also with a line break somewhere."""
    text = base64.b64encode(data).decode()
    assert decode_base64(text) == decode_base64(text[:place] + "\r\n" + text[place:]) == data
