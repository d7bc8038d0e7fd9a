"""The diff that a plan shows between two jobs, both in the full form of ``readback``.

Written from the page (the structure of a Job Diff) and from what a 0.5.4 agent is observed to report for each object.
Lists come in no particular order here: see ``unordered``.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Node = dict[str, Any]

JOB_FIELDS = ("AllAtOnce", "Meta", "Name", "ParentID", "Priority", "Region", "Type", "VaultToken")
CREATE, DESTROY = "forces create", "forces destroy"
REPLACE, IN_PLACE = "forces create/destroy update", "forces in-place update"


def job_diff(old: Node | None, new: Node) -> Node:
    """Return the diff of a job that is stored (or not, for None) and a submitted one; no node can run either."""
    before = old or {}

    def differ(one: Node | None, other: Node | None) -> Node:
        diff = _group_diff(one, other)
        places = other["Count"] if other and new["Type"] != "system" else 0
        return {**diff, "Updates": {"create": places} if places else None}

    objects = [
        _set("Datacenters", before.get("Datacenters"), new["Datacenters"]),
        *_set_of_objects("Constraint", before.get("Constraints"), new["Constraints"]),
        *(_object(name, before.get(name), new[name]) for name in ("Update", "Periodic")),
        _object("ParameterizedJob", before.get("ParameterizedJob"), new["ParameterizedJob"], _metadata_rules),
    ]
    return {
        "ID": new["ID"],
        "Type": "Edited" if old else "Added",
        "Fields": _fields(before, new, JOB_FIELDS),
        "Objects": _list(objects),
        "TaskGroups": _list(_paired(before.get("TaskGroups"), new["TaskGroups"], differ)),
    }


def _group_diff(old: Node | None, new: Node | None) -> Node:
    before, after = old or {}, new or {}
    count = _field("Count", before.get("Count"), after.get("Count"))
    if count:
        growth = int(count["New"] or 0) - int(count["Old"] or 0)
        count["Annotations"] = [CREATE if growth > 0 else DESTROY] if growth else None
    type_ = _type(old, new)
    tasks = _paired(before.get("Tasks"), after.get("Tasks"), lambda one, other: _task_diff(one, other, type_))
    return {
        "Name": (new or before)["Name"],
        "Type": type_,
        "Fields": _list([count, *(_fields(before, after, ("Meta",)) or ())]),
        "Objects": _list(
            [
                *_set_of_objects("Constraint", before.get("Constraints"), after.get("Constraints")),
                _object("RestartPolicy", before.get("RestartPolicy"), after.get("RestartPolicy")),
                _object("EphemeralDisk", before.get("EphemeralDisk"), after.get("EphemeralDisk")),
            ]
        ),
        "Tasks": _list(tasks),
    }


def _task_diff(old: Node | None, new: Node | None, group_type: str) -> Node:
    before, after = old or {}, new or {}
    diff: Node = {
        "Name": (new or before)["Name"],
        "Type": _type(old, new),
        "Fields": _fields(before, after, ("Driver", "Env", "KillTimeout", "Meta", "User")),
        "Objects": _list(
            [
                *_set_of_objects("Constraint", before.get("Constraints"), after.get("Constraints")),
                _config(before.get("Config"), after.get("Config")),
                _object("Resources", before.get("Resources"), after.get("Resources"), _networks),
                _object("LogConfig", before.get("LogConfig"), after.get("LogConfig")),
                _object("DispatchPayload", before.get("DispatchPayload"), after.get("DispatchPayload")),
                *_set_of_objects("Artifact", before.get("Artifacts"), after.get("Artifacts")),
                *_named_objects("Service", before.get("Services"), after.get("Services"), _checks),
                _object("Vault", before.get("Vault"), after.get("Vault"), _policies),
                *_set_of_objects("Template", before.get("Templates"), after.get("Templates")),
            ]
        ),
    }
    diff["Annotations"] = _task_annotation(diff, group_type)
    return diff


def _task_annotation(diff: Node, group_type: str) -> list[str] | None:
    if diff["Type"] == "None":
        return None
    if diff["Type"] == group_type and group_type in ("Added", "Deleted"):
        return [CREATE if group_type == "Added" else DESTROY]
    fields = [field for field in diff["Fields"] or () if field["Name"] != "KillTimeout"]
    objects = [one for one in diff["Objects"] or () if one["Name"] not in ("LogConfig", "Service", "Constraint")]
    return [REPLACE if fields or objects else IN_PLACE]


# What is inside an object besides its fields.


def _metadata_rules(old: Node, new: Node) -> list[Node | None]:
    return [_set(name, old.get(name), new.get(name)) for name in ("MetaOptional", "MetaRequired")]


def _policies(old: Node, new: Node) -> list[Node | None]:
    return [_set("Policies", old.get("Policies"), new.get("Policies"))]


def _networks(old: Node, new: Node) -> list[Node | None]:
    return _set_of_objects("Network", old.get("Networks"), new.get("Networks"), only=("MBits",), inside=_ports)


def _ports(old: Node, new: Node) -> list[Node | None]:
    return [
        *_set_of_objects("Static Port", old.get("ReservedPorts"), new.get("ReservedPorts")),
        *_set_of_objects("Dynamic Port", old.get("DynamicPorts"), new.get("DynamicPorts"), only=("Label",)),
    ]


def _checks(old: Node, new: Node) -> list[Node | None]:
    return _named_objects("Check", old.get("Checks"), new.get("Checks"), _nothing)


def _nothing(old: Node, new: Node) -> list[Node | None]:  # noqa: ARG001 (one signature for all that is inside)
    return []


# The kinds of differences.


def _object(
    name: str, old: Node | None, new: Node | None, inside: Callable[[Node, Node], list[Node | None]] = _nothing
) -> Node | None:
    if old == new:
        return None
    before, after = old or {}, new or {}
    fields = _fields(before, after, sorted({**before, **after}), contextual=True)
    return {
        "Name": name,
        "Type": _type(old, new),
        "Fields": fields,
        "Objects": _list(inside(before, after)),
    }


def _set_of_objects(
    name: str,
    old: list[Node] | None,
    new: list[Node] | None,
    only: tuple[str, ...] = (),
    inside: Callable[[Node, Node], list[Node | None]] = _nothing,
) -> list[Node | None]:
    def shown(one: Node) -> Node:
        return {key: value for key, value in one.items() if key in only or not only or isinstance(value, list)}

    added = [_object(name, None, shown(one), inside) for one in _missing(new, old)]
    deleted = [_object(name, shown(one), None, inside) for one in _missing(old, new)]
    return [*added, *deleted]


def _missing(these: list[Node] | None, those: list[Node] | None) -> list[Node]:
    """Return the items of ``these`` that are not among ``those``, each once."""
    found: list[Node] = []
    for one in these or ():
        if one not in (those or ()) and one not in found:
            found.append(one)
    return found


def _named_objects(
    name: str,
    old: list[Node] | None,
    new: list[Node] | None,
    inside: Callable[[Node, Node], list[Node | None]],
) -> list[Node | None]:
    before = {one["Name"]: one for one in old or ()}
    after = {one["Name"]: one for one in new or ()}
    return [_object(name, before.get(key), after.get(key), inside) for key in sorted({**before, **after})]


def _set(name: str, old: list[str] | None, new: list[str] | None) -> Node | None:
    before, after = set(old or ()), set(new or ())
    if not before | after:
        return None
    fields = [
        _field(name, one if one in before else None, one if one in after else None, contextual=True)
        for one in before | after
    ]
    type_ = "None"
    if before != after:
        type_ = "Added" if not before - after else "Deleted" if not after - before else "Edited"
    return {"Name": name, "Type": type_, "Fields": fields, "Objects": None}


def _config(old: Node | None, new: Node | None) -> Node | None:
    if old == new:
        return None
    before, after = dict(_flat("", old or {})), dict(_flat("", new or {}))
    type_ = "Added" if not before else "Deleted" if not after else "Edited"
    fields = [_field(name, before.get(name), after.get(name), contextual=True) for name in {**before, **after}]
    return {"Name": "Config", "Type": type_, "Fields": _list(fields), "Objects": None}


def _fields(old: Node, new: Node, names: Iterable[str], *, contextual: bool = False) -> list[Node] | None:
    def primitives(holder: Node) -> dict[str, Any]:
        return {
            path: value
            for name in names
            if not isinstance(holder.get(name), list | None)
            for path, value in _flat(name, holder.get(name))
        }

    before, after = primitives(old), primitives(new)
    return _list(
        [_field(name, before.get(name), after.get(name), contextual=contextual) for name in {**before, **after}]
    )


def _field(name: str, old: object, new: object, *, contextual: bool = False) -> Node | None:
    before, after = _text(old), _text(new)
    if before == after:
        if not contextual:
            return None
        type_ = "None"
    else:
        type_ = "Added" if not before else "Deleted" if not after else "Edited"
    return {"Name": name, "Type": type_, "Old": before, "New": after, "Annotations": None}


def _flat(path: str, value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(f"{path}[{key}]" if path else str(key), item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _flat(f"{path}[{number}]", item)
    else:
        yield path, "nil" if value is None else value


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(old: Node | None, new: Node | None) -> str:
    if old == new:
        return "None"
    return "Added" if old is None else "Deleted" if new is None else "Edited"


def _paired(
    old: list[Node] | None, new: list[Node] | None, differ: Callable[[Node | None, Node | None], Node]
) -> list[Node | None]:
    before = {one["Name"]: one for one in old or ()}
    after = {one["Name"]: one for one in new or ()}
    return [differ(before.get(name), after.get(name)) for name in sorted({**before, **after})]


def _list(items: Iterable[Node | None]) -> list[Node] | None:
    return [item for item in items if item is not None] or None


def unordered(value: Any) -> Any:
    """Return a diff with every list of nodes in one canonical order, for comparing without regard to order."""
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((unordered(item) for item in value), key=_sort_key)
    return value


def _sort_key(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return json.dumps([value.get(key) for key in ("Name", "Type", "Old", "New", "Fields", "Objects")], sort_keys=True)
