"""The nodes' side of the cluster: they run what is placed on them, and report how it goes."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from weakref import ref

from mockserver.cluster.changed_parts import ChangedParts
from mockserver.cluster.clock import Clock
from mockserver.cluster.pace import Paces
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tables import AllocationReport
from mockserver.cluster.tasks.allocation_run import AllocationRun
from mockserver.cluster.tasks.one_moment import RunsOfOneMoment
from mockserver.cluster.tasks.rules import Rules
from mockserver.cluster.tasks.task_run import TaskRun
from mockserver.cluster.timetable import Timer
from mockserver.gostd.durations import MILLISECOND
from mockserver.jobs.groups import Groups
from mockserver.nomad_types import Allocation, TaskState
from mockserver.slices import Steps

_TAKE_ON = 1 * MILLISECOND
"""How long it takes until a node knows what was placed on it."""
_REPORT_INTERVAL = 200 * MILLISECOND
"""A node collects changes for so long before it reports them."""

Report = Callable[[Sequence[AllocationReport]], Steps[None]]
"""Applies what nodes report."""


class NodeClient:
    """The part of all simulated nodes of a region that runs tasks."""

    def __init__(
        self,
        clock: Clock,
        ids: RandomSource,
        report: Report,
        rules: Rules | None = None,
        changes: ChangedParts | None = None,
        paces: Paces | None = None,
    ) -> None:
        self._clock = clock
        self._changes = ChangedParts() if changes is None else changes
        self._ids = ids
        self._report = report
        self._rules = Rules() if rules is None else rules
        self._paces = Paces() if paces is None else paces
        self._runs: dict[str, AllocationRun] = {}
        self._ended: dict[str, _Ended] = {}
        self._noticed: deque[_Noticed] = deque()
        self._unreported: dict[str, _Unreported] = {}
        self._groups = Groups()
        self._savings: list[ref[RunsOfOneMoment]] = []

    def notice(self, allocations: Iterable[Allocation]) -> None:
        """Note allocations that a plan placed, changed or stopped; the nodes act on them in a moment."""
        noticed = list(allocations)
        if noticed:
            self._noticed.append(_Noticed(noticed, self._clock.call_later(_TAKE_ON, self._act)))
            self._note_noticed(self._noticed[-1])

    def lose(self, node_id: str) -> Steps[None]:
        """Forget, in steps, what a node ran that went down; it reports nothing more."""
        yield from self.forget([run.allocation_id for run in self._runs.values() if run.node_id == node_id])
        yield from self.forget([each for each, ended in self._ended.items() if ended.node_id == node_id])

    def forget(self, allocation_ids: Iterable[str]) -> Steps[None]:
        """Forget, in steps, allocations that the servers no longer know: their tasks are gone and report nothing."""
        gone = dict.fromkeys(allocation_ids)
        self._drop_noticed(gone)
        for allocation_id in gone:
            yield
            self._forget_ended(allocation_id)
            run = self._runs.get(allocation_id)
            if run is not None:
                run.abandon()
                self._forget(run)
                self._drop_report(run)

    def tasks(self) -> Iterator[TaskRun]:
        """Return the simulated tasks of all allocations that are not over."""
        for run in tuple(self._runs.values()):
            yield from run.tasks.values()

    def saving(self) -> Steps[dict[str, Any]]:
        """Return what the nodes are doing in this moment, as JSON, in steps; ``restore`` takes it.

        Anything may change before the last step; it is not in the result.
        """
        saving = self.moment(self._runs)
        ended = [*map(_saved_ended, self._ended)]
        others = {
            "noticed": [each.saved() for each in self._noticed],
            "unreported": [self.saved_unreported(node_id) for node_id in self._unreported],
        }

        def steps() -> Steps[dict[str, Any]]:
            allocations = yield from saving.saved()
            return {"allocations": [*allocations, *ended], **others}

        return steps()

    def moment(self, allocation_ids: Iterable[str]) -> RunsOfOneMoment:
        """Return how the runs of these allocations are in this moment, as far as they run."""
        moment = RunsOfOneMoment({each: self._runs[each] for each in allocation_ids if each in self._runs})
        self._savings = [each for each in self._savings if each() is not None] + [ref(moment)]
        return moment

    def saved_run(self, allocation_id: str) -> dict[str, Any] | None:
        """Return the tasks of an allocation, as ``saved`` has them, or None."""
        if allocation_id in self._ended:
            return _saved_ended(allocation_id)
        run = self._runs.get(allocation_id)
        return None if run is None else run.saved()

    def saved_noticed(self, order: str) -> dict[str, Any] | None:
        """Return what the nodes have yet to act on under this number of its timer, as ``saved`` has it, or None."""
        return next((saved for each in self._noticed if str((saved := each.saved())["order"]) == order), None)

    def saved_unreported(self, node_id: str) -> dict[str, Any] | None:
        """Return what a node has yet to report, as ``saved`` has it, or None."""
        each = self._unreported.get(node_id)
        return None if each is None else {"node": node_id, "allocations": [*each.allocations], **each.timer.saved()}

    def restore(self, saved: Mapping[str, Any], allocation: Callable[[str], Allocation]) -> None:
        """Go on where the saved nodes were; ``allocation`` finds the allocation of an ID."""
        for run in saved["allocations"]:
            known = allocation(run["allocation"])
            if run["tasks"]:
                self._run(known).restore(run)
            else:
                self._ended[known["ID"]] = _Ended(known["NodeID"], known["TaskStates"] or {})
        for each in saved["noticed"]:
            self._noticed.append(_Noticed(each["allocations"], self._clock.restore(each, self._act)))
        for each in saved["unreported"]:
            node_id = each["node"]
            timer = self._clock.restore(each, partial(self._send, node_id))
            self._unreported[node_id] = _Unreported(dict.fromkeys(each["allocations"]), timer)

    def _act(self) -> Steps[None]:
        noticed = self._noticed[0]  # it is kept until all is done, for a server that stops half-way
        yield from self._act_on(noticed.allocations)
        self._noticed.popleft()
        self._note_noticed(noticed)

    def _note_noticed(self, noticed: "_Noticed") -> None:
        self._changes.note(("noticed", str(noticed.timer.saved()["order"])))

    def _forget(self, run: AllocationRun) -> None:
        del self._runs[run.allocation_id]
        self._changes.note(("run", run.allocation_id))

    def _act_on(self, allocations: Iterable[Allocation]) -> Steps[None]:
        for allocation in allocations:
            yield
            run = self._runs.get(allocation["ID"])
            ended = self._ended.get(allocation["ID"])
            if ended is not None:
                self._report_again(allocation, ended.states)
            elif allocation["DesiredStatus"] != "run":
                if run is not None:
                    run.stop()
            elif run is not None:
                run.update(self._groups.of(allocation["Job"], allocation["TaskGroup"]))
            elif allocation["TaskStates"] is None:
                self._take_on(allocation)

    def _drop_noticed(self, gone: Collection[str]) -> None:
        """Keep the nodes from acting on these allocations, which they heard of."""
        for noticed in self._noticed:
            left = [allocation for allocation in noticed.allocations if allocation["ID"] not in gone]
            if len(left) < len(noticed.allocations):
                noticed.allocations[:] = left
                self._note_noticed(noticed)

    def _report_again(self, allocation: Allocation, states: Mapping[str, TaskState]) -> None:
        """Report an ended allocation once more when its node hears of it for the first time since (observed).

        What the node hears may be older than the end, so the states are those that it reported.
        """
        self._forget_ended(allocation["ID"])
        run = self._run(allocation)
        run.ended_as(states)
        self._note(run.allocation_id, run.node_id)

    def _forget_ended(self, allocation_id: str) -> None:
        if self._ended.pop(allocation_id, None) is not None:
            self._changes.note(("run", allocation_id))

    def _drop_report(self, run: AllocationRun) -> None:
        unreported = self._unreported.get(run.node_id)
        if unreported is None or run.allocation_id not in unreported.allocations:
            return
        del unreported.allocations[run.allocation_id]
        if not unreported.allocations:
            unreported.timer.cancel()
            del self._unreported[run.node_id]
        self._changes.note(("unreported", run.node_id))

    def _take_on(self, allocation: Allocation) -> None:
        self._run(allocation).receive(self._paces.of(allocation["EvalID"]).start)

    def _run(self, allocation: Allocation) -> AllocationRun:
        allocation_id, node_id = allocation["ID"], allocation["NodeID"]
        run = self._runs[allocation_id] = AllocationRun(
            allocation,
            self._groups.of(allocation["Job"], allocation["TaskGroup"]),
            clock=self._clock,
            ids=self._ids,
            rules=self._rules,
            changed=lambda: self._note(allocation_id, node_id),
            changing=lambda: self._changing(allocation_id),
        )
        return run

    def _changing(self, allocation_id: str) -> None:
        """Note that tasks of an allocation are about to change; whoever saves them keeps how they were."""
        self._changes.note(("run", allocation_id))
        for each in self._savings:
            saving = each()
            if saving is not None:
                saving.keep(allocation_id)

    def _note(self, allocation_id: str, node_id: str) -> None:
        unreported = self._unreported.get(node_id)
        if unreported is None:
            timer = self._clock.call_later(_REPORT_INTERVAL, partial(self._send, node_id))
            unreported = self._unreported[node_id] = _Unreported({}, timer)
        unreported.allocations[allocation_id] = None
        self._changes.note(("run", allocation_id), ("unreported", node_id))

    def _send(self, node_id: str) -> Steps[None]:
        unreported = self._unreported[node_id].allocations
        changed = [self._runs[allocation_id] for allocation_id in unreported]
        reports = []
        for run in changed:
            yield
            reports.append(run.status())
        yield from self._report(reports)
        for run in changed:
            yield
            if run.is_over:
                self._forget(run)
                if run.ended_by_itself:
                    self._ended[run.allocation_id] = _Ended(node_id, run.states())
                else:  # an update from before the end would start it again
                    self._drop_noticed({run.allocation_id})
            del unreported[run.allocation_id]  # each is kept until it is done, for a server that stops half-way
            self._changes.note(("unreported", node_id))
        del self._unreported[node_id]
        self._changes.note(("unreported", node_id))


class _Noticed(NamedTuple):
    """What a plan changed and the nodes have yet to act on."""

    allocations: list[Allocation]
    timer: Timer

    def saved(self) -> dict[str, Any]:
        return {"allocations": [*self.allocations], **self.timer.saved()}


class _Unreported(NamedTuple):
    """The IDs of allocations whose changes a node has yet to report."""

    allocations: dict[str, None]
    timer: Timer


class _Ended(NamedTuple):
    """Where an allocation came to a good end, and the states of its tasks."""

    node_id: str
    states: Mapping[str, TaskState]


def _saved_ended(allocation_id: str) -> dict[str, Any]:
    return {"allocation": allocation_id, "failed": "", "tasks": []}
