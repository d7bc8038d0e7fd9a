"""The restart policy of a task group (behaviour observed on a real 0.5.4 node)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mockserver.cluster.random_source import RandomSource
from mockserver.gostd.fmt import duration, int64
from mockserver.nomad_types import RestartPolicy

_JITTER_PART = 4
"""Up to a quarter of the delay is added at random."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a task that ended: restarted after ``delay`` ns, or left ``dead`` or ``failed``.

    A delay below 0 has passed already.
    """

    what: Literal["restart", "dead", "failed"]
    reason: str = ""
    delay: int = 0


class Restarts:
    """Counts the attempts of one task and decides after each end."""

    def __init__(self, policy: RestartPolicy, job_type: str, *, now: int, ids: RandomSource) -> None:
        self.policy = policy
        self._restarts_after_success = job_type != "batch"
        self._ids = ids
        self._interval_start = now
        self._count = 0

    def after_exit(self, *, success: bool, now: int) -> Verdict:
        """Decide what happens to a task that ran and ended at ``now`` (Unix ns)."""
        if self.policy["Attempts"] == 0:
            return Verdict("dead") if success else Verdict("failed", "Policy allows no restarts")
        self._count_attempt(now)
        if success and not self._restarts_after_success:
            return Verdict("dead")
        return self._within_policy(now)

    def after_start_error(self, *, recoverable: bool, now: int) -> Verdict:
        """Decide what happens to a task that could not be started at ``now`` (Unix ns)."""
        if self.policy["Attempts"] == 0:
            return Verdict("failed", "Policy allows no restarts")
        self._count_attempt(now)
        if not recoverable:
            return Verdict("failed", "Error was unrecoverable")
        return self._within_policy(now)

    def saved(self) -> dict[str, int]:
        """Return what was counted, as JSON; ``restore`` takes it."""
        return {"interval_start": self._interval_start, "count": self._count}

    def restore(self, saved: Mapping[str, int]) -> None:
        """Go on with a saved count."""
        self._interval_start, self._count = saved["interval_start"], saved["count"]

    def _count_attempt(self, now: int) -> None:
        self._count += 1
        if now > self._interval_start + self.policy["Interval"]:
            self._count, self._interval_start = 0, now

    def _within_policy(self, now: int) -> Verdict:
        attempts, interval, delay = self.policy["Attempts"], self.policy["Interval"], self.policy["Delay"]
        if self._count <= attempts:
            return Verdict("restart", "Restart within policy", self._with_jitter(max(delay, 0)))
        if self.policy["Mode"] == "fail":
            reason = f'Exceeded allowed attempts {attempts} in interval {duration(interval)} and mode is "fail"'
            return Verdict("failed", reason)
        return Verdict("restart", "Exceeded allowed attempts, applying a delay", self._interval_start + interval - now)

    def _with_jitter(self, delay: int) -> int:
        """Return a delay and up to a quarter of it, below 0 when that is more than 64 bits hold (observed).

        A policy's negative delay counts as none; a real node crashes on it.
        """
        return int64(delay + self._ids.below(max(delay // _JITTER_PART, 1)))
