"""The recordings of a real agent, each played against the mock."""

import asyncio
from functools import cache

import pytest

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.settings import Settings
from tests.recordings.compare import Exchange, compare, indexes
from tests.recordings.player import play
from tests.recordings.recording import FOLDER, Recording, load

NODES = {"server-only": 0, "dev": 1}
"""How many nodes a mock has that stands for an agent in this mode."""

RACES = {
    "job-id-with-slash": "the deregistration came before the evaluation was done",
}
"""Recordings in which an index of the agent depends on which of its threads was faster."""

RECORDINGS = {path.stem: load(path) for path in sorted(FOLDER.glob("*.json"))}


@cache
def played(name: str) -> list[Exchange]:
    """Return a recording's exchanges with a fresh mock."""
    return asyncio.run(_play(RECORDINGS[name]))


async def _play(recording: Recording) -> list[Exchange]:
    clock = ManualClock()
    app = create_app(Settings(nodes=NODES[recording.mode], seed=1, strict=True, clock=clock))
    async with app.router.lifespan_context(app):
        return await play(recording, app, clock)


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_mock_answers_as_the_agent_did(name: str) -> None:
    """Status, headers, values, order of indexes and timing are those of the recording."""
    recording = RECORDINGS[name]
    differences = compare(recording, played(name))
    assert not differences, "\n".join([f"{name}: {recording.description}", *differences])


@pytest.mark.slow
def test_indexes_are_those_of_the_agent() -> None:
    """On a lone server even the numbers of indexes are those recorded, unless two threads raced for them."""
    ordered = [name for name, recording in RECORDINGS.items() if recording.index_check == "order"]
    other = {name for name in ordered if any(one.came != one.recorded for one in indexes(played(name)))}
    assert len(ordered) == 138
    assert other == set(RACES)
