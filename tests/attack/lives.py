"""Which steps a life takes: a pure function of a seed and a number."""

import random
from collections.abc import Iterator

from tests.attack import spoil
from tests.attack.inputs import Inputs
from tests.attack.steps import JOURNAL, PAGE, Export, ImportChanged, Life, Request, Restart, Step, Together, Wire

LENGTH = 200
"""Steps of a life in process; over connections it has fewer."""

_VERBS = (b"FOO", b"get", b"PROPFIND", b"M-SEARCH", b"CONNECT", b"A" * 70, b"G\x00T", b"PRI", b"")
_ENDS = (b"\r\n\r\n", b"\n\n", b"\r\n", b"", b"\r\n\r\n\r\n\r\n")
_FIELDS = (
    b"Transfer-Encoding: chunked", b"Content-Length: 10", b"Content-Length: -1", b"Connection: close", b"Upgrade: h2c",
    b"Connection: Upgrade, HTTP2-Settings", b"Expect: 100-continue", b"Host: other", b"X: \xff\xfe", b": x", b"NoColon",
    b" folded", b"X: " + b"a" * 70_000, b"Accept-Encoding: gzip",
)  # fmt: skip


def life(seed: int, number: int) -> Life:
    """Return the life of this number."""
    rng = random.Random(f"{seed}/{number}")
    inputs = Inputs(rng)
    over_connections = number % 20 == 19
    restarts = 0.03 if rng.random() < 0.25 else 0.0
    if over_connections:
        steps: list[Step] = [_wire(inputs, rng) for _ in range(LENGTH // 4)]
    else:
        steps = [_step(inputs, rng, restarts) for _ in range(LENGTH)]
    varies = not over_connections and rng.random() < 0.05
    return Life(
        name=f"{seed}/{number}",
        nodes=rng.choice((0, 1, 1, 2, 3)),
        regions=rng.choice((("global",), ("global",), ("global", "eu1"))),
        mock_driver=rng.random() < 0.3,
        strict_clients=rng.random() < 0.05,
        steps=tuple(steps),
        shuffled=rng.random() < 0.2,
        vary=rng.randrange(1000) if varies else None,
        cors=rng.choice(((), (), (), (PAGE,), ("*",))),
        journal_bytes=rng.choice((JOURNAL, JOURNAL, JOURNAL, JOURNAL, 1, 20_000)),
    )


def lives(seed: int, first: int, step: int) -> Iterator[Life]:
    """Yield every ``step``-th life from the ``first`` on, without end."""
    number = first
    while True:
        yield life(seed, number)
        number += step


def _step(inputs: Inputs, rng: random.Random, restarts: float) -> Step:
    if rng.random() < restarts:
        return Restart(killed=rng.random() < 0.5)
    kind = rng.random()
    if kind < 0.008:
        return Export(rng.choice(("0s", "1s", "1m", "1h")))
    if kind < 0.012:
        return ImportChanged(rng.randrange(10**9))
    if kind < 0.022:
        return inputs.job_file()
    return Together(tuple(inputs.together())) if kind < 0.05 else inputs.request()


def _wire(inputs: Inputs, rng: random.Random) -> Wire:
    text = b"".join(_head_and_body(inputs.request(), rng) for _ in range(rng.choice((1, 1, 1, 2, 5))))
    if rng.random() < 0.3:
        text = spoil.bytes_of(text, rng)
    cuts = sorted(rng.randrange(len(text) + 1) for _ in range(rng.choice((0, 0, 1, 3, 9))))
    pieces = (text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True))
    return Wire(tuple(piece for piece in pieces if piece), shut=rng.random() < 0.3)


def _head_and_body(request: Request, rng: random.Random) -> bytes:
    verb = request.method.encode() if rng.random() < 0.85 else rng.choice(_VERBS)
    fields = [f"{name}: {value}".encode("utf-8", "surrogatepass") for name, value in request.headers]
    if request.body or rng.random() < 0.1:
        fields.append(b"Content-Length: %d" % len(request.body))
    if rng.random() < 0.2:
        fields.insert(rng.randrange(len(fields) + 1), rng.choice(_FIELDS))
    version = rng.choice((b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b""))
    end = b"\r\n\r\n" if rng.random() < 0.9 else rng.choice(_ENDS)
    target = request.target.encode("utf-8", "surrogatepass")
    return b" ".join((verb, target, version)) + b"\r\n" + b"\r\n".join(fields) + end + request.body
