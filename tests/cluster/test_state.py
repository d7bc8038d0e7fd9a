"""Tables, indexes, job status, and which queries are woken."""

import functools
from typing import Any

import pytest

from mockserver.cluster.state import State
from mockserver.cluster.watchers import Item
from mockserver.slices import finish
from tests.builders import a_group, a_job, a_node, an_allocation, an_evaluation

NOW = 1_500_000_000_000_000_000


def woken_by(state: State, *items: Item) -> list[Item]:
    """Subscribe to items; the returned list grows as they change."""
    woken: list[Item] = []
    for item in items:
        state.watchers.subscribe(item, functools.partial(woken.append, item))
    return woken


def place(state: State, **known: object) -> int:
    """Place an allocation of the stored job."""
    job = state.job(str(known.get("JobID", "j")))
    return finish(state.upsert_allocations([an_allocation(job, **known)], NOW))


def report(state: State, status: str, allocation_id: str = "a1") -> int:
    """Let the node report a client status."""
    update: Any = {"ID": allocation_id, "ClientStatus": status, "ClientDescription": "", "TaskStates": {}}
    return finish(state.update_from_client([update]))


def test_a_fresh_state_has_the_indexes_of_a_fresh_agent() -> None:
    """The first write is index 4; before it only the summary table has an index (behaviour.md 2.4)."""
    state = State()
    assert [state.table_index(table) for table in ("jobs", "evals", "allocs", "job_summary")] == [0, 0, 0, 3]
    assert state.latest_index == 3
    assert state.upsert_job(a_job()) == 4


def test_a_new_job_gets_its_three_indexes_and_pending() -> None:
    """CreateIndex, ModifyIndex and JobModifyIndex of a new job are the index of its registration."""
    state = State()
    state.upsert_job(a_job(Status="running", CreateIndex=99))
    job = state.job("j")
    assert job is not None
    assert (job["CreateIndex"], job["ModifyIndex"], job["JobModifyIndex"], job["Status"]) == (4, 4, 4, "pending")


def test_an_update_keeps_the_create_index_and_the_counters() -> None:
    """A second registration moves the other two indexes, and the summary gains the new group only."""
    state = State()
    state.upsert_job(a_job())
    place(state)
    state.upsert_job(a_job(a_group(Name="h")))
    job, summary = state.job("j"), state.summary("j")
    assert job is not None
    assert summary is not None
    assert (job["CreateIndex"], job["ModifyIndex"], job["JobModifyIndex"]) == (4, 6, 6)
    assert summary["Summary"]["g"]["Starting"] == 1
    assert summary["Summary"]["h"] == dict.fromkeys(("Complete", "Failed", "Lost", "Queued", "Running", "Starting"), 0)
    assert (summary["CreateIndex"], summary["ModifyIndex"]) == (4, 6)


def test_job_ids_are_case_insensitive() -> None:
    """A job is found in any case, and another spelling updates it; its summary keeps the first."""
    state = State()
    state.upsert_job(a_job(ID="CaseJob"))
    state.upsert_job(a_job(ID="casejob"))
    job, summary = state.job("CASEJOB"), state.summary("caseJob")
    assert job is not None
    assert summary is not None
    assert (job["ID"], job["CreateIndex"], summary["JobID"]) == ("casejob", 4, "CaseJob")


def test_deleting_removes_job_and_summary_at_once() -> None:
    """A deletion removes job and summary; deleting an unknown job takes an index and changes no table."""
    state = State()
    state.upsert_job(a_job())
    assert state.delete_job("J") == 5
    assert (state.job("j"), state.summary("j")) == (None, None)
    assert (state.table_index("jobs"), state.table_index("job_summary")) == (5, 5)
    assert state.delete_job("j") == 6
    assert state.latest_index == 5


def test_status_follows_allocations_and_evaluations() -> None:
    """A live allocation means running, an open evaluation pending, and neither dead (behaviour.md 6.6)."""
    state = State()
    seen = []

    def look() -> None:
        job = state.job("j")
        assert job is not None
        seen.append((job["Status"], job["ModifyIndex"]))

    state.upsert_job(a_job())
    look()
    state.upsert_evaluation(an_evaluation())
    place(state)
    look()
    state.upsert_evaluation(an_evaluation(Status="complete", QueuedAllocations={"g": 0}))
    report(state, "running")
    look()
    report(state, "complete")
    look()
    assert seen == [("pending", 4), ("running", 6), ("running", 6), ("dead", 9)]


def test_empty_lists_go_when_the_status_changes() -> None:
    """A new job loses its empty lists at once, an updated one when its status changes."""
    state = State()
    seen = []

    def look() -> None:
        job = state.job("j")
        assert job is not None
        seen.append((job["Constraints"], job["TaskGroups"][0]["Constraints"]))

    state.upsert_job(a_job(a_group(Constraints=[]), Constraints=[]))
    look()
    state.upsert_job(a_job(a_group(Constraints=[]), Constraints=[]))
    look()
    state.upsert_evaluation(an_evaluation(Status="complete"))
    look()
    assert seen == [(None, None), ([], []), (None, None)]


