"""GET /v1/regions, and regions that a server does not know (observed on 0.5.4)."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.safe_writes import JOBS, NODES
from contract_tests.statements import states
from contract_tests.suite import verify

NOWHERE = {"region": "nomad-contract-no-such-region"}


@states("companion.regions.sorted")
def test_regions(nomad: Nomad, factory: JobFactory) -> None:
    """The regions are listed by name, in order; the server's own is among them."""
    found = nomad.companion("/v1/regions")
    listed = verify.listed("companion.regions.sorted", found)
    verify.equal("companion.regions.sorted", found, listed, sorted(set(listed)))
    verify.that("companion.regions.sorted", found, factory.region in listed, factory.region, listed)


@states("companion.regions.unknown")
@pytest.mark.parametrize("target", [JOBS, "/v1/evaluations", "/v1/allocations", NODES, "/v1/status/leader"])
def test_an_unknown_region_is_refused(nomad: Nomad, target: str) -> None:
    """An unknown region is refused by the endpoints whose data is kept by region."""
    verify.refused("companion.regions.unknown", nomad.companion(target, NOWHERE), 500, "No path to region")
