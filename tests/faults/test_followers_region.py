"""Unreachable regions."""

import httpx
import pytest

from mockserver.client import MockClient, MockError
from mockserver.testing import example_job


def test_a_region_is_out_of_reach(mock: MockClient, client: httpx.Client) -> None:
    """Requests that name the lost region fail, wherever they name it; the local region works."""
    mock.fault("region-unreachable", region="eu1")
    for reply in (
        client.get("/v1/jobs?region=eu1"),
        client.put("/v1/job/x", json={"Job": example_job("x", Region="eu1"), "Region": "eu1"}),
        client.delete("/v1/job/x?region=eu1"),
    ):
        assert (reply.status_code, reply.text) == (500, "No path to region")
    assert client.get("/v1/job/web").status_code == 200
    mock.faults.clear()
    assert client.get("/v1/jobs?region=eu1").json() == []


@pytest.mark.parametrize("region", ["global", "zz"])
def test_only_a_region_that_is_forwarded_to_can_be_lost(mock: MockClient, region: str) -> None:
    """The local region can't be lost; the refusal names those that can."""
    with pytest.raises(MockError, match="eu1"):
        mock.fault("region-unreachable", region=region)
    assert mock.faults.list() == []
