"""Restart policies."""

from typing import Any

from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tasks.restarts import Restarts, Verdict
from mockserver.gostd.durations import SECOND


def restarts(job_type: str = "service", **policy: Any) -> Restarts:
    """Return a policy of two attempts a minute, changed as named."""
    whole: Any = {"Attempts": 2, "Delay": 8 * SECOND, "Interval": 60 * SECOND, "Mode": "fail"} | policy
    return Restarts(whole, job_type, now=0, ids=RandomSource(1))


def test_a_service_is_restarted_within_its_policy() -> None:
    """Each restart waits for the delay and up to a quarter more, after success and failure alike."""
    tracker = restarts()
    for success in (True, False):
        verdict = tracker.after_exit(success=success, now=SECOND)
        assert (verdict.what, verdict.reason) == ("restart", "Restart within policy")
        assert 8 * SECOND <= verdict.delay < 10 * SECOND


def test_a_batch_task_that_ends_well_is_done() -> None:
    """A batch task that succeeds is not restarted, one that fails is."""
    assert restarts("batch").after_exit(success=True, now=1) == Verdict("dead")
    assert restarts("batch").after_exit(success=False, now=1).what == "restart"


def test_exhausted_attempts_fail_the_task() -> None:
    """In mode fail, one end too many within the interval is final."""
    tracker = restarts()
    verdicts = [tracker.after_exit(success=False, now=SECOND) for _ in range(3)]
    reason = 'Exceeded allowed attempts 2 in interval 1m0s and mode is "fail"'
    assert verdicts[2] == Verdict("failed", reason)


def test_exhausted_attempts_delay_the_task() -> None:
    """In mode delay, the task waits until the interval is over."""
    tracker = restarts(Mode="delay")
    verdicts = [tracker.after_exit(success=False, now=20 * SECOND) for _ in range(3)]
    assert verdicts[2] == Verdict("restart", "Exceeded allowed attempts, applying a delay", 40 * SECOND)


def test_a_new_interval_starts_counting_anew() -> None:
    """An end after the interval counts as the first of a new one."""
    tracker = restarts()
    for now in (1, 2, 61 * SECOND, 62 * SECOND, 63 * SECOND):
        assert tracker.after_exit(success=False, now=now).what == "restart"
    assert tracker.after_exit(success=False, now=64 * SECOND).what == "failed"


def test_no_attempts_means_no_restart() -> None:
    """Without attempts, the first end is final."""
    assert restarts(Attempts=0).after_exit(success=True, now=1) == Verdict("dead")
    assert restarts(Attempts=0).after_exit(success=False, now=1) == Verdict("failed", "Policy allows no restarts")
    assert restarts(Attempts=0).after_start_error(recoverable=True, now=1).reason == "Policy allows no restarts"


def test_start_errors_are_retried_only_when_recoverable() -> None:
    """A recoverable start error counts as an attempt, any other is final."""
    assert restarts().after_start_error(recoverable=False, now=1) == Verdict("failed", "Error was unrecoverable")
    assert restarts().after_start_error(recoverable=True, now=1).what == "restart"


def test_a_delay_that_64_bits_cannot_hold_has_passed() -> None:
    """A sum of delay and jitter that overflows is negative, as on a real node."""
    verdict = restarts(Delay=(1 << 63) - 1, Interval=0).after_exit(success=False, now=1)
    assert (verdict.what, verdict.reason) == ("restart", "Restart within policy")
    assert -(1 << 63) <= verdict.delay < 0


def test_a_negative_delay_is_none() -> None:
    """After a negative delay the task restarts at once; a real node crashes."""
    assert restarts(Delay=-1).after_exit(success=False, now=1) == Verdict("restart", "Restart within policy", 0)
