"""Register, read, plan and dispatch with the client that openapi-python-client made."""

import sys

from nomad_v_1_job_client import Client
from nomad_v_1_job_client.api.jobs import dispatch_job, plan_job, query_job, register_job
from nomad_v_1_job_client.models import (
    Job,
    JobDispatchReply,
    JobDispatchRequest,
    JobDispatchRequestMetaType0,
    JobPlanReply,
    JobPlanRequest,
    JobRegisterReply,
    JobRegisterRequest,
    SubmittedJob,
    SubmittedJobType,
    SubmittedLogConfig,
    SubmittedParameterizedJobConfig,
    SubmittedTask,
    SubmittedTaskConfigType0,
    SubmittedTaskDriver,
    SubmittedTaskGroup,
)


def job(count: int) -> SubmittedJob:
    """Return a parameterized job of so many allocations."""
    config = SubmittedTaskConfigType0.from_dict({"command": "/bin/date"})
    logs = SubmittedLogConfig(max_files=2, max_file_size_mb=5)
    task = SubmittedTask(name="main", driver=SubmittedTaskDriver.EXEC, log_config=logs, config=config)
    return SubmittedJob(
        region="global",
        id="made",
        name="made",
        type_=SubmittedJobType.BATCH,
        priority=50,
        datacenters=["dc1"],
        task_groups=[SubmittedTaskGroup(name="group", count=count, tasks=[task])],
        parameterized_job=SubmittedParameterizedJobConfig(meta_required=["input"]),
    )


client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
registered = register_job.sync("made", client=client, body=JobRegisterRequest(job=job(1)))
assert isinstance(registered, JobRegisterReply), registered
stored = query_job.sync("made", client=client)
assert isinstance(stored, Job), stored
assert (stored.task_groups[0].tasks[0].kill_timeout, stored.modify_index) == (
    5_000_000_000,
    registered.job_modify_index,
)
plan = plan_job.sync("made", client=client, body=JobPlanRequest(job=job(3), diff=True))
assert isinstance(plan, JobPlanReply), plan
assert plan.diff is not None
assert plan.diff.type_ == "Edited", plan
request = JobDispatchRequest(payload="aGk=", meta=JobDispatchRequestMetaType0.from_dict({"input": "a"}))
dispatched = dispatch_job.sync("made", client=client, body=request)
assert isinstance(dispatched, JobDispatchReply), dispatched
assert dispatched.dispatched_job_id.startswith("made/dispatch-"), dispatched
