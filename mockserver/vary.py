"""The setting ``vary``: of which freedoms a world makes use, and on which replies."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.openapi.freedoms import FREEDOM, WEATHER, chosen, freedoms, of_group


@dataclass(frozen=True, slots=True)
class Vary:
    """What a world makes use of.

    Attributes:
        seed: the same seed does the same things to the replies of the same numbers.
        named: the ids of the freedoms that are used, of both groups.
        replies: the numbers of the replies that vary, None for all; what holds for a whole world is not narrowed by it.
    """

    seed: int
    named: frozenset[str]
    replies: frozenset[int] | None = None

    @classmethod
    def read(cls, document: Mapping[str, Any] | int) -> "Vary":
        """Read a ``Vary`` of ``schemas/admin.json``, or just a seed, which stands for all of the group ``freedom``.

        A glob that matches no freedom raises ``ValueError``.
        """
        given: Mapping[str, Any] = {"seed": document} if isinstance(document, int) else document
        globs, weather = given.get("freedoms"), given.get("weather", False)
        replies = None if given.get("replies") is None else frozenset(map(int, given["replies"]))
        named = of_group(FREEDOM) if globs is None else chosen(globs, FREEDOM)
        storms = chosen(weather, WEATHER) if isinstance(weather, list) else of_group(WEATHER) if weather else ()
        return cls(int(given["seed"]), frozenset((*named, *storms)), replies)

    @property
    def document(self) -> dict[str, Any]:
        """The same as a ``Vary`` of ``schemas/admin.json``, with the ids in place of globs."""
        return {
            "seed": self.seed,
            "freedoms": [each for each in of_group(FREEDOM) if each in self.named],
            "weather": [each for each in of_group(WEATHER) if each in self.named],
            "replies": None if self.replies is None else sorted(self.replies),
        }

    def of_world(self, freedom: str) -> random.Random | None:
        """Return the randomness of a freedom that holds for all replies alike; None when it is not used."""
        return random.Random(f"{self.seed} {freedom}") if freedom in self.named else None

    def of_reply(self, number: int) -> "ReplyChoices":
        """Return what is chosen for one reply."""
        varies = self.replies is None or number in self.replies
        return ReplyChoices(self.seed, number, self.named if varies else frozenset())


class ReplyChoices:
    """Which freedoms one reply makes use of, and how.

    Each freedom has a randomness of its own, so that what it does to a reply depends neither on other freedoms nor on
    other replies. ``used`` are the ids of those that made a difference.
    """

    def __init__(self, seed: int, number: int, named: frozenset[str]) -> None:
        self._seed = seed
        self._number = number
        self._named = named
        self._used: set[str] = set()

    def draw(self, freedom: str, likelihood: float = 1) -> random.Random | None:
        """Return the randomness of a freedom; None when it is not used on this reply."""
        if freedom not in self._named:
            return None
        source = random.Random(f"{self._seed} {self._number} {freedom}")
        return source if likelihood >= 1 or source.random() < likelihood else None

    def note(self, freedom: str) -> None:
        """Note that a freedom made a difference."""
        self._used.add(freedom)

    @property
    def used(self) -> tuple[str, ...]:
        """The ids of the freedoms that made a difference, in the order of the catalogue."""
        return tuple(each for each in freedoms() if each in self._used) if self._used else ()
