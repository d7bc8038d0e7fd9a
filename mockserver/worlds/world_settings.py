"""Settings of a world as JSON (``WorldSettings`` and ``Settings`` in ``schemas/admin.json``)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.openapi import load_control
from mockserver.settings import Settings

SCHEMA = "/components/schemas/WorldSettings"

_PLAIN = ("region", "datacenter", "seed", "strict", "mock_driver", "strict_clients", "journal_limit")


def settings_of(world: Mapping[str, Any], **others: Any) -> Settings:
    """Make settings of a ``WorldSettings``, and of others that are not about worlds.

    Raises:
        ValueError: It does not fit its schema, or contradicts itself.
    """
    findings = load_control().findings_as(SCHEMA, world, "settings")
    if findings:
        raise ValueError("; ".join(findings))
    return with_changes(Settings(**others), world)


def with_changes(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return the settings with what ``changes`` (a ``WorldSettings``) says otherwise.

    Raises:
        ValueError: The result names a region twice.
    """
    given: dict[str, Any] = {name: changes[name] for name in _PLAIN if name in changes}
    if "federate" in changes:
        given["federate"] = tuple(changes["federate"])
    if "nodes" in changes:
        nodes = changes["nodes"]
        given["nodes"] = tuple(nodes) if isinstance(nodes, list) else int(nodes)
    if "clock" in changes or "speed" in changes:
        given |= {"clock": None, "speed": _speed(changes.get("clock", "real"), changes.get("speed"))}
    changed = replace(settings, **given)
    if len({changed.region, *changed.federate}) != 1 + len(changed.federate):
        raise ValueError("region and federate name a region twice")
    return changed


def _speed(clock: str, speed: float | None) -> float:
    if clock == "manual":
        if speed is not None:
            raise ValueError("a manual clock has no speed")
        return 0
    return 1 if speed is None else float(speed)


def settings_document(settings: Settings) -> dict[str, Any]:
    """Return what a world is made of, as ``Settings`` in the description."""
    speed = settings.speed if settings.clock is None else settings.clock.speed
    return {name: getattr(settings, name) for name in _PLAIN} | {
        "federate": list(settings.federate),
        "nodes": settings.nodes if isinstance(settings.nodes, int) else None,
        "clock": "real" if speed else "manual",
        "speed": speed,
    }
