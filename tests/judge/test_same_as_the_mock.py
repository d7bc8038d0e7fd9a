"""The judge and the mock say the same of every job: both accept it, or both refuse it with the same text."""

import asyncio
import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.random_source import RandomSource
from mockserver.errors import AgentError
from mockserver.judge import judge
from mockserver.judge.verdict import Reply
from mockserver.openapi import load_contract
from mockserver.operations.job_writes import Parse, parse_plan, parse_register
from tests.readable.jobs import odd_jobs, places, put

OPERATIONS = load_contract().operations
WRONG = [None, True, 0, -1, 1.0, 2.5, 10**30, "", "1", "x", [], [None], {}, {"x": 1}]
"""Values of every type."""


def _respelt(name: str, how: str) -> str:
    return {"lower": name.lower(), "upper": name.upper(), "shorter": name[:-1], "same": name}[how]


def _renamed(value: Any, name: str, spelling: str) -> Any:
    """Return a document in which a name is spelt in another way, wherever it is."""
    if isinstance(value, list):
        return [_renamed(each, name, spelling) for each in value]
    if isinstance(value, dict):
        return {spelling if key == name else key: _renamed(each, name, spelling) for key, each in value.items()}
    return value


@st.composite
def job_files(draw: st.DrawFn) -> bytes:
    """Generate the text of a job file in which up to two values, one name and one character are wrong."""
    job = copy.deepcopy(draw(odd_jobs()))
    for _ in range(draw(st.integers(0, 2))):
        put(job, draw(st.sampled_from([*places(job)])), draw(st.sampled_from(WRONG)))
    name = draw(st.sampled_from(["ID", "TaskGroups", "Count", "Tasks", "Driver", "LogConfig", "Operand", "command"]))
    job = _renamed(job, name, _respelt(name, draw(st.sampled_from(["same", "same", "lower", "upper", "shorter"]))))
    beside: dict[str, Any] = draw(st.sampled_from([{}, {}, {"EnforceIndex": "x"}, {"Diff": 1}, {"Region": []}]))
    text = json.dumps({draw(st.sampled_from(["Job", "job"])): job, **beside}).encode()
    if draw(st.integers(0, 5)) == 0:
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from([b"", b",", b"//", b"\xff", b"}"])) + text[at + 1 :]
    return text


def answered(operation: str, parse: Parse, text: bytes) -> Reply | None:
    """Return what an empty region of the mock answers when it refuses; None where it accepts."""
    cluster = Cluster(region="global", clock=ManualClock(), ids=RandomSource(1))
    try:
        asyncio.run(parse("", OPERATIONS[operation].decode(text)).run(cluster))  # type: ignore[arg-type]
    except AgentError as error:
        return Reply(error.status, error.text)
    return None


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(job_files())
def test_the_judge_answers_as_the_mock_does(text: bytes) -> None:
    """A registration and a plan are answered as the verdict says, and what is refused has a finding at a place."""
    verdict = judge(text)
    assert verdict.register == answered("registerJob", parse_register, text)
    assert verdict.plan == answered("planJob", parse_plan, text)
    assert any(one.level == "error" for one in verdict.findings) == (verdict.register is not None)
    assert all(1 <= one.line <= text.count(b"\n") + 1 and 1 <= one.column <= len(text) + 1 for one in verdict.findings)
