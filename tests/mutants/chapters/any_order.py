"""Mutants that depend on what happened before: a third update, an instance that ended, a plan or refusal in between."""

import dataclasses
from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.state import State
from mockserver.errors import Refused
from tests.mutants.mutant import mutant
from tests.mutants.storing import Register
from tests.mutants.vocabulary import registration, wrapped, wrapped_steps

_THIRD = 3
_MOVING = {"Status", "ModifyIndex", "JobModifyIndex"}


def after(name: str, sentence: str, method: str, make: Callable[[Any], Any], *caught_by: str) -> None:
    """Declare a mutant of the cluster; ``make`` gets the method and returns another, with a memory."""
    deviation = (wrapped_steps if method == "plan" else wrapped)(Cluster, method, make)
    mutant(f"order.{name}", sentence, *caught_by)(deviation)


def also(then: Callable[..., object]) -> Callable[[Any], Any]:
    """Return a method of the cluster that does more afterwards: ``then(cluster, job or its ID)``."""

    def make(method: Any) -> Any:
        def broken(self: Cluster, job: Any, *rest: Any) -> Any:
            done = method(self, job, *rest)
            then(self, job)
            return done

        return broken

    return make


# Indexes


def _index_back(self: Cluster, _: str) -> None:
    self.state.index -= 6


_GROW = "common.stateful.indexes-only-grow"
_COUNTS = "common.stateful.every-write-counts"
after("index-back-after-deregister", "A deregistration takes six indexes back.", "deregister", also(_index_back), _GROW)


def _told_anew(register: Any) -> Any:
    first: dict[str, int] = {}

    def broken(self: Cluster, job: Any) -> Written:
        new = self.state.job(job["ID"]) is None
        done: Written = register(self, job)
        index = first.setdefault(job["ID"], done.job_index)
        return dataclasses.replace(done, job_index=index) if new else done

    return broken


after("anew-tells-old-index", "A job that comes again tells its first JobModifyIndex.", "register", _told_anew, _GROW)


def _told_of_the_first(method: Any) -> Any:
    first: dict[str, int] = {}

    def broken(self: Cluster, job_id: str, *arguments: Any) -> Written:
        done: Written = method(self, job_id, *arguments)
        return dataclasses.replace(done, evaluation_index=first.setdefault(job_id, done.evaluation_index))

    return broken


for _method, _what in (("evaluate", "evaluate"), ("dispatch", "dispatch"), ("force", "forced launch")):
    after(
        f"{_method}-tells-first-index",
        f"Each {_what} of a job tells the EvalCreateIndex of the first.",
        _method,
        _told_of_the_first,
        _GROW,
    )


def _third_late(register: Any) -> Any:
    told: dict[str, list[int]] = {}

    def broken(self: Cluster, job: Any) -> Written:
        done: Written = register(self, job)
        indexes = told.setdefault(job["ID"], [])
        indexes.append(done.job_index)
        return dataclasses.replace(done, job_index=indexes[-2] if len(indexes) > _THIRD else done.job_index)

    return broken


after("third-update-late", "From the third update on JobModifyIndex is told late.", "register", _third_late, _COUNTS)


def _unchanged_parent(register: Any) -> Any:
    def broken(self: Cluster, job: Any) -> Written:
        known: Any = self.state.job(job["ID"])
        parent = job["Periodic"] is not None or job["ParameterizedJob"] is not None
        same = known is not None and all(known[name] == job[name] for name in known.keys() - _MOVING - {"CreateIndex"})
        if parent and known is not None and same:
            return Written(job["ID"], known["JobModifyIndex"])
        done: Written = register(self, job)
        return done

    return broken


after("unchanged-parent", "A parent registered without a change is no write.", "register", _unchanged_parent, _COUNTS)


def _second_end(deregister: Any) -> Any:
    ended: dict[str, Written] = {}

    def broken(self: Cluster, job_id: str) -> Written:
        if self.state.job(job_id) is not None:
            ended.pop(job_id, None)
        if job_id not in ended:
            ended[job_id] = deregister(self, job_id)
        return ended[job_id]

    return broken


