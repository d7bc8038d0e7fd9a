"""Worlds in a data directory, for tests that need no server."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.bus import Bus
from mockserver.gc_pauses import GivenUp
from mockserver.settings import Settings
from mockserver.storage import Database, Keeper, open_world
from mockserver.worlds import DEFAULT, Space, World

MANUAL = Settings(speed=0, seed=3, nodes=2)
"""A world that only the test moves."""


@dataclass
class Kept:
    """A world with a data directory, as a running mock has it."""

    directory: Path
    settings: Settings
    database: Database
    space: Space
    keeper: Keeper

    @property
    def world(self) -> World:
        """Return the present world."""
        return self.space.world

    def stopped(self) -> None:
        """Stop the mock cleanly."""
        self.keeper.finish()
        self.space.world.close()
        self.keeper.close()

    def killed(self, copy: Path) -> "Kept":
        """Return what a start finds after this process is killed; ``copy`` is a new directory."""
        shutil.copytree(self.directory, copy)
        self.database.close()
        return kept(copy, self.settings)


def kept(directory: Path, settings: Settings = MANUAL) -> Kept:
    """Open the world in a directory, or a fresh one, and keep it."""
    opened = open_world(directory, settings)
    space = Space(DEFAULT, settings, opened.world, Bus(), GivenUp())
    return Kept(directory, settings, opened.database, space, Keeper(opened, space, settings))


def picture(world: World) -> dict[str, Any]:
    """Return the whole world in a comparable form: timers by rank, lists by content."""
    regions = [cluster.saved() for cluster in world.agent.regions.values()]
    return {
        "now": world.clock.now(),
        "speed": world.clock.speed,
        "ids": world.ids.saved(),
        "rules": [rule.saved() for rule in world.rules],
        "regions": [comparable(region) for region in regions],
    }


def comparable(region: dict[str, Any]) -> dict[str, Any]:
    """Return a region's document with the ranks of timers in place of their numbers."""
    places = {order: place for place, order in enumerate(sorted(set(_orders(region))))}
    renumbered: dict[str, Any] = _renumbered(region, places)
    scheduler, clients = renumbered["scheduler"], renumbered["clients"]
    renumbered["state"]["jobs"].sort(key=lambda job: job["ID"].lower())
    scheduler["blocked"].sort(key=lambda evaluation: evaluation["JobID"])
    # Which of the ended allocations is noted down first means nothing; those with tasks that live keep their order.
    clients["allocations"].sort(key=lambda run: ("ended", run["allocation"]) if _is_over(run) else ("",))
    clients["unreported"].sort(key=lambda unreported: unreported["order"])
    renumbered["periodic"].sort(key=lambda tracked: tracked["job"]["ID"])
    return renumbered


def _is_over(run: dict[str, Any]) -> bool:
    return all(task["state"]["State"] == "dead" for task in run["tasks"])


def _orders(value: Any) -> list[int]:
    if isinstance(value, list):
        return [order for each in value for order in _orders(each)]
    if not isinstance(value, dict):
        return []
    own = [value["order"]] if "when" in value and "order" in value else []
    return own + [order for each in value.values() for order in _orders(each)]


def _renumbered(value: Any, places: dict[int, int]) -> Any:
    if isinstance(value, list):
        return [_renumbered(each, places) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _renumbered(each, places) for key, each in value.items()}
    return changed | {"order": places[value["order"]]} if "when" in value and "order" in value else changed


def differences(left: Any, right: Any, where: str = "") -> list[str]:
    """Return where two documents differ, and how."""
    if isinstance(left, dict) and isinstance(right, dict):
        keys = sorted(left.keys() | right.keys())
        return [found for key in keys for found in differences(left.get(key), right.get(key), f"{where}/{key}")]
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = enumerate(zip(left, right, strict=True))
        return [found for place, pair in pairs for found in differences(*pair, f"{where}/{place}")]
    return [] if left == right else [f"{where}: {left!r} is not {right!r}"]
