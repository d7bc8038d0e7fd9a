"""Find where in a text of HCL a part of its job comes from."""

from collections.abc import Mapping, Sequence

from mockserver.hcl.job import FIELDS, constraint, port
from mockserver.hcl.parser import Block, Item
from mockserver.hcl.scanner import Place

_BLOCKS = {
    "Artifacts": "artifact",
    "Checks": "check",
    "Config": "config",
    "Constraints": "constraint",
    "DispatchPayload": "dispatch_payload",
    "DynamicPorts": "port",
    "Env": "env",
    "EphemeralDisk": "ephemeral_disk",
    "GetterOptions": "options",
    "LogConfig": "logs",
    "Meta": "meta",
    "Networks": "network",
    "ParameterizedJob": "parameterized",
    "Periodic": "periodic",
    "ReservedPorts": "port",
    "Resources": "resources",
    "RestartPolicy": "restart",
    "Services": "service",
    "Tasks": "task",
    "Templates": "template",
    "Update": "update",
    "Vault": "vault",
}
_OPERANDS = ("version", "regexp", "set_contains", "distinct_hosts")
"""Names of HCL that stand for an operand, most of them with the right side of the constraint."""


def _names() -> Mapping[str, frozenset[str]]:
    """Return the names that a field can have in HCL."""
    pairs = [(field, name) for fields in FIELDS for name, (field, _) in fields.items()]
    pairs += [(field, name) for field in ("Operand", "RTarget") for name in _OPERANDS]
    pairs += [*_BLOCKS.items(), ("TaskGroups", "task"), ("TaskGroups", "group")]
    return {field: frozenset(name for each, name in pairs if each == field) for field, _ in pairs}


_NAMES = _names()


def place_of(text: Block, way: Sequence[str | int]) -> Place:
    """Return where a part of a job is written, or else the innermost item that should have it.

    Args:
        text: all items of the text, from which ``job_in`` makes a job.
        way: the names and the numbers that lead to the part from the job on: ``("TaskGroups", 0, "Name")``.
    """
    items = [item for item in text.items if item.name == "job"]
    for step in way:
        found = items[step : step + 1] if isinstance(step, int) else _called(step, items)
        if not found:
            break
        items = found
    return items[-1].place if items else text.place


def _called(name: str, items: list[Item]) -> list[Item]:
    """Return what is called so inside of items."""
    if name == "Tasks" and all(item.name == "task" for item in items):
        return items  # a task without a group is a group of its own
    inner = [each for item in items if isinstance(item.value, Block) for each in item.value.items]
    known = [each for each in inner if each.name == name]
    known = known or [each for each in inner if each.name in _NAMES.get(name, ())]
    if name == "TaskGroups":  # a stable order: tasks without a group come first
        return sorted(known, key=lambda item: item.name == "group")
    if name == "Constraints":
        return [each for each in known if constraint(each) is not None]
    if name in ("ReservedPorts", "DynamicPorts"):
        return [each for each in known if port(each)[0] == name]
    return known
