"""What a change will do to allocations, written into a diff for a human reader."""

from typing import Literal, TypeAlias

from mockserver.nomad_types import DesiredUpdates, FieldDiff, JobDiff, TaskDiff, TaskGroupDiff

_Direction: TypeAlias = Literal["Ignore", "Place", "Migrate", "Stop", "InPlaceUpdate", "DestructiveUpdate"]
_UPDATES: dict[str, _Direction] = {
    "ignore": "Ignore",
    "create": "Place",
    "migrate": "Migrate",
    "destroy": "Stop",
    "in-place update": "InPlaceUpdate",
    "create/destroy update": "DestructiveUpdate",
}
_IN_PLACE_FIELDS = {"KillTimeout"}
_IN_PLACE_OBJECTS = {"LogConfig", "Service", "Constraint"}
_WHOLE_GROUP = {"Added": "forces create", "Deleted": "forces destroy"}


def annotate(diff: JobDiff, desired: dict[str, DesiredUpdates]) -> JobDiff:
    """Return the diff with Updates per group and Annotations of counts and tasks.

    Updates are the scheduler's numbers (zeros left out), null for a group it has nothing to do with. A task's
    annotation is derived from the diff alone, by a coarser rule than the scheduler's: the two may disagree (observed).
    """
    groups = diff["TaskGroups"] or ()
    return {**diff, "TaskGroups": [_annotated_group(group, desired.get(group["Name"])) for group in groups] or None}


def _annotated_group(group: TaskGroupDiff, desired: DesiredUpdates | None) -> TaskGroupDiff:
    fields = [_annotated_count(field) if field["Name"] == "Count" else field for field in group["Fields"] or ()]
    tasks: list[TaskDiff] = [
        {**task, "Annotations": _task_annotations(task, group["Type"])} for task in group["Tasks"] or ()
    ]
    return {**group, "Fields": fields or None, "Tasks": tasks or None, "Updates": _updates(desired)}


def _updates(desired: DesiredUpdates | None) -> dict[str, int] | None:
    if desired is None:
        return None
    return {label: desired[count] for label, count in _UPDATES.items() if desired[count]}


def _annotated_count(field: FieldDiff) -> FieldDiff:
    old, new = int(field["Old"] or 0), int(field["New"] or 0)
    if old == new:
        return field
    return {**field, "Annotations": ["forces create" if old < new else "forces destroy"]}


def _task_annotations(task: TaskDiff, group_type: str) -> list[str] | None:
    if task["Type"] == "None":
        return None
    if task["Type"] == group_type and group_type in _WHOLE_GROUP:
        return [_WHOLE_GROUP[group_type]]
    in_place = all(field["Name"] in _IN_PLACE_FIELDS for field in task["Fields"] or ()) and all(
        part["Name"] in _IN_PLACE_OBJECTS for part in task["Objects"] or ()
    )
    return ["forces in-place update" if in_place else "forces create/destroy update"]
