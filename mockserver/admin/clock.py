"""The world's clock."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.cluster.clock import END, SteeredClock
from mockserver.gostd.durations import SECOND, InvalidDuration, nanoseconds
from mockserver.slices import Turn
from mockserver.worlds import MOST_STEPS, TooMuch, World
from nomad_contract_spelling import duration_meant, shown

MOST_LAUNCHES = 100_000
"""Periodic launches that may fall due while time is moved once."""


async def get(call: Call) -> dict[str, Any]:
    """Return the time."""
    return clock_document(call.world.clock)


async def change(call: Call) -> dict[str, Any]:
    """Change the speed of the clock."""
    await call.world.change_speed({"real": 1.0, "manual": 0.0}.get(call.body["mode"]) or call.body.get("speed", 0))
    return clock_document(call.world.clock)


async def advance(call: Call) -> dict[str, Any]:
    """Move time ahead.

    Raises:
        Problem: Time would leave the year 9999, or too much would happen on the way.
    """
    duration = duration_of(call.body["duration"])
    if call.world.clock.now() + duration >= END:
        raise Problem(400, "time would leave the year 9999", "advance by less")
    await call.unless_gone(_advanced(call.world, duration))
    return clock_document(call.world.clock)


async def _advanced(world: World, duration: int) -> None:
    await _check_launches(world, duration)
    try:
        await world.advance(duration)
    except TooMuch as much:
        raise Problem(
            409,
            f"{MOST_STEPS} things have happened on the way, the most that one call lets happen: "
            f"time stands at {_written(much.now)}, {(much.end - much.now) // SECOND} seconds before its goal",
            "call it again to go on from there, or first end what happens so often",
        ) from None


async def _check_launches(world: World, duration: int) -> None:
    """Refuse to move time over more periodic launches than one call may do, before anything has happened.

    Raises:
        Problem: More than ``MOST_LAUNCHES`` launches would fall due.
    """
    turn, total, most = Turn(), 0, (0, "")
    for cluster in world.agent.regions.values():
        for job_id, interval in cluster.launch_intervals():
            launches = duration // interval
            total, most = total + launches, max(most, (launches, job_id))
            if turn.is_over:
                await asyncio.sleep(0)
                turn = Turn()
    if total > MOST_LAUNCHES:
        longest = duration * MOST_LAUNCHES // total // SECOND
        raise Problem(
            400,
            f"periodic jobs would be launched about {total} times, job {most[1]!r} alone {most[0]} times; "
            f"one call launches at most {MOST_LAUNCHES}",
            f"advance by {longest}s at a time, or deregister the job or set Enabled to false before",
        )


async def advance_to_next_event(call: Call) -> dict[str, Any]:
    """Move time to the next planned action."""
    happened = await call.unless_gone(call.world.advance_to_next_event())
    return {"happened": happened, "clock": clock_document(call.world.clock)}


def clock_document(clock: SteeredClock) -> dict[str, Any]:
    """Return the time, as ``Clock`` in the description."""
    now = clock.now()
    return {
        "mode": {0.0: "manual", 1.0: "real"}.get(clock.speed, "scaled"),
        "speed": clock.speed,
        "now": now,
        "time": _written(now),
        "next_event": clock.next_event(),
    }


def _written(time: int) -> str:
    return f"{datetime.fromtimestamp(time // SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"


def duration_of(written: str | float) -> int:
    """Return the nanoseconds of a duration: a text that Go can read, such as ``1m30s``, or a number of seconds.

    Raises:
        Problem: The text is not a duration.
    """
    try:
        return nanoseconds(written)
    except InvalidDuration:
        text = str(written)
        hint = duration_meant(text)
        raise Problem(400, f"{shown(text)!r} is not a duration{hint}", "write it as 10s, 1m30s or 250ms") from None


HANDLERS: Mapping[str, Handler] = {
    "get-clock": get,
    "change-clock": change,
    "advance-clock": advance,
    "advance-to-next-event": advance_to_next_event,
}
