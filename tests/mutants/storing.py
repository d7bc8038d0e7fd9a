"""Changing what is stored of a job."""

from collections.abc import Awaitable, Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.state import State
from mockserver.operations import job_writes
from tests.mutants.mutant import Breakage, changed


def before_storing(breakage: Breakage, change: Callable[[Any], Any], *, update: bool | None = None) -> None:
    """Change a job between validation and storage; ``update`` limits it to updates, or to new jobs."""

    def make(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            known = self.state.job(job["ID"]) is not None
            return register(self, changed(change, job) if update in (None, known) else job)

        return broken

    breakage.wrap(Cluster, "register", make)


def after_storing(breakage: Breakage, change: Callable[[Any, Any, int], dict[str, Any]]) -> None:
    """Change members of a job that was just stored: ``change(old job or None, new job, index)``."""

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


Register = Callable[[Any, int | None], Awaitable[Any]]
"""Registers a job as it was submitted, if need be only at an index."""


AroundRegistration = Callable[[Register, Cluster, Any, int | None], Awaitable[Any]]
"""Takes the registration of a cluster, then what that would be called with."""


def around_registration(breakage: Breakage, broken: AroundRegistration) -> None:
    """Send every registration that a client asks for to ``broken``: what it is refused for is not known yet."""

    def make(register: Any) -> Any:
        async def registered(job: Any, expected: int | None, cluster: Cluster) -> Any:
            return await broken(lambda job, expected: register(job, expected, cluster), cluster, job, expected)

        return registered

    breakage.wrap(job_writes, "_register", make)
