"""The few ways in which two versions of a part of a job are compared.

A ``Kind`` says what an object consists of; a ``Comparer`` takes the old and the new value of one key (either may be
null) and returns the object diffs to report, in order. The table of them is in ``objects``.

A diff is a plain dict with every key: an object diff has Type, Name, Fields and Objects; a field diff has Type, Name,
Old, New and Annotations. Empty lists are null.

Two values of a job are the same when ``==`` says so, all the way down: a field has one type, and ``Float64`` is never
a bool. Null is neither an empty list nor an empty map, which is visible: Artifacts, Templates and Services keep the
difference (behaviour observed). Most of a job is the same in both versions, so that is looked at first.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, cmp_to_key
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from mockserver.jobs.diff.flatten import flatten, text
from mockserver.nomad_types import FieldDiff, ObjectDiff

T = TypeVar("T")

Comparer: TypeAlias = Callable[[Any, Any], list[ObjectDiff]]
Key: TypeAlias = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Kind:
    """One kind of object in a job.

    ``name``: what its diff is called. ``fields``: the primitives shown. ``maps``: the string maps shown among them, as
    ``Meta[key]``. ``parts``: what else is inside, by key, in the order reported. ``whole``: whether any difference
    inside makes it ``Edited``, even one that no field shows (a service's tags); otherwise the fields shown decide.
    """

    name: str = ""
    fields: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    parts: Mapping[str, Comparer] = field(default_factory=dict)
    whole: bool = False

    @cached_property
    def shown(self) -> Callable[[Mapping[str, Any]], object]:
        """Takes out of an object all that a diff shows of it as fields."""
        return itemgetter(*self.fields, *self.maps)

    def primitives(self, thing: Mapping[str, Any] | None) -> dict[str, str]:
        """Return the texts of all primitives that a diff of this kind shows; none for a missing object."""
        if thing is None:
            return {}
        texts = {name: text(thing[name]) for name in self.fields}
        for name in self.maps:
            texts |= flatten(thing[name] or {}, name)
        return texts


def presence(old: Any, new: Any) -> str:
    """Return the diff type that two versions of one thing have, null meaning that it is not there."""
    if old == new:
        return "None"
    if old is None:
        return "Added"
    return "Deleted" if new is None else "Edited"


def summary(types: Iterable[str]) -> str:
    """Return the diff type of an object whose fields have these types."""
    changed = set(types) - {"None"}
    if not changed:
        return "None"
    return changed.pop() if len(changed) == 1 else "Edited"


def field_diff(name: str, old: str, new: str) -> FieldDiff:
    """Return the diff of one primitive; the empty text means that it is not there."""
    change = "None" if old == new else "Added" if not old else "Edited" if new else "Deleted"
    return {"Type": change, "Name": name, "Old": old, "New": new, "Annotations": None}


def field_diffs(old: Mapping[str, str], new: Mapping[str, str]) -> list[FieldDiff]:
    """Return the diffs of all primitives by name, unchanged ones too."""
    return [field_diff(name, old.get(name, ""), new.get(name, "")) for name in sorted(old.keys() | new.keys())]


def changed_fields(kind: Kind, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[FieldDiff]:
    """Return the diffs of the primitives that differ, by name."""
    if old and new and kind.shown(old) == kind.shown(new):
        return []
    return [diff for diff in field_diffs(kind.primitives(old), kind.primitives(new)) if diff["Type"] != "None"]


def part_diffs(kind: Kind, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[ObjectDiff]:
    """Return the diffs of everything inside an object, in the order of the table."""
    before, after = old or {}, new or {}
    return [diff for key, compare in kind.parts.items() for diff in compare(before.get(key), after.get(key))]


def object_diff(kind: Kind, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> ObjectDiff | None:
    """Return the diff of one object, unchanged fields included, or None where there is nothing to report."""
    if old == new:
        return None
    fields = field_diffs(kind.primitives(old), kind.primitives(new))
    change = presence(old, new) if kind.whole else summary(diff["Type"] for diff in fields)
    if change == "None":
        return None
    return {"Type": change, "Name": kind.name, "Fields": fields or None, "Objects": part_diffs(kind, old, new) or None}


def pairs(
    old: Iterable[T] | None, new: Iterable[T] | None, key: Callable[[T], Any]
) -> Iterator[tuple[T | None, T | None]]:
    """Pair the old and new items that have the same key; of items with one key in one list the last counts."""
    before = {key(item): item for item in old or ()}
    after = {key(item): item for item in new or ()}
    for identity in before | after:
        yield before.get(identity), after.get(identity)


def one(kind: Kind) -> Comparer:
    """Compare a single object."""

    def compare(old: Any, new: Any) -> list[ObjectDiff]:
        diff = object_diff(kind, old, new)
        return [] if diff is None else [diff]

    return compare


def each_by(name: str, kind: Kind) -> Comparer:
    """Compare a list of objects, those with the same ``name`` (a key of theirs) with each other."""

    def compare(old: Any, new: Any) -> list[ObjectDiff]:
        if old == new:
            return []
        diffs = (object_diff(kind, before, after) for before, after in pairs(old, new, lambda item: item[name]))
        return ordered(diff for diff in diffs if diff is not None)

    return compare


def content(thing: dict[str, Any]) -> str:
    """Return a text that is the same for objects with the same content; an empty list is as good as null (observed)."""
    return json.dumps({key: None if value == [] else value for key, value in thing.items()}, sort_keys=True)


def each_by_content(kind: Kind, key: Key = content) -> Comparer:
    """Compare a list of objects as a set: what is on both sides is left out, so nothing is ever ``Edited``."""

    def compare(old: Any, new: Any) -> list[ObjectDiff]:
        if old == new:
            return []
        unmatched = ((before, after) for before, after in pairs(old, new, key) if before is None or after is None)
        diffs = (object_diff(kind, before, after) for before, after in unmatched)
        return ordered(diff for diff in diffs if diff is not None)

    return compare


def string_set(name: str) -> Comparer:
    """Compare lists of strings as sets; reported even if unchanged, unless empty (recording ``plan-docs-example``)."""

    def compare(old: Any, new: Any) -> list[ObjectDiff]:
        before, after = set(old or ()), set(new or ())
        if not before | after:
            return []
        fields = [field_diff(name, e if e in before else "", e if e in after else "") for e in before | after]
        change = summary(["Deleted"] * bool(before - after) + ["Added"] * bool(after - before))
        return [{"Type": change, "Name": name, "Fields": sorted(fields, key=_field_order), "Objects": None}]

    return compare


def flattened(name: str) -> Comparer:
    """Compare free maps (a driver's Config) by everything inside them."""

    def compare(old: Any, new: Any) -> list[ObjectDiff]:
        change = presence(old or None, new or None)
        if change == "None":
            return []
        fields = field_diffs(flatten(old or {}), flatten(new or {}))
        return [{"Type": change, "Name": name, "Fields": fields or None, "Objects": None}]

    return compare


_TYPES = ("Edited", "Added", "Deleted", "None")
_INSERTED = 12
"""So few siblings an agent sorts by insertion."""


def ordered(diffs: Iterable[ObjectDiff]) -> list[ObjectDiff]:
    """Return siblings in an agent's order: name, type, number of fields, number of objects, then what is inside.

    An agent's comparison of what is inside is no order: one diff is before another as soon as any field or object of
    it is, and so may be each of two. Looking inside also sorts the objects there, but where a field decides nobody
    looks: the ports of two networks come out dynamic before static, or not. Hence an agent's own sort is done here,
    on siblings in the order of the job, which is the likeliest of those that its hash tables begin with.
    """
    siblings = list(diffs)
    _sort(siblings)
    return siblings


def _sort(siblings: list[ObjectDiff]) -> None:
    if len(siblings) > _INSERTED:
        siblings.sort(key=cmp_to_key(lambda one, other: -_is_before(one, other)))
        return
    for end in range(1, len(siblings)):
        for place in range(end, 0, -1):
            if not _is_before(siblings[place], siblings[place - 1]):
                break
            siblings[place - 1 : place + 1] = siblings[place], siblings[place - 1]


def _is_before(one: ObjectDiff, other: ObjectDiff) -> bool:
    """Say whether an agent puts ``one`` first; sorts what is inside of both where that is looked at."""
    if one == other:
        return False
    rank, other_rank = _rank(one), _rank(other)
    if rank != other_rank:
        return rank < other_rank
    fields = zip(one["Fields"] or (), other["Fields"] or (), strict=True)
    if any(_field_order(field) < _field_order(other_field) for field, other_field in fields):
        return True
    objects, other_objects = one["Objects"] or [], other["Objects"] or []
    _sort(objects)
    _sort(other_objects)
    return any(map(_is_before, objects, other_objects))


def _rank(diff: ObjectDiff) -> tuple[str, int, int, int]:
    return diff["Name"], _TYPES.index(diff["Type"]), len(diff["Fields"] or ()), len(diff["Objects"] or ())


def _field_order(diff: FieldDiff) -> tuple[str, str, str]:
    return diff["Name"], diff["Old"], diff["New"]
