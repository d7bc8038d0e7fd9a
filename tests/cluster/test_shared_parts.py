"""Jobs have equal tasks and groups in common."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.cluster import shared_parts
from mockserver.cluster.shared_parts import SharedParts
from mockserver.cluster.state import State
from mockserver.gostd.numbers import Float64
from mockserver.jobs import part_text
from tests.builders import a_group, a_job, a_task

VALUES = st.sampled_from([1, True, "1", None, [], [None], {}, {"a": Float64(1)}, {"a": "1.0"}, Float64(1), "\ud800"])


def exactly(value: Any) -> str:
    """Return a value as text that tells apart what Python takes for equal."""
    return json.dumps(value) + repr(value)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=6))
def test_a_job_is_what_it_was(values: list[tuple[Any, Any]]) -> None:
    """Whatever was stored before, a job comes back exactly as it is; so 1 is not taken for true or "1"."""
    parts = SharedParts()
    for config, meta in values:
        job = a_job(a_group(a_task(Config={"a": config}), Meta=meta))
        before = exactly(job)
        assert exactly(parts.of(job)) == before == exactly(job)


def test_equal_groups_and_tasks_are_kept_once() -> None:
    """Of two jobs with the same group the state keeps one group; where only a task is the same, one task."""
    state = State()
    for job_id, count in (("a", 1), ("b", 1), ("c", 2)):
        state.upsert_job(a_job(a_group(a_task(), Count=count, Constraints=[]), ID=job_id))
    first, second, third = (job["TaskGroups"][0] for job in state.jobs())
    assert first is second
    assert third is not first
    assert third["Tasks"][0] is first["Tasks"][0]


def test_little_is_remembered(monkeypatch: Any) -> None:
    """The part that was not seen for the longest time is forgotten; long ones and jobs of many are left alone."""
    monkeypatch.setattr(shared_parts, "_MOST", 2)
    parts = SharedParts()
    one, other = (a_job(a_group(a_task(Name=name))) for name in "ab")
    kept = parts.of(one)["TaskGroups"][0]
    parts.of(other)
    assert parts.of(one)["TaskGroups"][0] is not kept
    monkeypatch.setattr(part_text, "LONGEST", 10)
    kept = parts.of(one)["TaskGroups"][0]
    assert parts.of(one)["TaskGroups"][0] is not kept
    monkeypatch.setattr(shared_parts, "MOST_PARTS", 1)
    assert parts.of(one) is one
