"""The world that a space begins with: an empty one, or that of a document among the loaded files."""

import json
from pathlib import Path
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.contract import load_contract
from mockserver.load import LoadError, files, load_jobs
from mockserver.settings import Settings
from mockserver.shapes import Job
from mockserver.worlds.document import FORMAT, DocumentError, world_of
from mockserver.worlds.world import World, create_world


def fresh_world(settings: Settings) -> World:
    """The world that ``settings`` describe, with what they load.

    Raises ``LoadError`` for files that can't be loaded, ``OSError`` and ``ValueError`` for a bad file of nodes.
    """
    jobs, documents = _parted(settings)
    world = _restored(settings, documents) if documents else create_world(settings)
    world.jobs = load_jobs(jobs, load_contract(), world.agent.local)
    return world


def jobs_to_load(settings: Settings, cluster: Cluster) -> list[Job]:
    """The jobs alone, for a world that is not fresh; raises ``LoadError``."""
    jobs, _ = _parted(settings)
    return load_jobs(jobs, load_contract(), cluster)


def _parted(settings: Settings) -> tuple[list[Path], dict[Path, dict[str, Any]]]:
    """The files of jobs, and those of worlds with what they hold."""
    paths = [file for path in settings.load for file in files(path)]
    documents = {path: document for path in paths if (document := _document(path)) is not None}
    return [path for path in paths if path not in documents], documents


def _document(path: Path) -> dict[str, Any] | None:
    """The document in a file; None for anything else, which ``load_jobs`` then has a look at."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("format") == FORMAT else None


def _restored(settings: Settings, documents: dict[Path, dict[str, Any]]) -> World:
    path, *others = documents
    if others:
        raise LoadError(others[0], f"is a second world beside {path}")
    try:
        return world_of(documents[path], settings)
    except DocumentError as error:
        raise LoadError(path, str(error)) from None
