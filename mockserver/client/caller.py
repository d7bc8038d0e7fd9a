"""How the parts of a ``MockClient`` ask the control plane, and the values that they all take."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol, TypeAlias

from mockserver.gostd.durations import SECOND

JSON: TypeAlias = dict[str, Any]

Duration: TypeAlias = str | float | timedelta
"""As Go writes it (``"1m30s"``), in seconds, or a ``timedelta``."""

Match: TypeAlias = Mapping[str, Any]
"""Which requests are meant: some of method, path, operation, query, headers and body."""


class Caller(Protocol):
    """What asks the control plane of one world: a ``MockClient``."""

    def call(self, method: str, path: str, /, body: Any = None, **query: str | None) -> Any:
        """Send one request, ``path`` without ``/__admin``, and return the JSON of the answer."""


def given(values: Mapping[str, Any]) -> JSON:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def duration_text(duration: Duration) -> str:
    """Return a duration as Go writes it.

    Raises:
        ValueError: The number of seconds is infinite or no number.
    """
    if isinstance(duration, str):
        return duration
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not math.isfinite(seconds):
        raise ValueError(f"{duration!r} is not a duration")
    return f"{round(seconds * SECOND)}ns"
