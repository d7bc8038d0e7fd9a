"""``python -m tests.wrong_servers NAME``: servers that are wrong in one way each, to try the contract tests on.

Each is a mock, some of whose replies are lost, late, endless, or something else altogether. ``WRONG`` is the catalogue.
"""

import argparse
import asyncio
import json
import random
import re
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.app import create_app
from mockserver.http.scope import cut
from mockserver.settings import Settings
from tests.served import serving

JSON = (b"content-type", b"application/json")
HTML = (b"content-type", b"text/html; charset=utf-8")
_ENDS = {"allocations": "/allocations", "evaluations": "/evaluations", "summary": "/summary", "dispatch": "/dispatch"}
_ENDS |= {"evaluate": "/evaluate", "plan": "/plan", "force": "/periodic/force"}
_NO_END = "".join(f"(?<!{end})" for end in _ENDS.values())
_METHODS = {"allocations": "GET", "evaluations": "GET", "summary": "GET"}
OPERATIONS = {
    **{name: f"{_METHODS.get(name, '(PUT|POST)')} /v1/job/.*{end}" for name, end in _ENDS.items()},
    "query": f"GET /v1/job/.*{_NO_END}",
    "register": f"(PUT|POST) /v1/job/.*{_NO_END}",
    "deregister": "DELETE /v1/job/.*",
}
"""The requests of each operation, as a pattern of method and path."""
EVERYTHING = ".* /v1/.*"


# What a wrong server answers in place of a reply.


def answering(status: int, text: bytes, *headers: tuple[bytes, bytes]) -> ASGIApp:
    """Return an application whose answer is always the same."""

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await _start(send, status, *headers)
        await _part(send, text, more=False)

    return answer


async def hanging(_scope: Scope, receive: Receive, _send: Send) -> None:
    """Send nothing until the client leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def dripping(_scope: Scope, _receive: Receive, send: Send, pause: float = 1.0) -> None:
    """Send a byte of white space a second, without an end."""
    await _start(send, 200, JSON)
    while True:
        await _part(send, b" ")
        await asyncio.sleep(pause)


async def trickling(scope: Scope, receive: Receive, send: Send) -> None:
    """Send one byte after the other, always soon enough for a client that waits for the next one."""
    await dripping(scope, receive, send, 0.05)


async def endless(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Send a list that goes on, as fast as it is read."""
    await _start(send, 200, JSON)
    await _part(send, b"[0")
    while True:
        await _part(send, b", 0" * 10_000)
        await asyncio.sleep(0)


