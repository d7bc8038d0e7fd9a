"""What an agent fills in, rewrites or ignores of a job that it accepts."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from mockserver.jobs.validate.problems import Place

_BY_SERVER = ("Status", "CreateIndex", "ModifyIndex", "JobModifyIndex")
"""Fields of a job that a server sets, whatever was sent."""
_LONGEST = 200
"""Characters of a value that are shown."""


class Change(NamedTuple):
    """What becomes of the value at a place."""

    place: Place
    text: str


def changes(sent: Any, stored: Any) -> Iterator[Change]:
    """Yield what an agent makes of a job.

    Args:
        sent: as it was decoded.
        stored: as it is stored. What is only empty in another way (``{}``, ``[]`` or null) is no change.
    """
    for name in _BY_SERVER:
        if sent[name]:
            yield Change((name,), "is ignored: the server sets it")
    yield from _between(sent, stored, ())


def _between(sent: Any, stored: Any, place: Place) -> Iterator[Change]:
    if isinstance(sent, dict) and isinstance(stored, dict):
        for name in stored:
            yield from _between(sent.get(name), stored[name], (*place, name))
    elif isinstance(sent, list) and isinstance(stored, list):
        for index, each in enumerate(sent[: len(stored)]):
            yield from _between(each, stored[index], (*place, index))
        for index, added in enumerate(stored[len(sent) :], len(sent)):
            yield Change((*place, index), f"is added: {_shown(added)}")
    elif sent != stored and (sent or stored):
        done = "becomes" if sent else "is filled in:"
        yield Change(place, f"{done} {_shown(stored)}")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
