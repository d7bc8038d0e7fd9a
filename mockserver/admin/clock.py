"""Time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.cluster.clock import SECOND, SteeredClock
from mockserver.contract import parse_duration
from mockserver.errors import AgentError
from mockserver.nearest import shown

_LATEST = 253_402_300_799 * SECOND
"""The end of the year 9999."""


async def get(call: Call) -> dict[str, Any]:
    """The time."""
    return clock_document(call.world.clock)


async def change(call: Call) -> dict[str, Any]:
    """Let time pass in another way."""
    await call.world.change_speed({"real": 1.0, "manual": 0.0}.get(call.body["mode"]) or call.body.get("speed", 0))
    return clock_document(call.world.clock)


async def advance(call: Call) -> dict[str, Any]:
    """Move time ahead."""
    duration = duration_of(call.body["duration"])
    if call.world.clock.now() + duration > _LATEST:
        raise Problem(400, "time would leave the year 9999", "advance by less")
    await call.world.advance(duration)
    return clock_document(call.world.clock)


async def advance_to_next_event(call: Call) -> dict[str, Any]:
    """Move time to the next planned thing."""
    happened = await call.world.advance_to_next_event()
    return {"happened": happened, "clock": clock_document(call.world.clock)}


def clock_document(clock: SteeredClock) -> dict[str, Any]:
    """The time, as ``Clock`` in the description."""
    now = clock.now()
    return {
        "mode": {0.0: "manual", 1.0: "real"}.get(clock.speed, "scaled"),
        "speed": clock.speed,
        "now": now,
        "time": f"{datetime.fromtimestamp(now // SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "next_event": clock.next_event(),
    }


def duration_of(text: str) -> int:
    """Nanoseconds. Raises ``Problem``."""
    try:
        return parse_duration(text)
    except (ValueError, AgentError):
        raise Problem(400, f"{shown(text)!r} is not a duration", "write it as 10s, 1m30s or 250ms") from None


HANDLERS: Mapping[str, Handler] = {
    "get-clock": get,
    "change-clock": change,
    "advance-clock": advance,
    "advance-to-next-event": advance_to_next_event,
}
