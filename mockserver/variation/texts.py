"""Texts that are written for people: errors, descriptions of a status, and times."""

import random
import re
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

from mockserver.openapi.reply_shapes import Shape
from mockserver.variation.rebuild import Change
from mockserver.vary import ReplyChoices

ERRORS = "text.errors"
DESCRIPTIONS = "text.descriptions"
ZONE = "time.zone"
PRECISION = "time.precision"

_DESCRIPTIONS = frozenset(("StatusDescription", "DesiredDescription", "ClientDescription"))
_NEVER = "0001-01-01T00:00:00Z"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")


def error_text(text: str, choices: ReplyChoices) -> str:
    """Return an error in other words, where that is chosen."""
    source = choices.draw(ERRORS)
    if source is None or not text:
        return text
    choices.note(ERRORS)
    number = source.randrange(1 << 32)
    return source.choice(
        (
            f"rpc error: {text}",
            f"{text[0].upper()}{text[1:]}.",
            f"{text} (request {number:08x})",
            f"Das hat nicht geklappt: \u201e{text}\u201c",
            "the request was refused",
            f"{text}\n",
        )
    )


class Descriptions(Change):
    """Describes a status in other words, which are the same as long as it is."""

    def __init__(self, choices: ReplyChoices, seed: int) -> None:
        self._choices = choices
        self._seed = seed

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the names tell
        """Fill in what is empty, and reword what is not."""
        told = [name for name in members if name in _DESCRIPTIONS]
        if not told:
            return members
        self._choices.note(DESCRIPTIONS)
        return {**members, **{name: self._reworded(name, members[name]) for name in told}}

    def _reworded(self, name: str, text: Any) -> str:
        source = random.Random(f"{self._seed} {name} {text}")
        return source.choice((f"{text} as of now".lstrip(), "nothing is wrong", f"({text})"))


class Times(Change):
    """Writes the same moments in another time zone, or to another precision."""

    def __init__(self, choices: ReplyChoices, zone: random.Random | None, precision: random.Random | None) -> None:
        self._choices = choices
        self._zone = zone
        self._precision = precision

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:
        """Rewrite the fields that are moments; the zero time stays, since it stands for none."""
        moments = {
            name: self._rewritten(value)
            for name, value in members.items()
            if (field := shape.fields.get(name)) and field.format == "date-time" and value not in (None, _NEVER)
        }
        return {**members, **moments} if moments else members

    def _rewritten(self, moment: str) -> str:
        found = _MOMENT.fullmatch(moment)
        if found is None:
            return moment
        seconds, fraction, zone = found[1], found[2] or "", found[3]
        if self._zone is not None:
            minutes = self._zone.choice((-12 * 60, -210, -60, 60, 330, 345, 14 * 60))
            with suppress(OverflowError):  # it is the year 10000 there, which nobody can write
                there = datetime.fromisoformat(f"{seconds}{zone}").astimezone(timezone(timedelta(minutes=minutes)))
                seconds, zone = there.isoformat()[:19], there.isoformat()[19:]
                self._choices.note(ZONE)
        if self._precision is not None:
            self._choices.note(PRECISION)
            fraction = (fraction or ".").ljust(self._precision.choice((2, 4, 7, 10)), "0")
        return f"{seconds}{fraction}{zone}"
