"""A world as one JSON document (``State`` in ``schemas/admin.json``), exact both ways."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from mockserver import gc_pauses
from mockserver.bus import Bus
from mockserver.cluster.clock import SteeredClock
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tasks import Rule, Rules
from mockserver.jobs.validate import MOCK_DRIVER
from mockserver.openapi import load_control
from mockserver.settings import Settings
from mockserver.slices import Steps, in_slices
from mockserver.worlds.kept_values import OddNumber, keep_values, odd_numbers
from mockserver.worlds.snapshot_checks import contradictions
from mockserver.worlds.world import World, empty_cluster, world_around
from mockserver.worlds.world_settings import last_set, saved_settings, with_saved

FORMAT = "nomad-mock-state"
VERSION = 1
SCHEMA = "/components/schemas/State"
_MOST = 10
"""Findings that are told."""


class DocumentError(ValueError):
    """A document that is not a world; ``findings`` say what is wrong where."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = findings


async def document_of(world: World) -> dict[str, Any]:
    """Return the whole world at one moment, while it goes on and is written to."""
    await world.caught_up()
    await world.clock.at_rest()
    return await in_slices(saving(world))


def saving(world: World) -> Steps[dict[str, Any]]:
    """Return the world as it is in this moment, in steps; anything may change before the last one."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "mock_driver": MOCK_DRIVER in world.agent.local.drivers,
        "settings": saved_settings(world.settings),
        "clock": {"now": world.clock.now(), "speed": world.clock.speed},
        "ids": world.ids.saved(),
        "rules": [rule.saved() for rule in world.rules],
    }
    clusters = [cluster.saving() for cluster in world.agent.regions.values()]

    def steps() -> Steps[dict[str, Any]]:
        regions = []
        for cluster in clusters:
            regions.append((yield from cluster))
        return {**document, "regions": regions}

    return steps()


@gc_pauses.none()
def world_of(
    document: dict[str, Any], settings: Settings, *, before: Mapping[str, Any] | None = None, checked: bool = False
) -> World:
    """Make a world that goes on where that of the document was, once it is started; it takes the document's parts.

    The document overrides ``settings``. With ``before``, the saved settings of an earlier start, it does not where
    ``settings`` say otherwise than these. ``checked`` says that the document is known to fit its schema.

    Raises:
        DocumentError: The document does not fit its schema, or contradicts itself.
    """
    findings = [] if checked else load_control().findings_as(SCHEMA, document, "document")
    if findings or (findings := list(islice(contradictions(document), _MOST))):
        raise DocumentError(findings)
    try:
        keep_values(document)
    except OddNumber:
        raise DocumentError(list(islice(odd_numbers("document", document), _MOST))) from None
    clock = SteeredClock(speed=document["clock"]["speed"], start=document["clock"]["now"])
    ids, bus = RandomSource(), Bus()
    rules = Rules(bus)
    regions = [saved["region"] for saved in document["regions"]]
    saved = document.get("settings", {})
    try:
        settings = with_saved(settings, saved if before is None else last_set(saved, before, settings))
    except ValueError as error:
        raise DocumentError([f"document/settings: {error}"]) from None
    settings = replace(
        settings,
        region=regions[0],
        federate=tuple(regions[1:]),
        mock_driver=document["mock_driver"],
        speed=clock.speed,
        clock=None,
        load=(),
    )
    clusters = [empty_cluster(settings, region, clock, ids, rules, bus) for region in regions]
    for cluster, saved in zip(clusters, document["regions"], strict=True):
        cluster.restore(saved)
    for rule in document["rules"]:
        rules.put(Rule.restored(rule))
    ids.restore(document["ids"])
    return world_around(settings, clock, ids, rules, bus, clusters)