after("second-end", "A second deregistration tells the first again.", "deregister", _second_end, _COUNTS)


# Evaluations


def _forget(state: State, job_id: str, which: Callable[[Any], bool] = lambda _: True) -> None:
    kept = state._evaluations_of.get(job_id.lower(), {})
    for evaluation_id in [one["ID"] for one in kept.values() if which(one)]:
        kept.pop(evaluation_id)
        state._evaluations.pop(evaluation_id, None)


_STAY = "common.stateful.evaluations-stay"


def _third_forgets(register: Any) -> Any:
    updates: dict[str, int] = {}

    def broken(self: Cluster, job: Any) -> Written:
        known = self.state.job(job["ID"]) is not None
        updates[job["ID"]] = updates.get(job["ID"], 0) + 1 if known else 0
        if updates[job["ID"]] >= _THIRD:
            _forget(self.state, job["ID"])
        done: Written = register(self, job)
        return done

    return broken


def _children_of(state: State, job_id: str) -> list[Any]:
    return [one for one in state.jobs(f"{job_id}/") if one["ParentID"] == job_id]


def _forget_of_children(self: Cluster, job_id: str) -> None:
    for child in _children_of(self.state, job_id):
        _forget(self.state, child["ID"])


def _forget_of_missing(deregister: Any) -> Any:
    def broken(self: Cluster, job_id: str) -> Any:
        if self.state.job(job_id) is None:
            _forget(self.state, job_id)
        return deregister(self, job_id)

    return broken


def _forget_newest(self: Cluster, job: Any) -> None:
    known = list(self.state._evaluations_of.get(job["ID"].lower(), {}).values())
    newest = max((one["CreateIndex"] for one in known), default=0)
    _forget(self.state, job["ID"], lambda one: one["CreateIndex"] == newest and one["Status"] == "complete")


def _forget_forced(evaluate: Any) -> Any:
    forced: dict[str, str] = {}

    def broken(self: Cluster, job_id: str) -> Written:
        done: Written = evaluate(self, job_id)
        _forget(self.state, job_id, lambda one: one["ID"] == forced.get(job_id))
        forced[job_id] = done.evaluation_id
        return done

    return broken


after("third-update-forgets", "The third update forgets the evaluations so far.", "register", _third_forgets, _STAY)
after("evaluate-replaces", "An evaluate forgets the evaluation of the last one.", "evaluate", _forget_forced, _STAY)
after("plan-forgets", "A plan forgets the job's newest evaluation.", "plan", also(_forget_newest), _STAY)
after("second-end-forgets", "A second deregistration forgets evaluations.", "deregister", _forget_of_missing, _STAY)
after("end-forgets-children", "A parent's end forgets its children's.", "deregister", also(_forget_of_children), _STAY)


@mutant("order.refused-forgets", "A refused update forgets the evaluations so far.", _STAY)
@registration
async def _(register: Register, region: Cluster, job: Any, expected: int | None) -> Any:
    try:
        return await register(job, expected)
    except Refused:
        _forget(region.state, job["ID"])
        raise


# Children


def _drop_children_anew(register: Any) -> Any:
    def broken(self: Cluster, job: Any) -> Any:
        if self.state.job(job["ID"]) is None:
            for child in _children_of(self.state, job["ID"]):
                self.state._jobs.pop(child["ID"].lower(), None)
        return register(self, job)

    return broken


def _as_parent(evaluate: Any) -> Any:
    def broken(self: Cluster, job_id: str) -> Any:
        job = self._existing(job_id)
        parent = self.state.job(job["ParentID"]) if job["ParentID"] else None
        if parent is not None:
            self.state._store_job({**job, "Priority": parent["Priority"], "Meta": parent["Meta"]}, self.state.index)
        return evaluate(self, job_id)

    return broken


_CHILDREN = "common.stateful.children-stay"
after(
    "anew-without-children",
    "A parent that comes again has no old children.",
    "register",
    _drop_children_anew,
    _CHILDREN,
)
after(
    "evaluated-as-parent",
    "A child that is evaluated takes over its parent's values.",
    "evaluate",
    _as_parent,
    _CHILDREN,
)
