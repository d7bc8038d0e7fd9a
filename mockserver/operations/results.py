"""The results that operations return, and the types of the functions that return them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.cluster.watchers import Item


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply in JSON, empty where ``body`` is None; ``index`` is for X-Nomad-Index, None for no such header."""

    body: Any = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A file, or a part of one."""

    data: bytes


Parameters: TypeAlias = Mapping[str, Any]
"""The decoded query string."""

Query: TypeAlias = dict[str, Any]
"""A decoded query string: index, wait (nanoseconds), region, pretty, stale; all, where it is declared."""


T = TypeVar("T")

_FEW = 1_000
"""A list of up to this many objects is made at once."""


@dataclass(frozen=True, slots=True)
class LongList:
    """A list that takes too long to make on the event loop; ``make`` makes it on any thread."""

    make: Callable[[], list[Any]]


def listed(objects: Collection[T], make: Callable[[Collection[T]], list[Any]]) -> list[Any] | LongList:
    """Make the list of ``objects`` at once when they are few; else note them down, to make it later on a thread.

    Stored objects are never changed in place, so the list shows what was stored at this moment.
    """
    return make(objects) if len(objects) <= _FEW else LongList(partial(make, list(objects)))


@dataclass(frozen=True, slots=True)
class Read:
    """The result of one run of a read.

    ``index`` is what X-Nomad-Index shows and what a blocking query compares; ``watch`` is the one thing
    whose change wakes it. ``missing`` says that there is no such object (404), and ``body`` is None then.
    ``body`` may be a ``LongList``.
    """

    body: Any
    index: int
    watch: "Item"
    missing: str = ""


def read_one(found: Mapping[str, Any] | None, table_index: int, watch: "Item", *, missing: str) -> Read:
    """Read an object at its own ModifyIndex; a missing one at the last index of its whole table."""
    if found is None:
        return Read(None, table_index, watch, missing=missing)
    return Read(found, found["ModifyIndex"], watch)


ReadOperation: TypeAlias = "Callable[[Cluster, str, Query], Read]"
