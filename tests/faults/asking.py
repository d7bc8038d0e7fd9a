"""Requests that are under way while the test does something else."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Meanwhile(Generic[T]):
    """A call in a thread; ``result`` waits for its end."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._results: list[T] = []
        self._errors: list[Exception] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Return whether the call is over."""
        return not self._thread.is_alive()

    def result(self) -> T:
        """Return the call's result, or raise what it raised."""
        self._thread.join(10)
        assert self.done
        if self._errors:
            raise self._errors[0]
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except Exception as error:
            self._errors.append(error)
