"""Nodes run what is placed on them."""

from collections.abc import Sequence
from typing import Any

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tasks import NodeClient
from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.slices import Steps, finish
from tests.builders import a_group, a_job, a_task, an_allocation
from tests.loose_types import Allocation, Task


class Observed:
    """A node client on a manual clock, and everything that it reports."""

    def __init__(self, *tasks: Task, job_type: str = "service", **policy: Any) -> None:
        restart = {"Attempts": 1, "Delay": 8 * SECOND, "Interval": 60 * SECOND, "Mode": "fail"} | policy
        self.job = a_job(a_group(*tasks, RestartPolicy=restart), Type=job_type)
        self.clock = ManualClock(start=0)
        self.reports: list[Allocation] = []
        self.client = NodeClient(self.clock, RandomSource(1), self.reported)
        self.allocation = an_allocation(self.job)
        self.client.notice([self.allocation])

    def reported(self, updates: Sequence[Allocation]) -> Steps[None]:
        """Keep what the client reports."""
        self.reports.extend(updates)
        yield

    def after(self, duration: int) -> list[str]:
        """Move the clock, and return the client statuses reported meanwhile."""
        before = len(self.reports)
        self.clock.advance(duration)
        return [report["ClientStatus"] for report in self.reports[before:]]

    def events(self, task: str = "t") -> list[str]:
        """Return the types of a task's events, as last reported."""
        return [event["Type"] for event in self.reports[-1]["TaskStates"][task]["Events"]]

    def last_event(self, task: str = "t") -> dict[str, Any]:
        """Return a task's newest event."""
        event: dict[str, Any] = self.reports[-1]["TaskStates"][task]["Events"][-1]
        return event

    def stop(self) -> None:
        """Stop the allocation, as the scheduler does."""
        self.client.notice([self.allocation | {"DesiredStatus": "stop"}])


def mock_task(name: str = "t", **config: Any) -> Task:
    """Return a task of the mock driver."""
    return a_task(Name=name, Driver="mock_driver", Config=config)


def test_what_the_servers_forget_is_not_taken_on() -> None:
    """A node does not start an allocation that the servers forgot, even when it had heard of it."""
    observed = Observed()
    finish(observed.client.forget([observed.allocation["ID"]]))
    assert observed.after(SECOND) == []
    assert finish(observed.client.saving()) == {"allocations": [], "noticed": [], "unreported": []}


@pytest.mark.parametrize(("command", "reported"), [("/bin/true", ["complete"] * 2), ("/bin/false", ["failed"])])
def test_what_a_node_hears_may_be_older_than_the_end(command: str, reported: list[str]) -> None:
    """An allocation that ended meanwhile is not started again; a good end is reported once more."""
    observed = Observed(a_task(Config={"command": command}), job_type="batch", Attempts=0)
    observed.clock.advance(200 * MILLISECOND)
    observed.client.notice([observed.allocation])
    assert observed.after(60 * SECOND) == reported


def test_a_service_task_runs_on() -> None:
    """A service is Received and Started, reported once as running, and then nothing more is reported."""
    observed = Observed()
    assert observed.after(SECOND) == ["running"]
    assert observed.events() == ["Received", "Started"]
    assert observed.reports[0]["TaskStates"]["t"]["State"] == "running"
    assert observed.after(3600 * SECOND) == []


def test_a_short_batch_task_is_reported_once() -> None:
    """A task that ends before the first report is seen as complete at once (recording allocations-complete)."""
    observed = Observed(a_task(Config={"command": "/bin/true"}), job_type="batch")
    assert observed.after(SECOND) == ["complete"]
    assert observed.events() == ["Received", "Started", "Terminated"]
    state = observed.reports[0]["TaskStates"]["t"]
    assert (state["State"], state["Failed"], state["Events"][-1]["ExitCode"]) == ("dead", False, 0)


def test_an_ended_allocation_is_reported_once_more() -> None:
    """An ended allocation is reported once more when its node hears of it again, updated or stopped."""
    for desired in ("run", "stop"):
        observed = Observed(a_task(Config={"command": "/bin/true"}), job_type="batch")
        assert observed.after(SECOND) == ["complete"]
        (report,) = observed.reports
        for expected in (["complete"], []):
            observed.client.notice([observed.allocation | report | {"DesiredStatus": desired}])
            assert observed.after(SECOND) == expected
        assert observed.reports == [report] * 2


def test_what_is_yet_to_be_said_twice_is_kept_and_forgotten() -> None:
    """A pending second report is saved with the rest, and dropped when the servers forget the allocation or node."""
    observed = Observed(a_task(Config={"command": "/bin/true"}), job_type="batch")
    observed.after(SECOND)
    saved = finish(observed.client.saving())
    allocation = observed.allocation | observed.reports[0]
    assert saved["allocations"] == [observed.client.saved_run(allocation["ID"])] != [None]
    again = NodeClient(observed.clock, RandomSource(1), observed.reported)
    again.restore(saved, lambda _: allocation)
    again.notice([allocation])
    assert observed.after(SECOND) == ["complete"]
    finish(observed.client.lose(allocation["NodeID"]))
    assert finish(observed.client.saving())["allocations"] == []
    observed.client.notice([allocation])
    assert observed.after(SECOND) == []


def test_a_failing_task_without_restarts_fails_the_allocation() -> None:
    """The task is Terminated and Not Restarting, and the allocation has failed (recording allocations-failed)."""
    observed = Observed(a_task(Config={"command": "/bin/false"}), job_type="batch", Attempts=0)
    assert observed.after(SECOND) == ["failed"]
    assert observed.events() == ["Received", "Started", "Terminated", "Not Restarting"]
    assert observed.last_event()["FailsTask"]
    assert observed.last_event()["RestartReason"] == "Policy allows no restarts"


