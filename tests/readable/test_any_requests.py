"""Whatever is asked of a mock, what it accepted can be read again."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.properties import examples
from tests.readable.jobs import odd_jobs
from tests.readable.reading import Request, read_again

IDS = st.sampled_from(["a", "ab", "A", "b"])
DURATIONS = st.sampled_from(["1ns", "1ms", "16ms", "250ms", "1s", "5s", "90s", "301s", "400s"])


def _job_request(method: str, path: str) -> st.SearchStrategy[Request]:
    return IDS.map(lambda job_id: (method, f"/v1/job/{job_id}{path}", b""))


def _odd(method: str, path: str, **beside: Any) -> st.SearchStrategy[Request]:
    return odd_jobs().map(
        lambda job: (method, f"/v1/job/{quote(str(job.get('ID')), safe='')}{path}", {"Job": job, **beside})
    )


DISPATCH = st.fixed_dictionaries(
    {},
    optional={
        "Payload": st.sampled_from(["", "eA==", None]),
        "Meta": st.sampled_from([{}, None, {"k": ""}, {"k": "v", "": ""}]),
        "JobID": st.sampled_from(["", "a"]),
    },
)
OUTCOMES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"hang": True},
        {"run_for": None},
        {"run_for": "2540400h"},
        {"run_for": "0s", "exit_code": 255, "signal": 64, "message": "\0"},
        {"start_after": "2540400h"},
        {"start_error": "x", "start_error_recoverable": True},
        {"kill_after": "2540400h"},
    ]
)

REQUESTS: st.SearchStrategy[Request] = st.one_of(
    _odd("PUT", ""),
    _odd("PUT", ""),
    _odd("PUT", "/plan", Diff=True),
    _job_request("DELETE", ""),
    _job_request("PUT", "/evaluate"),
    _job_request("PUT", "/periodic/force"),
    st.tuples(st.just("PUT"), IDS.map("/v1/job/{}/dispatch".format), DISPATCH),
    st.sampled_from([("PUT", "/v1/system/gc", b""), ("PUT", "/v1/system/reconcile/summaries", b"")]),
    st.tuples(st.just("POST"), st.just("/__admin/clock/advance"), DURATIONS.map(lambda it: {"duration": it})),
    st.tuples(
        st.just("POST"),
        st.just("/__admin/tasks/rules"),
        OUTCOMES.map(lambda outcome: {"tasks": {"job": "*"}, "outcome": outcome, "times": 1}),
    ),
    st.tuples(
        st.just("POST"),
        st.sampled_from(["finish", "fail", "start"]).map("/__admin/tasks/{}".format),
        st.just({"tasks": {}}),
    ),
    st.tuples(
        st.just("POST"),
        st.sampled_from(["down", "up"]).map("/__admin/nodes/global-dc1-1/{}".format),
        st.just(b""),
    ),
    st.tuples(
        st.just("POST"), st.just("/__admin/nodes/global-dc1-2/drain"), st.booleans().map(lambda on: {"enable": on})
    ),
)


@pytest.mark.slow
@examples(0.3, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(before=st.lists(REQUESTS, min_size=2, max_size=8), after=st.lists(REQUESTS, max_size=4))
def test_what_was_acknowledged_can_be_read_again(before: list[Request], after: list[Request]) -> None:
    """The mock, its imported state and the next process give the same replies, those of blocking queries too."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(read_again(Path(directory), before, after))
