"""A whole region, index by index as a real agent does."""

from typing import Any

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from tests.builders import a_group, a_job, a_task
from tests.loose_types import Allocation, Evaluation, Job, JobSummary

START = 1_483_228_799 * SECOND
"""2016-12-31T23:59:59Z, one second before a new year."""
YEARLY = {"Enabled": True, "ProhibitOverlap": False, "Spec": "0 0 1 1 *", "SpecType": "cron"}
EVERY_MINUTE = {"Enabled": True, "ProhibitOverlap": True, "Spec": "* * * * *", "SpecType": "cron"}
PARAMETERIZED = {"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}


class Region:
    """A cluster on a manual clock."""

    def __init__(self, nodes: int = 1) -> None:
        ids = RandomSource(1)
        self.clock = ManualClock(START)
        self.cluster = Cluster(region="global", clock=self.clock, ids=ids, nodes=simulated_nodes(nodes, ids=ids))
        self.state = self.cluster.state

    def register(self, job: Job) -> Written:
        """Register a job and let the scheduler process its evaluations."""
        written = self.cluster.register(job)
        self.clock.advance(0)
        return written

    def job(self, job_id: str = "j") -> Job:
        """Return the stored job."""
        job = self.state.job(job_id)
        assert job is not None
        return job

    def summary(self, job_id: str = "j") -> JobSummary:
        """Return its summary."""
        summary = self.state.summary(job_id)
        assert summary is not None
        return summary

    def evaluations(self, job_id: str = "j") -> list[Evaluation]:
        """Return the job's evaluations in the order of their creation."""
        return sorted(self.state.evaluations_of(job_id), key=lambda each: each["CreateIndex"])

    def allocations(self, job_id: str = "j") -> list[Allocation]:
        """Return the job's allocations in the order of their creation, then by name."""
        allocations = self.state.allocations_of(job_id, all_instances=True)
        return sorted(allocations, key=lambda each: (each["CreateIndex"], each["Name"]))

    def statuses(self, job_id: str = "j") -> list[str]:
        """Return the statuses of the job's evaluations."""
        return [evaluation["Status"] for evaluation in self.evaluations(job_id)]

    def children(self, job_id: str = "j") -> Any:
        """Return how many children are in which status."""
        return self.summary(job_id)["Children"]


def counters(**known: int) -> dict[str, int]:
    """Return the counters of a group, zero but for those named."""
    return dict.fromkeys(("Complete", "Failed", "Lost", "Queued", "Running", "Starting"), 0) | known


def mock_job(job_type: str = "service", **known: Any) -> Job:
    """Return a job whose task is controlled by the mock driver's configuration."""
    config = known.pop("config", {"run_for": "1h"})
    return a_job(a_group(a_task(Driver="raw_exec", Config=config), **known.pop("group", {})), Type=job_type, **known)


def test_a_job_that_fits_takes_five_indexes() -> None:
    """Its entries are job, evaluation, allocations, complete evaluation and the node's report (behaviour.md 7)."""
    region = Region()
    assert region.cluster.register(a_job(a_group(Count=2))) == Written("j", 6, region.evaluations()[0]["ID"], 7)
    assert (region.job()["Status"], region.evaluations()[0]["Status"]) == ("pending", "pending")
    region.clock.advance(0)
    assert (region.job()["Status"], region.job()["ModifyIndex"]) == ("running", 8)
    assert region.summary()["Summary"]["g"] == counters(Starting=2)
    (evaluation,) = region.evaluations()
    assert (evaluation["Status"], evaluation["ModifyIndex"], evaluation["QueuedAllocations"]) == (
        "complete",
        9,
        {"g": 0},
    )
    assert evaluation["SnapshotIndex"] == 7
    assert [each["Name"] for each in region.allocations()] == ["j.g[0]", "j.g[1]"]
    assert {each["CreateTime"] for each in region.allocations()} == {START}
    region.clock.advance(SECOND)
    assert region.state.index == 10
    assert region.summary()["Summary"]["g"] == counters(Running=2)


def test_a_job_that_does_not_fit_blocks() -> None:
    """A blocked evaluation is created before the first one completes, and both point at each other."""
    region = Region(nodes=0)
    region.register(a_job())
    first, blocked = region.evaluations()
    assert (first["Status"], first["ModifyIndex"], first["BlockedEval"]) == ("complete", 7, blocked["ID"])
    assert (blocked["Status"], blocked["CreateIndex"], blocked["PreviousEval"]) == ("blocked", 6, first["ID"])
    assert first["FailedTGAllocs"]["g"]["NodesAvailable"] == {"dc1": 0}
    assert region.summary()["Summary"]["g"] == counters(Queued=1)
    assert region.job()["Status"] == "pending"


def test_a_second_blocked_evaluation_is_canceled() -> None:
    """Registering a job that is still blocked makes a duplicate, which is canceled at once."""
    region = Region(nodes=0)
    region.register(a_job())
    region.register(a_job())
    assert region.statuses() == ["complete", "blocked", "complete", "canceled"]
    assert region.evaluations()[3]["StatusDescription"] == 'existing blocked evaluation exists for job "j"'


def test_the_job_of_a_duplicate_is_quoted() -> None:
    """The text about a duplicate quotes the job ID as Go does: a tab is escaped."""
    region = Region(nodes=0)
    region.register(a_job(ID="a\tb\u200b"))
    region.register(a_job(ID="a\tb\u200b"))
    duplicate = region.evaluations("a\tb\u200b")[3]
    assert duplicate["StatusDescription"] == r'existing blocked evaluation exists for job "a\tb\u200b"'


def test_a_deregistration_in_another_spelling_leaves_the_job_blocked() -> None:
    """The state cancels what is blocked in any letter case; the broker still counts the job as blocked."""
    region = Region(nodes=0)
    region.register(a_job(ID="A"))
    region.cluster.deregister("a")
    region.clock.advance(0)
    region.register(a_job(ID="A"))
    assert region.statuses("A") == ["complete", "canceled", "complete", "complete", "canceled"]
    texts = [evaluation["StatusDescription"] for evaluation in region.evaluations("A")]
    assert texts[1].endswith("successful")
    assert texts[4] == 'existing blocked evaluation exists for job "A"'


def test_a_job_that_shrinks_away_cancels_what_was_blocked() -> None:
    """When nothing is left to place, the blocked evaluation is canceled, and a later one may block again."""
    region = Region(nodes=0)
    region.register(a_job())
    region.register(a_job(a_group(Count=0)))
    assert region.statuses() == ["complete", "canceled", "complete"]
    assert region.job()["Status"] == "dead"
    region.register(a_job())
    assert region.statuses()[-2:] == ["complete", "blocked"]


def test_a_new_node_takes_blocked_work_by_priority() -> None:
    """When a node joins, blocked work is placed, the job of higher priority first."""
    region = Region(nodes=0)
    ids = RandomSource(5)
    (node,) = simulated_nodes(1, ids=ids)
    most = node["Resources"]["CPU"] - 500
    for job_id, priority in (("low", 10), ("high", 90)):
        task = a_task(Resources={"CPU": most, "DiskMB": 0, "IOPS": 0, "MemoryMB": 32, "Networks": None})
        region.register(a_job(a_group(task), ID=job_id, Priority=priority))
    finish(region.cluster.nodes.join(node))
    region.clock.advance(0)
    assert len(region.allocations("high")) == 1
    assert region.allocations("low") == []
    assert region.statuses("high") == ["complete", "complete"]
    assert region.allocations("high")[0]["EvalID"] == region.evaluations("high")[1]["ID"]
    assert region.summary("high")["Summary"]["g"] == counters(Starting=1)
    assert region.statuses("low") == ["complete", "blocked"]
    region.cluster.deregister("high")
    region.clock.advance(SECOND)
    assert len(region.allocations("low")) == 1


def test_a_node_that_is_down_takes_nothing() -> None:
    """A node that joins as down takes no work."""
    region = Region(nodes=0)
    region.register(a_job())
    (node,) = simulated_nodes(1, ids=RandomSource(5))
    finish(region.cluster.nodes.join({**node, "Status": "down"}))
    region.clock.advance(0)
    assert region.allocations() == []


def test_a_batch_job_ends_dead() -> None:
    """A batch job is dead when its task completes, and does not run again when registered unchanged."""
    region = Region()
    job = mock_job("batch", config={"command": "/bin/true"})
    region.register(job)
    region.clock.advance(SECOND)
    assert region.job()["Status"] == "dead"
    assert region.summary()["Summary"]["g"] == counters(Complete=1)
    region.register(job)
    region.clock.advance(SECOND)
    assert [each["ClientStatus"] for each in region.allocations()] == ["complete"]
    assert region.job()["Status"] == "dead"


def test_a_failed_allocation_is_replaced_by_a_new_evaluation() -> None:
    """A failed allocation is replaced by a new evaluation, not by itself."""
    region = Region()
    policy = {"Attempts": 0, "Delay": 0, "Interval": 0, "Mode": "fail"}
    region.register(mock_job(config={"command": "/bin/false"}, group={"RestartPolicy": policy}))
    region.clock.advance(60 * SECOND)
    assert [each["ClientStatus"] for each in region.allocations()] == ["failed"]
    before = region.job()["ModifyIndex"]
    assert region.cluster.evaluate("j").job_index == before
    region.clock.advance(0)
    old, new = region.allocations()
    assert (new["Name"], new["PreviousAllocation"]) == (old["Name"], old["ID"])


def test_an_unchanged_job_is_updated_in_place() -> None:
    """The allocation stays, points to the new evaluation, and belongs to the new version of the job."""
    region = Region()
    region.register(a_job())
    region.clock.advance(SECOND)
    region.register(a_job())
    region.clock.advance(SECOND)
    (allocation,) = region.allocations()
    assert allocation["EvalID"] == region.evaluations()[1]["ID"]
    assert allocation["Job"]["JobModifyIndex"] == region.job()["JobModifyIndex"]
    assert allocation["ClientStatus"] == "running"


def test_a_rolling_update_replaces_one_at_a_time() -> None:
    """MaxParallel allocations are replaced, then the next evaluation waits for Stagger."""
    region = Region()
    region.register(mock_job(group={"Count": 2}))
    region.clock.advance(SECOND)
    update = {"MaxParallel": 1, "Stagger": 30 * SECOND}
    region.register(mock_job(group={"Count": 2}, config={"command": "/bin/other"}, Update=update))
    assert len(region.allocations()) == 3
    _, first, follow_up = region.evaluations()
    assert (first["NextEval"], follow_up["PreviousEval"]) == (follow_up["ID"], first["ID"])
    assert (follow_up["Status"], follow_up["TriggeredBy"], follow_up["Wait"]) == (
        "pending",
        "rolling-update",
        30 * SECOND,
    )
    region.clock.advance(29 * SECOND)
    assert len(region.allocations()) == 3
    region.clock.advance(2 * SECOND)
    assert len(region.allocations()) == 4
    assert region.evaluations()[2]["NextEval"] == ""
    stopped = [each["DesiredDescription"] for each in region.allocations() if each["DesiredStatus"] == "stop"]
    assert stopped == ["alloc is being updated due to job update"] * 2


def test_deregistering_stops_the_allocations() -> None:
    """The job is gone at once; its allocations are stopped by an evaluation of type service, priority 50."""
    region = Region()
    region.register(a_job(Priority=80, Type="system"))
    region.clock.advance(SECOND)
    region.cluster.deregister("J")
    region.clock.advance(SECOND)
    assert region.state.job("j") is None
    (allocation,) = region.allocations()
    assert (allocation["DesiredStatus"], allocation["ClientStatus"]) == ("stop", "complete")
    assert allocation["DesiredDescription"] == "alloc not needed due to job update"
    last = region.evaluations()[-1]
    assert (last["TriggeredBy"], last["Type"], last["Priority"]) == ("job-deregister", "service", 50)
    assert last["QueuedAllocations"] == {}


def test_deregistering_nothing_makes_an_evaluation_too() -> None:
    """Deregistering an unknown job creates an evaluation; only an empty ID is refused."""
    region = Region()
    written = region.cluster.deregister("never")
    assert (written.job_index, written.evaluation_index) == (6, 7)
    with pytest.raises(Refused, match="missing job ID for evaluation"):
        region.cluster.deregister("")


def test_a_job_of_an_unknown_type_waits_for_ever() -> None:
    """The evaluation of a job with an unknown type stays pending, for no scheduler takes it."""
    region = Region()
    region.register(a_job(Type="foo"))
    region.clock.advance(3600 * SECOND)
    assert region.statuses() == ["pending"]


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ({"Periodic": YEARLY}, "can't evaluate periodic job"),
        ({"ParameterizedJob": PARAMETERIZED}, "can't evaluate parameterized job"),
    ],
)
def test_parents_cannot_be_evaluated(known: dict[str, Any], text: str) -> None:
    """Periodic and parameterized jobs get no evaluation, neither at registration nor on request."""
    region = Region()
    written = region.register(a_job(Type="batch", **known))
    assert (written.evaluation_id, written.evaluation_index) == ("", 0)
    with pytest.raises(Refused, match=text):
        region.cluster.evaluate("j")
    assert region.cluster.deregister("j").evaluation_id == ""


