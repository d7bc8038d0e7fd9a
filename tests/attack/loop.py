"""An event loop that measures its longest turn, and notes what the turn was doing."""

import asyncio
import gc
import signal
import time
import traceback
from pathlib import Path
from types import FrameType

SEEN_AFTER = 0.05
"""Seconds of processor time after which the loop notes what its turn is doing."""
ENDLESS = 20
"""After so many times a second of processor time a turn is broken off."""

_ROOM = str(Path(__file__).parents[2] / "mockserver")


class Endless(BaseException):
    """A turn that did not end in time."""


class MeasuredLoop(asyncio.SelectorEventLoop):
    """``longest`` is the processor time in seconds of the longest turn; ``busy`` is where that turn was after a while.

    Whoever reads them may set them back. Only for the main thread of a process. Python's search for unreachable objects
    does not count, as in ``tests/stalls``: how long it takes depends on what else the process keeps.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.busy = ""
        self._rung = 0
        self._seen = ""
        self._searching = self._searched = 0.0
        gc.callbacks.append(self._search)
        self._before = signal.signal(signal.SIGPROF, self._ring)

    def close(self) -> None:
        """Close the loop and stop measuring."""
        gc.callbacks.remove(self._search)
        signal.signal(signal.SIGPROF, self._before)
        super().close()

    def _run_once(self) -> None:
        self._rung = 0
        self._searched = 0.0
        signal.setitimer(signal.ITIMER_PROF, SEEN_AFTER, 1)
        began = time.thread_time()
        try:
            super()._run_once()  # type: ignore[misc]  # asyncio's own, and the same in every version
        finally:
            took = time.thread_time() - began - self._searched
            signal.setitimer(signal.ITIMER_PROF, 0)
            if took > self.longest:
                self.longest = took
                self.busy = self._seen if self._rung else ""

    def _search(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._searching = time.thread_time()
        else:
            self._searched += time.thread_time() - self._searching

    def _ring(self, _signal: int, frame: FrameType | None) -> None:
        self._rung += 1
        if self._rung == 1:
            self._seen = where(frame)
        if self._rung > ENDLESS:
            raise Endless(where(frame))


def where(frame: FrameType | None) -> str:
    """Return the innermost line of the mock in a stack, and the two calls above it."""
    lines = [
        f"{Path(each.filename).relative_to(_ROOM)}:{each.name}"
        for each in traceback.extract_stack(frame)
        if each.filename.startswith(_ROOM)
    ]
    return " > ".join(lines[-3:])
