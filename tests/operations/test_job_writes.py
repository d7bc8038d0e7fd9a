"""Register, plan, dispatch, evaluate, force and deregister: their input, refusals and replies."""

import base64
import re
from typing import Any

import pytest

from mockserver.cluster.cluster import Cluster
from mockserver.errors import AgentError
from mockserver.nomad_types import Job
from mockserver.openapi import load_contract
from mockserver.operations import READS, WRITES
from mockserver.operations.job_writes import Done
from tests.builders import a_group, a_job, a_task

_DISPATCHED = {"MetaOptional": None, "MetaRequired": ["m"], "Payload": "optional"}
_PERIODIC = {"Enabled": True, "ProhibitOverlap": False, "Spec": "0 0 1 1 * 2090", "SpecType": "cron"}
_SIX = ["EvalCreateIndex", "EvalID", "Index", "JobModifyIndex", "KnownLeader", "LastContact"]


def _write(cluster: Cluster, name: str, job_id: str, body: dict[str, Any] | None = None) -> Done:
    writing: Any = WRITES[name](job_id, body).run(cluster)
    while True:
        try:
            writing.send(None)  # no event loop: nothing happens after the write
        except StopIteration as end:
            done: Done = end.value
            return done


def _put(cluster: Cluster, job: Job, **options: Any) -> Done:
    return _write(cluster, "register", job["ID"], {"Job": job, **options})