def test_what_is_unknown_cannot_be_evaluated() -> None:
    """An unknown job and an empty ID are refused with their own texts."""
    region = Region()
    with pytest.raises(Refused, match="job not found"):
        region.cluster.evaluate("j")
    with pytest.raises(Refused, match="missing job ID for evaluation"):
        region.cluster.evaluate("")


def test_a_dispatched_child_runs_under_its_parent() -> None:
    """The child's ID carries time and a random suffix; the parent's summary counts it."""
    region = Region()
    region.register(mock_job("batch", config={"command": "sleep", "args": ["5"]}, ParameterizedJob=PARAMETERIZED))
    written = region.cluster.dispatch("j", b"hi", {"k": "v"})
    assert written.job_id.startswith("j/dispatch-1483228799-")
    assert region.children() == {"Dead": 0, "Pending": 1, "Running": 0}
    region.clock.advance(SECOND)
    assert region.children() == {"Dead": 0, "Pending": 0, "Running": 1}
    child = region.job(written.job_id)
    assert (child["ParentID"], child["Meta"], child["Payload"]) == ("j", {"k": "v"}, "aGk=")
    region.clock.advance(10 * SECOND)
    assert region.children() == {"Dead": 1, "Pending": 0, "Running": 0}


def test_periodic_jobs_launch_at_their_times() -> None:
    """A launch makes a child named after its time, with an evaluation of its own trigger."""
    region = Region()
    region.register(mock_job("batch", config={"command": "/bin/true"}, Periodic=YEARLY))
    region.clock.advance(2 * SECOND)
    child = region.job("j/periodic-1483228800")
    assert (child["ParentID"], child["Periodic"], child["Name"]) == ("j", None, "j/periodic-1483228800")
    assert region.evaluations("j/")[0]["TriggeredBy"] == "periodic-job"
    region.clock.advance(365 * 24 * 3600 * SECOND)
    assert [job["ID"] for job in region.state.jobs("j/")] == ["j/periodic-1514764800"]
    region.cluster.deregister("j")
    region.clock.advance(800 * 24 * 3600 * SECOND)
    assert list(region.state.jobs("j/")) == []


