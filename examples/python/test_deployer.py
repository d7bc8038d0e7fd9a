"""Test the deployer offline. The fixture ``nomad_mock`` comes with the package of the mock."""

from typing import Any

from deployer import Deployer

from mockserver.client import MockClient


def a_job(job_id: str, count: int = 1, **fields: Any) -> dict[str, Any]:
    """Return a small job."""
    task = {
        "Name": "main",
        "Driver": "raw_exec",
        "Config": {"command": "sleep", "args": ["600"]},
        "Resources": {"CPU": 50, "MemoryMB": 32},
        "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 10},
    }
    names = {"ID": job_id, "Name": job_id, "Region": "global", "Datacenters": ["dc1"]}
    group = {"Name": "main", "Count": count, "Tasks": [task]}
    return {**names, "Type": "service", "Priority": 50, "TaskGroups": [group], **fields}


def test_the_life_of_a_job(nomad_mock: MockClient) -> None:
    """A job is deployed, watched, planned and scaled, and stopped."""
    deployer = Deployer(nomad_mock.address)
    deployer.deploy(a_job("web", count=2))
    deployer.wait_until_running("web", 2)
    assert deployer.scale("web", "main", 3)["Place"] == 1
    deployer.wait_until_running("web", 3)
    deployer.stop("web")
    deployer.wait_until_running("web", 0)


def test_jobs_that_start_others(nomad_mock: MockClient) -> None:
    """A parameterized job is dispatched, and a periodic one launched before its time."""
    deployer = Deployer(nomad_mock.address)
    deployer.deploy(a_job("import", Type="batch", ParameterizedJob={"Payload": "required", "MetaOptional": ["user"]}))
    child = deployer.dispatch("import", b"some text", user="me")
    deployer.wait_until_running(child, 1)
    deployer.deploy(a_job("nightly", Type="batch", Periodic={"Enabled": True, "SpecType": "cron", "Spec": "0 3 * * *"}))
    assert deployer.launch("nightly")


def test_a_server_that_fails(nomad_mock: MockClient) -> None:
    """One attempt is answered by 500, the reply to the next one is lost; then a query breaks."""
    nomad_mock.fault("status", status=500, match={"operation": "register"}, nth=1)
    nomad_mock.fault("drop", carried_out=True, match={"operation": "register"}, nth=2)
    nomad_mock.fault("drop", match={"operation": "allocations"}, nth=1)
    deployer = Deployer(nomad_mock.address)
    deployer.deploy(a_job("web"))
    deployer.wait_until_running("web", 1)
    nomad_mock.assert_called(operation="register", times=3)
