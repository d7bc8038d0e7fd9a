"""Open a data directory and resume its world: timers are shifted by the time nothing ran."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.cluster.clock import END
from mockserver.cluster.random_source import RandomSource
from mockserver.gostd.fmt import lower
from mockserver.settings import Settings
from mockserver.storage.database import Database
from mockserver.worlds import DocumentError, World, world_of
from mockserver.worlds.loading import fresh_world, jobs_to_load
from mockserver.worlds.snapshot import FORMAT, VERSION


def at(document: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return the document of a world with its clock at ``now`` (Unix ns), which is no earlier than it was.

    What was to happen in a while (tasks, waiting evaluations, reports, garbage collection) happens after as
    long a while from now. Periodic launches keep their times of day; of the missed ones of a job, one is made up
    for at once, as a real server does when it becomes the leader (behaviour observed on 0.5.4).
    """
    by = now - document["clock"]["now"]
    clock = {**document["clock"], "now": now}
    return {**document, "clock": clock, "regions": [_region(region, by, now) for region in document["regions"]]}


def _region(region: Mapping[str, Any], by: int, now: int) -> dict[str, Any]:
    scheduler, clients, garbage = region["scheduler"], region["clients"], region["garbage"]
    return {
        **region,
        "scheduler": {**scheduler, "waiting": [_timer(each, by) for each in scheduler["waiting"]]},
        "clients": {
            "allocations": [_run(run, by) for run in clients["allocations"]],
            "noticed": [_timer(each, by) for each in clients["noticed"]],
            "unreported": [_timer(each, by) for each in clients["unreported"]],
        },
        "periodic": [_tracked(each, now) for each in region["periodic"]],
        "garbage": {
            "witnessed": [{**each, "time": each["time"] + by} for each in garbage["witnessed"]],
            "next": _timer(garbage["next"], by),
        },
    }


def _timer(saved: Any, by: int) -> Any:
    return None if saved is None else {**saved, "when": min(saved["when"] + by, END)}


def _run(run: Mapping[str, Any], by: int) -> dict[str, Any]:
    return {**run, "tasks": [_task(task, by) for task in run["tasks"]]}


def _task(task: Mapping[str, Any], by: int) -> dict[str, Any]:
    restarts = {**task["restarts"], "interval_start": task["restarts"]["interval_start"] + by}
    return {**task, "restarts": restarts, "next": _timer(task["next"], by)}


def _tracked(tracked: Mapping[str, Any], now: int) -> dict[str, Any]:
    launch = tracked["launch"]
    if launch is None or launch["due"] >= now:
        return {**tracked}
    return {**tracked, "launch": {**launch, "due": now, "when": now}}


_REAL = 1


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database and the world to begin with.

    ``resumed`` says that the world is the one that the database has. ``loaded`` are the IDs, in lower case, of
    all jobs that ever were registered because a start loaded them.
    """

    database: Database
    world: World
    resumed: bool
    loaded: frozenset[str]


def open_world(directory: Path, settings: Settings) -> Opened:
    """Open the world in ``directory`` as it was, or a fresh one when there is none yet.

    A world that is there loads only jobs: those that it does not have and that no start registered before. What
    ``settings`` say of regions, nodes and the test driver is for a fresh world only.

    A directory that can't be used raises ``StorageError``; a fresh world raises what ``fresh_world`` raises.

    Raises:
        ValueError: The settings bring a clock along.
    """
    if settings.clock is not None:
        raise ValueError("a world that is kept has a clock of its own")
    database = Database(directory)
    try:
        document = database.document()
        if document is None:
            world = fresh_world(settings)
            return Opened(database, world, False, frozenset(lower(job["ID"]) for job in world.jobs))
        return _resumed(database, document, settings)
    except BaseException:
        database.close()
        raise


def _resumed(database: Database, document: Mapping[str, Any], settings: Settings) -> Opened:
    try:
        world = world_of(_now(document, settings), settings, before=document.get("given", {}))
        loaded = frozenset(document["loaded"])
    except (DocumentError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise database.damaged(str(error).splitlines()[0]) from None
    local = world.agent.local
    jobs = jobs_to_load(settings, local)
    world.jobs = [job for job in jobs if lower(job["ID"]) not in loaded and local.state.job(job["ID"]) is None]
    return Opened(database, world, True, loaded | {lower(job["ID"]) for job in jobs})


def _now(stored: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Return the stored world as it is now: real time went on meanwhile, any other stood still.

    Settings and speed are those that were last chosen, unless this start says another one than the start before.
    """
    clock, given = stored["clock"], stored.get("given", {})
    mock_driver = stored["mock_driver"] or (settings.mock_driver and not given.get("mock_driver"))
    chosen = dict(stored.get("settings", {"nodes": None}))
    if stored["ids"] is None and settings.seed != given.get("seed"):
        chosen["seed"] = settings.seed
    speed = clock["speed"] if settings.speed == clock["given"] else settings.speed
    now = max(clock["now"], time.time_ns()) if speed == _REAL else clock["now"]
    document = {
        "format": FORMAT,
        "version": VERSION,
        "mock_driver": mock_driver,
        "settings": chosen,
        "clock": {"now": clock["now"], "speed": speed},
        "ids": stored["ids"] or RandomSource(chosen.get("seed")).saved(),
        "rules": stored["rules"],
        "regions": stored["regions"],
    }
    return at(document, now)
