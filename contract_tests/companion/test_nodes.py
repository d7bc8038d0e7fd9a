"""GET /v1/nodes and /v1/node/<ID>: the nodes that do the work (observed on 0.5.4)."""

from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.safe_writes import NOBODY, NODES
from contract_tests.findings import NotOffered
from contract_tests.job.test_allocations import placed
from contract_tests.statements import states
from contract_tests.suite import verify


@pytest.fixture
def node(nomad: Nomad) -> Any:
    """Return the stub of the server's first node; skip the test when it has no node."""
    stubs = verify.listed("companion.nodes.stub-has-observed-fields", nomad.companion(NODES))
    if not stubs:
        raise NotOffered("needs a node: the server has none")
    return stubs[0]


@states("companion.nodes.stub-has-observed-fields", "companion.nodes.in-id-order", "companion.nodes.prefix")
def test_nodes_are_listed(nomad: Nomad, node: Any) -> None:
    """The list has every node in short form, by ID; ``prefix`` selects by the beginning of the ID."""
    everything = nomad.companion(NODES)
    for stub in verify.listed("companion.nodes.stub-has-observed-fields", everything):
        verify.shaped("companion.nodes.stub-has-observed-fields", everything, "NodeStub", stub)
    order = [stub["ID"] for stub in everything.json]
    verify.equal("companion.nodes.in-id-order", everything, order, sorted(set(order)))
    other = "0" if node["ID"][0] != "0" else "1"
    for prefix in (node["ID"], node["ID"].upper(), node["ID"][:8], f"{other}{node['ID'][1:]}"):
        found = nomad.companion(NODES, {"prefix": prefix})
        chosen = [stub["ID"] for stub in verify.listed("companion.nodes.prefix", found)]
        expected = [one for one in order if one.startswith(prefix.lower())]
        verify.equal("companion.nodes.prefix", found, chosen, expected)


@states("companion.node.reply-has-observed-fields", "companion.node.is-the-listed-one")
def test_one_node(nomad: Nomad, node: Any) -> None:
    """One node in full has what its stub shows, and what it offers; the index is its ModifyIndex."""
    found = verify.ok("companion.node.is-the-listed-one", nomad.companion(f"/v1/node/{node['ID']}"))
    verify.shaped("companion.node.reply-has-observed-fields", found, "Node", found.json)
    verify.equal("companion.node.is-the-listed-one", found, {name: found.json[name] for name in node}, node)
    verify.equal("companion.node.is-the-listed-one", found, found.index, found.json["ModifyIndex"])


@states("companion.node.keeps-its-secret")
def test_a_node_keeps_its_secret(nomad: Nomad, node: Any) -> None:
    """The secret by which a node proves its identity is not shown."""
    found = nomad.companion(f"/v1/node/{node['ID']}")
    verify.equal("companion.node.keeps-its-secret", found, found.json["SecretID"], "")


@states("companion.node.missing", "companion.node.malformed-id")
def test_missing_and_malformed_nodes(nomad: Nomad) -> None:
    """A missing node is answered with 404; an ID that is no UUID is refused with the reason."""
    verify.refused("companion.node.missing", nomad.companion(f"/v1/node/{NOBODY}"), 404, "node not found")
    problem = "node lookup failed: index error: "
    statement = "companion.node.malformed-id"
    verify.refused(statement, nomad.companion("/v1/node/abc"), 500, f"{problem}UUID must be 36 characters")
    for prefix, why in (
        ("abc", "Input (without hyphens) must be even length"),
        ("zz", "Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"),
        (f"{NOBODY}00", "Invalid UUID length. UUID have 36 characters; got 38"),
    ):
        verify.refused(statement, nomad.companion(NODES, {"prefix": prefix}), 500, f"{problem}{why}")


@states("companion.node.no-allocations")
def test_allocations_of_no_node(nomad: Nomad) -> None:
    """A node that does not exist has an empty list of allocations, even where the ID is none."""
    for one in (NOBODY, "nomad-contract-no-node"):
        found = nomad.companion(f"/v1/node/{one}/allocations")
        verify.equal("companion.node.no-allocations", found, (found.status, found.text), (200, "[]"))


@states("companion.node.allocations")
def test_allocations_of_a_node(nomad: Nomad, running: JobFactory) -> None:
    """The allocations placed on a node are listed there in full."""
    statement = "companion.node.allocations"
    _, listed = placed(nomad, running)
    stub = listed.json[0]
    found = nomad.companion(f"/v1/node/{stub['NodeID']}/allocations")
    everything = verify.listed(statement, found)
    nodes = sorted({one["NodeID"] for one in everything})
    verify.equal(statement, found, nodes, [stub["NodeID"]])
    own = [one for one in everything if one["ID"] == stub["ID"]]
    verify.equal(statement, found, [(one["JobID"], one["NodeID"]) for one in own], [(stub["JobID"], stub["NodeID"])])
    verify.shaped(statement, found, "WholeAllocation", own[0])
