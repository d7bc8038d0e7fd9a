"""Register, read, plan and dispatch with the Pydantic models that datamodel-code-generator made."""

import sys
from typing import Any

import httpx
import nomad_models as nomad


def job(count: int) -> Any:
    """Return a parameterized job of so many allocations."""
    logs = nomad.SubmittedLogConfig(MaxFiles=2, MaxFileSizeMB=5)
    task = nomad.SubmittedTask(Name="main", Driver="exec", Config={"command": "/bin/date"}, LogConfig=logs)
    return nomad.SubmittedJob(
        Region="global",
        ID="made",
        Name="made",
        Type="batch",
        Priority=50,
        Datacenters=["dc1"],
        TaskGroups=[nomad.SubmittedTaskGroup(Name="group", Count=count, Tasks=[task])],
        ParameterizedJob=nomad.SubmittedParameterizedJobConfig(MetaRequired=["input"]),
    )


client = httpx.Client(base_url=sys.argv[1])


def put(path: str, body: Any) -> Any:
    """Send a model as it is, with all that it fills in, and return the JSON of the reply."""
    return client.put(path, content=body.model_dump_json(by_alias=True)).raise_for_status().json()


registered = nomad.JobRegisterReply.model_validate(put("/v1/job/made", nomad.JobRegisterRequest(Job=job(1))))
stored = nomad.Job.model_validate(client.get("/v1/job/made").raise_for_status().json())
assert (stored.TaskGroups[0].Tasks[0].KillTimeout, stored.ModifyIndex) == (5_000_000_000, registered.JobModifyIndex)
plan = nomad.JobPlanReply.model_validate(put("/v1/job/made/plan", nomad.JobPlanRequest(Job=job(3), Diff=True)))
assert plan.Diff.Type.value == "Edited", plan
request = nomad.JobDispatchRequest(Payload="aGk=", Meta={"input": "a"})
dispatched = nomad.JobDispatchReply.model_validate(put("/v1/job/made/dispatch", request))
assert dispatched.DispatchedJobID.startswith("made/dispatch-"), dispatched