def test_a_restarted_task_waits_as_pending() -> None:
    """During the delay of a restart the allocation is pending, then it runs again."""
    observed = Observed(mock_task(run_for="2s", exit_code=1))
    assert observed.after(2 * SECOND) == ["running"]
    assert observed.after(SECOND) == ["pending"]
    assert observed.last_event()["Type"] == "Restarting"
    assert 8 * SECOND <= observed.last_event()["StartDelay"] < 10 * SECOND
    assert observed.after(10 * SECOND) == ["running", "failed"]


def test_a_start_error_is_a_driver_failure() -> None:
    """A task that can't be started never runs, and its event says why."""
    observed = Observed(mock_task(start_error="no disk"))
    assert observed.after(SECOND) == ["failed"]
    assert observed.events() == ["Received", "Driver Failure", "Not Restarting"]
    failure = observed.reports[0]["TaskStates"]["t"]["Events"][1]
    assert failure["DriverError"] == 'failed to start task "t" for alloc "a1": no disk'


def test_a_stopped_task_is_killed() -> None:
    """Stopping a running task kills it; the allocation ends complete."""
    observed = Observed()
    observed.after(SECOND)
    observed.stop()
    assert observed.after(SECOND) == ["complete"]
    assert observed.events() == ["Received", "Started", "Killing", "Killed"]
    killing = observed.reports[-1]["TaskStates"]["t"]["Events"][2]
    assert killing["KillTimeout"] == 5 * SECOND
    observed.stop()
    assert observed.after(SECOND) == []


def test_a_stubborn_task_is_given_its_kill_timeout() -> None:
    """A task that does not end when asked to is killed after KillTimeout."""
    observed = Observed(mock_task(run_for="1h", kill_after="1m"))
    observed.after(SECOND)
    observed.stop()
    assert observed.after(4 * SECOND) == ["running"]
    assert observed.after(2 * SECOND) == ["complete"]


def test_a_task_stopped_while_it_waits_never_starts_again() -> None:
    """Stopping a task during its restart delay ends it with Killed."""
    observed = Observed(mock_task(run_for="1s", exit_code=1))
    observed.after(2 * SECOND)
    observed.stop()
    assert observed.after(SECOND) == ["complete"]
    assert observed.events()[-2:] == ["Restarting", "Killed"]
    assert observed.after(60 * SECOND) == []


def test_a_failed_task_takes_its_siblings_along() -> None:
    """One task that fails for good stops the others; the allocation has failed."""
    observed = Observed(mock_task("bad", run_for="1s", exit_code=1), a_task(Name="good"), Attempts=0)
    observed.after(900 * MILLISECOND)
    assert observed.after(SECOND) == ["failed"]
    assert observed.events("good") == ["Received", "Started", "Sibling task failed", "Killing", "Killed"]
    assert not observed.reports[-1]["TaskStates"]["good"]["Failed"]
    sibling = observed.reports[-1]["TaskStates"]["good"]["Events"][2]
    assert sibling["FailedSibling"] == "bad"


def test_a_sibling_that_waits_ends_at_once() -> None:
    """A sibling in its restart delay is dead without a kill."""
    observed = Observed(
        mock_task("bad", start_error="x", start_error_recoverable=True), mock_task("slow", run_for="5s")
    )
    observed.after(20 * SECOND)
    assert observed.reports[-1]["ClientStatus"] == "failed"
    assert "Sibling task failed" in observed.events("slow")


def test_an_allocation_completes_when_its_last_task_does() -> None:
    """Two batch tasks of different length: running until both are done."""
    observed = Observed(mock_task("short", run_for="1s"), mock_task("long", run_for="2s"), job_type="batch")
    assert observed.after(1900 * MILLISECOND) == ["running", "running"]
    assert observed.after(SECOND) == ["complete"]


def test_only_the_newest_ten_events_are_kept() -> None:
    """A task that restarts over and over keeps reporting ten events."""
    observed = Observed(mock_task(run_for="1s", exit_code=1), Attempts=50, Interval=3600 * SECOND)
    observed.after(120 * SECOND)
    assert len(observed.events()) == 10


def test_a_task_that_ends_at_once_and_restarts_without_delay_takes_time() -> None:
    """Starting takes its time at every restart, so that the clock always gets on."""
    observed = Observed(mock_task(run_for=0), Attempts=1000, Delay=0, Interval=3600 * SECOND)
    observed.after(SECOND)
    assert observed.clock.now() == SECOND
    assert observed.events()[-2:] in (["Terminated", "Restarting"], ["Restarting", "Started"])


def test_an_update_reaches_the_running_task() -> None:
    """After an in-place update the new restart policy holds."""
    observed = Observed(mock_task(run_for="10s", exit_code=1), Attempts=5)
    observed.after(SECOND)
    group = observed.job["TaskGroups"][0]
    updated = a_job({**group, "RestartPolicy": {**group["RestartPolicy"], "Attempts": 0}})
    observed.client.notice([observed.allocation | {"Job": updated}])
    assert observed.after(20 * SECOND) == ["failed"]


def test_what_is_stopped_before_the_node_knows_it_never_runs() -> None:
    """An allocation that is stopped before its node took it on never runs."""
    observed = Observed()
    observed.client = NodeClient(observed.clock, RandomSource(1), observed.reported)
    observed.stop()
    observed.client.notice([])
    assert list(observed.client.tasks()) == []
