"""Which scheduler processes an evaluation, and which evaluations none processes."""

import sys
from types import FrameType

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler import SCHEDULERS, knows
from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from tests.builders import a_group, a_job
from tests.cluster.scheduler.world import World, a_task_with

GENERIC = ("job-register", "job-deregister", "node-update", "rolling-update", "periodic-job", "max-plan-attempts")
SYSTEM = ("job-register", "job-deregister", "node-update", "rolling-update")


def test_there_are_three_schedulers() -> None:
    """The three schedulers are named after the job types."""
    assert set(SCHEDULERS) == {"service", "batch", "system"}
    assert knows("batch")
    assert not knows("Batch")


def test_an_unknown_type_is_refused() -> None:
    """A plan of a job with an unknown type is refused with this text."""
    with pytest.raises(Refused, match="unknown scheduler 'foo'"):
        World().run(a_job(Type="foo"))


@pytest.mark.parametrize("job_type", ["service", "batch", "system"])
@pytest.mark.parametrize("reason", [*GENERIC, "scheduled", "preemption"])
def test_an_unknown_reason_fails_the_evaluation(job_type: str, reason: str) -> None:
    """A scheduler fails an evaluation whose trigger it does not know."""
    outcome = World().run(a_job(Type=job_type), TriggeredBy=reason)
    if reason in (SYSTEM if job_type == "system" else GENERIC):
        assert (outcome.status, outcome.description) == ("complete", "")
        assert not outcome.is_noop
    else:
        text = f"scheduler cannot handle '{reason}' evaluation reason"
        assert (outcome.status, outcome.description) == ("failed", text)
        assert outcome.is_noop


def _calls_of_a_placement(others: int) -> int:
    """Count the function calls that it takes to plan one allocation on a node with ``others``."""
    ids, clock = RandomSource(1), ManualClock()
    cluster = Cluster(region="global", clock=clock, ids=ids, nodes=simulated_nodes(1, ids=ids))
    cluster.register(a_job(a_group(a_task_with(CPU=20), Count=others), ID="many"))
    clock.advance(SECOND)
    assert len(cluster.state.allocations()) == others
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        planned = finish(cluster.plan(a_job()))
    finally:
        sys.setprofile(None)
    assert planned["FailedTGAllocs"] is None
    return calls


def test_a_placement_takes_no_longer_where_there_is_more() -> None:
    """The allocations that a node has already cost the next placement nothing."""
    assert abs(_calls_of_a_placement(100) - _calls_of_a_placement(1)) < 10
