"""The one source of randomness of a mock: with the same seed, the same run."""

import base64
import random
import struct
from collections.abc import MutableSequence
from typing import Any

from mockserver.slices import Steps

_VERSION = 3
"""Of the states of Python's generator."""
_WORDS = struct.Struct("<625I")


class RandomSource:
    """UUIDs in Nomad's form, dispatch suffixes, shuffles and jitter, all from one seeded generator."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)
        self.drawn = 0
        """How often something was drawn."""

    def saved(self) -> str:
        """Where the generator is, as base64 text; ``restore`` takes it."""
        _, words, _ = self._random.getstate()
        return base64.b64encode(_WORDS.pack(*words)).decode()

    def restore(self, saved: str) -> None:
        """Go on from there.

        Raises:
            ValueError: The text is not one that ``saved`` gave.
        """
        try:
            words = _WORDS.unpack(base64.b64decode(saved, validate=True))
            self._random.setstate((_VERSION, words, None))
        except struct.error as error:
            raise ValueError(f"not the state of a generator: {error}") from None

    def uuid(self) -> str:
        """32 random lower-case hex digits as 8-4-4-4-12, without version bits, as Nomad makes them."""
        self.drawn += 1
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def suffix(self) -> str:
        """Return the 8 hex digits at the end of a dispatched job's ID."""
        return self.uuid()[:8]

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Shuffle in place."""
        self.drawn += 1
        self._random.shuffle(items)

    def shuffling(self, items: MutableSequence[Any]) -> Steps[None]:
        """Shuffle in place, in steps: one for each item."""
        for last in range(len(items) - 1, 0, -1):
            yield
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to but not including ``limit``; 0 when the limit is 0."""
        self.drawn += 1
        return self._random.randrange(limit) if limit > 0 else 0
