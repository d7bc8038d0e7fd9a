"""Which allocations get the room when there is not enough for all: drawn on request, as a real agent draws them."""

import pytest

from tests.builders import a_group, a_job
from tests.cluster.scheduler.world import World, a_task_with, names
from tests.loose_types import Job

SEEDS = range(12)


def _placed(job: Job, seed: int, *, shuffled: bool) -> list[str]:
    world = World(seed=seed)
    world.shuffled = shuffled
    return names(world.run(job).placements)


def _too_much(job_type: str) -> Job:
    """Two groups of two allocations, three of which have room on a node."""
    groups = (a_group(a_task_with(MemoryMB=5_000), Name=name, Count=2) for name in "ab")
    return a_job(*groups, Type=job_type)


@pytest.mark.parametrize("job_type", ["service", "batch", "system"])
def test_each_group_is_first_under_some_seed(job_type: str) -> None:
    """The seed says which allocations are placed, and the same seed says the same."""
    job = _too_much(job_type)
    placed = [_placed(job, seed, shuffled=True) for seed in SEEDS]
    assert {"j.a[0]" in each and "j.a[1]" in each for each in placed} == {True, False}
    assert all(len(each) == len(placed[0]) for each in placed)
    assert placed == [_placed(job, seed, shuffled=True) for seed in SEEDS]


@pytest.mark.parametrize("job_type", ["service", "batch", "system"])
def test_without_it_groups_come_as_the_job_lists_them(job_type: str) -> None:
    """Whatever the seed, the first group is placed whole."""
    job = _too_much(job_type)
    first, *others = [_placed(job, seed, shuffled=False) for seed in SEEDS]
    assert first[:2] == ["j.a[0]", "j.a[1]"]
    assert all(each == first for each in others)


def test_a_group_may_get_its_last_allocation_only() -> None:
    """Within a group, too, any of the allocations may be the one that is placed."""
    job = a_job(a_group(a_task_with(MemoryMB=8_000), Count=3))
    assert len({*map(tuple, (_placed(job, seed, shuffled=True) for seed in SEEDS))}) > 1
