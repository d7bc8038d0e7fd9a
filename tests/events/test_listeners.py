"""Slow listeners, and the events kept for them."""

import asyncio

import pytest

from mockserver import events
from mockserver.bus import SpaceChanged
from mockserver.settings import Settings
from mockserver.worlds.world import World, create_world
from tests.builders import a_node

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world that keeps three events."""
    monkeypatch.setattr(events, "LIMIT", 3)
    return create_world(Settings(nodes=0, speed=0))


def _happen(world: World, times: int) -> None:
    for number in range(times):
        world.agent.local.state.upsert_node(a_node(ID=f"n{number}"))


async def test_a_listener_that_does_not_keep_up_is_told(world: World) -> None:
    """A slow listener gets the newest events, and before them the notice that others are lost."""
    stream = world.events.stream(None)
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    _happen(world, 1)
    assert (await first).kind == "change"
    _happen(world, 5)
    came = [await anext(stream) for _ in range(3)]
    assert [event.kind for event in came] == ["lost", "change", "change"]
    await stream.aclose()


async def test_nobody_comes_back(world: World) -> None:
    """Once the kept events are too old for any listener to come back, no more are kept."""
    stream = world.events.stream(None)
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    _happen(world, 1)
    await first
    await stream.aclose()
    _happen(world, 3)
    before = world.events.listening
    _happen(world, 1)
    assert (before, world.events.listening) == (True, False)
    assert not world.bus.listening


async def test_two_listeners_hear_the_same(world: World) -> None:
    """Two listeners both get every event, until the world ends."""
    streams = [world.events.stream(None) for _ in range(2)]
    firsts = [asyncio.ensure_future(anext(stream)) for stream in streams]
    await asyncio.sleep(0)
    _happen(world, 1)
    assert [event.number for event in await asyncio.gather(*firsts)] == [1, 1]
    world.close()
    for stream in streams:
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_events_are_bounded_in_bytes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events kept for a listener that returns, and those that wait for a slow one, are bounded in bytes."""
    monkeypatch.setattr(events, "LIMIT", 1000)
    monkeypatch.setattr(events, "LARGEST", 10_000)
    slow = world.events.stream(None)
    first = asyncio.ensure_future(anext(slow))
    await asyncio.sleep(0)
    world.bus.publish(SpaceChanged("first", "created"))
    assert (await first).number == 1
    for number in range(9):
        world.bus.publish(SpaceChanged(f"{number:04000}", "created"))
    late = world.events.stream(0)
    for stream in (slow, late):
        came = [await anext(stream) for _ in range(3)]
        assert [(event.kind, event.number) for event in came] == [("lost", came[0].number), ("space", 9), ("space", 10)]
        await stream.aclose()
