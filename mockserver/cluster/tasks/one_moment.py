"""Save all runs as they are in one moment, while they go on."""

from collections.abc import Mapping
from typing import Any

from mockserver.cluster.tasks.allocation_run import AllocationRun
from mockserver.slices import Steps


class RunsOfOneMoment:
    """The runs as they are now. A run that is about to change is saved first; the others have time."""

    __slots__ = ("__weakref__", "_order", "_saved", "_waiting")

    def __init__(self, runs: Mapping[str, AllocationRun]) -> None:
        self._order = tuple(runs)
        self._waiting = dict(runs)
        self._saved: dict[str, dict[str, Any]] = {}

    def keep(self, allocation_id: str) -> None:
        """Save the run of an allocation now, unless that is done, for it is about to change."""
        run = self._waiting.pop(allocation_id, None)
        if run is not None:
            self._saved[allocation_id] = run.saved()

    def has(self, allocation_id: str) -> bool:
        """Say whether a run is among them and was not returned yet."""
        return allocation_id in self._waiting or allocation_id in self._saved

    def one(self, allocation_id: str) -> dict[str, Any] | None:
        """Return one of the runs as JSON, once; None for another allocation."""
        self.keep(allocation_id)
        return self._saved.pop(allocation_id, None)

    def saved(self) -> Steps[list[dict[str, Any]]]:
        """Return all runs in their order, as JSON, in steps."""
        found = []
        for allocation_id in self._order:
            yield
            run = self.one(allocation_id)
            assert run is not None
            found.append(run)
        return found
