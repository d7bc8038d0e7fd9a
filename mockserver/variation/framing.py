"""How a body goes over the wire: compressed or not, in one piece or in chunks, at once or bit by bit."""

import gzip
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from mockserver.http.compression import accepts_gzip, compressed
from mockserver.http.replies import CHUNKED, CLOSE, LARGEST_SIZED_BODY, Header
from mockserver.vary import ReplyChoices

CHUNKS = "framing.chunks"
SIZED = "framing.sized"
CLOSED = "framing.close"
HEADER = "compression.header"
ANY_FORM = "compression.any-form"

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Framed:
    """A body as it is sent: its parts, one in each chunk, and the header fields about them."""

    parts: Sequence[bytes]
    headers: tuple[Header, ...]


def framed(body: bytes, choices: ReplyChoices, *, http_version: str) -> Framed:
    """Return a body in the frame that is chosen; HTTP/1.0 has no chunks."""
    closing = (CLOSE,) if _is_closed(choices) else ()
    sized: Header = (b"content-length", b"%d" % len(body))
    if http_version == "1.0":
        return Framed((body,), (sized, *closing))
    chunks, one = choices.draw(CHUNKS), choices.draw(SIZED)
    if chunks is not None and one is not None:  # a body is either
        coin = chunks.random() < _HALF
        chunks, one = (chunks, None) if coin else (None, one)
    if chunks is not None and body:
        choices.note(CHUNKS)
        return Framed(pieces(body, chunks), (CHUNKED, *closing))
    if one is not None or len(body) <= LARGEST_SIZED_BODY:
        if len(body) > LARGEST_SIZED_BODY:
            choices.note(SIZED)
        return Framed((body,), (sized, *closing))
    return Framed((body,), (CHUNKED, *closing))


def pieces(body: bytes, source: random.Random) -> list[bytes]:
    """Return a body in two to eight pieces, cut anywhere, also within a character; a short one in fewer."""
    cuts = sorted({source.randrange(1, max(len(body), 2)) for _ in range(source.randint(1, 7))} - {len(body)})
    return [body[start:end] for start, end in zip((0, *cuts), (*cuts, len(body)), strict=True) if start < end]


def packed(body: bytes, choices: ReplyChoices) -> bytes:
    """Return a body in gzip, with a name and a time in its header where that is chosen."""
    header = choices.draw(HEADER)
    if header is None:
        return compressed(body)
    choices.note(HEADER)
    file = BytesIO()
    level, time = header.randrange(10), header.randrange(1 << 31)
    with gzip.GzipFile("reply.json", "wb", level, file, time) as packing:
        packing.write(body)
    return file.getvalue()


def takes_gzip(accept_encoding: str, choices: ReplyChoices) -> bool:
    """Return whether gzip is sent: where it is accepted by name, as an agent does, or in any other way if chosen."""
    if accepts_gzip(accept_encoding):
        return True
    if choices.draw(ANY_FORM) is None or not _allows_gzip(accept_encoding):
        return False
    choices.note(ANY_FORM)
    return True


def _allows_gzip(accept_encoding: str) -> bool:
    """Return whether RFC 9110 takes gzip to be accepted: by either of its names, or by ``*`` for want of these."""
    qualities = {}
    for coding in accept_encoding.lower().split(","):
        name, _, parameters = coding.partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        qualities[name.strip()] = not _NOTHING.fullmatch(quality)
    known = next((name for name in ("gzip", "x-gzip", "*") if name in qualities), None)
    return known is not None and qualities[known]


_NOTHING = re.compile(r"0(\.0*)?")


def _is_closed(choices: ReplyChoices) -> bool:
    if choices.draw(CLOSED, _HALF) is None:
        return False
    choices.note(CLOSED)
    return True