def test_another_jobs_open_evaluation_makes_a_prefix_pending() -> None:
    """``pfx`` is pending while ``pfx2`` has a blocked evaluation, as on a real agent."""
    state = State()
    state.upsert_evaluation(an_evaluation(JobID="pfx2", Status="blocked"))
    state.upsert_job(a_job(ID="pfx"))
    state.upsert_evaluation(an_evaluation(ID="e2", JobID="pfx", Status="complete"))
    job = state.job("pfx")
    assert job is not None
    assert job["Status"] == "pending"


def test_a_recreated_job_starts_dead() -> None:
    """A job that is registered again after its evaluations ended is dead at first."""
    state = State()
    state.upsert_job(a_job())
    state.upsert_evaluation(an_evaluation(Status="complete"))
    state.delete_job("j")
    state.upsert_job(a_job())
    job = state.job("j")
    assert job is not None
    assert job["Status"] == "dead"


@pytest.mark.parametrize("parent", ["Periodic", "ParameterizedJob"])
def test_a_parent_runs_from_the_start(parent: str) -> None:
    """Periodic and parameterized jobs are running as soon as they are registered."""
    state = State()
    state.upsert_job(a_job(**{parent: {}}))
    job = state.job("j")
    assert job is not None
    assert job["Status"] == "running"


def test_a_parents_summary_counts_its_children() -> None:
    """Children move through the parent's counters, and a deleted child stays counted as dead."""
    state = State()
    state.upsert_job(a_job(ID="p", ParameterizedJob={}))
    children = []

    def look() -> None:
        summary = state.summary("p")
        assert summary is not None
        children.append(tuple((summary["Children"] or {}).values()))

    state.upsert_job(a_job(ID="p/c", ParentID="p"))
    look()
    place(state, JobID="p/c")
    look()
    state.delete_job("p/c")
    look()
    state.delete_job("p")
    state.upsert_job(a_job(ID="p/d", ParentID="p"))
    assert children == [(0, 1, 0), (0, 0, 1), (1, 0, 0)]


def test_a_completed_evaluation_cancels_blocked_ones() -> None:
    """An evaluation that completes with nothing failed cancels the job's blocked ones, whose text has its ID."""
    state = State()
    state.upsert_job(a_job())
    state.upsert_evaluation(an_evaluation(ID="b", Status="blocked"))
    state.upsert_evaluation(an_evaluation(ID="partly", Status="complete", FailedTGAllocs={"g": {}}))
    blocked = state.evaluation("b")
    assert blocked is not None
    assert blocked["Status"] == "blocked"
    state.upsert_evaluation(an_evaluation(ID="done", Status="complete"))
    blocked = state.evaluation("b")
    assert blocked is not None
    assert (blocked["Status"], blocked["StatusDescription"]) == ("canceled", 'evaluation "b" successful')
    assert (blocked["CreateIndex"], blocked["ModifyIndex"]) == (5, 7)


def test_queued_counts_change_the_summary_without_waking_anyone() -> None:
    """A change of Queued alone moves the stored ModifyIndex but wakes no waiter (recorded)."""
    state = State()
    state.upsert_job(a_job())
    woken = woken_by(state, ("summary", "j"), ("evaluations", "j"))
    state.upsert_evaluation(
        an_evaluation(Status="complete", FailedTGAllocs={"g": {}}, QueuedAllocations={"g": 3, "x": 1})
    )
    summary = state.summary("j")
    assert summary is not None
    assert (summary["Summary"]["g"]["Queued"], summary["ModifyIndex"]) == (3, 5)
    assert "x" not in summary["Summary"]
    assert woken == [("evaluations", "j")]
    place(state)
    summary = state.summary("j")
    assert summary is not None
    assert (summary["Summary"]["g"]["Queued"], summary["Summary"]["g"]["Starting"]) == (2, 1)


def test_waiters_wake_by_what_they_read() -> None:
    """Each kind of change wakes the readers of that kind of exactly that job."""
    state = State()
    items = [(kind, job_id) for kind in ("job", "summary", "evaluations", "allocations") for job_id in ("j", "k")]
    woken = woken_by(state, *items)

    def since() -> list[Item]:
        seen, woken[:] = sorted(woken), []
        return seen

    state.upsert_job(a_job())
    assert since() == [("job", "j"), ("summary", "j")]
    state.upsert_job(a_job())
    assert since() == [("job", "j")]
    state.upsert_evaluation(an_evaluation())
    assert since() == [("evaluations", "j")]
    place(state)
    assert since() == [("allocations", "j"), ("job", "j"), ("summary", "j")]
    report(state, "running")
    assert since() == [("allocations", "j"), ("summary", "j")]
    report(state, "running")
    assert since() == [("allocations", "j")]
    state.delete_job("j")
    assert since() == [("job", "j"), ("summary", "j")]
    report(state, "complete")
    assert since() == [("allocations", "j")]


