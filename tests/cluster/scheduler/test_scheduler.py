"""Which scheduler an evaluation goes to, and which ones none takes."""

from time import perf_counter

import pytest

from mockserver.cluster.scheduler import SCHEDULERS, knows
from mockserver.errors import Refused
from tests.builders import a_group, a_job
from tests.cluster.scheduler.world import World, a_task_with

GENERIC = ("job-register", "job-deregister", "node-update", "rolling-update", "periodic-job", "max-plan-attempts")
SYSTEM = ("job-register", "job-deregister", "node-update", "rolling-update")


def test_there_are_three_schedulers() -> None:
    """Named as the job types; others are not known."""
    assert set(SCHEDULERS) == {"service", "batch", "system"}
    assert knows("batch")
    assert not knows("Batch")


def test_an_unknown_type_is_refused() -> None:
    """A plan of such a job answers with this text."""
    with pytest.raises(Refused, match="unknown scheduler 'foo'"):
        World().run(a_job(Type="foo"))


@pytest.mark.parametrize("job_type", ["service", "batch", "system"])
@pytest.mark.parametrize("reason", [*GENERIC, "scheduled", "preemption"])
def test_an_unknown_reason_fails_the_evaluation(job_type: str, reason: str) -> None:
    """Each scheduler knows its own reasons; for others nothing is decided."""
    outcome = World().run(a_job(Type=job_type), TriggeredBy=reason)
    if reason in (SYSTEM if job_type == "system" else GENERIC):
        assert (outcome.status, outcome.description) == ("complete", "")
        assert not outcome.is_noop
    else:
        text = f"scheduler cannot handle '{reason}' evaluation reason"
        assert (outcome.status, outcome.description) == ("failed", text)
        assert outcome.is_noop


def test_placing_among_a_hundred_is_quick() -> None:
    """One more allocation on a node with 100 takes less than a millisecond; the best of several tries counts."""
    world = World()
    world.run(a_job(a_group(a_task_with(CPU=20), Count=100), ID="many"))
    assert len(world.allocations) == 100
    job = a_job()
    world.register(job)
    durations = []
    for _ in range(20):
        start = perf_counter()
        outcome = world.decide(job)
        durations.append(perf_counter() - start)
    assert len(outcome.placements) == 1
    assert min(durations) < 0.001
