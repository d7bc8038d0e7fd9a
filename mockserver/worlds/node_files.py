"""Nodes that somebody hands in: a file for ``--nodes`` or ``--load``, or a list in settings.

They are checked by the schema that the control plane has for them, ``Nodes`` in ``schemas/admin.json``.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from mockserver.cluster.nodes import described_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.nomad_types import Node
from mockserver.openapi import load_control
from mockserver.worlds.strict_json import read_json

_SCHEMA = "/components/schemas/Nodes"


def read_nodes(path: Path, ids: RandomSource, more_drivers: Collection[str] = ()) -> list[Node]:
    """Return the node or the nodes in a JSON file; one that can't be read raises ``OSError``.

    Raises:
        ValueError: It is not JSON, or not a list of nodes.
    """
    try:
        value = read_json(path.read_bytes())
        return nodes_of([value] if isinstance(value, dict) else value, ids, more_drivers)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def nodes_of(documents: Any, ids: RandomSource, more_drivers: Collection[str] = ()) -> list[Node]:
    """Return the nodes of a list of ``NodeDocument``.

    Args:
        documents: JSON that was read, whatever it is.
        ids: where the IDs of the nodes come from.
        more_drivers: drivers of those nodes that do not list theirs.

    Raises:
        ValueError: The list does not fit its schema, or two nodes have one name.
    """
    findings = load_control().findings_as(_SCHEMA, documents, "nodes")
    if findings:
        raise ValueError("; ".join(findings))
    return described_nodes(documents, ids=ids, more_drivers=more_drivers)
