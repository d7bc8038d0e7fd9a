"""The queue of evaluations that are ready for the scheduler."""

import heapq

from mockserver.nomad_types import Evaluation


class EvalBroker:
    """Evaluations that wait for the scheduler: higher priority first, then the older one."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, str]] = []
        self._evaluations: dict[str, Evaluation] = {}

    def add(self, evaluation: Evaluation) -> None:
        """Queue an evaluation."""
        self._evaluations[evaluation["ID"]] = evaluation
        heapq.heappush(self._heap, (-evaluation["Priority"], evaluation["CreateIndex"], evaluation["ID"]))

    def pop(self) -> Evaluation | None:
        """Take the next one out, or None when there is none."""
        if not self._heap:
            return None
        return self._evaluations.pop(heapq.heappop(self._heap)[2])

    def first(self) -> Evaluation | None:
        """Return the next one without taking it out, or None when there is none."""
        return self._evaluations[self._heap[0][2]] if self._heap else None

    def __bool__(self) -> bool:
        return bool(self._heap)
