"""What is answered apart from blocking reads and writes to jobs: JSON without the headers of a read, files, streams."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from mockserver.operations.agent import Agent
    from mockserver.operations.follow import Follow


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
