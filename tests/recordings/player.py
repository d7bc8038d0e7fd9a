"""Playing a scenario against an ASGI application on a manual clock, so that nothing takes real time."""

import asyncio
import gzip
import json
import threading
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp

from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.off_loop import THREAD
from tests.recordings.compare import Exchange
from tests.recordings.recording import Recording, Request, Response, Step, Variables
from tests.schemas.catalogue import at_pointer

_BETWEEN_REQUESTS = 3 * MILLISECOND
"""How long a client of the recordings took from an answer to its next request, in nanoseconds."""

_PATIENCE = 600 * SECOND
_TURNS = 5


class NoAnswer(Exception):
    """A request was not answered within ten minutes of the clock."""


async def play(recording: Recording, app: ASGIApp, clock: ManualClock) -> list[Exchange]:
    """Send every request of a scenario, until a reply lacks what a later request needs."""
    variables: dict[str, str] = {}
    exchanges: list[Exchange] = []
    for step in recording.steps:
        await pass_time(clock, round(step.wait_before_s * SECOND))
        exchanges += await _play_step(step, app, clock, variables)
        try:
            variables |= {name: captured(exchanges[-1].came, source) for name, source in (step.capture or {}).items()}
        except LookupError:
            break
        await pass_time(clock, _BETWEEN_REQUESTS)
    return exchanges


async def pass_time(clock: ManualClock, duration: int) -> None:
    """Move the clock event by event, and after each one let everybody who was woken run."""
    end = clock.now() + duration
    await _turns()
    while (event := clock.next_event()) is not None and event <= end:
        clock.advance(event - clock.now())
        await _turns()
    clock.advance(end - clock.now())
    await _turns()


async def ask(app: ASGIApp, request: Request, clock: ManualClock) -> Response:
    """Send one request as it stands: path and query reach the application byte for byte."""
    started = clock.now()
    messages: list[MutableMapping[str, Any]] = []
    body = [{"type": "http.request", "body": (request.body or "").encode(), "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return body.pop() if body else await asyncio.get_running_loop().create_future()

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    await app(_scope(request), receive, send)
    return _response(request, messages, (clock.now() - started) // MILLISECOND)


def captured(answer: Response, source: str) -> str:
    """Return what a later request needs of a reply: a header, or the value at a JSON pointer; raises LookupError."""
    if not source.startswith("/"):
        return answer.headers[source]
    try:
        return str(at_pointer(json.loads(answer.body or ""), source))
    except (ValueError, TypeError) as error:
        raise LookupError(source) from error


async def _play_step(step: Step, app: ASGIApp, clock: ManualClock, variables: Variables) -> list[Exchange]:
    """Send the requests of second clients, and the step's own at last."""
    started = clock.now()
    task = asyncio.create_task(ask(app, step.template.filled(variables), clock))
    exchanges = []
    for other in step.during:
        await pass_time(clock, started + round(other.after_s * SECOND) - clock.now())
        came = await ask(app, other.template.filled(variables), clock)
        exchanges.append(Exchange(f"step {step.step}, meanwhile {other.template}", other.response, came))
    came = await _answered(task, clock, f"step {step.step} {step.template}")
    return [*exchanges, Exchange(f"step {step.step} {step.template}", step.response, came, step)]


async def _answered(task: asyncio.Task[Response], clock: ManualClock, label: str) -> Response:
    deadline = clock.now() + _PATIENCE
    await _turns()
    while not task.done():
        if await _threads_end() or task.done():
            continue
        event = clock.next_event()
        if event is None or event > deadline:
            task.cancel()
            raise NoAnswer(label)
        await pass_time(clock, event - clock.now())
    return task.result()


async def _threads_end() -> bool:
    """Let the mock's threads for large values end; return whether there were any."""
    threads = [thread for thread in threading.enumerate() if thread.name == THREAD]
    for thread in threads:
        await asyncio.to_thread(thread.join)
    await _turns()
    return bool(threads)


async def _turns() -> None:
    """Give the event loop more turns than it takes from a change to the reply of a query that waits for it."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def _scope(request: Request) -> dict[str, Any]:
    body = (request.body or "").encode()
    headers = {"Host": "127.0.0.1:4646"} | request.headers
    if request.body is not None or request.method in {"PUT", "POST"}:
        headers["Content-Length"] = str(len(body))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path),
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 4646),
    }


def _response(request: Request, messages: list[MutableMapping[str, Any]], elapsed_ms: int) -> Response:
    start, *parts = messages
    headers = {
        name.decode().title(): value.decode() for name, value in start["headers"]
    }  # spelled as in the recordings
    del headers["Date"]
    body = b"".join(part.get("body", b"") for part in parts)
    assert int(headers.get("Content-Length", len(body))) == len(body), f"{request} is framed wrongly"
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    shown = "" if request.method == "HEAD" else body.decode("utf-8", "replace")
    return Response(start["status"], headers, shown, elapsed_ms)