def test_evaluations_are_found_by_prefix() -> None:
    """Evaluations of every job with the prefix are found (behaviour.md 5.2)."""
    state = State()
    for evaluation_id, job_id, status in (
        ("3", "xyz", "complete"),
        ("2", "X", "pending"),
        ("1", "x", "pending"),
        ("4", "x", "blocked"),
        ("5", "y", "pending"),
        ("6", "x/dispatch-1", "complete"),
    ):
        state.upsert_evaluation(an_evaluation(ID=evaluation_id, JobID=job_id, Status=status))
    assert {each["ID"] for each in state.evaluations_of("x")} == {"1", "2", "3", "4", "6"}
    assert state.evaluations_of("nothing") == []
    assert len(list(state.evaluations())) == 6


def test_allocations_of_earlier_instances_are_kept_apart() -> None:
    """Without ``all`` only allocations of the present instance are listed; of a missing job, all."""
    state = State()
    state.upsert_job(a_job())
    place(state, ID="b")
    place(state, ID="a")
    assert [each["ID"] for each in state.allocations_of("J", all_instances=False)] == ["a", "b"]
    state.delete_job("j")
    assert len(state.allocations_of("j", all_instances=False)) == 2
    state.upsert_job(a_job())
    assert state.allocations_of("j", all_instances=False) == []
    assert len(state.allocations_of("j", all_instances=True)) == 2


def test_an_earlier_instances_allocation_leaves_the_new_summary_alone() -> None:
    """Changes of an allocation of a deleted instance are not counted in the new summary."""
    state = State()
    state.upsert_job(a_job())
    place(state)
    state.delete_job("j")
    state.upsert_job(a_job())
    report(state, "complete")
    summary = state.summary("j")
    assert summary is not None
    assert not any(summary["Summary"]["g"].values())


def test_a_plan_keeps_what_the_node_said() -> None:
    """The scheduler does not overwrite the client's status, except when it declares an allocation lost."""
    state = State()
    state.upsert_job(a_job())
    place(state)
    report(state, "running")
    stopped: Any = {**an_allocation(state.job("j")), "DesiredStatus": "stop"}
    finish(state.upsert_allocations([stopped], NOW + 1))
    allocation = state.allocation("a1")
    assert allocation is not None
    assert (allocation["ClientStatus"], allocation["TaskStates"], allocation["CreateTime"]) == ("running", {}, 0)
    assert list(state.allocations_on("n1")) == []
    finish(state.upsert_allocations([stopped | {"ClientStatus": "lost"}], NOW))
    summary = state.summary("j")
    assert summary is not None
    assert (summary["Summary"]["g"]["Lost"], summary["Summary"]["g"]["Running"]) == (1, 0)


def test_garbage_collected_evaluations_leave_a_dead_job() -> None:
    """Deleted evaluations and allocations are gone from every table; a job left without any is dead."""
    state = State()
    state.upsert_job(a_job())
    state.upsert_evaluation(an_evaluation(Status="complete"))
    place(state)
    report(state, "complete")
    woken = woken_by(state, ("evaluations", "j"), ("allocations", "j"))
    index = state.delete_evaluations(["e1"], ["a1"])
    assert state.evaluations_of("j") == []
    assert list(state.allocations()) == []
    assert (state.table_index("evals"), state.table_index("allocs")) == (index, index)
    assert woken == [("evaluations", "j"), ("allocations", "j")]
    job = state.job("j")
    assert job is not None
    assert job["Status"] == "dead"


def test_nodes_keep_their_create_index() -> None:
    """The second version of a node keeps its CreateIndex."""
    state = State()
    state.upsert_node(a_node(Status="initializing"))
    state.upsert_node(a_node())
    node = state.node("n1")
    assert node is not None
    assert (node["CreateIndex"], node["ModifyIndex"], node["Status"]) == (4, 5, "ready")
    assert list(state.nodes()) == [node]


def test_a_report_on_a_forgotten_allocation_changes_nothing_else() -> None:
    """A report on an allocation that garbage collection forgot changes nothing."""
    state = State()
    assert report(state, "complete", "gone") == 4
    assert list(state.allocations()) == []


def test_stored_objects_never_change() -> None:
    """An object that was read stays as it was then."""
    state = State()
    state.upsert_job(a_job())
    before = state.job("j")
    place(state)
    assert before is not None
    assert before["Status"] == "pending"
    assert state.job("j") is not before
