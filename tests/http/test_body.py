"""Bodies as their bytes come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.http.body import Body, Chunks, Malformed, Sized


def _taken(body: Body, sent: bytes, pieces: int) -> tuple[bytes, bytes]:
    """Return what is taken of ``sent`` when it comes in pieces of this many bytes, and what is left."""
    held, taken = bytearray(), b""
    for start in range(0, len(sent), pieces):
        held += sent[start : start + pieces]
        taken += body.take(held)
    return taken, bytes(held)


@given(st.binary(max_size=30), st.integers(1, 9))
def test_a_body_of_a_known_length(data: bytes, pieces: int) -> None:
    """What comes behind a body of known length is left."""
    body = Sized(len(data))
    assert _taken(body, data + b"next", pieces) == (data, b"next")
    assert body.complete


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=4), st.integers(1, 9), st.sampled_from(["", "A: b\r\n"]))
def test_a_body_in_chunks(chunks: list[bytes], pieces: int, trailer: str) -> None:
    """Extensions and trailers are ignored, and what comes behind the body is left."""
    sent = b"".join(b"%X ;a=b\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    body = Chunks()
    assert _taken(body, sent + f"0\r\n{trailer}\r\nnext".encode(), pieces) == (b"".join(chunks), b"next")
    assert body.complete


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"1\na", "chunked line ends with bare LF"),
        (b"\r\n", "empty hex number for chunk length"),
        (b"+1\r\n", "invalid byte in chunk length"),
        (b"1" * 17 + b"\r\n", "http chunk length too large"),
        (b"1\r\nab\r\n", "malformed chunked encoding"),
        (b"1;" + b"a" * 5000, "header line too long"),
    ],
)
def test_what_is_no_chunk(sent: bytes, words: str) -> None:
    """A malformed chunk is refused in Go's words."""
    with pytest.raises(Malformed, match=words):
        Chunks().take(bytearray(sent))
