"""Lower indexes for the same state."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.cluster.reindex import rewound
from tests.builders import a_job, an_allocation, an_evaluation

_INDEXES = st.integers(0, 60)


def _saved(indexes: list[int]) -> dict[str, Any]:
    """Return a state with these indexes in several places; the last is the highest."""
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
    """No index rises, none falls by more than asked for, order and equality are kept, and 0 stays 0."""
    saved = _saved(indexes)
    old, new = _indexes(saved), _indexes(rewound(saved, by))
    assert len(old) == len(new) > 15
    for (before, after), (other, later) in pairwise(zip(old, new, strict=True)):
        assert before - by <= after <= before
        assert (before == 0) == (after == 0)
        assert (before < other) == (after < later)
    assert rewound(saved, 0) == saved


def test_as_far_as_possible() -> None:
    """When indexes can't fall as far as asked, they become 1, 2, 3 and so on."""
    assert rewound(_saved([10, 20, 20, 30, 40, 50]), 1000)["index"] == 5
