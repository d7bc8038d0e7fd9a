"""Test a client against the mock. The client uses only the standard library.

Run it with ``pytest examples/test_with_plugin.py``: installing the package brings the ``nomad_mock`` fixture.
"""

import json
import urllib.request
from typing import Any

import pytest

from mockserver.client import MockClient
from mockserver.pytest_plugin import MockFactory
from mockserver.testing import example_job


class Deployer:
    """A small client to test: it registers jobs and reads the statuses of their allocations."""

    def __init__(self, address: str) -> None:
        self._address = address

    def deploy(self, job: dict[str, Any]) -> str:
        """Register a job and return the ID of its evaluation."""
        return str(self._call("PUT", f"/v1/job/{job['ID']}", {"Job": job})["EvalID"])

    def statuses(self, job_id: str) -> list[str]:
        """Return the client statuses of a job's allocations, sorted."""
        return sorted(allocation["ClientStatus"] for allocation in self._call("GET", f"/v1/job/{job_id}/allocations"))

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self._address + path, data, method=method)) as reply:
            return json.load(reply)


@pytest.mark.nomad_mock(clock="manual")
def test_a_deployed_job_runs(nomad_mock: MockClient) -> None:
    """Time passes only when the test moves it, so the test need not wait or sleep."""
    deployer = Deployer(nomad_mock.address)
    assert deployer.deploy(example_job("web", count=2))
    assert deployer.statuses("web") == ["pending", "pending"]
    nomad_mock.clock.advance("1s")
    assert deployer.statuses("web") == ["running", "running"]


@pytest.mark.nomad_mock(clock="manual")
def test_a_task_that_cannot_start(nomad_mock: MockClient) -> None:
    """A task whose image is missing fails its allocation."""
    nomad_mock.tasks.rule({"start_error": "image not found"}, job="web")
    deployer = Deployer(nomad_mock.address)
    deployer.deploy(example_job("web"))
    nomad_mock.clock.advance("1s")
    assert deployer.statuses("web") == ["failed"]


@pytest.mark.nomad_mock(clock="manual", nodes=2)
def test_a_lost_node(nomad_mock: MockClient) -> None:
    """The allocation of a lost node is placed again on the other node."""
    deployer = Deployer(nomad_mock.address)
    deployer.deploy(example_job("web"))
    nomad_mock.clock.advance("1s")
    busy = next(each["node"]["Name"] for each in nomad_mock.nodes.list() if each["allocations"])
    nomad_mock.nodes.down(busy)
    nomad_mock.clock.advance("1s")
    assert deployer.statuses("web") == ["lost", "running"]


def test_a_broken_connection(nomad_mock: MockClient) -> None:
    """The reply to the first attempt is lost, so the client does not know that the job is registered."""
    nomad_mock.fault("drop", carried_out=True, match={"operation": "register"}, times=1)
    deployer = Deployer(nomad_mock.address)
    with pytest.raises(OSError, match="closed connection"):
        deployer.deploy(example_job("web"))
    deployer.deploy(example_job("web"))
    nomad_mock.assert_called(operation="register", path="/v1/job/web", times=2)
    assert [exchange["status"] for exchange in nomad_mock.requests(method="PUT")] == [None, 200]


def test_a_refused_attempt(nomad_mock: MockClient) -> None:
    """The next registration is refused; the test fails if none comes."""
    nomad_mock.expect("PUT", "/v1/job/web").respond(503, "try again")
    deployer = Deployer(nomad_mock.address)
    with pytest.raises(OSError, match="503"):
        deployer.deploy(example_job("web"))
    assert deployer.deploy(example_job("web"))


def test_one_cluster_for_all_tests(nomad_mock_session: MockClient) -> None:
    """The session's mock keeps its jobs for the tests that follow."""
    Deployer(nomad_mock_session.address).deploy(example_job("shared"))
    assert nomad_mock_session.spaces()[0]["name"] == "default"


def test_two_clusters(nomad_mock_factory: MockFactory) -> None:
    """Each mock of the factory has its own address and state."""
    staging, production = nomad_mock_factory(), nomad_mock_factory(nodes=5)
    Deployer(staging.address).deploy(example_job("web"))
    assert Deployer(production.address).statuses("web") == []
