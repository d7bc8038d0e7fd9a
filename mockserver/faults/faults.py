"""The faults of a world, around the application that answers its requests."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.bus import Bus
from mockserver.faults.effect import FaultContext, FaultError
from mockserver.faults.fault import Fault, FaultChanged
from mockserver.faults.replaced_reply import send_now
from mockserver.http.replies import text_reply
from mockserver.http.requests import BodyTooLarge, Request, buffered
from mockserver.http.scope import Disconnected, extension_of
from mockserver.off_loop import apart

MOST = 1000
"""How many faults there can be at a time."""


class TooManyFaults(RuntimeError):
    """There are ``MOST`` faults already."""


class Faults:
    """An application around ``app``.

    A request meets every fault that matches it, in the order in which the faults were added. A fault that answers by
    itself hides the faults after it. ``active`` are the faults that are not over. What becomes of a fault is published
    on the bus of the world.
    """

    def __init__(self, app: ASGIApp, context: FaultContext, bus: Bus) -> None:
        self.app = app
        self.context = context
        self._bus = bus
        self._numbers = count(1)
        self._faults: dict[int, Fault] = {}
        self.active: list[Fault] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not self.active:
            await self.app(scope, receive, send)
            return
        try:
            receive, met = await self._meeting(scope, receive)
            await _behind(met, self.context, self.app)(scope, receive, send)
        except Disconnected:
            return
        except BodyTooLarge as error:
            await send_now(self.context, text_reply(error.status, error.text), scope, send)

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults.values()))

    def get(self, number: int) -> Fault | None:
        """Return the fault of this number, or None."""
        return self._faults.get(number)

    def add(self, document: Mapping[str, Any]) -> Fault:
        """Begin a fault (``NewFault`` in the description). Raises ``FaultError`` for one that is impossible here.

        Raises:
            TooManyFaults: when there are ``MOST`` faults already.
        """
        if len(self._faults) >= MOST:
            raise TooManyFaults(f"there are {MOST} faults already")
        if "then" in document:
            self._try(document["then"])
        fault = Fault.read(next(self._numbers), document)
        if self._has_to_wait(fault):
            self._try(document)
            fault.waiting = True
        else:
            self._begin(fault)
        self._faults[fault.number] = fault
        self._tell("added", fault)
        return fault

    def _has_to_wait(self, fault: Fault) -> bool:
        """Return whether a new fault has to wait until another one has ended.

        Raises:
            FaultError: There is no such other fault.
        """
        if fault.after is None:
            return False
        before = self._faults.get(fault.after)
        if before is None:
            known = ", ".join(map(str, self._faults)) or "none"
            raise FaultError(f"there is no fault {fault.after} that it could come after; there are: {known}")
        return before.active or before.waiting

    def _begin(self, fault: Fault) -> None:
        fault.effect.begin(self.context)
        fault.waiting, fault.active, fault.began = False, True, self.context.clock.now()
        if fault.lifetime is not None:
            fault.timer = self.context.clock.call_later(fault.lifetime, lambda: self._end(fault))
        self.active.append(fault)

    def remove(self, number: int) -> bool:
        """End a fault and forget it; return False when there is no fault of this number."""
        fault = self._faults.pop(number, None)
        if fault is not None:
            self._stop(fault)
            self._tell("removed", fault)
            self._let_begin(fault)
        return fault is not None

    def clear(self) -> None:
        """End and forget all faults."""
        for number in sorted(self._faults, reverse=True):  # those that wait before those that they wait for
            self.remove(number)

    def release(self) -> None:
        """Let the requests that are held up go on: the world ends."""
        self.context.delays.release()

    def _try(self, document: Mapping[str, Any]) -> None:
        """Begin and end a fault that is to begin later. Raises ``FaultError`` when it is impossible here."""
        if "then" in document:
            self._try(document["then"])
        effect = Fault.read(0, document).effect
        effect.begin(self.context)
        effect.end(self.context)

    def _end(self, fault: Fault) -> None:
        self._stop(fault)
        self._tell("over", fault)
        if fault.following is not None and len(self._faults) < MOST:
            self.add(fault.following)
        self._let_begin(fault)

    def _let_begin(self, ended: Fault) -> None:
        """Begin the faults that waited for this one; where it waited itself they go on waiting, for the one before."""
        for fault in self:
            if fault.waiting and fault.after == ended.number:
                if ended.waiting:
                    fault.after = ended.after
                else:
                    self._begin(fault)

    def _stop(self, fault: Fault) -> None:
        if not fault.active:
            return
        fault.active = False
        self.active.remove(fault)
        if fault.timer is not None:
            fault.timer.cancel()
        fault.effect.end(self.context)

    def _tell(self, what: str, fault: Fault) -> None:
        if self._bus.listening:
            self._bus.publish(FaultChanged(what, fault))

    async def _meeting(self, scope: Scope, receive: Receive) -> "tuple[Receive, list[Fault]]":
        """Return the faults that this request meets; its body is read where a fault looks at it."""
        body = b""
        if any(fault.matcher.body is not None for fault in self.active):
            body, receive = await buffered(scope, receive)
        request = Request.of(scope, body)
        await apart(body, lambda: request.json)  # faults look into it from here on
        met: list[Fault] = []
        for fault in self.active:
            is_taken = fault.expected and any(other.expected for other in met)
            if not is_taken and fault.hit(request, scope, self.context.random):
                met.append(fault)
        for fault in met:
            self._tell("met", fault)
            if fault.used_up:
                self._end(fault)
        if met:
            extension_of(scope).faults = tuple(fault.name for fault in met)
        return receive, met


def _behind(met: list[Fault], context: FaultContext, app: ASGIApp) -> ASGIApp:
    """Return ``app`` behind these faults, the first of which the request meets first."""
    for fault in reversed(met):
        app = _with(fault, context, app)
    return app


def _with(fault: Fault, context: FaultContext, app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await fault.effect.answer(context, app, scope, receive, send)

    return answer
