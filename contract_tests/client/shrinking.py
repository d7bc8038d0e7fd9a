"""Bounds how long Hypothesis looks for smaller examples of a statement that is already proved false."""

import time

from contract_tests.findings import Falsified, Ledger

MOST_REQUESTS = 400
"""The number of requests after its first violation that a generated test may send."""


class Shrinking:
    """Ends a generated test some seconds after its first violation, and soon where a run has shrunk for long."""

    def __init__(self, ledger: Ledger) -> None:
        self.seconds = 4.0
        """Seconds for one test."""
        self.left = 20.0
        """Seconds for the rest of the run."""
        self._ledger = ledger
        self._began = 0.0
        self._requests = 0

    def check(self) -> None:
        """Count one more request of the running test.

        Raises:
            Falsified: The test has looked for a smaller example for long enough.
        """
        if not self._ledger.raised:
            self._requests = 0
            return
        now = time.monotonic()
        if not self._requests:
            self._began = now
        self._requests += 1
        spent = now - self._began
        if (self._requests > MOST_REQUESTS or spent > min(self.seconds, self.left / 2)) and _generated():
            self.left -= spent
            raise Falsified


def _generated() -> bool:
    from hypothesis import currently_in_test_context

    return currently_in_test_context()
