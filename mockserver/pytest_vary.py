"""Varying mocks under pytest: how ``vary`` is written in one word, and what a failing test says about it.

Loading this costs next to nothing: the catalogue of freedoms is read when something is to vary.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

SYNTAX = "a seed or random, and which freedoms, if not all: 7, random, 7:json.*,index.*, 7:weather.*"

_SEEDS = 1_000_000
_SEED = random.SystemRandom().randrange(_SEEDS)
"""What ``random`` stands for in this process."""
_WEATHER = "weather."


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


def told_of_vary(item: pytest.Item, url: str, vary: Mapping[str, Any] | None, used: Sequence[str]) -> list[str]:
    """Return what a failing test says about a mock that varied and of which freedoms it made use, reply by reply."""
    if vary is None:
        return []
    lines = [f"The mock at {url} varied with seed {vary['seed']}; its replies made use of:"]
    lines += [f"  {freedom} ({_times(number)})" for freedom, number in Counter(used).items()] or ["  nothing"]
    freedoms = [*dict.fromkeys(used)] or [*vary["freedoms"], *vary["weather"]]
    return [*lines, *_repeat(item, vary["seed"], freedoms)]


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
