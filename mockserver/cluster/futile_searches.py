"""Searches for room that found none: they need not be repeated before some node has more room.

When a node gets room, every evaluation that is blocked on its class is scheduled again, as by a real agent. In a long
queue only the first ones find room. To search for each of the others costs the square of the queue's length until all
of it is done, and nobody sees a difference: such an evaluation stays blocked without a log entry.
"""

import json
import sys
from typing import Any

from mockserver.cluster.scheduler import Outcome
from mockserver.cluster.state import State
from mockserver.nomad_types import Evaluation, Job, Task, TaskGroup


class FutileSearches:
    """What blocked evaluations of jobs without allocations looked for in vain since a node last got room.

    Whether such a job can be placed depends on the nodes and on its needs alone. So all that need the same fail
    together, and go on failing while the nodes only fill up.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._room_gains = state.room_gains
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._needs: dict[str, tuple[int, str]] = {}

    def outcome(self, evaluation: Evaluation) -> Outcome | None:
        """Return what scheduling a blocked evaluation would come to, if it is known that it would find no room."""
        if self._room_gains != self._state.room_gains:
            self._room_gains = self._state.room_gains
            self._outcomes.clear()
        if not self._outcomes:
            return None
        needs = self._needs_of(evaluation)
        return None if needs is None else self._outcomes.get((evaluation["Type"], needs))

    def note(self, evaluation: Evaluation, outcome: Outcome) -> None:
        """Note what scheduling an evaluation came to."""
        needs = self._needs_of(evaluation) if outcome.reblock and outcome.is_noop else None
        if needs is None:
            self._needs.pop(evaluation["JobID"], None)
        else:
            self._outcomes[evaluation["Type"], needs] = outcome

    def _needs_of(self, evaluation: Evaluation) -> str | None:
        """Return what the job asks of nodes, or None when more than that counts."""
        job = self._state.job(evaluation["JobID"])
        if evaluation["Status"] != "blocked" or job is None or self._state.has_allocations(job["ID"]):
            return None
        version, needs = self._needs.get(evaluation["JobID"], (0, ""))
        if version != job["JobModifyIndex"]:
            needs = sys.intern(needs_of(job))
            self._needs[evaluation["JobID"]] = job["JobModifyIndex"], needs
        return needs


def needs_of(job: Job) -> str:
    """Return what decides whether nodes with room can be found for a job that has no allocations, as text."""
    groups = [_of_group(group) for group in job["TaskGroups"]]
    return json.dumps([job["Type"], job["Datacenters"], job["Constraints"], groups])


def _of_group(group: TaskGroup) -> list[Any]:
    tasks = [_of_task(task) for task in group["Tasks"]]
    return [group["Name"], group["Count"], group["Constraints"], group["EphemeralDisk"]["SizeMB"], tasks]


def _of_task(task: Task) -> list[Any]:
    return [task["Name"], task["Driver"], task["Constraints"], task["Resources"]]
