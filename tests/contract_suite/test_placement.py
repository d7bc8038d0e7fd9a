"""Whether the server can place anything is known beforehand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract_tests.client.target import Target
from contract_tests.suite.placement import obstacle
from contract_tests.suite.settings import Settings
from mockserver.settings import Settings as Mock
from tests.served import serving


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Return the settings of a run against a mock with one ready node, and one that drains in another datacenter."""
    nodes: tuple[dict[str, object], ...] = ({"Name": "here"}, {"Name": "far", "Datacenter": "dc2", "Drain": True})
    with serving(Mock(nodes=nodes)) as port:
        target = Target(f"http://127.0.0.1:{port}")
        yield Settings(target, "nomad-contract-x-", "smoke", "SHOULD", "0.5.4", "global", allow_placement=True)


@pytest.mark.parametrize(
    ("datacenter", "driver", "why"),
    [
        ("dc1", "raw_exec", ""),
        ("dc1", "ocker", "no node in datacenter 'dc1' has the driver 'ocker'; see --driver"),
        ("dc2", "raw_exec", "no node in datacenter 'dc2' is ready and takes work"),
        ("dc3", "raw_exec", "no node is in datacenter 'dc3': there are dc1, dc2; see --datacenter"),
    ],
)
def test_what_stands_in_the_way_is_said(settings: Settings, datacenter: str, driver: str, why: str) -> None:
    """Datacenter, nodes and driver are checked in this order, and the first obstacle is named."""
    assert obstacle(replace(settings, datacenter=datacenter, driver=driver)) == why


def test_a_server_that_does_not_tell_is_taken_at_its_word(settings: Settings) -> None:
    """A server that lists no nodes may have some."""
    assert obstacle(replace(settings, region="nowhere")) == ""
