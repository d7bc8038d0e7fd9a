"""The waiting queries. Each subscribes to the one part of the state that it reads, and is woken when that changes."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeAlias

Item: TypeAlias = tuple[str, str]
"""A thing that can change.

Of a job: ``("job" | "summary" | "evaluations" | "allocations", job ID)``. Other objects:
``("evaluation" | "allocation" | "node", ID)``. Allocations of an evaluation or a node:
``("evaluation-allocations" | "node-allocations", ID)``. Whole tables:
``("table", "jobs" | "evals" | "allocs" | "nodes")``.

The ID is compared byte by byte, although jobs are looked up case-insensitively: a real agent does not
wake a query on ``NEWB`` when ``newb`` changes (observed).
"""


class Watchers:
    """The subscriptions of one region."""

    def __init__(self) -> None:
        self._waiting: dict[Item, dict[Callable[[], None], None]] = {}

    def subscribe(self, item: Item, wake: Callable[[], None]) -> Callable[[], None]:
        """Call ``wake`` at every change of ``item``, until the returned function is called."""
        self._waiting.setdefault(item, {})[wake] = None
        return partial(self._unsubscribe, item, wake)

    def _unsubscribe(self, item: Item, wake: Callable[[], None]) -> None:
        waiting = self._waiting.get(item)
        if waiting is not None:
            waiting.pop(wake, None)
            if not waiting:
                del self._waiting[item]

    def notify(self, items: Iterable[Item]) -> None:
        """Wake everyone who waits for one of ``items``."""
        if not self._waiting:
            return
        for item in filter(self._waiting.__contains__, items):
            for wake in tuple(self._waiting[item]):
                wake()

    def __len__(self) -> int:
        return sum(len(waiting) for waiting in self._waiting.values())