def test_overlap_can_be_prohibited_but_not_for_a_forced_launch() -> None:
    """While a child runs, no other is launched by the clock; force launches all the same."""
    region = Region()
    region.register(mock_job("batch", config={"command": "sleep", "args": ["90"]}, Periodic=EVERY_MINUTE))
    region.clock.advance(62 * SECOND)
    assert [job["ID"] for job in region.state.jobs("j/")] == ["j/periodic-1483228800"]
    written = region.cluster.force("J")
    assert written.job_id == "j/periodic-1483228861"
    assert region.cluster.force("j").job_id == written.job_id
    region.clock.advance(180 * SECOND)
    assert len(list(region.state.jobs("j/"))) == 3


@pytest.mark.parametrize(
    ("job", "text"),
    [
        (None, "job not found"),
        (a_job(), "can't force launch non-periodic job"),
        (
            a_job(Type="batch", Periodic={**YEARLY, "Enabled": False}),
            'force launch for job "j" failed: can\'t force run non-tracked job j',
        ),
        (
            a_job(ID="j\t", Type="batch", Periodic={**YEARLY, "Enabled": False}),
            'force launch for job "j\\t" failed: can\'t force run non-tracked job j\t',
        ),
    ],
)
def test_what_cannot_be_forced_says_why(job: Job | None, text: str) -> None:
    """Forcing an unknown job, one that is not periodic, or a disabled one is refused (recordings periodic-force-*)."""
    region = Region()
    if job is not None:
        region.register(job)
    with pytest.raises(Refused) as refused:
        region.cluster.force("j" if job is None else job["ID"])
    assert refused.value.text == text


