"""Nodes, the agent, leader and regions, garbage collection; and what holds at every companion endpoint."""

import re
import time
from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad, Query
from contract_tests.job.test_allocations import placed
from contract_tests.suite import verify
from contract_tests.suite.companion import COLLECTION, JOBS, NOBODY, READ_ONLY
from contract_tests.suite.run import RUN
from contract_tests.suite.statements import states
from contract_tests.suite.violations import NotOffered

NODES = "/v1/nodes"
ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:]+):\d{1,5}")
NOWHERE = {"region": "nomad-contract-no-such-region"}


@pytest.fixture
def node(nomad: Nomad) -> Any:
    """The stub of the server's first node; skips where there is none."""
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
    """The secret that a node proves itself with is not told."""
    found = nomad.companion(f"/v1/node/{node['ID']}")
    verify.equal("companion.node.keeps-its-secret", found, found.json["SecretID"], "")


@states("companion.node.missing", "companion.node.malformed-id")
def test_missing_and_malformed_nodes(nomad: Nomad) -> None:
    """A node that does not exist is answered with 404, what is no UUID is refused with a text that says why."""
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
    """What was placed on a node is listed there in full."""
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


@states("companion.agent.self-has-observed-fields", "companion.agent.self-says-who-it-is")
def test_the_agent_says_who_it_is(nomad: Nomad) -> None:
    """The agent tells its configuration, its membership and its numbers; numbers are strings."""
    statement = "companion.agent.self-says-who-it-is"
    found = verify.ok(statement, nomad.companion("/v1/agent/self"))
    verify.shaped("companion.agent.self-has-observed-fields", found, "AgentSelf", found.json)
    config, tags = found.json["config"], found.json["member"]["Tags"]
    named = {name: config[name] for name in ("Region", "Datacenter", "Version")}
    fits = all(isinstance(value, str) and value for value in named.values())
    verify.that(statement, found, fits, "Region, Datacenter and Version in config", named)
    if found.json["member"]["Name"]:  # an agent that is a client only is no member
        shown = {"Region": tags["region"], "Datacenter": tags["dc"]}
        verify.equal(statement, found, shown, {name: named[name] for name in shown})
    numbers = [value for group in found.json["stats"].values() for value in group.values()]
    strings = bool(numbers) and all(isinstance(value, str) for value in numbers)
    verify.that(statement, found, strings, "groups of strings in stats", found.json["stats"])


@states("companion.agent.members-has-observed-fields", "companion.agent.members-are-servers")
def test_members(nomad: Nomad) -> None:
    """The members are the servers that gossip: the one that answers is among them, with its region."""
    statement = "companion.agent.members-are-servers"
    found = verify.ok(statement, nomad.companion("/v1/agent/members"))
    verify.shaped("companion.agent.members-has-observed-fields", found, "Members", found.json)
    own = f"{found.json['ServerName']}.{found.json['ServerRegion']}"
    members = {member["Name"]: member["Tags"] for member in found.json["Members"]}
    verify.that(statement, found, own in members, f"a member {own}", sorted(members))
    tags = {name: members[own].get(name) for name in ("role", "region", "dc")}
    expected = {"role": "nomad", "region": found.json["ServerRegion"], "dc": found.json["ServerDC"]}
    verify.equal(statement, found, tags, expected)


@states("companion.status.leader", "companion.status.peers")
def test_leader_and_peers(nomad: Nomad) -> None:
    """The leader is told by its address, and is one of the peers."""
    leader = verify.ok("companion.status.leader", nomad.companion("/v1/status/leader"))
    fits = isinstance(leader.json, str) and ADDRESS.fullmatch(leader.json) is not None
    verify.that("companion.status.leader", leader, fits, "an address as a JSON string", leader.text)
    peers = nomad.companion("/v1/status/peers")
    listed = verify.listed("companion.status.peers", peers)
    fits = all(isinstance(one, str) and ADDRESS.fullmatch(one) for one in listed) and leader.json in listed
    verify.that("companion.status.peers", peers, fits, f"addresses, {leader.json} among them", peers.text)


@states("companion.regions.sorted")
def test_regions(nomad: Nomad, workshop: JobFactory) -> None:
    """The regions are told by name, in order; the server's own is one."""
    found = nomad.companion("/v1/regions")
    listed = verify.listed("companion.regions.sorted", found)
    verify.equal("companion.regions.sorted", found, listed, sorted(set(listed)))
    verify.that("companion.regions.sorted", found, workshop.region in listed, workshop.region, listed)


@states("companion.regions.unknown")
@pytest.mark.parametrize("target", [JOBS, "/v1/evaluations", "/v1/allocations", NODES, "/v1/status/leader"])
def test_an_unknown_region_is_refused(nomad: Nomad, target: str) -> None:
    """A region that nobody knows is refused by what is kept by region."""
    verify.refused("companion.regions.unknown", nomad.companion(target, NOWHERE), 500, "No path to region")


