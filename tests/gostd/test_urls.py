"""Decoding, cleaning and escaping paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.urls import BadEscape, cleaned, decoded, escaped


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/v1/job/a%2Fb", "/v1/job/a/b"),
        (b"/v1/job/a%25b", "/v1/job/a%b"),
        (b"/v1/job/a+b", "/v1/job/a+b"),
        (b"/v1/job/%C3%A9", "/v1/job/é"),
        (b"/v1/job/a%00b", "/v1/job/a\0b"),
        (b"/v1/job/a%ffb", "/v1/job/a\udcffb"),
        (b"/v1/job/a\xffb", "/v1/job/a\udcffb"),
    ],
)
def test_escapes_are_resolved_once(raw: bytes, path: str) -> None:
    """Escapes become bytes, plus stays plus, and bytes that are not UTF-8 stay distinct."""
    assert decoded(raw) == path


@pytest.mark.parametrize("raw", [b"/a%b", b"/a%", b"/a%zz", b"/%2"])
def test_a_malformed_escape_is_refused(raw: bytes) -> None:
    """A percent sign needs two hex digits."""
    with pytest.raises(BadEscape):
        decoded(raw)


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("/v1/job/a/b", "/v1/job/a/b"),
        ("/v1/job/a/", "/v1/job/a/"),
        ("/v1/job//a", "/v1/job/a"),
        ("/v1/job/./a/", "/v1/job/a/"),
        ("/v1/job/a/.", "/v1/job/a"),
        ("/v1/job/a/..", "/v1/job"),
        ("/v1/job/..", "/v1"),
        ("/v1/job/../jobs", "/v1/jobs"),
        ("/v1/job/a/...", "/v1/job/a/..."),
        ("/v1/job/.a/b.", "/v1/job/.a/b."),
        ("//v1/job/a", "/v1/job/a"),
        ("/../..", "/"),
        ("//", "/"),
        ("", "/"),
    ],
)
def test_paths_are_cleaned_as_gos_mux_does(path: str, clean: str) -> None:
    """Empty, dot and dot-dot elements are removed; a slash at the end stays."""
    assert cleaned(path) == clean


@given(st.text(st.sampled_from("/.ab"), max_size=12))
def test_a_clean_path_stays_as_it_is(path: str) -> None:
    """Cleaning twice changes nothing, so a redirect never leads to another one."""
    assert cleaned(cleaned(path)) == cleaned(path)


@given(st.binary(max_size=20))
def test_an_escaped_path_decodes_to_itself(path: bytes) -> None:
    """The escaped form of an ID of any bytes decodes to that ID."""
    text = path.decode("utf-8", "surrogateescape")
    assert decoded(escaped(text).encode()) == text


def test_escaping_spares_what_go_spares() -> None:
    """A Location header leaves the same characters unescaped as in Go."""
    assert escaped("/a-_.~$&+,:;=@ '()*!?é") == "/a-_.~$&+,:;=@%20%27%28%29%2A%21%3F%C3%A9"
