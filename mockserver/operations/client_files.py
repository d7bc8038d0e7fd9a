"""``/v1/client/fs/…``: the files of an allocation (behaviour observed on 0.5.4)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

from mockserver.errors import NotFound, Refused
from mockserver.gostd.fmt import quote
from mockserver.gostd.strconv import parse_bool, parse_int
from mockserver.operations.alloc_dir import AllocDir, Entry
from mockserver.operations.client_stats import local_node
from mockserver.operations.file_stream import FileStream
from mockserver.operations.results import Answer, Content, Parameters

if TYPE_CHECKING:
    from mockserver.nomad_types import Allocation
    from mockserver.operations.agent import Agent

T = TypeVar("T")


def ls(agent: "Agent", allocation_id: str, query: Parameters) -> Answer:
    """List a folder by name; without ``path`` the allocation's own.

    Raises:
        Refused: there is no such folder.
    """
    _check_id(agent, allocation_id)
    folder = AllocDir(_allocation(agent, allocation_id))
    path = folder.path(query["path"] or "/")
    if not folder.entry(path, "open").is_folder:
        raise Refused(f"readdirent {folder.full(path)}: not a directory")
    return Answer([entry.info(name) for name, entry in folder.children(path)])


def stat(agent: "Agent", allocation_id: str, query: Parameters) -> Answer:
    """Describe a file or folder; raises Refused when there is none."""
    _check_id(agent, allocation_id)
    _check_path(query)
    folder = AllocDir(_allocation(agent, allocation_id))
    path = folder.path(query["path"])
    return Answer(folder.entry(path, "stat").info(path.rpartition("/")[2] or allocation_id))


def cat(agent: "Agent", allocation_id: str, query: Parameters) -> Content:
    """Return a whole file; raises Refused when there is none that may be read."""
    _check_id(agent, allocation_id)
    _check_path(query)
    return Content(_file(AllocDir(_allocation(agent, allocation_id)), query["path"])[1])


def read_at(agent: "Agent", allocation_id: str, query: Parameters) -> Content:
    """Return ``limit`` bytes of a file from ``offset`` on; a folder has none (observed). Raises Refused."""
    _check_id(agent, allocation_id)
    _check_path(query)
    offset = _parsed(query, "offset", parse_int, "error parsing offset")
    limit = _parsed(query, "limit", parse_int, "error parsing limit") if query["limit"] else 0
    folder = AllocDir(_allocation(agent, allocation_id))
    path = folder.path(query["path"])
    entry = _readable(folder, path, query["path"])
    _check_offset(folder, path, offset)
    return Content((entry.content or b"")[offset : offset + limit if limit > 0 else None])


def stream(agent: "Agent", allocation_id: str, query: Parameters) -> FileStream:
    """Follow a file from ``offset`` on, counted from ``origin``; raises Refused when it cannot be read."""
    _check_id(agent, allocation_id)
    _check_path(query)
    offset = _parsed(query, "offset", parse_int, "error parsing offset") if query["offset"] else 0
    from_end = _from_end(query)
    allocation = _allocation(agent, allocation_id)
    folder = AllocDir(allocation)
    path, content = _file(folder, query["path"])
    position = len(content) - offset if from_end else offset
    _check_offset(folder, path, position)
    return FileStream(agent.cluster_of(allocation), allocation_id, path, position)


def logs(agent: "Agent", allocation_id: str, query: Parameters) -> FileStream:
    """Follow a log of a task from ``offset`` on, counted from ``origin`` and kept within the log.

    An offset of 0 is the beginning whatever it is counted from (observed).

    Raises:
        Refused: the task is not named or has no such log.
    """
    _check_id(agent, allocation_id)
    if not query["task"]:
        raise Refused("must provide task name")
    follow, plain = (
        bool(query[name]) and _parsed(query, name, parse_bool, f"Failed to parse {name} field to boolean")
        for name in ("follow", "plain")
    )
    if query["type"] not in {"stdout", "stderr"}:
        raise Refused("must provide log type (stdout/stderr)")
    offset = _parsed(query, "offset", parse_int, "error parsing offset") if query["offset"] else 0
    offset = -offset if _from_end(query) else offset
    allocation = _allocation(agent, allocation_id)
    path = f"alloc/logs/{query['task']}.{query['type']}.0"
    entry = AllocDir(allocation).entries.get(path)
    if entry is None or entry.content is None:
        raise Refused(f"log entry for task {quote(query['task'])} and log type {quote(query['type'])} not found")
    position = _kept_within(offset, len(entry.content))
    return FileStream(agent.cluster_of(allocation), allocation_id, path, position, goes_on=follow, plain=plain)


def nothing(agent: "Agent", _target: str, _query: Parameters) -> NoReturn:
    """Refuse every other request about files.

    Raises:
        NotFound: always, where the agent has a node.
    """
    local_node(agent)
    raise NotFound("Invalid method")


def _check_id(agent: "Agent", allocation_id: str) -> None:
    local_node(agent)
    if not allocation_id:
        raise Refused("must provide a valid alloc id")


def _check_path(query: Parameters) -> None:
    if not query["path"]:
        raise Refused("must provide a file name")


def _check_offset(folder: AllocDir, path: str, offset: int) -> None:
    if offset < 0:
        raise Refused(f"can't seek to offset '\ufffd': seek {folder.full(path)}: invalid argument")


def _allocation(agent: "Agent", allocation_id: str) -> "Allocation":
    allocation = agent.allocation(allocation_id)
    if allocation is None:
        raise Refused("alloc not found")
    return allocation


def _file(folder: AllocDir, given: str) -> tuple[str, bytes]:
    """Return path and content of a file that may be read.

    Raises:
        Refused: it is a folder or must not be read.
    """
    path = folder.path(given)
    if folder.entry(path, "stat").is_folder:
        raise Refused(f"file {quote(given)} is a directory")
    return path, _readable(folder, path, given).content or b""


def _readable(folder: AllocDir, path: str, given: str) -> Entry:
    if folder.is_secret(path):
        raise Refused(f"Reading secret file prohibited: {given}")
    return folder.entry(path, "open")


def _parsed(query: Parameters, name: str, parse: Callable[[str], T], complaint: str) -> T:
    try:
        return parse(query[name])
    except ValueError as error:
        raise Refused(f"{complaint}: {error}") from None


def _from_end(query: Parameters) -> bool:
    if query["origin"] not in {"", "start", "end"}:
        raise Refused("origin must be start or end")
    return bool(query["origin"] == "end")


def _kept_within(offset: int, size: int) -> int:
    return max(size + offset, 0) if offset < 0 else min(offset, size)
