"""Varying mocks under pytest: how ``vary`` is written in one word, and what a failing test says about it.

Loading this costs next to nothing: the catalogue of freedoms is read when something is to vary.
"""

import random
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.client import MockClient

SYNTAX = "a seed or random, and which freedoms, if not all: 7, random, 7:json.*,index.*, 7:weather.*"

_SEEDS = 1_000_000
_SEED = random.SystemRandom().randrange(_SEEDS)
"""What ``random`` stands for in this process."""
_WEATHER = "weather."

Used = tuple["MockClient", Mapping[str, Any]]
_MOCKS: pytest.StashKey[list[Used]] = pytest.StashKey()


def read_vary(text: str) -> dict[str, Any]:
    """Return what one word says, such as ``7:json.*``, as the setting ``vary`` of a world.

    A word that can't be read, or names a freedom that does not exist, raises ``ValueError``.
    """
    from mockserver.vary import Vary

    seed, colon, globs = text.partition(":")
    vary: dict[str, Any] = {"seed": _SEED if seed == "random" else int(seed)}
    if colon:
        named = [glob.strip() for glob in globs.split(",") if glob.strip()]
        vary["freedoms"] = [glob for glob in named if not glob.startswith(_WEATHER)]
        vary["weather"] = [glob for glob in named if glob.startswith(_WEATHER)]
    Vary.read(vary)
    return vary


def remember(node: pytest.Item | pytest.Session, mock: "MockClient", settings: Mapping[str, Any]) -> None:
    """Remember that a test, or the session, uses a mock that varies."""
    if settings.get("vary") is not None:
        node.stash.setdefault(_MOCKS, []).append((mock, settings))


def report_section(item: pytest.Item) -> str:
    """Return what a failing test says about the mocks that varied, "" when none did."""
    mocks = item.stash.get(_MOCKS, [])
    if "nomad_mock_session" in getattr(item, "fixturenames", ()):
        mocks = [*mocks, *item.session.stash.get(_MOCKS, [])]
    return "\n\n".join(filter(None, (_told(item, mock) for mock, _ in mocks)))


def _told(item: pytest.Item, mock: "MockClient") -> str:
    from mockserver.client import MockError

    try:
        vary = mock.settings()["vary"]
        used = Counter(freedom for each in mock.requests.list() for freedom in each["freedoms"])
    except (MockError, OSError):  # the test has dropped its mock, or it keeps no journal
        return ""
    if vary is None:
        return ""
    lines = [f"The mock at {mock.url} varied with seed {vary['seed']}; its replies made use of:"]
    lines += [f"  {freedom} ({_times(number)})" for freedom, number in used.items()] or ["  nothing"]
    return "\n".join([*lines, *_repeat(item, vary["seed"], [*used] or [*vary["freedoms"], *vary["weather"]])])


def _repeat(item: pytest.Item, seed: int, freedoms: list[str]) -> list[str]:
    """Return how a test is repeated, with what was used and with a part of it."""
    if any("vary" in marker.kwargs for marker in item.iter_markers("nomad_mock")):
        return [
            f"Repeat it with:        pytest {item.nodeid!r}",
            f"With one of them:      vary={{'seed': {seed}, 'freedoms': ['{freedoms[0]}']}} in its marker nomad_mock",
        ]
    return [
        f"Repeat it with:        pytest {item.nodeid!r} --nomad-mock-vary '{seed}:{','.join(freedoms)}'",
        f"With one of them:      pytest {item.nodeid!r} --nomad-mock-vary '{seed}:{freedoms[0]}'",
    ]


def _times(number: int) -> str:
    return "1 reply" if number == 1 else f"{number} replies"
