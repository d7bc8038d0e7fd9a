"""How long a connection waits for what its client has to do next. A real agent waits for ever."""

import asyncio
from collections.abc import Callable

PATIENCE = {"request": 120.0, "head": 60.0, "body": 600.0, "reader": 300.0}
"""Seconds to wait for the next request, for the rest of a head and of a body, and for a client to read of a reply."""


class Patience:
    """Waits for one thing at a time, named as in ``PATIENCE``; calls ``give_up`` with the name when it is late.

    Most of what is awaited comes in time. So an alarm that was set stays, and looks when it rings whether anything
    is late: a request costs no timer.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, give_up: Callable[[str], None]
    ) -> None:
        self.awaited = ""
        """Empty when the client has nothing to do."""
        self._loop = loop
        self._transport = transport
        self._give_up = give_up
        self._since = 0.0
        self._unread = 0
        self._alarm: asyncio.TimerHandle | None = None

    def wait_for(self, what: str) -> None:
        """Wait from now on for one of those in ``PATIENCE``, or for nothing when ``what`` is empty."""
        self.awaited = what
        if what:
            self._since = self._loop.time()
            if what == "reader":
                self._unread = self._transport.get_write_buffer_size()
            self._set_alarm(self._since + PATIENCE[what])

    def stop(self) -> None:
        """Wait for nothing any more: the connection is gone."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _set_alarm(self, due: float) -> None:
        if self._alarm is None or self._alarm.when() > due:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        """Give up what is late; if nothing is, set the alarm for when it could be. A reader that reads is in time."""
        self._alarm = None
        now = self._loop.time()
        if self.awaited == "reader" and (unread := self._transport.get_write_buffer_size()) < self._unread:
            self._unread, self._since = unread, now
        due = self._since + PATIENCE[self.awaited] if self.awaited else now + PATIENCE["request"]
        if due > now:
            self._set_alarm(due)
        else:
            self._give_up(self.awaited)
