"""Mutants of diffs: each field, map and part of each kind of object that a diff may miss."""

from collections.abc import Callable, Iterator
from typing import Any

from contract_tests.statements import catalogue as statements
from mockserver.jobs.diff import annotations, compare
from mockserver.jobs.diff import objects as job_objects
from mockserver.jobs.diff.compare import Kind
from mockserver.operations import job_writes as plans
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import each, objects
from tests.mutants.vocabulary import intercepts, replaced, replaces, reply, wrapped


def _kinds() -> Iterator[tuple[str, Kind]]:
    for name, value in vars(job_objects).items():
        if isinstance(value, Kind):
            yield name.lower().replace("_", "-"), value


_STATEMENT_OF = {
    ("job", "Constraints"): "constraint",
    ("job", "ParameterizedJob"): "a-new-job",
    ("job", "Periodic"): "periodic",
    ("job", "Type"): "a-new-job",
    ("job", "Update"): "update",
    ("resources", "Networks"): "network",
    ("task", "Vault"): "vault",
}
"""The statement about a part, where that is not the one about its holder: an edit of the part is an edit of another."""


def _declare_missed(kind_name: str, kind: Kind, attribute: str, part: str) -> None:
    kept = getattr(kind, attribute)
    without = (
        {k: v for k, v in kept.items() if k != part} if isinstance(kept, dict) else tuple(k for k in kept if k != part)
    )
    sentence = f"A diff does not show {part} of {kind_name}."
    of = _STATEMENT_OF.get((kind_name, part)) or ("network" if kind_name.endswith("-port") else kind_name)
    statement = f"job.plan.diff.of-{of}"
    exact = [statement] if statement in statements() else []
    mutant(f"diff.misses.{kind_name}.{part}", sentence, *exact, "job.plan.diff.*")(replaced(kind, attribute, without))


for _name, _kind in _kinds():
    for _attribute in ("fields", "maps", "parts"):
        for _part in getattr(_kind, _attribute):
            if (_name, _part) != ("job", "VaultToken"):
                _declare_missed(_name, _kind, _attribute, _part)


