"""Summaries that are counted again."""

from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from tests.builders import a_group, a_job
from tests.cluster.test_cluster import PARAMETERIZED, YEARLY, Region
from tests.loose_types import Job


def counted(region: Region, job_id: str) -> tuple[int, int]:
    """Count all summaries again, and return what is queued and running of the job's only group."""
    finish(region.cluster.reconcile_summaries())
    (group,) = region.summary(job_id)["Summary"].values()
    return group["Queued"], group["Running"]


def with_count(count: int, **fields: object) -> Job:
    """Return a job of one group."""
    return a_job(TaskGroups=[a_group(Count=count)], **fields)


def test_what_has_no_room_is_queued() -> None:
    """Allocations without room are still queued after summaries were counted again."""
    region = Region(nodes=0)
    region.register(with_count(3, ID="j"))
    assert counted(region, "j") == (3, 0)


def test_what_runs_is_not_queued() -> None:
    """An allocation that runs is counted as running alone."""
    region = Region()
    region.register(with_count(2, ID="j"))
    region.clock.advance(SECOND)
    assert counted(region, "j") == (0, 2)


def test_a_parent_has_queued_what_a_scheduler_would_place() -> None:
    """The dry run takes a parent for a job that is to be placed (observed)."""
    region = Region()
    region.register(with_count(2, ID="per", Type="batch", Periodic=YEARLY))
    region.register(with_count(1, ID="par", Type="batch", ParameterizedJob=PARAMETERIZED))
    assert counted(region, "per") == (2, 0)
    assert counted(region, "par") == (1, 0)


def test_the_first_job_that_no_scheduler_knows_ends_it() -> None:
    """Of that job and of those after it nothing is queued, of those before it everything."""
    region = Region(nodes=0)
    for job_id, kind in (("a", "service"), ("b", "unknown"), ("c", "service")):
        region.register(with_count(1, ID=job_id, Type=kind))
    assert [counted(region, job_id)[0] for job_id in "abc"] == [1, 0, 0]
