"""Strict clients: a request of which an agent would silently drop something is refused, with an explanation."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver.http.replies import Dates, send_reply, text_reply
from mockserver.http.requests import BodyTooLarge, Disconnected, buffered
from mockserver.journal.request import Request
from mockserver.openapi.lint import silently_dropped

if TYPE_CHECKING:
    from mockserver.http.replies import Application, Receive, Scope, Send

_INTRODUCTION = "strict clients: a real agent would answer this request, but not as its author will think"


class StrictClients:
    """An application around ``app`` that answers 400 where a real agent would read past something."""

    def __init__(self, app: "Application", now: Callable[[], int]) -> None:
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
        findings = _findings(Request.of(scope, body))
        if not findings:
            await self._app(scope, receive, send)
            return
        reply = text_reply(400, "\n".join([_INTRODUCTION, *findings]))
        await send_reply(send, scope, reply, self._dates.header(), compress=False)


def _findings(request: Request) -> list[str]:
    if request.operation is None:
        return []
    return silently_dropped(request.operation, request.raw_query, request.headers, request.body)