def _packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    megabyte = b" " * 1_000_000
    first, next_one = (packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + next_one * (megabytes - 1)  # each begins anew after a full flush, so that one is like the other


async def bomb(scope: Scope, receive: Receive, send: Send) -> None:
    """Send a megabyte that unpacks to a gigabyte."""
    await answering(200, _BOMB, JSON, (b"content-encoding", b"gzip"))(scope, receive, send)


_BOMB = _packed(1000)


async def deep(scope: Scope, receive: Receive, send: Send) -> None:
    """Send lists in lists, 100,000 of them."""
    await answering(200, b"[" * 100_000 + b"]" * 100_000, JSON)(scope, receive, send)


async def wide(scope: Scope, receive: Receive, send: Send) -> None:
    """Send millions of objects in a few megabytes."""
    await answering(200, b"[" + b"{}," * 4_000_000 + b"{}]", JSON)(scope, receive, send)


async def redirecting(scope: Scope, receive: Receive, send: Send) -> None:
    """Send the client to where it already is."""
    await answering(301, b"", (b"location", scope["raw_path"]))(scope, receive, send)


async def closing(scope: Scope, receive: Receive, _send: Send) -> None:
    """Close the connection without an answer."""
    await cut(scope, receive, reset=True)


async def garbled(scope: Scope, receive: Receive, send: Send) -> None:
    """Send some JSON, or nearly JSON, that has nothing to do with the request."""
    chance = random.Random(scope["path"] + str(_COUNT.setdefault("garbled", 0)))
    _COUNT["garbled"] += 1
    text = json.dumps(_anything(chance, 4)).encode()
    status = chance.choice((200, 200, 200, 200, 201, 400, 404, 500))
    headers = [JSON, (b"x-nomad-index", chance.choice((b"1", b"7", b"99", b"x", b"-1")))]
    await answering(status, text[: len(text) // 2] if chance.random() < 0.1 else text, *headers)(scope, receive, send)


_COUNT: dict[str, int] = {}
_NAMES: tuple[str, ...] = (
    "ID",
    "JobID",
    "EvalID",
    "Index",
    "JobModifyIndex",
    "EvalCreateIndex",
    "DispatchedJobID",
    "Summary",
    "Diff",
)
_NAMES += ("TaskGroups", "Tasks", "Name", "Status", "CreateIndex", "ModifyIndex", "Children", "Annotations", "Fields")


def _anything(chance: random.Random, depth: int) -> Any:
    kind = chance.randrange(9 if depth else 6)
    if kind >= 6:
        return {name: _anything(chance, depth - 1) for name in chance.sample(_NAMES, chance.randrange(1, len(_NAMES)))}
    leaves = (None, True, chance.randrange(-5, 10**6), chance.random(), "", "nomad-contract-x/dispatch-1-2")
    return [_anything(chance, depth - 1) for _ in range(chance.randrange(3))] if depth and kind == 5 else leaves[kind]


async def _start(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*headers]})


async def _part(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


refusing = answering(500, b"no", (b"content-type", b"text/plain; charset=utf-8"))
PAGE = answering(200, b"<!DOCTYPE html><html><body>Welcome</body></html>", HTML)


# Servers that are wrong.


def mistyped(value: Any) -> Any:
    """Return well-formed JSON of the same members, each of a type that it should not have."""
    if isinstance(value, dict):
        return {name: mistyped(member) for name, member in value.items()}
    if isinstance(value, list):
        return {"items": len(value)}
    return str(value) if isinstance(value, int | float) else len(value) if isinstance(value, str) else "none"


class Wrong:
    """Answers requests whose method and path match in its own way, all others as a mock does.

    ``share`` of the requests that match are answered so, by a random source with a seed. ``delay`` is in seconds; each
    reply comes one to two times as late. ``edit`` changes the JSON of all other replies.
    """

    def __init__(self, app: ASGIApp, server: "WrongServer") -> None:
        self.app = app
        self.server = server
        self.answers = {re.compile(pattern): answer for pattern, answer in server.answers.items()}
        self.chance = random.Random(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = f"{scope['method']} {scope['path']}"
        answer = next((answer for pattern, answer in self.answers.items() if pattern.fullmatch(asked)), None)
        if self.server.delay:
            await asyncio.sleep(self.server.delay * self.chance.uniform(1, 2))
        if answer is not None and self.chance.random() < self.server.share:
            while (await receive()).get("more_body"):
                pass
            await answer(scope, receive, send)
        elif self.server.mistyped:
            await self._mistyped(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _mistyped(self, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        with suppress(ValueError):  # an error's text, or packed
            body = json.dumps(mistyped(json.loads(body))).encode()
        headers = [
            pair for pair in start["headers"] if pair[0].lower() not in (b"content-length", b"transfer-encoding")
        ]
        await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await _part(send, body, more=False)


@dataclass(frozen=True, slots=True)
class WrongServer:
    """A server that is wrong in one way."""

    about: str
    answers: Mapping[str, ASGIApp] = field(default_factory=dict)
    """What is answered to the requests whose method and path match a pattern."""
    share: float = 1.0
    """Of the requests that match, which others are answered as they should be."""
    delay: float = 0.0
    """Seconds; each reply comes one to two times as late."""
    mistyped: bool = False
    """Whether the JSON of all other replies has members of the wrong types."""
    status: int = 1
    """The exit status of a check of it."""

    @property
    def by_chance(self) -> bool:
        """Whether the same requests are answered otherwise another time."""
        return self.share < 1 or garbled in self.answers.values()


def _busy(status: int, *headers: tuple[bytes, bytes]) -> Mapping[str, ASGIApp]:
    return {EVERYTHING: answering(status, b"too busy", *headers)}


_RETRY = (b"retry-after", b"1")
_HALF = {
    OPERATIONS["summary"]: answering(404, b"404 page not found\n"),
    OPERATIONS["allocations"]: answering(200, b"[]", JSON),
    OPERATIONS["evaluations"]: answering(200, b"[]", JSON),
    OPERATIONS["plan"]: answering(500, b"not implemented"),
    OPERATIONS["dispatch"]: answering(500, b"not implemented"),
}
WRONG: dict[str, WrongServer] = {
    "half": WrongServer("half of the operations answer 404, 500 or an empty list", _HALF),
    **{f"hangs-on-{name}": WrongServer(f"hangs on {name}", {OPERATIONS[name]: hanging}) for name in OPERATIONS},
    "hangs": WrongServer("hangs on everything", {EVERYTHING: hanging}),
    "page": WrongServer("is a web server: answers everything with HTML", {EVERYTHING: PAGE}, status=2),
    "html": WrongServer("answers HTML wherever a job is asked for", {".* /v1/job.*": PAGE}),
    "slow": WrongServer("answers each request one to two seconds late", delay=1.0),
    "drips": WrongServer("sends a byte a second, without an end", {EVERYTHING: dripping}),
    "endless": WrongServer("sends bodies without an end", {EVERYTHING: endless}),
    "bomb": WrongServer("sends gzip that unpacks to a gigabyte", {EVERYTHING: bomb}),
    "redirects": WrongServer("redirects each request to itself", {EVERYTHING: redirecting}),
    "closes": WrongServer("closes half of the connections without an answer", {EVERYTHING: closing}, share=0.5),
    "busy-429": WrongServer("answers a fifth of the requests with 429", _busy(429), share=0.2),
    "busy-503": WrongServer("answers a fifth of the requests with 503", _busy(503), share=0.2),
    "retry-429": WrongServer("answers a fifth with 429 and Retry-After", _busy(429, _RETRY), share=0.2),
    "retry-503": WrongServer("answers a fifth with 503 and Retry-After", _busy(503, _RETRY), share=0.2),
    "types": WrongServer("answers well-formed JSON of the wrong types", mistyped=True),
    "empty": WrongServer("answers everything with {}", {EVERYTHING: answering(200, b"{}", JSON)}),
    "null": WrongServer("answers everything with null", {EVERYTHING: answering(200, b"null", JSON)}),
    "garbled": WrongServer("answers everything with some JSON, or nearly JSON", {EVERYTHING: garbled}),
}
"""The wrong servers by name."""


@contextmanager
def wrong(server: WrongServer, port: int = 0) -> Iterator[str]:
    """Serve a wrong server; gives its address."""
    app = create_app(Settings(federate=("eu1",)))
    app.add_middleware(Wrong, server=server)
    with serving(Settings(port=port), app) as served:
        yield f"http://127.0.0.1:{served}"


@contextmanager
def wrong_about(pattern: str, answer: ASGIApp) -> Iterator[str]:
    """Serve a mock that answers the requests whose method and path match in one way; gives its address."""
    with wrong(WrongServer("", {pattern: answer})) as address:
        yield address


def main(argv: Sequence[str] | None = None) -> None:
    """Serve one until Ctrl-C."""
    names = "\n".join(f"  {name:<21}{server.about}" for name, server in WRONG.items())
    parser = argparse.ArgumentParser(
        "python -m tests.wrong_servers", epilog=names, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=WRONG, metavar="NAME", help="one of those below")
    with wrong(WRONG[parser.parse_args(argv).name]) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        asyncio.run(_until_interrupted())


async def _until_interrupted() -> None:
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
