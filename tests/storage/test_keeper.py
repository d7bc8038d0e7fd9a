"""What is stored when, and what is left when that fails or is interrupted."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.cluster.clock import MANUAL_START
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.tasks import TaskSelector
from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from mockserver.storage import StorageError, store
from mockserver.storage.state_file import FILE
from mockserver.worlds.loading import fresh_world
from tests.builders import a_group, a_job, a_task
from tests.storage.region import MANUAL, Kept, comparable, differences, kept, picture

REGIONS = replace(MANUAL, federate=("eu", "us"))


def regions(kept_world: Kept) -> list[dict[str, Any]]:
    """Return the regions as they are."""
    found: list[dict[str, Any]] = picture(kept_world.world)["regions"]
    return found


def test_a_transaction_can_be_cut_off_anywhere(tmp_path: Path) -> None:
    """Killed at any statement, the next start finds all of a flush or nothing of it."""
    world = kept(tmp_path / "data")
    before = regions(world)
    copies: list[Path] = []

    def copy(_statement: str) -> None:
        copies.append(tmp_path / f"copy{len(copies)}")
        shutil.copytree(tmp_path / "data", copies[-1])

    world.world.agent.local.register(a_job(a_group(Count=3)))
    world.world.clock.advance(SECOND)
    after = regions(world)
    world.database._connection.set_trace_callback(copy)
    world.keeper.flush()
    copy("the end")
    world.database.close()
    found = [regions(opened) for opened in map(kept_and_over, copies)]
    assert len(found) > 10
    assert not differences(found[0], before)
    assert not differences(found[-1], after)
    assert [each for each in found if each not in (before, after)] == []


def kept_and_over(directory: Path) -> Kept:
    """Return what a start finds."""
    found = kept(directory)
    found.database.close()
    return found


def test_several_regions(tmp_path: Path) -> None:
    """Each region has its own objects and indexes, and is found again under its name."""
    world = kept(tmp_path, REGIONS)
    for number, cluster in enumerate(world.world.agent.regions.values()):
        for _ in range(number):
            cluster.register(a_job(ID=f"in-{cluster.region}"))
    world.world.clock.advance(SECOND)
    before = picture(world.world)
    world.stopped()
    after = kept(tmp_path, MANUAL)
    assert [*after.world.agent.regions] == ["global", "eu", "us"]
    assert not differences(picture(after.world), before)
    after.stopped()


@pytest.mark.parametrize("is_killed", [True, False])
def test_another_world_in_the_space(tmp_path: Path, is_killed: bool) -> None:
    """After a reset or an import only the new world is kept."""
    world = kept(tmp_path / "data", REGIONS)
    world.world.agent.regions["us"].register(a_job(ID="former"))
    world.keeper.flush()
    world.space.world = fresh_world(replace(MANUAL, region="other", seed=9))
    world.world.agent.local.register(a_job(ID="new"))
    world.keeper.flush()
    before = picture(world.world)
    if is_killed:
        world = world.killed(tmp_path / "copy")
    else:
        world.stopped()
        world = kept(tmp_path / "data")
    world.world.clock.advance(0)
    assert [*world.world.agent.regions] == ["other"]
    assert world.world.agent.local.state.index > before["regions"][0]["state"]["index"]
    assert [job["ID"] for job in world.world.agent.local.state.jobs()] == ["new"]
    world.stopped()


def test_rules_and_time_are_stored_without_any_other_change(tmp_path: Path) -> None:
    """New rules, a moved clock and a changed speed are stored by themselves."""
    world = kept(tmp_path / "data")
    world.world.rules.add(TaskSelector(job="a*"), {"run_for": None}, 3)
    world.keeper.flush()
    world.world.clock.advance(90 * SECOND)
    world.keeper.flush()
    world = world.killed(tmp_path / "second")
    assert [rule.times for rule in world.world.rules] == [3]
    assert world.world.clock.now() == MANUAL_START + 90 * SECOND
    world.world.clock.change_speed(60)
    world.keeper.flush()
    world = world.killed(tmp_path / "third")
    assert world.world.clock.speed == 60
    world.stopped()


def test_a_clock_that_is_held_while_time_is_moved_is_not_a_clock_that_was_stopped(tmp_path: Path) -> None:
    """A mock that is killed during an advance goes on at its former speed."""
    world = kept(tmp_path / "data", replace(MANUAL, speed=60))

    async def move() -> None:
        async with world.world._moving:
            with world.world.clock.held():
                world.world.agent.local.register(a_job())
                world.keeper.flush()

    asyncio.run(move())
    world = world.killed(tmp_path / "copy")
    assert world.world.clock.speed == 60
    world.stopped()


def refuse(directory: Path) -> None:
    """Let the file refuse a job of the ID ``full``, as a full disk does."""
    connection = sqlite3.connect(directory / FILE)
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON jobs WHEN NEW.id = 'full' BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    )
    connection.close()


def test_what_could_not_be_stored_is_stored_when_it_can_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While storing fails every flush says why, and the background flush complains once; later all is stored."""
    kept(tmp_path).stopped()
    refuse(tmp_path)
    world = kept(tmp_path)
    before = regions(world)
    cluster = world.world.agent.local
    cluster.register(a_job(ID="full"))
    for job_id in ("a", "b"):
        cluster.register(a_job(ID=job_id))
        with pytest.raises(StorageError, match=r"cannot write .*/state\.db: disk is full"):
            world.keeper.flush()
    world.keeper.finish()
    assert not differences(stored_of(world), before)
    assert [record.message.endswith("disk is full") for record in caplog.records] == [True]
    cluster.deregister("full")
    world.keeper.flush()
    assert not differences(stored_of(world), regions(world))
    world.stopped()


