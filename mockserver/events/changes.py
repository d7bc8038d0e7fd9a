"""What a log entry changed, in a few words for each thing."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.cluster.state import State
    from mockserver.cluster.watchers import Item

_SHOWN: Mapping[str, tuple[str, ...]] = {
    "job": ("Status", "Type"),
    "summary": ("Summary", "Children"),
    "evaluation": ("Status", "StatusDescription", "JobID", "TriggeredBy", "BlockedEval", "NextEval", "PreviousEval"),
    "allocation": ("ClientStatus", "DesiredStatus", "JobID", "TaskGroup", "NodeID", "EvalID"),
    "node": ("Status", "Drain", "Name"),
}


def changes(state: "State", items: "Iterable[Item]") -> list[dict[str, Any]]:
    """For each thing: ``kind``, ``id``, ``gone``, and what it is like now in Nomad's spelling."""
    find: Mapping[str, Callable[[str], Mapping[str, Any] | None]] = {
        "job": state.job,
        "summary": state.summary,
        "evaluation": state.evaluation,
        "allocation": state.allocation,
        "node": state.node,
    }
    found = []
    for kind, name in items:
        if kind in find:
            stored = find[kind](name)
            shown = {} if stored is None else {key: stored[key] for key in _SHOWN[kind]}
            found.append({"kind": kind, "id": name, "gone": stored is None, **shown})
    return found
