"""The results that operations return, and the types of the functions that return them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.cluster.watchers import Item
    from mockserver.operations.agent import Agent
    from mockserver.operations.alloc_dir import Follow


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON; nothing at all where ``body`` is None. ``index`` is for X-Nomad-Index, where there is one."""

    body: Any = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A file, or a part of one."""

    data: bytes


Parameters: TypeAlias = Mapping[str, Any]
"""The decoded query string."""

Ask: TypeAlias = "Callable[[Agent, str, Parameters], Answer | Content | Follow]"
"""Agent, ID of the URL and query to what is answered; raises ``AgentError``."""


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
