"""What faults play on: the world's time, its randomness, its agent."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.faults.pauses import Pauses

if TYPE_CHECKING:
    from mockserver.cluster.clock import Clock
    from mockserver.http.replies import Application
    from mockserver.operations.agent import Agent


class FaultError(ValueError):
    """A fault that is impossible in this world; the text says why."""


@dataclass(frozen=True, slots=True)
class Site:
    """``endpoint`` makes an application that answers for another agent than the world's own."""

    clock: "Clock"
    agent: "Agent"
    endpoint: "Callable[[Agent], Application]"
    random: random.Random
    pauses: Pauses = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pauses", Pauses(self.clock))
