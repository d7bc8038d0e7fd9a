"""The allocations that a job should have, compared with those it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.cluster.scheduler.reconcile import (
    Tainted,
    is_terminal,
    ran_successfully,
    reconcile,
    required_slots,
    split,
)
from mockserver.slices import finish
from tests.builders import a_group, a_job, an_allocation
from tests.cluster.scheduler.world import FAILURE, SUCCESS
from tests.loose_types import Allocation, Job

NONE_TAINTED = Tainted(frozenset(), frozenset())


def test_slots_are_named_by_job_name_group_and_index() -> None:
    """Slots are named after the job's Name, not its ID; a job that is gone has none."""
    job = a_job(a_group(Count=2), a_group(Name="h", Count=0), ID="id", Name="name")
    assert list(required_slots(job)) == ["name.g[0]", "name.g[1]"]
    assert required_slots(None) == {}


@pytest.mark.parametrize(
    ("states", "successful"),
    [
        ({"t": SUCCESS}, True),
        ({"t": SUCCESS, "u": FAILURE}, False),
        ({"t": FAILURE}, False),
        ({}, False),
        (None, False),
        ({"t": {"State": "running", "Events": [{"Type": "Terminated", "ExitCode": 0}]}}, False),
        ({"t": {"State": "dead", "Events": [{"Type": "Killed", "ExitCode": 0}]}}, False),
        ({"t": {"State": "dead", "Events": None}}, False),
    ],
)
def test_success_is_every_task_ended_with_exit_code_0(states: dict[str, object] | None, successful: bool) -> None:
    """The last event of each task decides."""
    assert ran_successfully(an_allocation(TaskStates=states)) is successful


ENDS = [
    # desired, client, task states, terminal, holds a service's slot, holds a batch job's slot
    ("run", "pending", None, False, True, True),
    ("run", "running", None, False, True, True),
    ("run", "complete", SUCCESS, True, False, True),
    ("run", "failed", FAILURE, True, False, False),
    ("run", "lost", None, True, False, True),
    ("stop", "running", None, True, False, False),
    ("stop", "complete", SUCCESS, True, False, True),
    ("evict", "complete", FAILURE, True, False, False),
]


@pytest.mark.parametrize(("desired", "client", "state", "terminal", "service", "batch"), ENDS)
def test_who_still_holds_a_slot(
    desired: str, client: str, state: dict[str, object] | None, terminal: bool, service: bool, batch: bool
) -> None:
    """A service's slot is held by a living allocation, a batch job's also by one that succeeded."""
    allocation = an_allocation(DesiredStatus=desired, ClientStatus=client, TaskStates={"t": state} if state else None)
    assert is_terminal(allocation) is terminal
    for is_batch, holds in ((False, service), (True, batch)):
        holding, ended = split([allocation], batch=is_batch)
        assert (bool(holding), list(ended.values())) == (holds, [] if holds else [allocation])


def test_the_newest_of_a_name_is_remembered() -> None:
    """The newest ended allocation is the predecessor; of a batch job's holders only the newest counts."""
    old, new = an_allocation(ID="old", CreateIndex=1), an_allocation(ID="new", CreateIndex=2)
    for order in ([old, new], [new, old]):
        assert split(order, batch=True)[0] == [new]
        ended = [allocation | {"ClientStatus": "failed"} for allocation in order]
        assert split(ended, batch=False)[1]["j.g[0]"]["ID"] == "new"


@pytest.mark.parametrize(
    ("taint", "job_type", "fate"),
    [
        (NONE_TAINTED, "service", "ignore"),
        (Tainted(frozenset({"n1"}), frozenset()), "service", "lost"),
        (Tainted(frozenset(), frozenset({"n1"})), "service", "migrate"),
        (Tainted(frozenset({"n1"}), frozenset()), "batch", "ignore"),
    ],
)
def test_the_node_decides_first(taint: Tainted, job_type: str, fate: str) -> None:
    """An allocation on a tainted node is lost or moved, unless it is batch work that succeeded."""
    job = a_job(Type=job_type)
    changes = finish(reconcile(job, [an_allocation(job, TaskStates={"t": SUCCESS})], {}, taint))
    assert [slot.name for slot in getattr(changes, fate)] == ["j.g[0]"]


job_counts = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 4), max_size=4)


def with_counts(counts: dict[str, int], index: int) -> Job:
    """Return a job with these groups."""
    return {**a_job(JobModifyIndex=index), "TaskGroups": [a_group(Name=name, Count=n) for name, n in counts.items()]}


@given(before=job_counts, after=job_counts, same_version=st.booleans())
def test_every_slot_and_every_allocation_has_exactly_one_fate(
    before: dict[str, int], after: dict[str, int], same_version: bool
) -> None:
    """Each required slot is held, updated or placed, and each allocation that is not required stops."""
    old, new = with_counts(before, 1), with_counts(after, 1 if same_version else 2)
    holding: list[Allocation] = (
        [an_allocation(old, ID=name, Name=name) for name in required_slots(old)] if before else []
    )
    changes = finish(reconcile(new, holding, {}, NONE_TAINTED))
    kept = changes.ignore if same_version else changes.update
    assert {slot.name for slot in (*changes.place, *kept)} == set(required_slots(new))
    assert {slot.name for slot in kept} | {a["Name"] for a in changes.stop} == {a["Name"] for a in holding}
    assert not {slot.name for slot in changes.place} & {a["Name"] for a in holding}
    assert not changes.lost
    assert not changes.migrate
