"""What a read answers with; the same function runs again whenever a waiting query is woken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.cluster.watchers import Item


Query: TypeAlias = dict[str, Any]
"""A decoded query string: index, wait (nanoseconds), region, pretty, stale; all, where it is declared."""


@dataclass(frozen=True, slots=True)
class Read:
    """The result of one run of a read.

    ``index`` is what X-Nomad-Index shows and what a blocking query compares; ``watch`` is the one thing
    whose change wakes it. ``missing`` says that there is no such object (404), and ``body`` is None then.
    """

    body: Any
    index: int
    watch: "Item"
    missing: str = ""


ReadOperation: TypeAlias = "Callable[[Cluster, str, Query], Read]"
