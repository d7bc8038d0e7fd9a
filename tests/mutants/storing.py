"""Changing what is stored of a job."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.state import State
from tests.mutants.mutant import Breakage, changed


def stored(breakage: Breakage, change: Callable[[Any], Any], *, update: bool | None = None) -> None:
    """Change a job after it was found valid and before it is stored; only updates, or only new ones, when told so."""

    def make(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            known = self.state.job(job["ID"]) is not None
            return register(self, changed(change, job) if update in (None, known) else job)

        return broken

    breakage.wrap(Cluster, "register", make)


def restored(breakage: Breakage, change: Callable[[Any, Any, int], dict[str, Any]]) -> None:
    """Change a job right after it was stored: by the old one (None for a new one), the new one and the index."""

    def make(upsert: Any) -> Any:
        def broken(self: State, job: Any) -> int:
            old = self.job(job["ID"])
            index: int = upsert(self, job)
            new: Any = self.job(job["ID"])
            if new is not None:
                self._store_job(new | change(old, new, index), index)
            return index

        return broken

    breakage.wrap(State, "upsert_job", make)
