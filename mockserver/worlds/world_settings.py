"""Settings of a world as JSON (``WorldSettings`` and ``Settings`` in ``schemas/admin.json``)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.openapi import load_control
from mockserver.origins import read_origin
from mockserver.settings import Settings
from mockserver.vary import Vary
from mockserver.worlds.strict_json import MOST_DIGITS

SCHEMA = "/components/schemas/WorldSettings"

_ELSEWHERE = frozenset(("region", "federate", "mock_driver", "clock", "speed"))
"""Settings that other parts of a saved world tell."""

_ONLY_FRESH = frozenset(("nodes", "seed"))
"""Settings that make a world what it is from its beginning on."""

_PLAIN = (
    "region",
    "datacenter",
    "seed",
    "strict",
    "mock_driver",
    "strict_clients",
    "journal_limit",
    "shuffle_placements",
)

_LARGEST = 10**MOST_DIGITS - 1


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
        ValueError: The result names a region twice, a freedom that does not exist, or what is no origin; or a number
            has more than 40 digits.
    """
    given: dict[str, Any] = {name: _whole(changes[name]) for name in _PLAIN if name in changes}
    if "federate" in changes:
        given["federate"] = tuple(changes["federate"])
    if "cors" in changes:
        origins = changes["cors"]
        given["cors"] = tuple(map(read_origin, [origins] if isinstance(origins, str) else origins))
    if "nodes" in changes:
        nodes = changes["nodes"]
        given["nodes"] = tuple(nodes) if isinstance(nodes, list) else _whole(nodes)
    if "clock" in changes or "speed" in changes:
        given |= {"clock": None, "speed": _speed(changes.get("clock", "real"), changes.get("speed"))}
    if "vary" in changes:
        given["vary"] = None if changes["vary"] is None else Vary.read(_whole(changes["vary"]))
    changed = replace(settings, **given)
    if len({changed.region, *changed.federate}) != 1 + len(changed.federate):
        raise ValueError("region and federate name a region twice")
    return changed


def _whole(value: Any) -> Any:
    """To JSON Schema 8.0 is an integer, too.

    Raises:
        ValueError: A state with this number could not be read again.
    """
    if not isinstance(value, float):
        return value
    if not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"{value} is a number of more than {MOST_DIGITS} digits")
    return int(value)


def _speed(clock: str, speed: float | None) -> float:
    if clock == "manual":
        if speed is not None:
            raise ValueError("a manual clock has no speed")
        return 0
    return 1 if speed is None else float(speed)


def settings_document(settings: Settings, speed: float) -> dict[str, Any]:
    """Return what a world is made of, as ``Settings`` in the description; time passes at ``speed`` there."""
    return {name: getattr(settings, name) for name in _PLAIN} | {
        "federate": list(settings.federate),
        "cors": list(settings.cors),
        "vary": None if settings.vary is None else settings.vary.document,
        "nodes": settings.nodes if isinstance(settings.nodes, int) else None,
        "clock": "real" if speed else "manual",
        "speed": speed,
    }


def saved_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings that are saved with a world (``SavedSettings`` in the description)."""
    document = settings_document(settings, settings.speed)
    return {name: value for name, value in document.items() if name not in _ELSEWHERE}


def with_saved(settings: Settings, saved: Mapping[str, Any]) -> Settings:
    """Return the settings with what was saved of them; nodes that were described one by one are not told again."""
    return with_changes(settings, {**saved, "nodes": []} if saved.get("nodes", 0) is None else saved)


def last_set(saved: Mapping[str, Any], before: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Return the settings of a saved world for a start with ``settings``.

    What this start says otherwise than the start ``before`` counts; anything else is as it was last set.
    """
    start = saved_settings(settings)
    return {
        name: value if name in _ONLY_FRESH or start[name] == before.get(name) else start[name]
        for name, value in saved.items()
    }
