"""Mutations of bytes, paths, queries and header fields."""

import random
from urllib.parse import quote

from tests.attack.steps import PAGE

_BYTES = b"\x00\x09\x0a\x0d\x1f\x20\"#$%&'()*+,-./0:;<=>?@[\\]^_`{|}~\x7f\x80\xbf\xc0\xc3\xed\xef\xf0\xff"
_PATHS = (
    "/",
    "//",
    "%2F",
    "%2f",
    "%00",
    "%",
    "%zz",
    "%C3%A9",
    "%FF",
    "..",
    "/../",
    ".",
    "?",
    ";a=b",
    " ",
    "a" * 300,
    "\\",
)
_QUERIES = (
    "index=18446744073709551616", "index=-1", "index=1e3", "wait=1ms", "wait=99999h", "wait=-1s", "wait=x",
    "wait=1.5e3s",
    "pretty=0", "pretty", "all=T", "all=x", "stale&consistent", "region=eu1", "region=nowhere", "region=%00",
    "prefix=%",
    "&&&", "a=b;c=d", "%zz=1", "=", "index=1&index=0", "prefix=0", "offset=-1", "offset=99999999999999999999",
    "limit=0",
    "limit=-5", "origin=end", "origin=x", "follow=true", "follow=maybe", "plain=true", "enable=maybe", "address=1:2:3",
    "address=[::1", "address=a:99999", "path=../../etc", "path=%00", "node=x", "status=abc", "after=-1", "method=GETT",
)  # fmt: skip
_HEADERS = (
    ("accept-encoding", "gzip"), ("accept-encoding", "gzip;q=0, *"), ("accept-encoding", "x" * 5000),
    ("x-nomad-mock-space", "other"), ("x-nomad-mock-space", ""), ("content-type", "text/plain"),
    ("content-type", "application/hcl"), ("expect",
    "100-continue"),
    ("content-length", "5"), ("content-length", "x"), ("host", "["), ("host", ""), ("host", "evil.example"),
    ("origin", "null"), ("origin", "http://["), ("origin", PAGE), ("origin", "https://other.example"),
    ("access-control-request-method", "PUT"), ("access-control-request-headers", "x-a,"),
    ("if-none-match", 'W/"a"'), ("authorization", "Bearer é"), ("x-nomad-token", "secret"),
    ("last-event-id", "-1"), ("last-event-id", "9" * 5000), ("if-none-match", "*"), ("content-encoding", "gzip"),
)  # fmt: skip


def bytes_of(data: bytes, rng: random.Random) -> bytes:
    """Return ``data`` with a few of its bytes changed, cut out, repeated or moved."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(changed) + 1)
        size = rng.choice((1, 1, 2, 8, 50))
        change = rng.randrange(5)
        if change == 0:
            changed[at : at + 1] = bytes([rng.choice(_BYTES)])
        elif change == 1:
            changed[at:at] = bytes([rng.choice(_BYTES)]) * rng.choice((1, 1, 3, 200))
        elif change == 2:
            del changed[at : at + size]
        elif change == 3:
            changed[at:at] = changed[at : at + size]
        else:
            del changed[at:]
    return bytes(changed)


def target(text: str, rng: random.Random) -> str:
    """Return a target with something odd in its path or its query."""
    if rng.random() < 0.5:
        return f"{text}{'&' if '?' in text else '?'}{rng.choice(_QUERIES)}"
    path, mark, query = text.partition("?")
    at = rng.randrange(1, len(path) + 1)
    kind = rng.randrange(4)
    if kind == 0:
        path = path[:at] + rng.choice(_PATHS) + path[at:]
    elif kind == 1:
        path = path[:at] + path[at + 1 :]
    elif kind == 2:
        path = f"{path}{rng.choice(('/', '/plan', '/x', '/summary', '//allocations'))}"
    else:
        path = path.swapcase()
    return quote(path, safe="/%{}:?;=&+.,~!@$'()*[]") + mark + query


def header(rng: random.Random) -> tuple[str, str]:
    """Return a header field that means something to some server."""
    return rng.choice(_HEADERS)
