"""Findings about recorded exchanges, and the refusal of such requests for strict clients."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from mockserver.http.replies import Dates, send_reply, text_reply
from mockserver.http.requests import BodyTooLarge, Request, buffered
from mockserver.http.scope import Disconnected
from mockserver.journal.exchange import LONGEST_BODY, Exchange
from mockserver.journal.journal import request_of
from mockserver.journal.secrets import unpacked
from mockserver.off_loop import apart
from mockserver.openapi import load_contract
from mockserver.openapi.lint import Dropped, later_endpoint, silently_dropped
from mockserver.openapi.weight import is_too_dense

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings about an exchange, in words.

    Attributes:
        request: what a real agent would silently drop of the request, or that its endpoint is one of later releases.
        reply: how the reply contradicts the description, or for one that makes use of freedoms, what the page says;
            empty for a reply that a fault or the weather changed.
    """

    request: tuple[Dropped, ...] = ()
    reply: tuple[str, ...] = ()


def findings_of(entry: Exchange) -> Findings:
    """Return the findings about an exchange; they are looked for once, when the exchange is over."""
    if entry.ended is None:
        return Findings()
    known = getattr(entry, "findings", None)
    if not isinstance(known, Findings):
        known = entry.findings = Findings(tuple(_of_request(entry)), tuple(_of_reply(entry)))
    return known


def reply_headers(entry: Exchange) -> dict[str, str]:
    """Return the header fields of the reply by lower-case name."""
    headers = () if entry.answer is None else entry.answer.headers
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def plain_reply(entry: Exchange) -> bytes:
    """Return the body of the reply without its compression; as it was sent where the compression is broken."""
    body = b"" if entry.answer is None else entry.answer.body
    plain, whole = unpacked(body, reply_headers(entry).get("content-encoding", ""))
    return plain if whole else body


def _of_request(entry: Exchange) -> list[Dropped]:
    request = request_of(entry)
    operation = request.operation
    if operation is None:
        return later_endpoint(entry.method, request.path)
    if not request.is_handled:
        return []
    meant = later_endpoint(entry.method, request.path, taken_for=request.target) if _is_in_vain(entry) else []
    if entry.request_size > LONGEST_BODY:
        return meant
    return meant or silently_dropped(operation, request.raw_query, request.headers, request.body)


def _is_in_vain(entry: Exchange) -> bool:
    """Whether nothing may have the ID in the path: then it may be the path of another endpoint.

    A DELETE is answered alike whether there is such a job or not, and a fault answers alike whatever is asked for.
    """
    if entry.faults or entry.status is None:
        return False
    return entry.method == "DELETE" or entry.status >= HTTPStatus.BAD_REQUEST


def _of_reply(entry: Exchange) -> list[str]:
    request = request_of(entry)
    operation, answer = request.operation, entry.answer
    if entry.faults or any(each.startswith("weather.") for each in entry.freedoms):  # the faults changed the reply
        return []
    if not request.is_handled:  # Go's server answers, in its own words
        return []
    if operation is None or answer is None or answer.size > LONGEST_BODY or entry.method == "HEAD":
        return []
    headers = reply_headers(entry)
    try:
        text = plain_reply(entry).decode()
        body = json.loads(text) if headers.get("content-type", "").startswith("application/json") else text
    except ValueError as error:
        return [f"body: {error}"]
    varied = bool(entry.freedoms)
    return load_contract().findings(operation, answer.status, headers, body, documented_only=varied)


_INTRODUCTION = "strict clients: a real agent would accept this request, but ignore or misread a part of it"


class StrictClients:
    """An application around ``app`` that answers 400 where a real agent would silently ignore something."""

    def __init__(self, app: "ASGIApp", now: Callable[[], int]) -> None:
        self._app = app
        self._dates = Dates(now)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        try:
            body, receive = await buffered(scope, receive)
        except Disconnected:
            return
        except BodyTooLarge as error:
            await send_reply(send, scope, text_reply(error.status, error.text), self._dates.header(), compress=False)
            return
        findings = await apart(body, partial(_findings, Request.of(scope, body)))
        if not findings:
            await self._app(scope, receive, send)
            return
        reply = text_reply(400, "\n".join([_INTRODUCTION, *findings]))
        await send_reply(send, scope, reply, self._dates.header(), compress=False)


def _findings(request: Request) -> list[Dropped]:
    if request.operation is None or is_too_dense(request.body):  # the endpoint refuses it
        return []
    return silently_dropped(request.operation, request.raw_query, request.headers, request.body)
