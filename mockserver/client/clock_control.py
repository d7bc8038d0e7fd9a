"""Move the time of one world."""

from dataclasses import dataclass

from mockserver.client.caller import JSON, Caller, Duration, duration_text

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""


@dataclass(frozen=True, slots=True)
class Time:
    """The time in a mock: ``now`` and ``next_event`` are Unix nanoseconds, ``speed`` is 0 when it stands still."""

    mode: str
    speed: float
    now: int
    time: str
    next_event: int | None


class ClockControl:
    """The time of one world."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def get(self) -> Time:
        """Return what time it is, and how it passes."""
        return Time(**self._client.call("GET", "/clock"))

    def now(self) -> int:
        """Return the time in Unix nanoseconds."""
        return self.get().now

    def manual(self) -> Time:
        """Stand still until the clock is moved."""
        return self._change({"mode": "manual"})

    def real(self) -> Time:
        """Keep pace with the machine."""
        return self._change({"mode": "real"})

    def scaled(self, speed: float) -> Time:
        """Let ``speed`` seconds pass in each real second."""
        return self._change({"mode": "scaled", "speed": speed})

    def advance(self, duration: Duration) -> Time:
        """Move time ahead; what falls due on the way has happened when this returns."""
        return Time(**self._client.call("POST", "/clock/advance", {"duration": duration_text(duration)}))

    def advance_to_next_event(self) -> bool:
        """Move time to the next planned action and run it; False when nothing is planned."""
        return bool(self._client.call("POST", "/clock/advance-to-next-event")["happened"])

    def _change(self, change: JSON) -> Time:
        return Time(**self._client.call("PUT", "/clock", change))
