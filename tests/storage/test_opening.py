"""Opening a data directory and going on with its world."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.cluster.clock import MANUAL_START, ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.jobs.validate import MOCK_DRIVER
from mockserver.settings import Settings
from mockserver.storage import open_world
from mockserver.worlds.job_files import LoadError
from tests.builders import a_group, a_job, a_task
from tests.storage.region import MANUAL, Kept, kept


def a_file(folder: Path, job_id: str, **known: Any) -> Path:
    """Write a file that registers a job."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{job_id}.json"
    file.write_text(json.dumps({"Job": a_job(a_group(a_task()), ID=job_id, **known)}))
    return file


def started(directory: Path, settings: Settings) -> Kept:
    """Start, up to the moment when the first client may ask."""
    world = kept(directory, settings)
    world.world.start()
    world.keeper.flush()
    return world


def jobs_of(world: Kept) -> dict[str, int]:
    """Return the priorities of the jobs that are there."""
    return {job["ID"]: job["Priority"] for job in world.world.agent.local.state.jobs()}


def test_each_job_is_loaded_once(tmp_path: Path) -> None:
    """A later start loads only jobs that no start loaded before, so later changes of a job are kept."""
    files, data = tmp_path / "files", tmp_path / "data"
    settings = replace(MANUAL, load=(files,))
    a_file(files, "kept", Priority=10)
    a_file(files, "Gone", Priority=10)
    world = started(data, settings)
    assert jobs_of(world) == {"kept": 10, "Gone": 10}
    world.world.agent.local.deregister("Gone")
    world.world.agent.local.register(a_job(ID="known", Priority=30))
    index = world.world.agent.local.state.index
    world.stopped()
    a_file(files, "kept", Priority=99)
    a_file(files, "known", Priority=99)
    world = started(data, settings)
    assert (jobs_of(world), world.world.agent.local.state.index) == ({"kept": 10, "known": 30}, index)
    world.stopped()
    a_file(files, "new", Priority=20)
    world = started(data, settings)
    assert jobs_of(world) == {"kept": 10, "known": 30, "new": 20}
    world.world.agent.local.deregister("new")
    world.world.agent.local.deregister("known")
    world.stopped()
    world = started(data, settings)
    assert jobs_of(world) == {"kept": 10}
    world.stopped()


def test_a_bad_file_stops_a_later_start_too(tmp_path: Path) -> None:
    """A bad job file stops a later start, which lets go of the directory."""
    kept(tmp_path).stopped()
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    with pytest.raises(LoadError, match=r"bad\.json: not JSON"):
        kept(tmp_path, replace(MANUAL, load=(bad,)))
    kept(tmp_path).stopped()


@pytest.mark.parametrize(
    ("first", "chosen", "second", "expected"),
    [(0, None, 0, 0), (60, 0, 60, 0), (60, 0, 30, 30), (1, 5, 1, 5), (1, None, 60, 60), (60, None, 1, 1)],
)
def test_how_fast_time_passes(
    tmp_path: Path, first: float, chosen: float | None, second: float, expected: float
) -> None:
    """Time goes on at its last speed, unless the start gives another speed than the one before."""
    world = started(tmp_path, replace(MANUAL, speed=first))
    if chosen is not None:
        world.world.clock.change_speed(chosen)
    world.stopped()
    world = kept(tmp_path, replace(MANUAL, speed=second))
    assert world.world.clock.speed == expected
    world.stopped()


def test_a_real_clock_shows_the_real_time(tmp_path: Path) -> None:
    """A real clock shows the real time; a task that had an hour left still runs an hour."""
    world = kept(tmp_path, MANUAL)
    sleeps = a_group(a_task(Config={"command": "sleep", "args": ["3600"]}))
    world.world.agent.local.register(a_job(sleeps, Type="batch"))
    world.world.clock.advance(SECOND)
    left = next_step(world) - world.world.clock.now()
    world.stopped()
    before = time.time_ns()
    world = kept(tmp_path, replace(MANUAL, speed=1))
    assert before <= world.world.clock.now() <= time.time_ns()
    assert before + left <= next_step(world) <= time.time_ns() + left
    world.stopped()


def test_a_real_clock_never_goes_back(tmp_path: Path) -> None:
    """A real clock that was moved ahead stays ahead."""
    world = kept(tmp_path, replace(MANUAL, speed=1))
    world.world.clock.advance(3600 * SECOND)
    world.keeper.flush()
    ahead = world.world.clock.now()
    world.stopped()
    world = kept(tmp_path, replace(MANUAL, speed=1))
    assert world.world.clock.now() >= ahead
    world.stopped()


def test_a_clock_by_hand_stands_where_it_stood(tmp_path: Path) -> None:
    """A manual clock stands where it stood, to the nanosecond."""
    world = kept(tmp_path)
    world.world.clock.advance(12345)
    world.stopped()
    world = kept(tmp_path)
    assert world.world.clock.now() == MANUAL_START + 12345
    world.stopped()


def next_step(world: Kept) -> int:
    """Return when the only task takes its next step."""
    (run,) = world.world.agent.local.saved()["clients"]["allocations"]
    when: int = run["tasks"][0]["next"]["when"]
    return when


def test_what_a_start_says_of_a_world_that_is_there(tmp_path: Path) -> None:
    """The stored regions and nodes stay; the address is that of this start, and drivers may be added."""
    kept(tmp_path, replace(MANUAL, region="eu", federate=("us",), nodes=3)).stopped()
    world = kept(tmp_path, replace(MANUAL, nodes=1, port=1234, mock_driver=True))
    assert (world.world.settings.region, world.world.settings.federate) == ("eu", ("us",))
    assert world.world.settings.nodes == 3
    assert {node["HTTPAddr"] for node in world.world.agent.local.state.nodes()} == {"127.0.0.1:1234"}
    assert MOCK_DRIVER in world.world.agent.local.drivers
    world.stopped()


def test_a_clock_that_is_handed_over_is_refused(tmp_path: Path) -> None:
    """A clock given in the settings is refused: it could not go on at the next start."""
    with pytest.raises(ValueError, match="has a clock of its own"):
        open_world(tmp_path, Settings(clock=ManualClock()))
