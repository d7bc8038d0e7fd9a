"""GET /v1/agent/self, members and servers: what an agent says of itself and of its servers (observed on 0.5.4)."""

from contract_tests.client.nomad import Nomad
from contract_tests.companion.test_status import ADDRESS
from contract_tests.statements import states
from contract_tests.suite import verify


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


@states("companion.agent.servers")
def test_servers(nomad: Nomad) -> None:
    """A client tells the addresses of its servers; an agent that is none answers 501, and there is nothing to check."""
    statement = "companion.agent.servers"
    found = nomad.companion("/v1/agent/servers")
    verify.offered(found, "the servers of a node: the agent is no client")
    listed = verify.listed(statement, found)
    fits = bool(listed) and all(isinstance(one, str) and ADDRESS.fullmatch(one) for one in listed)
    verify.that(statement, found, fits, "addresses as host:port, at least one", found.text)
    told = [name for name in found.reply_headers if name.lower().startswith("x-nomad-")]
    verify.equal(statement, found, told, [])
