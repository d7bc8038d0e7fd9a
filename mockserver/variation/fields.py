"""Fields that come, go or are empty in another way: what the page does not bind of an object."""

import random
from typing import Any

from mockserver.openapi.reply_shapes import Shape
from mockserver.variation.later_fields import LATER
from mockserver.variation.rebuild import Change
from mockserver.vary import ReplyChoices

INVENTED = "fields.invented"
LATER_RELEASES = "fields.later-releases"
ABSENT = "fields.absent"
NULL_OR_EMPTY = "fields.null-or-empty"

_LETTERS = "bcdfghjklmnpqrstvwxz"
_EMPTY: dict[str, Any] = {"array": [], "object": {}}
_ZEROS: tuple[Any, ...] = (None, "", 0, False)


class InventedFields(Change):
    """Gives each record fields that no release of Nomad has."""

    def __init__(self, choices: ReplyChoices, source: random.Random) -> None:
        self._choices = choices
        self._source = source

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - every record
        """Add one to three members."""
        self._choices.note(INVENTED)
        known = {name.lower() for name in members}
        names = (self._name() for _ in range(self._source.randint(1, 3)))
        return {**members, **{name: self._value() for name in names if name.lower() not in known}}

    def _name(self) -> str:
        """Return a name that no field has, and never will: no vowels."""
        letters = "".join(self._source.choices(_LETTERS, k=6))
        return letters[0].upper() + letters[1:]

    def _value(self) -> Any:
        number = self._source.randrange(1 << 40)
        return self._source.choice(
            (None, True, False, "", "x\u00e9\u20ac", number, -number, 0.5, [], [number, None], {}, {"A": {"b": [1]}})
        )


class LaterFields(Change):
    """Gives each record fields that a later release of Nomad added to it."""

    def __init__(self, choices: ReplyChoices, source: random.Random) -> None:
        self._choices = choices
        self._source = source

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:
        """Add some of them, all at times."""
        later = {name: value for name, value in LATER.get(shape.kind, {}).items() if name not in members}
        if not later:
            return members
        self._choices.note(LATER_RELEASES)
        some = self._source.sample(sorted(later), self._source.randint(1, len(later)))
        return {**members, **{name: later[name] for name in some}}


class AbsentFields(Change):
    """Leaves out fields that the page does not show, where they say nothing."""

    def __init__(self, choices: ReplyChoices, source: random.Random) -> None:
        self._choices = choices
        self._source = source

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:
        """Leave out some."""
        gone = {name for name, value in members.items() if self._may_go(shape.fields.get(name), value)}
        if not gone:
            return members
        self._choices.note(ABSENT)
        return {name: value for name, value in members.items() if name not in gone}

    def _may_go(self, shape: Shape | None, value: Any) -> bool:
        unbound = shape is not None and not shape.documented
        empty = value in ([], {}) or any(value is zero for zero in _ZEROS)
        return unbound and empty and self._source.random() < 0.7


class NullOrEmpty(Change):
    """Puts null in place of an empty list or map, and the other way round, where either may stand."""

    def __init__(self, choices: ReplyChoices, source: random.Random) -> None:
        self._choices = choices
        self._source = source

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:
        """Exchange some."""
        changed = {}
        for name, value in members.items():
            field = shape.fields.get(name)
            if field is None or not field.nullable or field.kind or value not in (None, [], {}):
                continue
            other = _EMPTY.get(field.type) if value is None else None
            if other != value and self._source.random() < 0.7:
                changed[name] = other
        if not changed:
            return members
        self._choices.note(NULL_OR_EMPTY)
        return {**members, **changed}
