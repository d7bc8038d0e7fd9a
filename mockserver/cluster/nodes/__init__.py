"""The client nodes of the simulated cluster, in the shape of ``GET /v1/node/<ID>``.

``simulated_nodes`` makes nodes that look like a Linux agent in development mode; ``load_nodes`` reads them from a
JSON document, where a field that is left out is as a simulated node has it.
"""

from mockserver.cluster.nodes.fingerprint import computed_class, is_ready, simulated_nodes, with_drivers
from mockserver.cluster.nodes.loading import NodesError, changed_node, load_nodes

__all__ = ["NodesError", "changed_node", "computed_class", "is_ready", "load_nodes", "simulated_nodes", "with_drivers"]
