"""Answering as a recorded server did."""

import asyncio
import base64
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Any

from mockserver.http.replies import CHUNKED, Dates, Header, send_reply, text_reply
from mockserver.http.requests import BodyTooLarge, read_body
from mockserver.http.scope import Disconnected, cut
from mockserver.journal.difference import Difference, differences_in
from mockserver.journal.secrets import LEFT_OUT, SECRETS, Redaction
from mockserver.off_loop import apart
from mockserver.recorder.exchanges import JSON

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_NEAREST = 3
_LIKELY = 20
"""Recorded requests whose bodies are compared with one that was not recorded."""
_MOST_PLACES = 10
"""Places in a body that are told."""
_PARTS = ("method", "path", "query", "body")
_MISS = 501
_SECOND = 1000


class NoRecording(ValueError):
    """A file that is no recording."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides which answer is given: all of a request but its headers. A body of JSON counts as JSON."""

    method: str
    path: str
    query: str
    body: str

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "Asked":
        """Return what a recorded request asked."""
        return cls(
            request["method"], request["path"], request["query"], _plain(_content(request).decode("utf-8", "replace"))
        )

    @property
    def line(self) -> str:
        """The first line."""
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")

    def parts(self, sent: "Asked") -> list[str]:
        """In which parts a request that was sent differs from this one."""
        return [name for name in _PARTS if getattr(self, name) != getattr(sent, name)]

    def differences(self, sent: "Asked") -> list[Difference]:
        """In which places a request that was sent differs from this one; the places in a body of JSON, too."""
        parts = self.parts(sent)
        found = [Difference(name, getattr(self, name), getattr(sent, name)) for name in parts if name != "body"]
        if "body" in parts:
            found += islice(differences_in("body", _value(self.body), _value(sent.body), exactly=True), _MOST_PLACES)
        return found


class Replay:
    """An application that answers with the exchanges of a recording.

    Of several answers to the same request the first is given first, and the last again and again. With ``timed``
    an answer takes as long as it did. A request that was not recorded is answered 501, with the nearest ones.
    """

    def __init__(
        self, exchanges: Sequence[tuple[Asked, JSON]], *, timed: bool = False, redaction: Redaction = SECRETS
    ) -> None:
        self._answers: dict[Asked, list[JSON]] = {}
        for asked, response in exchanges:
            self._answers.setdefault(asked, []).append(response)
        self._timed = timed
        self._redaction = redaction
        self._dates = Dates(time_ns)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        try:
            body = await read_body(scope, receive)
        except (Disconnected, BodyTooLarge):
            return
        asked = Asked(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            self._redaction.query(scope["query_string"].decode("latin-1")),
            _plain(self._shown(body)),
        )
        answers = self._answers.get(asked)
        if answers is None:
            reply = text_reply(_MISS, await apart(body, partial(self._explained, asked)))
            await send_reply(send, scope, reply, self._dates.header(), compress=False)
            return
        response = answers.pop(0) if len(answers) > 1 else answers[0]
        if self._timed:
            await asyncio.sleep(response["elapsed_ms"] / _SECOND)
        await self._answer(response, scope, receive, send)

    def _shown(self, body: bytes) -> str:
        """Return a body as it stands in a recording, which has no secrets."""
        text = self._redaction.body(body)
        return body.decode("utf-8", "replace") if text is None else "" if text == LEFT_OUT else text

    async def _answer(self, response: JSON, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if response["status"] is None:
            await cut(scope, receive)
            return
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response["headers"].items()
        ]
        body = _content(response)
        if (b"content-encoding", b"gzip") in headers and not response.get("body_base64"):
            body = gzip.compress(body, 1, mtime=0)
        headers = _framed(headers, body, head=scope["method"] == "HEAD")
        await send(
            {"type": "http.response.start", "status": response["status"], "headers": [*headers, self._dates.header()]}
        )
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _explained(self, asked: Asked) -> str:
        likely = sorted(self._answers, key=lambda other: len(other.parts(asked)))[:_LIKELY]
        found = [(other, other.differences(asked)) for other in likely]
        near = sorted(found, key=lambda one: sum(difference.weight for difference in one[1]))[:_NEAREST]
        lines = [f"nomad-mock replay: {asked.line} was not recorded; nearest:"]
        for other, differences in near:
            lines += [f"  {other.line}", *(f"    {_told(difference)}" for difference in differences)]
        return "\n".join(lines)


def read_exchanges(path: Path) -> list[tuple[Asked, JSON]]:
    """Return the exchanges of a file in their order; a file that can't be read raises ``OSError``.

    Raises:
        NoRecording: The file is something else.
    """
    try:
        document = json.loads(path.read_bytes())
        return [(Asked.of(each["request"]), each["response"]) for each in _exchanges(document)]
    except KeyError as error:
        raise NoRecording(f"{path}: not a recording: it has no {error}") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NoRecording(f"{path}: not a recording: {error or type(error).__name__}") from None


def redaction_of(path: Path) -> Redaction:
    """Return what was left out of a recording, and so can't be compared.

    Raises:
        NoRecording: The file is something else.
    """
    try:
        return Redaction(env=json.loads(path.read_bytes()).get("env") == "redacted")
    except (ValueError, AttributeError, RecursionError) as error:
        raise NoRecording(f"{path}: not a recording: {error}") from None


def _content(message: Mapping[str, Any]) -> bytes:
    """Return the body of a recorded request or answer."""
    if message.get("body_base64"):
        return base64.b64decode(message["body_base64"])
    return (message["body"] or "").encode("utf-8", "surrogatepass")


def _exchanges(document: JSON) -> Iterator[JSON]:
    for step in document["steps"]:
        yield step
        yield from step.get("during", ())


def _plain(body: str) -> str:
    """Return a body without what makes no difference: spaces and the order of members."""
    try:
        return json.dumps(json.loads(body), sort_keys=True)
    except (ValueError, RecursionError):
        return body


def _value(body: str) -> Any:
    """Return a body as JSON, where it is JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _told(difference: Difference) -> str:
    return str(difference).replace(": expected ", ": recorded ", 1).replace(", was ", ", sent ", 1)


def _framed(headers: list[Header], body: bytes, *, head: bool) -> list[Header]:
    if CHUNKED in headers or head:
        return headers
    return [each for each in headers if each[0] != b"content-length"] + [(b"content-length", b"%d" % len(body))]
