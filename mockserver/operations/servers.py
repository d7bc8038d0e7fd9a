"""Answer for the servers: members, leader, peers, regions, garbage collection (observed on 0.5.4)."""

import ipaddress
from typing import TYPE_CHECKING, Any

from mockserver.errors import AgentError, BadRequest
from mockserver.operations.addresses import AddressError, resolved
from mockserver.operations.results import Answer, Parameters
from mockserver.version import NOMAD_VERSION

if TYPE_CHECKING:
    from mockserver.operations.agent import Agent


_DEFAULT_PORT = 4647
"""Where servers are called that are given without a port, whatever the port of one's own."""
_VERSIONS = {
    "DelegateCur": 4,
    "DelegateMax": 4,
    "DelegateMin": 2,
    "ProtocolCur": 2,
    "ProtocolMax": 4,
    "ProtocolMin": 1,
}


class NoClient(AgentError):
    """The agent runs no node (501)."""

    status = 501

    def __init__(self) -> None:
        super().__init__("Invalid method")


def member(agent: "Agent", region: str) -> dict[str, Any]:
    """Return the server of a region as the gossip pool knows it."""
    tags = {
        "bootstrap": "1",
        "build": NOMAD_VERSION,
        "dc": agent.datacenter,
        "mvn": "1",
        "port": agent.rpc_address(region).rpartition(":")[2],
        "region": region,
        "role": "nomad",
        "vsn": "1",
    }
    known = {"Addr": agent.advertised_host, "Name": f"{agent.name}.{region}", "Port": agent.serf_port(region)}
    return {**_VERSIONS, **known, "Status": "alive", "Tags": tags}


def members(agent: "Agent", _target: str, _query: Parameters) -> Answer:
    """Answer with the servers of all regions, whatever region is asked for (observed)."""
    return Answer(
        {
            "Members": [member(agent, region) for region in agent.regions],
            "ServerDC": agent.datacenter,
            "ServerName": agent.name,
            "ServerRegion": agent.local.region,
        }
    )


def servers(agent: "Agent", _target: str, _query: Parameters) -> Answer:
    """Answer with the servers that the node of this agent talks to; raises NoClient when it has none."""
    _check_client(agent)
    return Answer(agent.servers())


def update_servers(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Replace the servers that the node talks to, with those addresses that can be resolved.

    The node goes on as before; with its next heartbeat it hears of its region's own servers again. Raises NoClient
    where the agent has no node.

    Raises:
        BadRequest: no address is named, or none can be resolved.
    """
    _check_client(agent)
    if not query["address"]:
        raise BadRequest("missing server address")
    servers, problems = [], []
    for address in query["address"]:
        try:
            servers.append(resolved(address, _DEFAULT_PORT))
        except AddressError as error:
            problems.append(str(error))
    if not servers:
        raise BadRequest(_several(problems))
    agent.servers.replace(servers)
    return Answer()


def join(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Try to reach other servers: there are none but those of the agent's own regions.

    Raises:
        BadRequest: no address is named.
    """
    if not query["address"]:
        raise BadRequest("missing address to join")
    pool = {(agent.advertised_host, str(agent.serf_port(region))) for region in agent.regions}
    own = f"{agent.advertised_host}:{agent.serf_port(agent.local.region)}"
    parsed = [_with_port(address, own) for address in query["address"]]
    reached = [one for one in parsed if one in pool]
    error = "" if reached else _several([_unreachable(host, port) for host, port in parsed])
    return Answer({"error": error, "num_joined": len(reached)})


def force_leave(_agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Do nothing: no server of a mock ever fails.

    Raises:
        BadRequest: no node is named.
    """
    if not query["node"]:
        raise BadRequest("missing node to force leave")
    return Answer()


def _check_client(agent: "Agent") -> None:
    if agent.node is None:
        raise NoClient


def _with_port(address: str, default: str) -> tuple[str, str]:
    host, colon, port = address.rpartition(":")
    return (host, port) if colon else (address, default.rpartition(":")[2])


def _unreachable(host: str, port: str) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return f"Failed to resolve {host}: lookup {host}: no such host"
    return f"Failed to join {host}: dial tcp {host}:{port}: connect: connection refused"


def _several(problems: list[str]) -> str:
    return f"{len(problems)} error(s) occurred:\n\n" + "\n".join(f"* {problem}" for problem in problems)


def leader(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Answer with the address of the leader of a region, for RPC."""
    return Answer(agent.rpc_address(agent.cluster(query["region"]).region))


def peers(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Answer with the addresses of the servers of a region: there is one."""
    return Answer([agent.rpc_address(agent.cluster(query["region"]).region)])


def regions(agent: "Agent", _target: str, _query: Parameters) -> Answer:
    """Answer with the names of all regions, ordered, whatever region is asked for (observed)."""
    return Answer(sorted(agent.regions))


def collect_garbage(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Forget everything that has ended, right after the reply."""
    cluster = agent.cluster(query["region"])
    cluster.clock.call_later(0, cluster.collect_garbage)
    return Answer()


async def reconcile_summaries(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Count all summaries of a region again."""
    cluster = agent.cluster(query["region"])
    await cluster.clock.occupy(cluster.reconcile_summaries())
    return Answer()
