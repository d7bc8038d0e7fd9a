"""Changing replies: the JSON of an operation, or whole HTTP replies."""

import dataclasses
import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.operations import READS, WRITES
from mockserver.operations.job_writes import Done, Write
from mockserver.operations.results import Read
from tests.mutants.mutant import Application, Breakage, Scope, changed

Change = Callable[[Any], Any]
"""Changes JSON in place, or returns what shall stand there instead."""


def read_reply(breakage: Breakage, operation: str, change: Callable[[Read], Read]) -> None:
    """Change what a read answers with."""
    breakage.wrap_item(READS, operation, lambda read: lambda *arguments: change(read(*arguments)))


def write_reply(breakage: Breakage, operation: str, change: Callable[[Done], Done]) -> None:
    """Change what a write answers with."""

    def parsed(write: Write) -> Write:
        async def changed(cluster: Any) -> Done:
            return change(await write.run(cluster))

        return dataclasses.replace(write, run=changed)

    breakage.wrap_item(WRITES, operation, lambda parse: lambda *arguments: parsed(parse(*arguments)))


def body_of(breakage: Breakage, operation: str, change: Change) -> None:
    """Change the JSON that an operation is answered with."""
    if operation in READS:

        def of_read(read: Read) -> Read:
            return read if read.missing else dataclasses.replace(read, body=changed(change, read.body))

        read_reply(breakage, operation, of_read)
    else:
        write_reply(breakage, operation, lambda done: dataclasses.replace(done, body=changed(change, done.body)))


def objects(value: Any, path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects at a path such as ``TaskGroups.Tasks.Services``; ``*`` is any key, ``**`` any depth.

    Lists are searched item by item.
    """
    if isinstance(value, list):
        for item in value:
            yield from objects(item, path)
    elif isinstance(value, dict):
        name, _, rest = path.partition(".")
        if not path:
            yield value
        elif name == "**":
            yield from _nested(value, rest)
        else:
            for item in list(value.values()) if name == "*" else [value.get(name)]:
                yield from objects(item, rest)


def _nested(value: dict[str, Any], rest: str) -> Iterator[dict[str, Any]]:
    for name in ("TaskGroups", "Tasks", "Objects"):
        for item in value.get(name) or ():
            yield from _nested(item, rest)
    yield from objects(value, rest)


def each(path: str, change: Callable[[dict[str, Any]], None]) -> Change:
    """Return a change of every object at a path."""

    def all_of_them(body: Any) -> None:
        for one in list(objects(body, path)):
            change(one)

    return all_of_them


@dataclass(slots=True)
class Answer:
    """One HTTP reply, and the request for it; ``body`` is what is sent, compressed or not."""

    scope: Scope
    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def text(self) -> str:
        """Return the body without compression."""
        return (gzip.decompress(self.body) if self._zipped else self.body).decode("utf-8", "surrogateescape")

    @text.setter
    def text(self, text: str) -> None:
        plain = text.encode("utf-8", "surrogateescape")
        self.body = gzip.compress(plain) if self._zipped else plain

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.text)

    @json.setter
    def json(self, value: Any) -> None:
        self.text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    @property
    def operation(self) -> str:
        """Return the last part of the path where that is an operation's, else ``job``."""
        path: str = self.scope["path"]
        last = path.rsplit("/", 1)[-1]
        known = ("allocations", "evaluations", "summary", "dispatch", "evaluate", "plan", "force")
        return last if last in known else "job" if path.startswith("/v1/job/") else ""

    @property
    def is_write(self) -> bool:
        """Return whether the request asked for a change."""
        return self.scope["method"] in ("PUT", "POST", "DELETE") and self.operation != "summary"

    @property
    def _zipped(self) -> bool:
        return self.headers.get("content-encoding") == "gzip" and bool(self.body)


def is_read(answer: Answer) -> bool:
    """Return whether this is the reply to a successful read."""
    return (
        answer.scope["method"] == "GET"
        and answer.operation in ("job", "allocations", "evaluations", "summary")
        and answer.status == 200
    )


def is_missing(answer: Answer) -> bool:
    """Return whether the reply says that a job does not exist."""
    return answer.status == 404 and answer.text == "job not found"


def is_refusal(answer: Answer) -> bool:
    """Return whether the reply is an error about a job."""
    return answer.status >= 400 and bool(answer.operation) and answer.scope["method"] != "HEAD"


def answers(breakage: Breakage, change: Callable[[Answer], None]) -> None:
    """Change replies as they leave the server; ``change`` sees every one."""

    def around(app: Application) -> Application:
        async def broken(scope: Scope, receive: Any, send: Any) -> None:
            start: dict[str, Any] = {}
            body = b""

            async def gather(message: Any) -> None:
                nonlocal body
                if message["type"] == "http.response.start":
                    start.update(message)
                else:
                    body += message.get("body", b"")

            await app(scope, receive, gather)
            if start:
                headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
                answer = Answer(scope, start["status"], headers, body)
                change(answer)
                await _send(send, answer)

        return broken

    breakage.around(around)


async def _send(send: Callable[[Any], Awaitable[None]], answer: Answer) -> None:
    headers = {name: value for name, value in answer.headers.items() if name != "transfer-encoding"}
    if answer.scope["method"] != "HEAD":
        headers["content-length"] = str(len(answer.body))
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": answer.body})


def requests(breakage: Breakage, change: Callable[[Scope], None]) -> None:
    """Change requests as they come in: method, ``raw_path``, ``path``, ``query_string``, ``headers`` of the scope."""

    def around(app: Application) -> Application:
        async def broken(scope: Scope, receive: Any, send: Any) -> None:
            changed_scope = dict(scope)
            change(changed_scope)
            await app(changed_scope, receive, send)

        return broken

    breakage.around(around)


ChangeBody = Callable[[Scope, bytes], tuple[Scope, bytes] | str | None]
"""Returns another scope and body, or the text of a refusal with 400, or None to leave a request alone."""


def bodies(breakage: Breakage, change: ChangeBody) -> None:
    """Change requests with their bodies."""

    def around(app: Application) -> Application:
        async def broken(scope: Scope, receive: Any, send: Any) -> None:
            body = await _whole(receive)
            result = change(scope, body)
            if isinstance(result, str):
                await _send(send, Answer(scope, 400, {"content-type": "text/plain; charset=utf-8"}, result.encode()))
                return
            new_scope, new_body = result or (scope, body)
            await app(new_scope, _Once(new_body, receive), send)

        return broken

    breakage.around(around)


async def _whole(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


class _Once:
    """Gives a body, then what else there is to receive."""

    def __init__(self, body: bytes, receive: Any) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Any:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}
