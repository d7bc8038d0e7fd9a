"""The one source of randomness of a mock: with the same seed, the same run."""

import random
from collections.abc import MutableSequence
from typing import Any


class Ids:
    """UUIDs in Nomad's form, dispatch suffixes, shuffles and jitter, all from one seeded generator."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def uuid(self) -> str:
        """32 random lower-case hex digits as 8-4-4-4-12, without version bits, as Nomad makes them."""
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def suffix(self) -> str:
        """The 8 hex digits at the end of a dispatched job's ID."""
        return self.uuid()[:8]

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Shuffle in place."""
        self._random.shuffle(items)

    def below(self, limit: int) -> int:
        """A whole number from 0 up to but not including ``limit``; 0 when the limit is 0."""
        return self._random.randrange(limit) if limit > 0 else 0