def _diff(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    """Declare a mutant of the diff in a plan's reply."""

    def of_body(body: Any) -> None:
        if body["Diff"] is not None:
            change(body["Diff"])

    mutant(f"diff.{name}", sentence, *(caught_by or ("job.plan.diff.*",)))(reply("plan", of_body))


def _fields(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    return each("**.Fields", change)


def _objects(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    return each("**.Objects", change)


def _lists(key: str, change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], None]:
    def all_of_them(diff: Any) -> None:
        for holder in [
            diff,
            *list(objects(diff, "TaskGroups")),
            *list(objects(diff, "TaskGroups.Tasks")),
            *list(objects(diff, "**.Objects")),
        ]:
            if holder.get(key):
                holder[key] = change(holder[key]) or None

    return all_of_them


def _swap(one: Any) -> None:
    one["Old"], one["New"] = one["New"], one["Old"]


def _retype(old: str, new: str) -> Callable[[Any], None]:
    return lambda one: one.update(Type=new) if one["Type"] == old else None


_diff("swapped", "Old and New are swapped.", _fields(_swap))
_diff("old-lost", "Old is empty.", _fields(lambda one: one.update(Old="")))
_diff(
    "new-lost",
    "New is empty where something was edited.",
    _fields(lambda one: one.update(New="") if one["Type"] == "Edited" else None),
)
_diff(
    "cut",
    "Values are cut at 255 characters.",
    _fields(lambda one: one.update(Old=one["Old"][:255], New=one["New"][:255])),
    "job.plan.diff.of-job",
    "job.plan.diff.*",
)


def _beginnings(compare_one: Any) -> Any:
    def broken(name: str, old: str, new: str) -> Any:
        return compare_one(name, old, old if len(old) > 255 and old[:255] == new[:255] else new)

    return broken


mutant("diff.same-beginning", "Long values that begin alike are the same.", "job.plan.diff.of-job", "job.plan.diff.*")(
    wrapped(compare, "field_diff", _beginnings)
)


def _removed_beside_added(of: str) -> Callable[[list[Any]], list[Any]]:
    """Return a change of fields that drops keys of a map that are gone when others came."""

    def kept(fields: list[Any]) -> list[Any]:
        came = any(one["Type"] == "Added" and one["Name"].startswith(f"{of}[") for one in fields)
        return [one for one in fields if not (came and one["Type"] == "Deleted" and one["Name"].startswith(f"{of}["))]

    return kept


for _of, _statement in (("Meta", "job.plan.diff.of-job"), ("Env", "job.plan.diff.of-task")):
    _diff(
        f"{_of.lower()}-removed-beside-added",
        f"Keys of {_of} that are gone do not show when others came.",
        _lists("Fields", _removed_beside_added(_of)),
        _statement,
        "job.plan.diff.*",
    )
_diff("field-edited-as-added", "Edited fields are Added.", _fields(_retype("Edited", "Added")))
_diff("field-added-as-edited", "Added fields are Edited.", _fields(_retype("Added", "Edited")))
_diff("field-deleted-as-edited", "Deleted fields are Edited.", _fields(_retype("Deleted", "Edited")))
_diff("field-none-as-edited", "Unchanged fields are Edited.", _fields(_retype("None", "Edited")))
_diff("object-edited-as-added", "Edited objects are Added.", _objects(_retype("Edited", "Added")))
_diff("object-deleted-as-edited", "Deleted objects are Edited.", _objects(_retype("Deleted", "Edited")))
_diff("object-added-as-edited", "Added objects are Edited.", _objects(_retype("Added", "Edited")))
_diff("group-none-as-edited", "Unchanged groups are Edited.", each("TaskGroups", _retype("None", "Edited")))
_diff("group-edited-as-none", "Edited groups are None.", each("TaskGroups", _retype("Edited", "None")))
_diff("task-none-as-edited", "Unchanged tasks are Edited.", each("TaskGroups.Tasks", _retype("None", "Edited")))
_diff("task-edited-as-none", "Edited tasks are None.", each("TaskGroups.Tasks", _retype("Edited", "None")))
_diff(
    "job-none",
    "An unchanged job is None.",
    lambda diff: (
        diff.update(Type="None")
        if not diff["Fields"] and all(g["Type"] == "None" for g in diff["TaskGroups"])
        else None
    ),
)
_diff(
    "new-as-edited",
    "A new job is Edited.",
    lambda diff: diff.update(Type="Edited"),
    "job.plan.diff.new-job",
    "job.plan.diff.*",
)
_diff(
    "new-without-groups",
    "The diff of a new job has no groups.",
    lambda diff: diff.update(TaskGroups=None) if diff["Type"] == "Added" else None,
    "job.plan.diff.of-a-new-job",
    "job.plan.diff.*",
)
_diff("id-lost", "The diff has no ID.", lambda diff: diff.update(ID=""))
_diff(
    "unchanged-groups-left-out",
    "Unchanged groups are left out.",
    lambda diff: diff.update(TaskGroups=[g for g in diff["TaskGroups"] or () if g["Type"] != "None"] or None),
)
_diff(
    "deleted-groups-left-out",
    "Deleted groups are left out.",
    lambda diff: diff.update(TaskGroups=[g for g in diff["TaskGroups"] or () if g["Type"] != "Deleted"] or None),
)
_diff(
    "deleted-tasks-left-out",
    "Deleted tasks are left out.",
    each(
        "TaskGroups",
        lambda group: group.update(Tasks=[t for t in group["Tasks"] or () if t["Type"] != "Deleted"] or None),
    ),
)
_diff(
    "deletions-left-out",
    "Deleted fields are left out.",
    _lists("Fields", lambda fields: [one for one in fields if one["Type"] != "Deleted"]),
)
_diff(
    "additions-left-out",
    "Added fields of edited objects are left out.",
    _lists("Fields", lambda fields: [one for one in fields if one["Type"] != "Added"]),
)
_diff(
    "context-left-out",
    "Unchanged fields of changed objects are left out.",
    _lists("Fields", lambda fields: [one for one in fields if one["Type"] != "None"]),
)
_diff("one-field", "Only one changed field is shown.", _lists("Fields", lambda fields: fields[:1]))
_diff("one-object", "Only one changed object is shown.", _lists("Objects", lambda found: found[:1]))
_diff("nested-left-out", "Objects in objects are left out.", each("**.Objects", lambda one: one.update(Objects=None)))
_diff(
    "fields-reversed",
    "Fields come in reverse.",
    _lists("Fields", lambda fields: fields[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "objects-reversed",
    "Objects come in reverse.",
    _lists("Objects", lambda found: found[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "groups-reversed",
    "Groups come in reverse.",
    _lists("TaskGroups", lambda groups: groups[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "tasks-reversed",
    "Tasks come in reverse.",
    _lists("Tasks", lambda tasks: tasks[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "empty-lists",
    "Empty lists are [].",
    lambda diff: (
        [one.update(Objects=one["Objects"] or []) for one in [diff, *list(objects(diff, "TaskGroups"))]] and None
    ),
)
_diff(
    "indexes",
    "The diff shows the indexes, too.",
    lambda diff: diff.update(
        Fields=[
            {"Type": "Edited", "Name": "ModifyIndex", "Old": "1", "New": "2", "Annotations": None},
            *(diff["Fields"] or ()),
        ]
    ),
)
_diff(
    "booleans-capital",
    "Booleans are True and False.",
    _fields(lambda one: one.update(New=one["New"].title()) if one["New"] in ("true", "false") else None),
)
_diff(
    "durations-readable",
    "Durations are shown as texts.",
    _fields(lambda one: one.update(New=f"{int(one['New']) // 10**9}s") if one["New"].endswith("000000000") else None),
)
_diff(
    "map-dots",
    "Keys of maps follow a dot.",
    _fields(lambda one: one.update(Name=one["Name"].replace("[", ".").replace("]", ""))),
)
_diff("no-count-annotation", "A changed count is not annotated.", _fields(lambda one: one.update(Annotations=None)))
_diff(
    "no-task-annotation", "Tasks are not annotated.", each("TaskGroups.Tasks", lambda one: one.update(Annotations=None))
)
_diff("no-updates", "Groups have no Updates.", each("TaskGroups", lambda one: one.update(Updates=None)), "job.plan.*")
_diff(
    "updates-doubled",
    "Updates count twice.",
    each(
        "TaskGroups", lambda one: one.update(Updates=one["Updates"] and {k: v * 2 for k, v in one["Updates"].items()})
    ),
    "job.plan.*",
)
_diff(
    "updates-names",
    "Updates have the names of the counts.",
    each(
        "TaskGroups",
        lambda one: one.update(Updates=one["Updates"] and {k.title(): v for k, v in one["Updates"].items()}),
    ),
    "job.plan.*",
)


def _ports_by_name(one: Any) -> None:
    if one["Name"] == "Network" and one["Objects"]:
        one["Objects"].sort(key=lambda port: port["Name"])


_diff("ports-by-name", "The ports of a network come by name.", _objects(_ports_by_name), "job.plan.diff.order-of-ports")


mutant(
    "diff.no-texts",
    "A constraint that keeps nodes away leaves no trace in the diff.",
    "job.plan.diff.of-kept-away-nodes",
)(replaced(plans, "with_texts", lambda job, _filtering, **_how: job))


@mutant("diff.against-submitted", "The diff compares with what was submitted, without defaults.", "job.plan.diff.*")
@intercepts(plans, "diff_jobs")
def _(diff_jobs: Any, old: Any, new: Any, **how: Any) -> Any:
    groups = [{**group, "RestartPolicy": None} for group in new["TaskGroups"]]
    return diff_jobs(old, {**new, "TaskGroups": groups}, **how)


@mutant("diff.in-place-fields", "Every edit of a task is said to be destructive.", "job.plan.diff.*")
def _(breakage: Breakage) -> None:
    breakage.replace(annotations, "_IN_PLACE_FIELDS", set())
    breakage.replace(annotations, "_IN_PLACE_OBJECTS", set())


@mutant("diff.count-annotation-swapped", "A smaller count forces creation.", "job.plan.diff.*")
@replaces(annotations, "_annotated_count")
def _(field: Any) -> Any:
    old, new = int(field["Old"] or 0), int(field["New"] or 0)
    return field if old == new else {**field, "Annotations": ["forces destroy" if old < new else "forces create"]}


mutant("diff.case-insensitive", "Values that differ only in case are the same.", "job.plan.diff.*")(
    wrapped(
        compare,
        "field_diff",
        lambda make: lambda name, old, new: make(name, new if old.lower() == new.lower() else old, new),
    )
)