def test_a_job_made_ordinary_launches_no_more() -> None:
    """A registration without Periodic ends the launches."""
    region = Region()
    region.register(mock_job("batch", Periodic=EVERY_MINUTE))
    region.register(mock_job("batch", group={"Count": 0}))
    region.clock.advance(300 * SECOND)
    assert list(region.state.jobs("j/")) == []


def test_garbage_is_collected_in_its_time() -> None:
    """Evaluations are collected after an hour, a finished batch job after four; a running job's allocation stays."""
    region = Region()
    region.register(mock_job("batch", config={"command": "/bin/true"}, ID="once"))
    region.register(a_job(a_group(Count=0), ID="idle"))
    region.register(a_job(ID="runs"))
    region.clock.advance(50 * 60 * SECOND)
    assert all(region.evaluations(job_id) for job_id in ("once", "idle", "runs"))
    region.clock.advance(20 * 60 * SECOND)
    assert region.evaluations("idle") == []
    assert region.job("idle")["Status"] == "dead"
    assert len(region.evaluations("runs")) == len(region.evaluations("once")) == 1
    region.clock.advance(4 * 3600 * SECOND)
    assert region.state.job("once") is None
    assert region.allocations("once") == []
    assert len(region.allocations("runs")) == 1


def test_garbage_collection_remembers_three_days() -> None:
    """Of the times and indexes that tell how old something is, those of the last 72 hours are kept."""
    region = Region()
    region.register(a_job())
    region.clock.advance(100 * 3600 * SECOND)
    witnessed = [each["time"] for each in region.cluster.saved()["garbage"]["witnessed"]]
    newest = START + 100 * 3600 * SECOND
    assert witnessed == list(range(newest - 72 * 3600 * SECOND + 300 * SECOND, newest + 1, 300 * SECOND))


