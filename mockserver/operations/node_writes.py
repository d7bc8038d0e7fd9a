"""PUT, POST ``/v1/node/<ID>/drain`` and ``/evaluate`` (behaviour observed on 0.5.4)."""

from typing import TYPE_CHECKING, Any

from mockserver.errors import BadRequest
from mockserver.gostd.strconv import parse_bool
from mockserver.operations.lookups import COMPLAINT
from mockserver.operations.results import Answer, Parameters
from mockserver.operations.uuids import whole_id

if TYPE_CHECKING:
    from mockserver.cluster.evaluations import NodeChanged
    from mockserver.operations.agent import Agent


async def drain(agent: "Agent", node_id: str, query: Parameters) -> Answer:
    """Drain a node, or end that; the index is that of the node's change, 0 when it was so before (observed)."""
    enable = _enable(query["enable"])
    cluster = agent.cluster(query["region"])
    changed = await cluster.clock.occupy(cluster.nodes.set_drain(whole_id(node_id, COMPLAINT), enable))
    return Answer(_reply(changed, changed.node_index) | {"NodeModifyIndex": changed.node_index}, changed.node_index)


async def evaluate(agent: "Agent", node_id: str, query: Parameters) -> Answer:
    """Evaluate the jobs of a node; the answer is what a node hears of its servers when it reports (observed)."""
    cluster = agent.cluster(query["region"])
    changed = await cluster.clock.occupy(cluster.nodes.evaluate(whole_id(node_id, COMPLAINT)))
    address = agent.rpc_address(cluster.region)
    server = {
        "Datacenter": agent.datacenter,
        "RPCAdvertiseAddr": address,
        "RPCMajorVersion": 1,
        "RPCMinorVersion": 1,
    }
    heard = {
        "HeartbeatTTL": 0,
        "LeaderRPCAddr": address,
        "NodeModifyIndex": 0,
        "NumNodes": len(cluster.state.nodes()),
        "Servers": [server],
    }
    return Answer(_reply(changed, changed.evaluation_index) | heard, changed.evaluation_index)


def _enable(text: str) -> bool:
    if not text:
        raise BadRequest("missing enable value")
    try:
        return parse_bool(text)
    except ValueError:
        raise BadRequest("invalid enable value") from None


def _reply(changed: "NodeChanged", index: int) -> dict[str, Any]:
    return {
        "EvalCreateIndex": changed.evaluation_index,
        "EvalIDs": list(changed.evaluation_ids) or None,
        "Index": index,
        "KnownLeader": False,
        "LastContact": 0,
    }