def stored_of(world: Kept) -> list[dict[str, Any]]:
    """Return the regions as the open file has them."""
    with world.database.lock:
        document = world.database.document()
    assert document is not None
    return [comparable(region) for region in document["regions"]]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten all waits."""
    monkeypatch.setattr(store, "_GATHER", 0.001)
    monkeypatch.setattr(store, "_BEAT", 0.002)


async def until(reached: Callable[[], bool]) -> None:
    """Let the loop run until a condition holds."""
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0)


@pytest.mark.usefixtures("hasty")
def test_what_nobody_asks_about_is_stored_too(tmp_path: Path) -> None:
    """What happens by itself is stored in the background, and so is the time."""

    async def live() -> None:
        world = kept(tmp_path, replace(MANUAL, speed=1))
        world.keeper.start()
        world.world.start()
        time = clock_of(world)["now"]
        await until(lambda: clock_of(world)["now"] > time)
        world.world.agent.local.register(a_job(a_group(a_task(Config={"command": "true"})), Type="batch"))
        await until(lambda: world.world.agent.local.state.job("j") in stored_of(world)[0]["state"]["jobs"])
        world.space.world = fresh_world(replace(MANUAL, region="other"))
        await until(lambda: stored_of(world)[0]["region"] == "other")
        world.stopped()

    asyncio.run(live())


def clock_of(world: Kept) -> dict[str, Any]:
    """Return the stored clock."""
    with world.database.lock:
        document = world.database.document()
    assert document is not None
    found: dict[str, Any] = document["clock"]
    return found


def test_after_the_end_of_time_changes_are_stored_but_no_time(tmp_path: Path) -> None:
    """While a server stops, changes are stored, but not the time of its clock, which stands still by then."""
    world = kept(tmp_path, replace(MANUAL, speed=60))
    world.keeper.finish()
    world.world.close()
    clock = clock_of(world)
    world.world.agent.local.register(a_job())
    world.keeper.flush()
    world.keeper.finish()
    assert clock_of(world) == clock
    assert clock["speed"] == 60
    assert stored_of(world)[0]["state"]["index"] == world.world.agent.local.state.index
    world.keeper.close()


def test_unblocked_work_is_not_forgotten(tmp_path: Path) -> None:
    """Killed between the room that was made and the scheduler's look at it, the work gets its place all the same."""
    world = kept(tmp_path / "data", replace(MANUAL, nodes=1))
    cluster = world.world.agent.local
    (node,) = cluster.state.nodes()
    most = a_task(Resources={**a_task()["Resources"], "CPU": node["Resources"]["CPU"] - 100})
    cluster.register(a_job(a_group(most), ID="first"))
    world.world.clock.advance(SECOND)
    cluster.register(a_job(a_group(most), ID="second"))
    world.world.clock.advance(SECOND)
    cluster.deregister("first")
    while [*cluster.saved()["scheduler"]["blocked"]]:
        when = world.world.clock.next_event()
        assert when is not None
        world.world.clock.step(when)
    world.keeper.flush()
    world = world.killed(tmp_path / "copy")
    world.world.clock.advance(SECOND)
    assert status_of(world.world.agent.local, "second") == "running"
    world.stopped()


@pytest.mark.parametrize("jobs", [0, 1])
def test_summaries_that_were_counted_again_are_kept(tmp_path: Path, jobs: int) -> None:
    """Reconciled summaries and their index are kept, with jobs or without."""
    world = kept(tmp_path / "data")
    for _ in range(jobs):
        world.world.agent.local.register(a_job())
    world.world.clock.advance(SECOND)
    world.keeper.flush()
    finish(world.world.agent.local.reconcile_summaries())
    world.keeper.flush()
    before = regions(world)
    world = world.killed(tmp_path / "copy")
    assert not differences(regions(world), before)
    world.stopped()


def status_of(cluster: Cluster, job_id: str) -> str:
    """Return the status of an existing job."""
    job = cluster.state.job(job_id)
    assert job is not None
    return str(job["Status"])


def test_a_plan_uses_up_identifiers_for_good(tmp_path: Path) -> None:
    """After a plan, the next start goes on with the IDs that follow those of the plan."""
    world = kept(tmp_path / "data")
    finish(world.world.agent.local.plan(a_job()))
    world.keeper.flush()
    expected = world.world.ids.saved()
    world = world.killed(tmp_path / "copy")
    assert world.world.ids.saved() == expected
    world.stopped()


def test_without_a_seed_identifiers_are_new(tmp_path: Path) -> None:
    """Without a seed no start repeats the IDs of an earlier one."""
    world = kept(tmp_path / "data", replace(MANUAL, seed=None))
    first = [world.world.ids.uuid() for _ in range(3)]
    world = world.killed(tmp_path / "copy")
    assert not {*first} & {world.world.ids.uuid() for _ in range(3)}
    world.stopped()


def test_the_file_can_be_read_by_people(tmp_path: Path) -> None:
    """Tables are named after what is in them, and documents are JSON text that SQLite understands."""
    world = kept(tmp_path)
    world.world.agent.local.register(a_job(ID="web"))
    world.stopped()
    connection = sqlite3.connect(tmp_path / FILE)
    found = connection.execute("SELECT id, document ->> 'Status' FROM jobs").fetchall()
    assert found == [("web", "pending")]
    assert json.loads(connection.execute("SELECT indexes FROM regions").fetchone()[0])["index"] == 9
    connection.close()