@states("companion.headers.of-lists", "companion.headers.none-of-the-agent", "companion.reply-is-json")
def test_headers(nomad: Nomad) -> None:
    """What is kept by region is answered with index, leader and contact; what the agent itself knows with none."""
    names = ("X-Nomad-Index", "X-Nomad-KnownLeader", "X-Nomad-LastContact")
    for target in (JOBS, "/v1/evaluations", "/v1/allocations", NODES):
        found = _json_answer(nomad.companion(target))
        index, leader, contact = (found.reply_headers.get(name, "") for name in names)
        fits = index.isdigit() and leader in ("true", "false") and contact.isdigit()
        verify.that("companion.headers.of-lists", found, fits, f"{', '.join(names)}", (index, leader, contact))
    for target in ("/v1/agent/self", "/v1/agent/members", "/v1/status/leader", "/v1/status/peers", "/v1/regions"):
        found = _json_answer(nomad.companion(target))
        told = [name for name in found.reply_headers if name.lower().startswith("x-nomad-")]
        verify.equal("companion.headers.none-of-the-agent", found, told, [])


def _json_answer(found: Exchange) -> Exchange:
    shown = (found.status, found.reply_headers.get("Content-Type"), b"\n" in found.reply_body)
    verify.equal("companion.reply-is-json", found, shown, (200, "application/json", False))
    verify.that("companion.reply-is-json", found, found.json is not None, "JSON", found.text[:200])
    return found


@states("companion.blocking.bad-parameters")
@pytest.mark.parametrize("target", [JOBS, "/v1/evaluations", "/v1/allocations", NODES, "/v1/node/abc"])
def test_bad_index_and_wait(nomad: Nomad, target: str) -> None:
    """A ``wait`` or ``index`` that cannot be read is refused before anything is looked up, ``wait`` first."""
    statement = "companion.blocking.bad-parameters"
    verify.refused(statement, nomad.companion(target, {"wait": "abc", "index": "x"}), 400, "Invalid wait time")
    verify.refused(statement, nomad.companion(target, {"index": "x"}), 400, "Invalid index")


@states("companion.methods.wrong-method")
@pytest.mark.parametrize("target", [*READ_ONLY, JOBS])
def test_a_wrong_method_is_refused(nomad: Nomad, target: str) -> None:
    """A method that an endpoint does not take is answered with 405."""
    methods = ("PATCH",) if target == JOBS else ("PUT", "PATCH")
    for method in methods:
        done = nomad.send("companion", method, target)
        verify.refused("companion.methods.wrong-method", done, 405, "Invalid method")


@states("companion.unknown-path")
@pytest.mark.parametrize("target", ["/v1/deployments", "/v1/validate/job", "/v1/jobs/", "/v1/nodes/x", "/v1/volumes"])
def test_unknown_paths(nomad: Nomad, target: str) -> None:
    """What 0.5.4 does not have, later versions' endpoints included, is answered as by any Go server."""
    verify.refused("companion.unknown-path", nomad.companion(target), 404, "404 page not found\n")


@pytest.fixture
def collected(request: pytest.FixtureRequest) -> Query:
    """The region whose garbage may be collected, as a query: another one, if there is one, to disturb nobody."""
    run = request.config.stash[RUN]
    if run.worker and not run.settings.other_region:
        raise NotOffered("would collect what other workers' tests still look at: run without -n")
    return {"region": run.settings.other_region or run.settings.region}


@states("companion.system.collects-garbage")
@pytest.mark.usefixtures("running")
def test_garbage_is_collected(nomad: Nomad, workshop: JobFactory, collected: Query) -> None:
    """On PUT the evaluations of a job that is gone are soon forgotten; a job that is there stays."""
    statement = "companion.system.collects-garbage"
    gone, kept = workshop.idle(nomad.new_id()), workshop.service(nomad.new_id())
    try:
        nomad.register(kept, query=collected)
        told = nomad.register(gone, query=collected).json["EvalID"]
        nomad.act("deregister", gone["ID"], None, method="DELETE", query=collected)
        limit = time.monotonic() + nomad.target.patience
        found = nomad.companion(f"/v1/evaluation/{told}", collected)
        verify.equal(statement, found, found.status, 200)
        while found.status == 200 and time.monotonic() < limit:
            done = nomad.send("companion", "PUT", COLLECTION, query=collected)
            verify.equal(statement, done, (done.status, done.text), (200, ""))
            time.sleep(0.02)
            found = nomad.companion(f"/v1/evaluation/{told}", collected)
        verify.refused(statement, found, 404, "eval not found")
        verify.ok(statement, nomad.job(kept["ID"], collected))
        left = nomad.evaluations(kept["ID"], collected)
        waiting = [one["Status"] for one in verify.listed(statement, left)]
        verify.that(statement, left, "blocked" in waiting, "the evaluation that waits for room", waiting)
    finally:
        for job in (gone, kept):
            nomad.act("deregister", job["ID"], None, method="DELETE", query=collected)
