"""From a data directory to the world that goes on there."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mockserver.cluster.random_source import RandomSource
from mockserver.operations.agent import http_address
from mockserver.settings import Settings
from mockserver.storage import resuming
from mockserver.storage.database import Database
from mockserver.worlds import DocumentError, World, world_of
from mockserver.worlds.document import FORMAT, VERSION
from mockserver.worlds.fresh import fresh_world, jobs_to_load

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
    """The world in ``directory``, as it was; a fresh one when there is none yet.

    Of the files to load, a world that is there takes just jobs: those that it does not have and that no start
    registered before. What ``settings`` say of regions, nodes and the test driver counts for a fresh world only.

    Raises ``StorageError``, what ``fresh_world`` raises, and ``ValueError`` for settings that bring a clock along.
    """
    if settings.clock is not None:
        raise ValueError("a world that is kept has a clock of its own")
    database = Database(directory)
    try:
        document = database.document()
        if document is None:
            world = fresh_world(settings)
            return Opened(database, world, False, frozenset(job["ID"].lower() for job in world.jobs))
        return _resumed(database, document, settings)
    except BaseException:
        database.close()
        raise


def _resumed(database: Database, document: Mapping[str, Any], settings: Settings) -> Opened:
    try:
        world = world_of(_now(document, settings), settings)
        loaded = frozenset(document["loaded"])
    except (DocumentError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise database.damaged(str(error).splitlines()[0]) from None
    local = world.agent.local
    world.settings = replace(world.settings, nodes=len(local.state.nodes_by_id()))
    jobs = jobs_to_load(settings, local)
    world.jobs = [job for job in jobs if job["ID"].lower() not in loaded and local.state.job(job["ID"]) is None]
    return Opened(database, world, True, loaded | {job["ID"].lower() for job in jobs})


def _now(stored: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """The stored world as it is now: real time went on meanwhile, any other stood still.

    Time passes at the speed that was last chosen, unless this start says another one than the start before.
    """
    clock = stored["clock"]
    speed = clock["speed"] if settings.speed == clock["given"] else settings.speed
    now = max(clock["now"], time.time_ns()) if speed == _REAL else clock["now"]
    address = http_address(settings.host, settings.port)
    for region in stored["regions"]:  # as if the nodes had told where they are now
        region["state"]["nodes"] = [{**node, "HTTPAddr": address} for node in region["state"]["nodes"]]
    document = {
        "format": FORMAT,
        "version": VERSION,
        "mock_driver": settings.mock_driver or stored["mock_driver"],
        "clock": {"now": clock["now"], "speed": speed},
        "ids": stored["ids"] or RandomSource(settings.seed).saved(),
        "rules": stored["rules"],
        "regions": stored["regions"],
    }
    return resuming.at(document, now)
