"""Much that changed is stored in slices, and what a start finds is always one moment."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from mockserver.gostd.durations import SECOND
from mockserver.storage import StorageError, store
from tests.builders import a_group, a_job
from tests.storage.region import Kept, differences, kept, picture


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Return a world in which a few changes are much, and others have their turn after each of them."""
    monkeypatch.setattr(store, "_MANY", 5)
    monkeypatch.setattr("mockserver.slices.SLICE", 0)
    return kept(tmp_path / "data")


def _start_jobs(world: Kept) -> None:
    world.world.agent.local.register(a_job(a_group(Count=20), ID="web", Name="web"))
    world.world.clock.advance(2 * SECOND)


def _change_all(world: Kept) -> None:
    local = world.world.agent.local
    local.deregister("web")
    local.register(a_job(a_group(Count=3), ID="new", Name="new"))
    world.world.clock.advance(5 * SECOND)


def test_what_changes_meanwhile_is_stored_the_next_time(world: Kept, tmp_path: Path) -> None:
    """The first store has the moment in which it began, the second one the rest."""
    _start_jobs(world)
    begun = picture(world.world)

    async def work() -> None:
        storing = asyncio.ensure_future(world.keeper.store())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not storing.done()
        _change_all(world)
        await storing

    asyncio.run(work())
    shutil.copytree(world.directory, tmp_path / "first")
    expected = picture(world.world)
    world.keeper.flush()
    shutil.copytree(world.directory, tmp_path / "second")
    world.database.close()
    for directory, what in (("first", begun), ("second", expected)):
        found = kept(tmp_path / directory)
        assert not differences(picture(found.world), what)
        found.stopped()


def test_few_parts_are_much_when_they_are_large(tmp_path: Path) -> None:
    """A job of a megabyte is written on a thread; what changes meanwhile is stored the next time."""
    world = kept(tmp_path / "data")
    world.world.agent.local.register(a_job(ID="web", Name="web", Meta={"a": "x" * 1_000_000}))
    begun = picture(world.world)

    async def work() -> None:
        storing = asyncio.ensure_future(world.keeper.store())
        await asyncio.sleep(0)
        assert not storing.done()
        world.world.agent.local.deregister("web")
        await storing

    asyncio.run(work())
    shutil.copytree(world.directory, tmp_path / "first")
    world.database.close()
    found = kept(tmp_path / "first")
    assert not differences(picture(found.world), begun)
    found.stopped()


def test_a_reply_waits_for_all_that_was_there_before_it(world: Kept, tmp_path: Path) -> None:
    """Also when a store is under way that began earlier, and when its client has left."""

    async def work() -> None:
        _start_jobs(world)
        first = asyncio.ensure_future(world.keeper.store())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        _change_all(world)
        await asyncio.gather(world.keeper.store(), world.keeper.store())

    asyncio.run(work())
    expected = picture(world.world)
    found = world.killed(tmp_path / "copy")
    assert not differences(picture(found.world), expected)
    found.stopped()


def test_the_end_waits_for_what_is_being_stored(world: Kept, tmp_path: Path) -> None:
    """A mock that stops in the middle of it has stored everything."""

    async def work() -> None:
        _start_jobs(world)
        storing = asyncio.ensure_future(world.keeper.store())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        _change_all(world)
        world.stopped()
        storing.cancel()

    asyncio.run(work())
    expected = picture(world.world)
    found = kept(tmp_path / "data")
    assert not differences(picture(found.world)["regions"], expected["regions"])
    found.stopped()


def test_a_store_that_fails_in_the_middle_is_repeated_whole(world: Kept, tmp_path: Path) -> None:
    """A write that fails stores nothing and fails the waiting replies; the next write stores everything."""

    def refuse(action: int, table: str | None, *_: object) -> int:
        wanted = action == sqlite3.SQLITE_INSERT and table == "runs"
        return sqlite3.SQLITE_DENY if wanted else sqlite3.SQLITE_OK

    async def work() -> None:
        _start_jobs(world)
        world.database._connection.set_authorizer(refuse)
        with pytest.raises(StorageError, match="cannot write"):
            await world.keeper.store()
        world.database._connection.set_authorizer(None)
        _change_all(world)
        await world.keeper.store()

    asyncio.run(work())
    expected = picture(world.world)
    found = world.killed(tmp_path / "copy")
    assert not differences(picture(found.world), expected)
    found.stopped()
