"""What a scheduler may look at."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from mockserver.shapes import Allocation, Job, Node


class View(Protocol):
    """A read-only view of the state; job IDs are matched without regard to case, as the state does."""

    def job(self, job_id: str) -> Job | None:
        """The job as registered now, or None when it is not (or no longer) there."""
        ...

    def allocations_of(self, job_id: str, *, all_instances: bool) -> Sequence[Allocation]:
        """Allocations of exactly this job in any status; of earlier registrations too with ``all_instances``."""
        ...

    def nodes(self) -> Iterable[Node]:
        """Every node, in any status."""
        ...

    def node(self, node_id: str) -> Node | None:
        """One node, or None when it is gone."""
        ...

    def allocations_on(self, node_id: str) -> Iterable[Allocation]:
        """The allocations of any job on a node that are not terminal."""
        ...
