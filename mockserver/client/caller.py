"""How the parts of a ``MockClient`` ask the control plane, and the values that they all take."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeAlias

from mockserver.gostd.durations import SECOND, InvalidDuration, nanoseconds
from nomad_contract_spelling import advice, duration_meant, shown

JSON: TypeAlias = dict[str, Any]

Duration: TypeAlias = str | float | timedelta
"""As Go writes it (``"1m30s"``), in seconds, or a ``timedelta``."""

Match: TypeAlias = Mapping[str, Any]
"""Which requests are meant: some of method, path, operation, query, headers and body."""


MATCH = ("method", "path", "operation", "query", "headers", "body")
"""The conditions of a match."""


class Caller(Protocol):
    """What asks the control plane of one world: a ``MockClient``."""

    def call(self, method: str, path: str, /, body: Any = None, **query: str | None) -> Any:
        """Send one request, ``path`` without ``/__admin``, and return the JSON of the answer."""

    async def call_async(self, method: str, path: str, /, body: Any = None, **query: str | None) -> Any:
        """Send one request without blocking the event loop."""


def given(values: Mapping[str, Any]) -> JSON:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def as_json(value: object) -> float:
    """Return a value that JSON does not know: a ``timedelta`` is sent as its seconds.

    Raises:
        TypeError: It is of another type.
    """
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{value!r} can't be sent to a mock: a {type(value).__name__} is not JSON")


def need_known(kind: str, given_names: Iterable[str], known: Sequence[str], *others: str) -> None:
    """Refuse a misspelt argument, which is not among ``known``; ``others`` could have been meant, too.

    Raises:
        TypeError: There is no such name.
    """
    for name in given_names:
        if name not in known:
            raise TypeError(f"there is no {name!r} {kind}; {advice(name, (*known, *others))}")


def seconds_of(duration: Duration) -> float:
    """Return the seconds of a duration.

    Raises:
        ValueError: It is none.
    """
    try:
        return nanoseconds(duration_text(duration)) / SECOND
    except InvalidDuration:
        text = str(duration)
        raise ValueError(f"{shown(text)!r} is not a duration, such as 10s or 1m30s{duration_meant(text)}") from None


def duration_text(duration: Duration) -> str:
    """Return a duration as Go writes it.

    Raises:
        TypeError: It is of another type.
        ValueError: The number of seconds is infinite or no number.
    """
    if isinstance(duration, str):
        return duration
    if not isinstance(duration, int | float | timedelta):
        raise TypeError(f"{duration!r} is not a duration, such as '10s' or 10")
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not math.isfinite(seconds):
        raise ValueError(f"{duration!r} is not a duration")
    return f"{round(seconds * SECOND)}ns"
