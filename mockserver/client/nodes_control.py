"""Change the client nodes of one world."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from mockserver.client.caller import JSON, Caller

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""


class NodesControl:
    """The client nodes of one world; a node is named by its name or ID."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self, *, region: str | None = None) -> Sequence[JSON]:
        """List all nodes: ``node``, its live ``allocations``, and how much of it is ``used``."""
        return list(self._client.call("GET", "/nodes", region=region))

    def get(self, node: str, *, region: str | None = None) -> JSON:
        """Return the same of one node."""
        return self._at("GET", node, "", region)

    def add(self, *nodes: Mapping[str, Any], region: str | None = None) -> Sequence[JSON]:
        """Let nodes join; what is left out (``{}`` is enough) is as on a simulated node."""
        joined: list[JSON] = self._client.call("POST", "/nodes", list(nodes), region=region)
        return joined

    def change(self, node: str, *, region: str | None = None, **fields: Any) -> JSON:
        """Change fields, such as ``Resources={"CPU": 500}`` or ``NodeClass="big"``."""
        return self._at("PATCH", node, "", region, fields)

    def remove(self, node: str, *, region: str | None = None) -> JSON:
        """Let a node leave for good."""
        return self._at("DELETE", node, "", region)

    def drain(self, node: str, *, enable: bool = True, region: str | None = None) -> JSON:
        """Drain a node, or stop draining it."""
        return self._at("POST", node, "/drain", region, {"enable": enable})

    def down(self, node: str, *, region: str | None = None) -> JSON:
        """Let a node miss its heartbeat; what it runs is lost."""
        return self._at("POST", node, "/down", region)

    def up(self, node: str, *, region: str | None = None) -> JSON:
        """Let a node come back."""
        return self._at("POST", node, "/up", region)

    def _at(self, method: str, node: str, action: str, region: str | None, body: Any = None) -> JSON:
        return dict(self._client.call(method, f"/nodes/{quote(node, safe='')}{action}", body, region=region))
