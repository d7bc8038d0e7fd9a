"""Which scheduler processes an evaluation, and which evaluations none processes."""

import sys
from types import FrameType

import pytest

from mockserver.cluster.scheduler import SCHEDULERS, knows
from mockserver.errors import Refused
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
    """Count the function calls that placing one allocation takes on a node with ``others``."""
    world = World()
    world.run(a_job(a_group(a_task_with(CPU=20), Count=others), ID="many"))
    assert len(world.allocations) == others
    job = a_job()
    world.register(job)
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        outcome = world.decide(job)
    finally:
        sys.setprofile(None)
    assert len(outcome.placements) == 1
    return calls


def test_placing_among_a_hundred_is_quick() -> None:
    """Each allocation that a node has already costs the next placement a few function calls."""
    assert _calls_of_a_placement(100) - _calls_of_a_placement(1) < 99 * 10
