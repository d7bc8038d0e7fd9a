"""Schedule one evaluation at a time, and commit what the scheduler decides."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mockserver.cluster.blocked_evals import BlockedEvals
from mockserver.cluster.clock import Clock
from mockserver.cluster.eval_broker import EvalBroker
from mockserver.cluster.futile_searches import FutileSearches
from mockserver.cluster.pace import Paces
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler import Outcome, knows, schedule
from mockserver.cluster.scheduler.finish import next_of_rolling_update
from mockserver.cluster.state import State
from mockserver.cluster.tables import is_open
from mockserver.gostd.fmt import quote
from mockserver.nomad_types import Allocation, Evaluation
from mockserver.slices import Steps

if TYPE_CHECKING:
    from mockserver.cluster.timetable import Timer


class Worker:
    """Evaluations of a region from pending to complete; every commit is one index, in a real agent's order."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        ids: RandomSource,
        notice: Callable[[Sequence[Allocation]], None],
        paces: Paces,
        *,
        shuffled: bool = False,
    ) -> None:
        self._state = state
        self._clock = clock
        self._ids = ids
        self._notice = notice
        self._paces = paces
        self._shuffled = shuffled
        self._ready = EvalBroker()
        self._blocked = BlockedEvals()
        self._futile = FutileSearches(state)
        self._waiting: dict[str, Timer] = {}
        self._turn_is_planned = False

    def submit(self, evaluation: Evaluation) -> int:
        """Store a new or changed evaluation and process it further; returns the index."""
        index = self._state.upsert_evaluation(evaluation)
        self._follow_stored(evaluation)
        return index

    def submit_all(self, evaluations: Sequence[Evaluation]) -> Steps[int]:
        """Store several new ones at once, as one log entry, in steps; returns the index, 0 when there are none."""
        if not evaluations:
            return 0
        index = yield from self._state.add_evaluations(evaluations)
        for evaluation in evaluations:
            yield
            self._follow_stored(evaluation)
        return index

    def unblock(self, node_class: str) -> Steps[None]:
        """Try blocked evaluations again, in steps: a node of this computed class has more room.

        Nothing else may change anything before the last step.
        """
        for evaluation in tuple(self._blocked):
            yield
            if self._blocked.unblock(evaluation, node_class):
                self._state.changes.note(("blocked", evaluation["JobID"]))
                self._enqueue(evaluation)

    def saved(self) -> dict[str, Any]:
        """Return what waits for room or time, as JSON, for ``restore``. Nothing may be ready to be scheduled."""
        return {"blocked": list(self._blocked), "waiting": [self.saved_waiting(each) for each in self._waiting]}

    def saved_blocked(self, job_id: str) -> Evaluation | None:
        """Return the evaluation of a job that waits for room, or None."""
        return self._blocked.of(job_id)

    def saved_waiting(self, evaluation_id: str) -> dict[str, Any] | None:
        """Return the evaluation that waits for its time, as ``saved`` has it, or None."""
        timer = self._waiting.get(evaluation_id)
        return None if timer is None else {"evaluation": evaluation_id, **timer.saved()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on where the saved worker was; all other evaluations of the state that are open are ready.

        Among them are blocked ones that had been unblocked.
        """
        for evaluation in saved["blocked"]:
            self._blocked.add(evaluation)
        for each in saved["waiting"]:
            evaluation_id = each["evaluation"]
            self._waiting[evaluation_id] = self._clock.restore(each, partial(self._waited, evaluation_id))
        blocked = {evaluation["ID"] for evaluation in self._blocked}
        for evaluation in self._state.evaluations():
            if is_open(evaluation) and evaluation["ID"] not in blocked and evaluation["ID"] not in self._waiting:
                self._enqueue(evaluation)

    def _follow_stored(self, evaluation: Evaluation) -> None:
        stored = self._state.evaluation(evaluation["ID"])
        assert stored is not None
        self._follow(stored)

    def _follow(self, evaluation: Evaluation) -> None:
        if evaluation["Status"] == "pending":
            self._enqueue_when_due(evaluation)
        elif evaluation["Status"] == "blocked":
            self._block(evaluation)
        elif evaluation["Status"] == "complete" and not evaluation["FailedTGAllocs"]:
            self._blocked.forget(evaluation["JobID"])
            self._state.changes.note(("blocked", evaluation["JobID"]))

    def _enqueue_when_due(self, evaluation: Evaluation) -> None:
        evaluation_id = evaluation["ID"]
        wait = max(evaluation["Wait"], self._paces.of(evaluation_id).pending)
        if wait > 0:
            self._waiting[evaluation_id] = self._clock.call_later(wait, partial(self._waited, evaluation_id))
            self._state.changes.note(("waiting", evaluation_id))
        else:
            self._enqueue(evaluation)

    def _waited(self, evaluation_id: str) -> None:
        del self._waiting[evaluation_id]
        self._state.changes.note(("waiting", evaluation_id))
        evaluation = self._state.evaluation(evaluation_id)
        if evaluation is not None:
            self._enqueue(evaluation)

    def _enqueue(self, evaluation: Evaluation) -> None:
        if knows(evaluation["Type"]):
            self._ready.add(evaluation)
            self._plan_turn()

    def _plan_turn(self) -> None:
        if not self._turn_is_planned:
            self._turn_is_planned = True
            self._clock.call_later(0, self._turn)

    def _turn(self) -> Steps[None]:
        self._turn_is_planned = False
        evaluation = self._ready.pop()
        if evaluation is not None:
            follow_up = self._paces.of(evaluation["ID"]).follow_up
            if follow_up is None:
                yield from self._process(evaluation)
            else:
                self._leave_to_another(evaluation, follow_up)
        yield from self._pass_over_futile()
        if self._ready:
            self._plan_turn()

    def _pass_over_futile(self) -> Steps[None]:
        """Block again, in steps, the next evaluations as long as it is known that there is no room for them."""
        while (evaluation := self._ready.first()) is not None:
            outcome = self._futile.outcome(evaluation)
            if outcome is None:
                return
            yield
            self._ready.pop()
            self._remember_filtering(evaluation, outcome)
            self._block_again(evaluation, outcome, self._state.latest_index)

    def _block(self, evaluation: Evaluation) -> None:
        if self._blocked.add(evaluation):
            self._state.changes.note(("blocked", evaluation["JobID"]))
        else:
            self._cancel_duplicate(evaluation)

    def _cancel_duplicate(self, evaluation: Evaluation) -> None:
        # At once: an agent's two threads race for the next index, and in the recordings this one is first.
        description = f"existing blocked evaluation exists for job {quote(evaluation['JobID'])}"
        self.submit({**evaluation, "Status": "canceled", "StatusDescription": description})

    def _process(self, evaluation: Evaluation) -> Steps[None]:
        snapshot_index = self._state.latest_index
        now, shuffled = self._clock.now(), self._shuffled
        outcome = yield from schedule(evaluation, self._state, ids=self._ids, now=now, shuffled=shuffled)
        self._futile.note(evaluation, outcome)
        self._remember_filtering(evaluation, outcome)
        if outcome.blocked is not None:
            self.submit({**outcome.blocked, "SnapshotIndex": snapshot_index})
        if outcome.next is not None:
            self.submit({**outcome.next, "SnapshotIndex": snapshot_index})
        if not outcome.is_noop:
            yield
            yield from self._apply_plan(outcome)
            yield
        if outcome.reblock:
            self._block_again(evaluation, outcome, snapshot_index)
        else:
            self.submit({**_processed(evaluation, outcome), "SnapshotIndex": snapshot_index})

    def _remember_filtering(self, evaluation: Evaluation, outcome: Outcome) -> None:
        job = self._state.job(evaluation["JobID"]) if outcome.filtering else None
        if job is not None:
            self._state.remember_filtering(job, outcome.filtering)

    def _block_again(self, evaluation: Evaluation, outcome: Outcome, snapshot_index: int) -> None:
        """Keep an evaluation blocked. It stays as it is in the state: a real agent writes no log entry for this."""
        self._block(
            {
                **evaluation,
                "ClassEligibility": outcome.class_eligibility,
                "EscapedComputedClass": outcome.escaped,
                "SnapshotIndex": snapshot_index,
            }
        )

    def _leave_to_another(self, evaluation: Evaluation, wait: int) -> None:
        """Complete an evaluation with nothing done; another one does its work after ``wait`` nanoseconds."""
        snapshot_index = self._state.latest_index
        following = next_of_rolling_update(evaluation, self._ids, wait)
        self._paces.followed(evaluation["ID"], following["ID"])
        self.submit({**following, "SnapshotIndex": snapshot_index})
        done = {"NextEval": following["ID"], "SnapshotIndex": snapshot_index, "Status": "complete"}
        self.submit(cast("Evaluation", {**evaluation, **done}))

    def _apply_plan(self, outcome: Outcome) -> Steps[None]:
        allocations = [*outcome.stops, *outcome.in_place, *outcome.placements]
        yield from self._state.upsert_allocations(allocations, self._clock.now())
        stored = []
        for allocation in allocations:
            yield
            stored.append(self._stored(allocation))
        self._notice(stored)

    def _stored(self, allocation: Allocation) -> Allocation:
        stored = self._state.allocation(allocation["ID"])
        assert stored is not None
        return stored


def _processed(evaluation: Evaluation, outcome: Outcome) -> Evaluation:
    return {
        **evaluation,
        "BlockedEval": outcome.blocked["ID"] if outcome.blocked else evaluation["BlockedEval"],
        "FailedTGAllocs": outcome.failed,
        "NextEval": outcome.next["ID"] if outcome.next else evaluation["NextEval"],
        "QueuedAllocations": evaluation["QueuedAllocations"] if outcome.queued is None else outcome.queued,
        "Status": outcome.status,
        "StatusDescription": outcome.description,
    }
