"""Exchanges recorded from releases after 0.5: what the suite and the comparison say of them, and their replay."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.recorder.replay import Replay, read_exchanges
from tests.recordings.later import DEPARTURES, departures, recordings
from tests.recordings.player import ask
from tests.recordings.recording import load

RECORDED = recordings()
EXPECTED: dict[str, Any] = json.loads(DEPARTURES.read_text("utf-8"))


def test_each_recording_names_its_release_and_shows_a_departure() -> None:
    """The file is in the folder of the release that it names, and what it shows is no behaviour of 0.5.4."""
    assert list(EXPECTED) == list(RECORDED)
    for name, path in RECORDED.items():
        assert load(path).server == f"nomad {name.partition('/')[0]}"
        assert any(EXPECTED[name].values()), name


@pytest.mark.parametrize("release", sorted({name.partition("/")[0] for name in RECORDED}))
def test_the_suite_tells_what_departs(release: str) -> None:
    """Each exchange breaks the statements, adds the fields and differs in the places that were looked at by hand."""
    found = {name: departures(load(path)) for name, path in RECORDED.items() if name.startswith(f"{release}/")}
    assert found == {name: EXPECTED[name] for name in found}


def test_a_replay_answers_as_the_release_did() -> None:
    """Each request of each recording gets the status and the body that the release gave."""

    async def replayed(path: Path) -> None:
        replay, clock = Replay(read_exchanges(path)), ManualClock()
        for step in load(path).steps:
            came = await ask(replay, step.request, clock)
            assert (came.status, came.body) == (step.response.status, step.response.body), (path, step.step)

    for path in RECORDED.values():
        asyncio.run(replayed(path))
