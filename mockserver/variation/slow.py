"""Slow but whole replies: a pause before the head, and before each of several parts of the body."""

from collections.abc import Sequence

from starlette.types import Receive

from mockserver.faults.effect import Delays
from mockserver.gostd.durations import MILLISECOND
from mockserver.variation.framing import pieces
from mockserver.vary import ReplyChoices

SLOW = "timing.slow"

_SOMETIMES = 0.1


class Pauses:
    """The pauses in one reply; none where time stands still. A client that leaves meanwhile is ``Disconnected``."""

    def __init__(self, choices: ReplyChoices, delays: Delays, client: Receive, *, time_passes: bool) -> None:
        self._delays = delays
        self._client = client
        self._source = choices.draw(SLOW, _SOMETIMES) if time_passes else None
        if self._source is not None:
            choices.note(SLOW)

    def parts(self, whole: Sequence[bytes]) -> Sequence[bytes]:
        """Return the parts of a body; one in a single part comes bit by bit."""
        return whole if self._source is None or len(whole) > 1 else pieces(whole[0], self._source)

    async def before_head(self) -> None:
        """Let the client wait for the beginning, up to 200 ms."""
        await self._pause(200)

    async def before_part(self) -> None:
        """Let the client wait for the next part, up to 40 ms."""
        await self._pause(40)

    async def _pause(self, most: int) -> None:
        if self._source is not None:
            await self._delays.sleep_for(self._client, self._source.randint(1, most * MILLISECOND))
