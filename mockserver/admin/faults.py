"""Faults."""

from collections.abc import Mapping
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.matches import need_spelt
from mockserver.faults import PRESETS, Fault, FaultError, TooManyFaults
from nomad_contract_spelling import advice, shown


async def list_all(call: Call) -> list[dict[str, Any]]:
    """List all faults."""
    return [rule.saved for rule in call.world.faults]


async def add(call: Call) -> list[dict[str, Any]]:
    """Add faults: all of them or, when one is impossible, none.

    Raises:
        Problem: There are too many faults, or one is impossible.
    """
    added: list[Fault] = []
    try:
        added += (call.world.faults.add(document) for document in _documents(call.body))
    except (FaultError, TooManyFaults) as error:
        for rule in added:
            call.world.faults.remove(rule.number)
        status = 409 if isinstance(error, TooManyFaults) else 400
        told = str(error) if status == 409 else f"fault {_named(call.body)}: {error}"
        raise Problem(status, told, "correct the fault, or remove those that are over") from None
    return [rule.saved for rule in added]


async def get(call: Call) -> dict[str, Any]:
    """Return one fault; an unknown number is a ``Problem``."""  # noqa: DOC501 # _unknown makes the Problem
    rule = call.world.faults.get(number_of(call))
    if rule is None:
        raise _unknown(call)
    return rule.saved


async def remove(call: Call) -> None:
    """End a fault; an unknown number is a ``Problem``."""  # noqa: DOC501 # _unknown makes the Problem
    if not call.world.faults.remove(number_of(call)):
        raise _unknown(call)


async def clear(call: Call) -> None:
    """End all faults."""
    call.world.faults.clear()


async def presets(_call: Call) -> list[dict[str, Any]]:
    """List presets: what clients meet in production."""
    return [
        {"name": name, "description": preset.description, "faults": [{"name": name, **each} for each in preset.faults]}
        for name, preset in PRESETS.items()
    ]


def number_of(call: Call) -> int:
    """Return the number in the path, 0 for what is not a number."""
    text = call.path["number"]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _documents(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = _under_one_name(body)
    if "fault" in asked:
        return [asked]
    name = asked["preset"]
    if name not in PRESETS:
        raise Problem(404, f"there is no preset {shown(name)!r}", advice(name, PRESETS))
    return PRESETS[name].documents(name, asked)


def _under_one_name(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fault, and those that follow it, with ``for`` where the request says ``lasting``; check each match."""
    need_spelt(fault.get("match", {}))
    named = {"for" if name == "lasting" else name: value for name, value in fault.items()}
    return {**named, "then": _under_one_name(named["then"])} if "then" in named else named


def _named(body: Mapping[str, Any]) -> str:
    """Return what an error calls a fault: its name, its preset or its kind."""
    return shown(str(body.get("name") or body.get("preset") or body["fault"]["kind"]))


def _unknown(call: Call) -> Problem:
    known = ", ".join(str(rule.number) for rule in call.world.faults) or "none"
    return Problem(404, f"there is no fault {shown(call.path['number'])}", f"there are: {known}")


HANDLERS: Mapping[str, Handler] = {
    "list-faults": list_all,
    "add-fault": add,
    "get-fault": get,
    "remove-fault": remove,
    "clear-faults": clear,
    "list-presets": presets,
}
