"""GET /v1/status/leader and /v1/status/peers: who leads a region (observed on 0.5.4)."""

import re

from contract_tests.client.nomad import Nomad
from contract_tests.statements import states
from contract_tests.suite import verify

ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:]+):\d{1,5}")


@states("companion.status.leader", "companion.status.peers")
def test_leader_and_peers(nomad: Nomad) -> None:
    """The leader is an address, and is one of the peers."""
    leader = verify.ok("companion.status.leader", nomad.companion("/v1/status/leader"))
    fits = isinstance(leader.json, str) and ADDRESS.fullmatch(leader.json) is not None
    verify.that("companion.status.leader", leader, fits, "an address as a JSON string", leader.text)
    peers = nomad.companion("/v1/status/peers")
    listed = verify.listed("companion.status.peers", peers)
    fits = all(isinstance(one, str) and ADDRESS.fullmatch(one) for one in listed) and leader.json in listed
    verify.that("companion.status.peers", peers, fits, f"addresses, {leader.json} among them", peers.text)
