"""Lower indexes for the same state."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.cluster.reindex import rewound
from tests.builders import a_job, an_allocation, an_evaluation

_INDEXES = st.integers(0, 60)


def _saved(indexes: list[int]) -> dict[str, Any]:
    """A state with these indexes here and there, the last of them the highest."""
    one, two, three, four, five, six = indexes
    job = a_job(CreateIndex=one, ModifyIndex=two, JobModifyIndex=three)
    return {
        "index": max(indexes),
        "table_indexes": {"jobs": two, "evals": five},
        "jobs": [job],
        "summaries": [{"JobID": "j", "CreateIndex": one, "ModifyIndex": four}],
        "evaluations": [an_evaluation(CreateIndex=four, ModifyIndex=five, SnapshotIndex=six, JobModifyIndex=three)],
        "allocations": [an_allocation(job, CreateIndex=four, ModifyIndex=six, AllocModifyIndex=five)],
        "nodes": [],
    }


def _indexes(value: Any) -> list[int]:
    if isinstance(value, list):
        return [index for each in value for index in _indexes(each)]
    if not isinstance(value, dict):
        return []
    own = [each for name, each in value.items() if name.endswith("Index") or name in ("jobs", "evals", "index")]
    return [each for each in own if isinstance(each, int)] + [
        index for each in value.values() for index in _indexes(each)
    ]


@given(st.lists(_INDEXES, min_size=6, max_size=6), st.integers(0, 80))
def test_what_was_equal_stays_equal_and_what_was_later_stays_later(indexes: list[int], by: int) -> None:
    """None goes up, none goes down by more than asked for, 0 stays 0, and all else is as it was."""
    saved = _saved(indexes)
    old, new = _indexes(saved), _indexes(rewound(saved, by))
    assert len(old) == len(new) > 15
    for (before, after), (other, later) in pairwise(zip(old, new, strict=True)):
        assert before - by <= after <= before
        assert (before == 0) == (after == 0)
        assert (before < other) == (after < later)
    assert rewound(saved, 0) == saved


def test_as_far_as_possible() -> None:
    """Then the indexes are without gaps."""
    assert rewound(_saved([10, 20, 20, 30, 40, 50]), 1000)["index"] == 5
