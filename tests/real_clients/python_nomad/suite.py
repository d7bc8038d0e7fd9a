"""The life of a job with python-nomad."""

import base64
import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import nomad

ADDRESS = urlsplit(os.environ["NOMAD_ADDR"])
client = nomad.Nomad(host=ADDRESS.hostname, port=ADDRESS.port, timeout=60)


def a_job(name: str, count: int, **fields: Any) -> dict[str, Any]:
    """Return a job to submit."""
    task: dict[str, Any] = {"Name": "main", "Driver": "raw_exec", "Config": {"command": "sleep", "args": ["600"]}}
    task |= {"Resources": {"CPU": 50, "MemoryMB": 32}, "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 10}}
    group = {"Name": "main", "Count": count, "Tasks": [task]}
    job = {"ID": name, "Name": name, "Type": "service", "Datacenters": ["dc1"], "TaskGroups": [group]}
    return {"Job": {**job, "Region": "global", "Priority": 50, **fields}}


def wait(job: str, entity: str, is_reached: Callable[[Any], bool]) -> Any:
    """Watch with blocking queries until what is asked for is there."""
    index, until = 0, time.monotonic() + 30
    while time.monotonic() < until:
        began = time.monotonic()
        reply = client.job.request(job, entity, params={"index": index, "wait": "5s"} if index else {}, method="get")
        if is_reached(reply.json()):
            return reply.json()
        found = int(reply.headers["X-Nomad-Index"])
        index = 0 if found < index else found
        time.sleep(max(0, 0.1 - (time.monotonic() - began)))
    raise AssertionError(f"{entity} of {job} are not as they should be")


client.job.register_job("web", a_job("web", 2))
wait("web", "allocations", lambda found: [each["ClientStatus"] for each in found].count("running") == 2)
job = client.job.get_job("web")
assert (job["ID"], job["Status"]) == ("web", "running")
assert "web" in [each["ID"] for each in client.jobs.get_jobs()]
wait("web", "summary", lambda found: found["Summary"]["main"]["Running"] == 2)
assert {each["JobID"] for each in client.job.get_evaluations("web")} == {"web"}

plan = client.job.plan_job("web", a_job("web", 3), diff=True)
assert plan["JobModifyIndex"] == job["JobModifyIndex"]
assert plan["Diff"]["Type"] == "Edited"
client.jobs.register_job({**a_job("web", 3), "EnforceIndex": True, "JobModifyIndex": plan["JobModifyIndex"]})
wait("web", "allocations", lambda found: [each["ClientStatus"] for each in found].count("running") == 3)
evaluation = client.evaluation.get_evaluation(client.job.evaluate_job("web")["EvalID"])
assert evaluation["JobID"] == "web"

client.job.register_job("import", a_job("import", 1, Type="batch", ParameterizedJob={"Payload": "optional"}))
child = client.job.dispatch_job("import", payload=base64.b64encode(b"text").decode())["DispatchedJobID"]
assert client.job.get_job(child)["ParentID"] == "import"

client.job.deregister_job("web")
assert "web" not in client.job
try:
    client.job.get_job("web")
except nomad.api.exceptions.URLNotFoundNomadException:
    pass
else:
    raise AssertionError("a job that is gone is found")
