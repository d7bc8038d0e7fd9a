"""Make the world that a space begins with, out of settings and the files to load.

A file holds jobs (one, or a list), nodes (one, or a list), which join those that are there, or the state of a whole
world, which takes the place of an empty one. Jobs and nodes may be as a server answers them.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.nomad_types import SubmittedJob
from mockserver.settings import Settings
from mockserver.slices import finish
from mockserver.worlds.job_files import LoadError, files, jobs_of, read_file
from mockserver.worlds.node_files import nodes_of
from mockserver.worlds.snapshot import FORMAT, DocumentError, world_of
from mockserver.worlds.world import World, create_world
from mockserver.worlds.world_settings import saved_settings


def fresh_world(settings: Settings) -> World:
    """Make the world that ``settings`` describe, with what they load.

    A file to load that can't be loaded raises ``LoadError``; a bad file of nodes raises ``OSError`` or ``ValueError``.
    """
    loaded = _read(settings)
    world = _restored(settings, loaded.worlds) if loaded.worlds else create_world(settings)
    for path, documents in loaded.nodes:
        _join(path, documents, world)
    world.jobs = _jobs(settings, loaded, world.agent.local)
    return world


def jobs_to_load(settings: Settings, cluster: Cluster) -> list[SubmittedJob]:
    """Return the jobs alone, for a world that is not fresh; a file that can't be loaded raises ``LoadError``."""
    return _jobs(settings, _read(settings), cluster)


@dataclass(frozen=True, slots=True)
class _Files:
    """The JSON of files, by what they hold."""

    jobs: list[tuple[Path, Any]] = field(default_factory=list)
    nodes: list[tuple[Path, list[Any]]] = field(default_factory=list)
    worlds: dict[Path, dict[str, Any]] = field(default_factory=dict)


def _read(settings: Settings) -> _Files:
    read = _Files()
    for path in (file for given in settings.load for file in files(given)):
        value = read_file(path)
        documents = value if isinstance(value, list) else [value]
        if isinstance(value, dict) and value.get("format") == FORMAT:
            read.worlds[path] = value
        elif any(isinstance(each, dict) and "JobSummary" in each for each in documents):
            raise LoadError(path, "jobs in short, as /v1/jobs lists them, can't be run: load what /v1/job/<ID> answers")
        elif any(map(_is_node, documents)) or (isinstance(value, list) and not any(map(_is_job, documents))):
            read.nodes.append((path, documents))
        else:
            read.jobs.append((path, value))
    return read


def _is_node(value: Any) -> bool:
    return isinstance(value, dict) and "Datacenter" in value and not _is_job(value)


def _is_job(value: Any) -> bool:
    return isinstance(value, dict) and any(name.lower() in ("job", "jobhcl", "taskgroups") for name in value)


def _restored(settings: Settings, documents: dict[Path, dict[str, Any]]) -> World:
    path, *others = documents
    if others:
        raise LoadError(others[0], f"is a second world beside {path}")
    try:
        return world_of(documents[path], settings, before=saved_settings(Settings()))
    except DocumentError as error:
        raise LoadError(path, str(error)) from None


def _join(path: Path, documents: list[Any], world: World) -> None:
    local = world.agent.local
    try:
        nodes = nodes_of(documents, world.ids, local.test_drivers)
    except ValueError as error:
        raise LoadError(path, f"not a list of nodes: {error}") from None
    known = {value for node in local.state.nodes() for value in (node["Name"], node["ID"])}
    for node in nodes:
        for value in (node["Name"], node["ID"]):
            if value in known:
                raise LoadError(path, f"there is a node {value!r} already")
        finish(local.nodes.join(node))


def _jobs(settings: Settings, loaded: _Files, cluster: Cluster) -> list[SubmittedJob]:
    lenient = settings.ignore_unknown_fields
    return [job for path, value in loaded.jobs for job in jobs_of(path, value, cluster, ignore_unknown_fields=lenient)]
