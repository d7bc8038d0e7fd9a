"""GET ``/v1/status/leader``, ``/v1/status/peers`` and ``/v1/regions`` (behaviour observed on 0.5.4)."""

from typing import TYPE_CHECKING

from mockserver.operations.answer import Answer, Parameters

if TYPE_CHECKING:
    from mockserver.operations.agent import Agent


def leader(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Address of the leader of a region, for RPC."""
    return Answer(agent.rpc_address(agent.cluster(query["region"]).region))


def peers(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Addresses of the servers of a region: there is one."""
    return Answer([agent.rpc_address(agent.cluster(query["region"]).region)])


def regions(agent: "Agent", _target: str, _query: Parameters) -> Answer:
    """Names of all regions, ordered; whatever region is asked for (observed)."""
    return Answer(sorted(agent.regions))