def test_garbage_collection_can_be_forced() -> None:
    """Dead batch jobs and evaluations of dead jobs are collected; dead service jobs stay."""
    region = Region()
    region.register(mock_job("batch", config={"command": "/bin/true"}, ID="once"))
    region.register(mock_job("batch", config={"command": "sleep", "args": ["1h"]}, ID="busy"))
    region.register(a_job(a_group(Count=0), ID="idle"))
    region.clock.advance(SECOND)
    finish(region.cluster.collect_garbage())
    assert region.state.job("once") is None
    assert region.evaluations("idle") == []
    assert region.job("idle")["Status"] == "dead"
    assert region.job("busy")["Status"] == "running"


def test_a_plan_leaves_no_trace() -> None:
    """Planning a new or an existing job changes neither indexes nor tables."""
    region = Region(nodes=0)
    before = region.state.index
    plan = finish(region.cluster.plan(a_job()))
    assert (plan["Diff"], plan["Index"], plan["JobModifyIndex"]) == (None, 0, 0)
    assert (region.state.index, region.state.job("j"), region.evaluations()) == (before, None, [])
    assert [each["Status"] for each in plan["CreatedEvals"]] == ["blocked"]
    region.register(a_job())
    before = region.state.index
    plan = finish(region.cluster.plan(a_job(a_group(Count=3))))
    assert (plan["Diff"], plan["Index"]) == (None, region.job()["JobModifyIndex"])
    assert plan["CreatedEvals"][0]["JobModifyIndex"] == region.job()["JobModifyIndex"] + 1
    assert plan["Annotations"]["DesiredTGUpdates"]["g"]["Place"] == 3
    assert region.state.index == before


def test_a_plan_says_what_would_become_of_allocations() -> None:
    """Annotations tell a replacement from an update in place."""
    region = Region()
    region.register(a_job(a_group(Count=2)))
    region.clock.advance(SECOND)
    changed = finish(region.cluster.plan(a_job(a_group(a_task(User="nobody"), Count=2))))
    same = finish(region.cluster.plan(a_job(a_group(Count=2))))
    assert changed["Annotations"]["DesiredTGUpdates"]["g"]["DestructiveUpdate"] == 2
    assert same["Annotations"]["DesiredTGUpdates"]["g"]["InPlaceUpdate"] == 2
    assert same["CreatedEvals"] is None
    assert same["FailedTGAllocs"] is None


@pytest.mark.parametrize(
    ("periodic", "launch"),
    [
        (None, "0001-01-01T00:00:00Z"),
        (YEARLY, "2017-01-01T00:00:00Z"),
        ({**YEARLY, "Enabled": False}, "0001-01-01T00:00:00Z"),
        ({**YEARLY, "Spec": "0 0 30 2 *"}, "0001-01-01T00:00:00Z"),
    ],
)
def test_a_plan_names_the_next_launch(periodic: dict[str, Any] | None, launch: str) -> None:
    """A plan has the next launch of an enabled periodic job, and Go's zero time for others."""
    assert finish(Region().cluster.plan(a_job(Type="batch", Periodic=periodic)))["NextPeriodicLaunch"] == launch


@pytest.mark.parametrize("second", [253_402_300_800, 9_223_371_974_719_179_007])
def test_a_launch_after_the_year_9999_cannot_be_written(second: int) -> None:
    """A plan is refused in the words of Go's encoder; registered, such a job waits without end."""
    region = Region()
    periodic = {"Enabled": True, "ProhibitOverlap": False, "Spec": str(second), "SpecType": "_internal_test"}
    job = a_job(Type="batch", Periodic=periodic)
    with pytest.raises(Refused, match=r"Time.MarshalJSON: year outside of range \[0,9999\]"):
        finish(region.cluster.plan(job))
    region.cluster.register(job)
    assert region.cluster.saved()["periodic"] == [{"job": region.cluster.state.job("j"), "launch": None}]