def _refusal(cluster: Cluster, name: str, job_id: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    with pytest.raises(AgentError) as refused:
        _write(cluster, name, job_id, body)
    return refused.value.status, refused.value.text


def test_every_operation_on_a_job_is_here() -> None:
    """Every described operation is implemented, under the name that the description gives it."""
    operations = load_contract().operations.values()
    here = READS.keys() | WRITES.keys()
    assert {each.name for each in operations if each.path.startswith("/v1/job/")} <= here
    assert here <= {each.name for each in operations}


@pytest.mark.parametrize("name", ["register", "plan"])
@pytest.mark.parametrize("body", [None, {}, {"Job": None}])
def test_a_job_is_needed(cluster: Cluster, name: str, body: dict[str, Any] | None) -> None:
    """Null, an empty object, and an object whose job is null are refused alike."""
    assert _refusal(cluster, name, "j", body) == (400, "Job must be specified")


@pytest.mark.parametrize("name", ["register", "plan"])
def test_the_id_in_the_url_is_compared_byte_by_byte(cluster: Cluster, name: str) -> None:
    """The job's ID has to equal the URL's byte by byte, unless the job has none."""
    body = {"Job": a_job(ID="j")}
    assert _refusal(cluster, name, "J", body) == (400, "Job ID does not match")
    assert _write(cluster, name, "", body).body["JobModifyIndex"] == (0 if name == "plan" else cluster.state.index - 1)


def test_a_registration_answers_with_its_evaluation(cluster: Cluster) -> None:
    """Index and EvalCreateIndex are the evaluation's, one after the job's."""
    done = _put(cluster, a_job(VaultToken="secret", Constraints=[], Priority=70))
    stored = cluster.state.job("j")
    assert stored is not None
    assert list(done.body) == _SIX
    assert done.body["Index"] == done.body["EvalCreateIndex"] == done.index == stored["JobModifyIndex"] + 1
    assert (stored["VaultToken"], stored["Constraints"], stored["Priority"]) == ("", None, 70)


@pytest.mark.parametrize("parent", [{"Periodic": _PERIODIC}, {"ParameterizedJob": _DISPATCHED}])
def test_a_parent_has_no_evaluation(cluster: Cluster, parent: dict[str, Any]) -> None:
    """Registering or removing a parent answers with an index and no evaluation."""
    for name, body in (("register", {"Job": a_job(Type="batch", **parent)}), ("deregister", None)):
        done = _write(cluster, name, "j", body)
        assert {**done.body, "JobModifyIndex": 0} == dict(zip(_SIX, (0, "", 0, 0, False, 0), strict=True))
        assert done.body["JobModifyIndex"] == cluster.state.index
        assert done.index == 0


def test_what_is_checked_first(cluster: Cluster) -> None:
    """Null elements, validation, the enforced index and Vault are checked in this order, and nothing is stored."""
    vault = {"ChangeMode": "restart", "ChangeSignal": "", "Env": True, "Policies": ["p"]}
    job = a_job(a_group(a_task(Vault=vault)), Priority=0)
    enforced = {"EnforceIndex": True, "JobModifyIndex": 7}
    null = {**job, "TaskGroups": [*job["TaskGroups"], None]}
    valid = {**job, "Priority": 50}
    before = cluster.state.index
    assert "/TaskGroups/1" in _refusal(cluster, "register", "j", {"Job": null, **enforced})[1]
    assert "Job priority" in _refusal(cluster, "register", "j", {"Job": job, **enforced})[1]
    assert "Enforcing job modify index 7" in _refusal(cluster, "register", "j", {"Job": valid, **enforced})[1]
    assert _refusal(cluster, "register", "j", {"Job": valid})[1] == "Vault not enabled and Vault policies requested"
    assert cluster.state.index == before


def test_an_index_that_is_not_enforced_is_ignored(cluster: Cluster) -> None:
    """JobModifyIndex without EnforceIndex is ignored."""
    assert _put(cluster, a_job(), JobModifyIndex=99).index > 0
    job = cluster.state.job("j")
    assert job is not None
    assert _put(cluster, a_job(), EnforceIndex=True, JobModifyIndex=job["JobModifyIndex"]).index > 0


def test_a_plan_stores_nothing(cluster: Cluster) -> None:
    """A plan stores nothing, and has a diff only on request."""
    before = cluster.state.index
    plain = _write(cluster, "plan", "j", {"Job": a_job()})
    with_diff = _write(cluster, "plan", "j", {"Job": a_job(), "Diff": True})
    assert (plain.body["Diff"], with_diff.body["Diff"]["Type"]) == (None, "Added")
    assert plain.index == plain.body["Index"] == 0
    assert (cluster.state.index, cluster.state.job("j")) == (before, None)
    assert "Job priority" in _refusal(cluster, "plan", "j", {"Job": a_job(Priority=0)})[1]


@pytest.mark.parametrize("name", ["register", "plan"])
def test_constraints_that_would_hold_up_everybody(cluster: Cluster, name: str) -> None:
    """A job with too large an expression is refused with the limit, before anything is stored."""
    job = a_job(a_group(a_task()), Constraints=[{"LTarget": "a", "Operand": "regexp", "RTarget": "a" * 9000}])
    before = cluster.state.index
    told = "the regular expressions of the job have 9000 bytes, the limit of this mock is 8192 (a real agent has none)"
    assert _refusal(cluster, name, job["ID"], {"Job": job}) == (500, told)
    assert cluster.state.index == before


def test_a_dispatch_answers_with_the_child(cluster: Cluster) -> None:
    """A dispatch answers with the child; its payload is stored in base64."""
    _put(cluster, a_job(Type="batch", ParameterizedJob=_DISPATCHED))
    payload = base64.b64encode(b"hi").decode()
    done = _write(cluster, "dispatch", "j", {"Payload": payload, "Meta": {"m": "1"}, "JobID": "j", "Region": "eu1"})
    child = cluster.state.job(done.body["DispatchedJobID"])
    assert child is not None
    assert re.fullmatch(r"j/dispatch-1500000000-[0-9a-f]{8}", child["ID"])
    assert (child["Payload"], child["Meta"], child["ParentID"]) == (payload, {"m": "1"}, "j")
    assert sorted(done.body) == sorted({*_SIX, "DispatchedJobID", "JobCreateIndex"} - {"JobModifyIndex"})
    assert done.body["JobCreateIndex"] == child["CreateIndex"] == done.index - 1


def test_what_a_dispatch_refuses(cluster: Cluster) -> None:
    """A dispatch refuses another ID in the body first, then what does not fit the job."""
    assert _refusal(cluster, "dispatch", "j", {"JobID": "J"}) == (400, "Job ID does not match")
    assert _refusal(cluster, "dispatch", "j", None) == (500, "parameterized job not found")
    _put(cluster, a_job(Type="batch", ParameterizedJob=_DISPATCHED))
    assert _refusal(cluster, "dispatch", "j", {"Meta": None}) == (
        500,
        "Dispatch did not provide required meta keys: [m]",
    )


def test_evaluating_answers_with_the_jobs_modify_index(cluster: Cluster) -> None:
    """JobModifyIndex in the reply is the job's ModifyIndex."""
    _put(cluster, a_job())
    done = _write(cluster, "evaluate", "j")
    job = cluster.state.job("j")
    assert job is not None
    assert list(done.body) == _SIX
    assert done.body["JobModifyIndex"] == job["ModifyIndex"]
    assert done.index == cluster.state.index
    assert _refusal(cluster, "evaluate", "x") == (500, "job not found")


def test_forcing_answers_with_three_keys(cluster: Cluster) -> None:
    """A forced launch answers with three keys and launches a child at once."""
    _put(cluster, a_job(Type="batch", Periodic=_PERIODIC))
    done = _write(cluster, "periodic-force", "j")
    assert sorted(done.body) == ["EvalCreateIndex", "EvalID", "Index"]
    assert done.body["EvalCreateIndex"] == done.body["Index"] == done.index
    assert cluster.state.job("j/periodic-1500000000") is not None
    assert _refusal(cluster, "periodic-force", "x") == (500, "job not found")


def test_deregistering_what_is_not_there(cluster: Cluster) -> None:
    """Deregistering an unknown job makes an evaluation; only an empty ID is refused."""
    done = _write(cluster, "deregister", "x")
    assert list(done.body) == _SIX
    assert done.index == done.body["JobModifyIndex"] + 1
    assert _refusal(cluster, "deregister", "") == (500, "missing job ID for evaluation")


def test_the_region_of_a_body() -> None:
    """The region of a body is known before a cluster is chosen."""
    assert WRITES["register"]("j", {"Job": a_job(), "Region": "eu1"}).region == "eu1"
    assert WRITES["plan"]("j", {"Job": a_job(), "Region": "eu1"}).region == "eu1"
    assert WRITES["dispatch"]("j", {"Region": "eu1"}).region == "eu1"
    assert WRITES["evaluate"]("j", None).region == ""


def test_a_plan_in_another_spelling_cannot_be_compared(cluster: Cluster) -> None:
    """A diff needs the stored spelling of the ID, as on a real agent; a plan without a diff does not."""
    _put(cluster, a_job(ID="CaseJob"))
    other = a_job(ID="casejob")
    assert _write(cluster, "plan", "casejob", {"Job": other, "Diff": False}).index > 0
    text = 'failed to create job diff: can not diff jobs with different IDs: "CaseJob" and "casejob"'
    assert _refusal(cluster, "plan", "casejob", {"Job": other, "Diff": True}) == (500, text)
