"""Query parameters as Go and the agent's handlers read them."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest
from mockserver.openapi.query import by_precedence, first_values, parameter


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("", {}),
        ("a=1&b=2&a=3", {"a": "1", "b": "2"}),
        ("a", {"a": ""}),
        ("&&a=&&", {"a": ""}),
        ("=x", {"": "x"}),
        ("a=b=c", {"a": "b=c"}),
        ("a+b=c+d%2B", {"a b": "c d+"}),
        ("a=1;b=2&c=3", {"c": "3"}),
        ("a=%zz&a=2", {"a": "2"}),
        ("%a=1&b=%1", {}),
        ("%C3%A9=é", {"é": "é"}),
        (b"a=\xc3\xa9", {"a": "é"}),
        (b"a=%ff\xfe", {"a": "\udcff\udcfe"}),
    ],
)
def test_first_values(raw: bytes | str, values: dict[str, str]) -> None:
    """The first well-formed pair of each name counts; others are dropped without an error."""
    assert first_values(raw) == values


@pytest.mark.parametrize(
    ("decoding", "text", "meaning"),
    [
        ("string", None, ""),
        ("string", "global", "global"),
        ("uint64", None, 0),
        ("uint64", "", 0),
        ("uint64", "0" * 5000, 0),
        ("uint64", "018446744073709551615", 2**64 - 1),
        ("duration", None, 0),
        ("duration", "", 0),
        ("duration", "1h30m", 5_400_000_000_000),
        ("presence", None, False),
        ("presence", "false", True),
        ("pretty", None, False),
        ("pretty", "", True),
        ("pretty", "false", True),
        ("pretty", "0", False),
        ("boolean", None, False),
        ("boolean", "", False),
        ("boolean", "t", True),
        ("boolean", "True", True),
        ("boolean", "tRUE", False),
        ("boolean", "0", False),
    ],
)
def test_decodings(decoding: str, text: str | None, meaning: object) -> None:
    """Every way of decoding a value is covered, absent values included."""
    assert parameter("p", decoding).decode(text) == meaning


@pytest.mark.parametrize("text", ["abc", "-1", "+1", "1.0", "1_000", "0x10", "１", "18446744073709551616", "9" * 5000])
def test_bad_index(text: str) -> None:
    """An index is plain decimal digits that fit 64 bits."""
    with pytest.raises(BadRequest, match=r"^Invalid index$"):
        parameter("index", "uint64").decode(text)


@pytest.mark.parametrize("text", ["abc", "10", "5x", "1\udcffs"])
def test_bad_wait(text: str) -> None:
    """A wait is a Go duration."""
    with pytest.raises(BadRequest, match=r"^Invalid wait time$"):
        parameter("wait", "duration").decode(text)


def test_unknown_decoding() -> None:
    """A description with an unknown way of decoding is refused when it is loaded."""
    with pytest.raises(ValueError, match="x-nomad-decode: base36"):
        parameter("p", "base36")


def test_wait_comes_first() -> None:
    """Durations are checked first, whatever the description's order."""
    ordered = by_precedence([parameter("index", "uint64"), parameter("wait", "duration"), parameter("all", "boolean")])
    assert [one.name for one in ordered] == ["wait", "index", "all"]


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]))
    )
)
def test_encoded_queries_read_back(values: dict[str, str]) -> None:
    """A query that Python encodes is read as the same values, also when names repeat."""
    assert first_values(f"{urlencode(values)}&{urlencode(dict.fromkeys(values, 'later'))}") == values
