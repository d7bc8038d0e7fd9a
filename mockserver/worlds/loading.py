"""The world that a space begins with: an empty one, or that of a document among the loaded files.

Beside the document of a world these are jobs, one or a list of them, and lists of nodes, which join those that are
there.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.nodes import load_nodes
from mockserver.nomad_types import SubmittedJob
from mockserver.openapi import load_contract
from mockserver.settings import Settings
from mockserver.worlds.job_files import LoadError, files, load_jobs
from mockserver.worlds.snapshot import FORMAT, DocumentError, world_of
from mockserver.worlds.world import World, create_world


def fresh_world(settings: Settings) -> World:
    """The world that ``settings`` describe, with what they load.

    Raises ``LoadError`` for files that can't be loaded, ``OSError`` and ``ValueError`` for a bad file of nodes.
    """
    loaded = _parted(settings)
    world = _restored(settings, loaded.worlds) if loaded.worlds else create_world(settings)
    for path in loaded.nodes:
        _join(path, world)
    world.jobs = load_jobs(loaded.jobs, load_contract(), world.agent.local)
    return world


def jobs_to_load(settings: Settings, cluster: Cluster) -> list[SubmittedJob]:
    """The jobs alone, for a world that is not fresh; raises ``LoadError``."""
    return load_jobs(_parted(settings).jobs, load_contract(), cluster)


@dataclass(frozen=True, slots=True)
class _Files:
    """Files by what they hold, and the documents of worlds."""

    jobs: list[Path] = field(default_factory=list)
    nodes: list[Path] = field(default_factory=list)
    worlds: dict[Path, dict[str, Any]] = field(default_factory=dict)


def _parted(settings: Settings) -> _Files:
    parted = _Files()
    for path in (file for given in settings.load for file in files(given)):
        value = _value(path)
        if isinstance(value, list) and not any(_is_job(each) for each in value):
            parted.nodes.append(path)
        elif isinstance(value, dict) and value.get("format") == FORMAT:
            parted.worlds[path] = value
        else:
            parted.jobs.append(path)
    return parted


def _is_job(value: Any) -> bool:
    return isinstance(value, dict) and any(key.lower() in ("job", "taskgroups") for key in value)


def _value(path: Path) -> Any:
    """What is in a file; None for what can't be read, which ``load_jobs`` then has a look at."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _join(path: Path, world: World) -> None:
    local = world.agent.local
    try:
        nodes = load_nodes(path.read_text("utf-8"), ids=world.ids, more_drivers=local.test_drivers)
    except ValueError as error:
        raise LoadError(path, f"no list of nodes: {error}") from None
    known = {node["Name"] for node in local.state.nodes()}
    for node in nodes:
        if node["Name"] in known:
            raise LoadError(path, f"there is a node {node['Name']!r} already")
        local.join(node)


def _restored(settings: Settings, documents: dict[Path, dict[str, Any]]) -> World:
    path, *others = documents
    if others:
        raise LoadError(others[0], f"is a second world beside {path}")
    try:
        return world_of(documents[path], settings)
    except DocumentError as error:
        raise LoadError(path, str(error)) from None
