"""Rules for how tasks behave."""

from collections.abc import Mapping
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.clock import duration_of
from mockserver.admin.faults import number_of
from mockserver.cluster.tasks import TaskSelector
from nomad_contract_spelling import shown

_DURATIONS = ("run_for", "kill_after", "start_after")
_MOST = 1000
"""Rules that there can be at once."""
_EXITS = {"exit_code", "signal", "message"}


async def list_all(call: Call) -> list[dict[str, Any]]:
    """List all rules."""
    return [rule.saved() for rule in call.world.rules]


async def add(call: Call) -> dict[str, Any]:
    """Add a rule.

    Raises:
        Problem: There are too many rules, or a duration can't be read.
    """
    if len(list(call.world.rules)) >= _MOST:
        raise Problem(409, f"there are {_MOST} rules already", "drop some")
    times = call.body.get("times")
    rule = call.world.rules.add(
        TaskSelector(**call.body["tasks"]), _outcome(call.body["outcome"]), None if times is None else int(times)
    )
    return rule.saved()


async def remove(call: Call) -> None:
    """Drop a rule.

    Raises:
        Problem: There is no such rule.
    """
    if not call.world.rules.remove(number_of(call)):
        known = ", ".join(str(rule.number) for rule in call.world.rules) or "none"
        raise Problem(404, f"there is no rule {shown(call.path['number'])}", f"there are: {known}")


async def clear(call: Call) -> None:
    """Drop all rules."""
    call.world.rules.clear()


def _outcome(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of ``Behaviour`` for an outcome as a user writes it."""
    outcome: dict[str, Any] = {name: int(value) if isinstance(value, float) else value for name, value in body.items()}
    for name in _DURATIONS:
        if outcome.get(name) is not None:
            outcome[name] = duration_of(body[name])
    if outcome.pop("hang", False):
        outcome["start_after"] = None
    if _EXITS & set(outcome):
        outcome = {"run_for": 0, **outcome}
    return outcome


HANDLERS: Mapping[str, Handler] = {
    "list-rules": list_all,
    "add-rule": add,
    "remove-rule": remove,
    "clear-rules": clear,
}
