"""The unmodified client python-nomad, over a real socket: everything that its users do.

Once in real time and once on a manual clock.
"""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import nomad
import pytest
import requests

from mockserver.settings import Settings
from tests.served import serving

TASK = {
    "Name": "server",
    "Driver": "raw_exec",
    "Config": {"command": "/bin/server"},
    "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 1},
    "Resources": {"CPU": 100, "MemoryMB": 64, "IOPS": 0},
}


def a_submitted_job(job_id: str, **known: Any) -> dict[str, Any]:
    """Return a job as a user of python-nomad writes it."""
    group = {
        "Name": "web",
        "Count": 1,
        "Tasks": [TASK],
        "RestartPolicy": {"Attempts": 1, "Interval": 60_000_000_000, "Delay": 5_000_000_000, "Mode": "fail"},
        "EphemeralDisk": {"SizeMB": 50},
    }
    job = {
        "ID": job_id,
        "Name": job_id,
        "Region": "global",
        "Datacenters": ["dc1"],
        "Type": "service",
        "Priority": 50,
        "TaskGroups": [group],
    }
    return {"Job": job | known}


class Mock:
    """A client of a mock, and a way to let time pass there."""

    def __init__(self, port: int, *, moves_the_clock: bool) -> None:
        self.client = nomad.Nomad(host="127.0.0.1", port=port, timeout=30)
        self._advance = f"http://127.0.0.1:{port}/__admin/clock/advance" if moves_the_clock else ""

    def pass_time(self) -> None:
        """Let two seconds pass, where time does not pass by itself."""
        if self._advance:
            requests.post(self._advance, json={"duration": "2s"}, timeout=30).raise_for_status()

    def watch(self, job_id: str, is_reached: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Wait with blocking queries until the allocations of a job are as wanted."""
        self.pass_time()
        index = "0"
        allocations: list[dict[str, Any]] = []
        while not is_reached(allocations):
            answer = self.client.job.request(
                job_id, "allocations", params={"index": index, "wait": "20s"}, method="get"
            )
            assert answer.headers["X-Nomad-Index"] != index
            index, allocations = answer.headers["X-Nomad-Index"], answer.json()
        return allocations


@pytest.fixture(params=["real", "manual"])
def mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """Return a mock in strict mode."""
    manual = request.param == "manual"
    with serving(Settings(strict=True, seed=1, speed=0 if manual else 1)) as port:
        yield Mock(port, moves_the_clock=manual)


def _running(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda allocations: [each["ClientStatus"] for each in allocations].count("running") == count


def _all_over(allocations: list[dict[str, Any]]) -> bool:
    return bool(allocations) and all(each["ClientStatus"] == "complete" for each in allocations)


def test_the_life_of_a_service(mock: Mock) -> None:
    """A service is registered, watched until it runs, planned, updated, evaluated and stopped."""
    client = mock.client
    assert "web" not in client.job
    registered = client.job.register_job("web", a_submitted_job("web"))
    (allocation,) = mock.watch("web", _running(1))
    assert allocation["EvalID"] == registered["EvalID"]
    assert client.job["web"]["Status"] == "running"
    assert client.job.get_summary("web")["Summary"]["web"]["Running"] == 1

    edited = a_submitted_job("web", Priority=70)
    edited["Job"]["TaskGroups"][0]["Count"] = 3
    plan = client.job.plan_job("web", edited, diff=True)
    assert plan["Annotations"]["DesiredTGUpdates"]["web"]["Place"] == 2
    assert plan["Diff"]["Type"] == "Edited"
    assert plan["JobModifyIndex"] == client.job["web"]["JobModifyIndex"]
    client.jobs.register_job({**edited, "EnforceIndex": True, "JobModifyIndex": plan["JobModifyIndex"]})
    mock.watch("web", _running(3))
    with pytest.raises(nomad.api.exceptions.BaseNomadException, match="Enforcing job modify index"):
        client.jobs.register_job({**edited, "EnforceIndex": True, "JobModifyIndex": plan["JobModifyIndex"]})

    evaluation = client.evaluation.get_evaluation(client.job.evaluate_job("web")["EvalID"])
    assert (evaluation["JobID"], evaluation["TriggeredBy"]) == ("web", "job-register")
    client.job.deregister_job("web", purge=True)
    assert len(mock.watch("web", _all_over)) == 3
    assert "web" not in client.job
    assert len(client.jobs) == 0


def test_children_of_batch_jobs(mock: Mock) -> None:
    """A dispatched child can read its payload, a periodic launch is forced, and both end."""
    client = mock.client
    task = {**TASK, "Config": {"command": "true"}, "DispatchPayload": {"File": "input.txt"}}
    dispatched = a_submitted_job("import", Type="batch", ParameterizedJob={"Payload": "required"})
    dispatched["Job"]["TaskGroups"][0]["Tasks"] = [task]
    client.job.register_job("import", dispatched)
    payload = base64.b64encode(b"three lines").decode()
    child = client.job.dispatch_job("import", payload=payload)["DispatchedJobID"]
    (allocation,) = mock.watch(child, _all_over)
    assert client.client.cat.read_file(allocation["ID"], "server/local/input.txt") == "three lines"

    periodic = a_submitted_job("nightly", Type="batch")
    periodic["Job"]["Periodic"] = {"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 * 2099"}
    periodic["Job"]["TaskGroups"][0]["Tasks"][0] = {**TASK, "Config": {"command": "true"}}
    client.job.register_job("nightly", periodic)
    forced = client.evaluation.get_evaluation(client.job.periodic_job("nightly")["EvalID"])
    assert forced["TriggeredBy"] == "periodic-job"
    mock.watch(forced["JobID"], _all_over)
    assert client.job.get_summary("nightly")["Children"]["Dead"] == 1
    names = sorted(job["ID"].partition("-")[0] for job in client.jobs.get_jobs())
    assert names == ["import", "import/dispatch", "nightly", "nightly/periodic"]


def test_what_is_around_a_job(mock: Mock) -> None:
    """Evaluations, allocations, logs, nodes, agent, regions, status and system can be read."""
    client = mock.client
    registered = client.jobs.register_job(a_submitted_job("web"))
    (allocation,) = mock.watch("web", _running(1))
    assert registered["EvalID"] in client.evaluation
    assert [each["ID"] for each in client.evaluation.get_allocations(registered["EvalID"])] == [allocation["ID"]]
    assert [each["ID"] for each in client.evaluations.get_evaluations()] == [registered["EvalID"]]
    assert client.allocation.get_allocation(allocation["ID"])["Job"]["ID"] == "web"
    assert allocation["ID"] in [each["ID"] for each in client.allocations.get_allocations()]
    log = client.client.stream_logs.stream(allocation["ID"], "server", "stdout", plain=True)
    assert "started" in log
    assert [each["Name"] for each in client.client.ls.list_files(allocation["ID"])] == ["alloc", "server"]
    assert client.client.allocation.read_allocation_stats(allocation["ID"])["Tasks"].keys() == {"server"}
    assert client.client.stats.read_stats()["Memory"]["Total"] > 0

    (node,) = client.nodes.get_nodes()
    assert client.node.get_node(node["ID"])["Status"] == "ready"
    assert [each["ID"] for each in client.node.get_allocations(node["ID"])] == [allocation["ID"]]
    assert len(client.node.evaluate_node(node["ID"])["EvalIDs"]) == 1
    assert client.node.drain_node(node["ID"], enable=True)["NodeModifyIndex"] > 0
    mock.watch("web", _all_over)
    client.node.drain_node(node["ID"], enable=False)
    mock.watch("web", _running(1))

    assert client.agent.get_agent()["config"]["Version"] == "0.5.4"
    assert [member["Status"] for member in client.agent.get_members()["Members"]] == ["alive"]
    assert client.agent.get_servers() == [client.status.leader.get_leader()] == client.status.peers.get_peers()
    assert client.agent.join_agent("nobody")["num_joined"] == 0
    client.agent.force_leave("nobody")
    assert client.regions.get_regions() == ["global"]
    client.system.reconcile_summaries()
    client.system.initiate_garbage_collection()


def test_what_0_5_4_does_not_have(mock: Mock) -> None:
    """Later parts of the API and unknown objects are not found."""
    client = mock.client
    missing = nomad.api.exceptions.URLNotFoundNomadException
    calls: tuple[Callable[[], Any], ...] = (
        lambda: client.job.get_versions("web"),
        lambda: client.deployments.get_deployments(),
        lambda: client.job.get_job("web"),
        lambda: client.evaluation.get_evaluation("5456bd7a-9fc0-c0dd-6131-cbee77f57577"),
        lambda: client.allocation.get_allocation("5456bd7a-9fc0-c0dd-6131-cbee77f57577"),
        lambda: client.node.get_node("5456bd7a-9fc0-c0dd-6131-cbee77f57577"),
    )
    for call in calls:
        with pytest.raises(missing):
            call()
    assert client.job.get_allocations("web") == []
