"""The client nodes of the simulated cluster, in the shape of ``GET /v1/node/<ID>``.

``simulated_nodes`` makes nodes that look like a Linux agent in development mode. ``described_nodes`` makes them out of
documents; a field that a document leaves out is as on a simulated node.
"""

from mockserver.cluster.nodes.description import NodesError, changed_node, described_nodes
from mockserver.cluster.nodes.fingerprint import computed_class, is_ready, simulated_nodes, with_drivers

__all__ = [
    "NodesError",
    "changed_node",
    "computed_class",
    "described_nodes",
    "is_ready",
    "simulated_nodes",
    "with_drivers",
]
