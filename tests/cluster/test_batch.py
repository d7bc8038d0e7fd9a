"""Allocations that one log entry changes."""

from mockserver.cluster import summaries
from mockserver.cluster.batch import Batch, items_of
from tests.builders import a_group, a_job, an_allocation

JOB = a_job(a_group(Name="g"), ID="J")
SUMMARY = summaries.for_job(None, JOB, JOB["CreateIndex"])


def test_new_allocations_are_filed_and_counted() -> None:
    """All new allocations are counted in one version of the summary, at the index of the entry."""
    batch = Batch(9)
    for number in range(3):
        batch.add(an_allocation(JOB, ID=str(number)), None, SUMMARY)
    assert list(batch.filed.by_id) == ["0", "1", "2"]
    assert list(batch.job_ids) == ["J"]
    ((key, summary),) = batch.counted()
    assert (key, summary["ModifyIndex"], summary["Summary"]["g"]["Starting"]) == ("j", 9, 3)
    assert ("summary", "J") in batch.changed


def test_one_allocation_may_change_twice() -> None:
    """The last version is filed, and both changes are counted."""
    batch = Batch(9)
    pending = an_allocation(JOB, ID="1")
    running = an_allocation(JOB, ID="1", ClientStatus="running")
    batch.add(pending, None, SUMMARY)
    batch.add(running, pending, SUMMARY)
    assert batch.filed.by_id == {"1": running}
    ((_, summary),) = batch.counted()
    assert (summary["Summary"]["g"]["Starting"], summary["Summary"]["g"]["Running"]) == (0, 1)


def test_what_moves_no_counter_changes_no_summary() -> None:
    """A report of the same status, and one on a job without a summary, change no summary."""
    batch = Batch(9)
    allocation = an_allocation(JOB, ID="1")
    batch.add(allocation, allocation, SUMMARY)
    batch.add(an_allocation(JOB, ID="2"), None, None)
    assert list(batch.counted()) == []
    assert list(batch.changed) == [*items_of(allocation), ("allocation", "2")]
