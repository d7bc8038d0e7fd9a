"""A summary always equals what the allocations say."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.cluster import summaries
from mockserver.cluster.state import State
from mockserver.slices import finish
from tests.builders import a_job, an_allocation

STATUSES = ["pending", "running", "complete", "failed", "lost"]


def test_what_belongs_to_another_instance_or_group_is_not_counted() -> None:
    """An allocation of another job instance, or of a group unknown to the summary, is not counted."""
    job = a_job(CreateIndex=5)
    summary = summaries.for_job(None, job, 5)
    assert summary is not None
    other_instance = an_allocation({**job, "CreateIndex": 4})
    other_group = an_allocation(job, TaskGroup="x")
    count = summaries.Count(summary)
    assert not count.add(other_instance, None)
    assert not count.add(other_group, None)
    assert count.summary(6) is None


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(STATUSES[1:])), max_size=30))
def test_counters_equal_the_allocations(changes: list[tuple[int, str]]) -> None:
    """Whatever nodes report in whatever order, the counters that can fall equal a fresh count."""
    state = State()
    state.upsert_job(a_job())
    job = state.job("j")
    finish(state.upsert_allocations([an_allocation(job, ID=str(number)) for number in range(5)], 0))
    ended = {"complete": 0, "failed": 0}
    for number, status in changes:
        before = state.allocation(str(number))
        assert before is not None
        if status in ended and before["ClientStatus"] != status:
            ended[status] += 1
        update: Any = {"ID": str(number), "ClientStatus": status, "ClientDescription": "", "TaskStates": {}}
        finish(state.update_from_client([update]))
    summary = state.summary("j")
    assert summary is not None
    counters = summary["Summary"]["g"]
    counted = summaries.counted(state.allocations())["g"]
    assert {name: counters[name] for name in ("Starting", "Running", "Lost")} == {
        name: counted[name] for name in ("Starting", "Running", "Lost")
    }
    assert (counters["Complete"], counters["Failed"]) == (ended["complete"], ended["failed"])
