"""Mutants that take a job for what it was before: its first version, an instance that ended, what was refused."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.periodic import Periodic
from mockserver.errors import Refused
from mockserver.jobs.validate import submission
from mockserver.operations import job_writes as dispatch_operation
from mockserver.operations import job_writes as plans
from mockserver.operations import job_writes as register_operation
from tests.mutants.chapters.any_order import after, also
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.storing import Register, around_registration
from tests.mutants.vocabulary import family, wrapped

# Dispatches


def _of_first(key: str) -> Callable[[Any], Any]:
    """Return a method that dispatches a parent as it was when it was first dispatched."""

    def make(dispatch: Any) -> Any:
        first: dict[str, Any] = {}

        def broken(self: Cluster, job_id: str, payload: bytes, meta: Any) -> Any:
            now: Any = self._existing(job_id)
            once = first.setdefault(job_id, now)
            self.state._jobs[job_id.lower()] = now | {key: once[key]}
            try:
                return dispatch(self, job_id, payload, meta)
            finally:
                self.state._jobs[job_id.lower()] = now

        return broken

    return make


_COPY = "job.dispatch.child-is-the-parents-copy"
after(
    "dispatches-first-priority", "A dispatch is of the priority first seen.", "dispatch", _of_first("Priority"), _COPY
)


@mutant("order.dispatches-what-was", "A parent that is gone can be dispatched.", "job.dispatch.refuses.jobs")
def _(breakage: Breakage) -> None:
    _dispatching_what_was(breakage, lambda now: now is None)


@mutant("order.dispatches-another-kind", "A job that was parameterized is dispatched.", "job.dispatch.refuses.jobs")
def _(breakage: Breakage) -> None:
    _dispatching_what_was(breakage, lambda now: now is not None and now["ParameterizedJob"] is None)


def _dispatching_what_was(breakage: Breakage, when: Callable[[Any], bool]) -> None:
    """Dispatch the last parameterized job of an ID, where ``when`` says so of what is stored now."""
    parents: dict[str, Any] = {}

    def make_register(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            if job["ParameterizedJob"] is not None:
                parents[job["ID"]] = job
            return register(self, job)

        return broken

    def make_check(check: Any) -> Any:
        return lambda job_id, job, *rest: check(job_id, parents.get(job_id, job) if when(job) else job, *rest)

    def make_dispatch(dispatch: Any) -> Any:
        def broken(self: Cluster, job_id: str, payload: bytes, meta: Any) -> Any:
            now = self.state.job(job_id)
            if when(now) and job_id in parents:
                if now is None:
                    self._store(parents[job_id])
                else:
                    self.state._jobs[job_id.lower()] = {**now, "ParameterizedJob": parents[job_id]["ParameterizedJob"]}
            return dispatch(self, job_id, payload, meta)

        return broken

    breakage.wrap(Cluster, "register", make_register)
    breakage.wrap(dispatch_operation, "check_dispatch", make_check)
    breakage.wrap(Cluster, "dispatch", make_dispatch)


# Launches


_tracking = family("order")


def _keeps_disabled(registered: Any) -> Any:
    def broken(self: Periodic, job: Any) -> None:
        if job["Periodic"] is None or job["Periodic"]["Enabled"] or job["ID"] not in self._tracked:
            registered(self, job)

    return broken


def _keeps_first(registered: Any) -> Any:
    def broken(self: Periodic, job: Any) -> None:
        if not (job["ID"] in self._tracked and job["Periodic"] and job["Periodic"]["Enabled"]):
            registered(self, job)

    return broken


_tracking(
    "forced-though-disabled",
    "Disabling stops no forced launch.",
    wrapped(Periodic, "registered", _keeps_disabled),
    "job.periodic-force.refuses",
)
_tracking(
    "launches-first-version",
    "The first version is launched.",
    wrapped(Periodic, "registered", _keeps_first),
    "job.periodic-force.child",
)


@mutant("order.enabled-again-in-vain", "Once disabled a job is never launched.", "job.periodic-force.launches")
def _(breakage: Breakage) -> None:
    disabled: set[str] = set()

    def make(registered: Any) -> Any:
        def broken(self: Periodic, job: Any) -> None:
            registered(self, job)
            if job["Periodic"] is not None and not job["Periodic"]["Enabled"]:
                disabled.add(job["ID"])
            if job["ID"] in disabled:
                self.deregistered(job["ID"])

        return broken

    breakage.wrap(Periodic, "registered", make)


def _untrack(self: Cluster, job: Any) -> None:
    if job["Periodic"] is not None and not job["Periodic"]["Enabled"]:
        self._periodic.deregistered(job["ID"])


after("planned-disabled", "A plan that disables disables.", "plan", also(_untrack), "job.periodic-force.launches")


# Plans


def _against(name: str, sentence: str, remember: str, *caught_by: str, first: bool) -> None:
    """Declare a mutant that plans against the job that ``remember`` saw, first or last, instead of the stored one."""

    def apply(breakage: Breakage) -> None:
        known: dict[str, Any] = {}

        def make(method: Any) -> Any:
            def broken(self: Cluster, job: Any, *rest: Any) -> Any:
                done = method(self, job, *rest)
                known[job["ID"]] = known.get(job["ID"], job) if first else job
                return done

            return broken

        def make_diff(diff: Any) -> Any:
            return lambda old, new, **how: diff(old and {**old, **_told(known.get(new["ID"], {}))}, new, **how)

        (breakage.wrap_steps if remember == "plan" else breakage.wrap)(Cluster, remember, make)
        breakage.wrap(plans, "diff_jobs", make_diff)

    mutant(f"order.{name}", sentence, *caught_by)(apply)


def _told(job: Any) -> dict[str, Any]:
    return {name: job[name] for name in ("Name", "Priority", "Meta", "TaskGroups") if name in job}


_DIFF = "job.plan.diff.of-any-two-jobs"
_against("diff-with-first", "A diff is with the first version.", "register", _DIFF, first=True)
_against("diff-with-planned", "A diff is with what was planned last.", "plan", _DIFF, first=False)


@mutant("order.diff-with-refused", "A diff is with the update that was refused.", _DIFF)
def _(breakage: Breakage) -> None:
    refused: dict[str, Any] = {}

    async def broken(register: Register, _: Cluster, job: Any, expected: int | None) -> Any:
        refused[job["ID"]] = job
        done = await register(job, expected)
        refused.pop(job["ID"])
        return done

    def make_diff(diff: Any) -> Any:
        return lambda old, new, **how: diff(
            old and {**old, "Name": (refused.get(new["ID"]) or old)["Name"]}, new, **how
        )

    around_registration(breakage, broken)
    breakage.wrap(plans, "diff_jobs", make_diff)


def _old_index(plan: Any) -> Any:
    indexes: dict[str, int] = {}

    def broken(self: Cluster, job: Any, *rest: Any) -> Any:
        reply = plan(self, job, *rest)
        last = indexes.get(job["ID"], 0) if self.state.job(job["ID"]) is None else reply["JobModifyIndex"]
        indexes[job["ID"]] = last
        return {**reply, "JobModifyIndex": last, "Index": last}

    return broken


after(
    "plan-tells-index-of-gone", "A gone job is planned at its index.", "plan", _old_index, "job.plan.after-deregister"
)


# Check and set, evaluate, summaries


@mutant("order.enforces-index-of-gone", "A gone job's index is good for its return.", "job.register.check-and-set")
def _(breakage: Breakage) -> None:
    last: dict[str, int] = {}

    def make(register: Any) -> Any:
        async def broken(job: Any, expected: int | None, region: Cluster) -> Any:
            known = region.state.job(job["ID"])
            gone = known is None and expected is not None and expected == last.get(job["ID"])
            done = await register(job, None if gone else expected, region)
            last[job["ID"]] = done.body["JobModifyIndex"]
            return done

        return broken

    breakage.wrap(register_operation, "_register", make)


@mutant("order.zero-for-new-only", "A gone job does not return with index 0.", "job.register.check-and-set")
def _(breakage: Breakage) -> None:
    seen: set[str] = set()

    def make(register: Any) -> Any:
        async def broken(job: Any, expected: int | None, region: Cluster) -> Any:
            if expected == 0 and job["ID"] in seen:
                raise Refused("Enforcing job modify index 0: job already exists")
            done = await register(job, expected, region)
            seen.add(job["ID"])
            return done

        return broken

    breakage.wrap(register_operation, "_register", make)


@mutant("order.enforces-older", "The index before the last one is good, too.", "job.register.check-and-set")
def _(breakage: Breakage) -> None:
    before: dict[str, int] = {}

    def make(check: Any) -> Any:
        def broken(job: Any, index: int) -> None:
            if job is None or index != before.get(job["ID"]):
                check(job, index)
            if job is not None and index == job["JobModifyIndex"]:
                before[job["ID"]] = index

        return broken

    breakage.wrap(submission, "check_enforced_index", make)


def _evaluates_gone(evaluate: Any) -> Any:
    known: dict[str, Written] = {}

    def broken(self: Cluster, job_id: str) -> Written:
        if self.state.job(job_id) is None and job_id in known:
            return known[job_id]
        known[job_id] = evaluate(self, job_id)
        return known[job_id]

    return broken


after(
    "evaluates-gone",
    "A job that is gone is evaluated if it once was.",
    "evaluate",
    _evaluates_gone,
    "job.evaluate.refuses",
)


def _evaluates_once_lived(evaluate: Any) -> Any:
    lives: dict[str, int] = {}

    def broken(self: Cluster, job_id: str) -> Any:
        job = self._existing(job_id)
        if lives.setdefault(job_id, job["CreateIndex"]) != job["CreateIndex"]:
            raise Refused("job not found")
        return evaluate(self, job_id)

    return broken


after(
    "evaluates-first-life",
    "A job that comes again is not evaluated.",
    "evaluate",
    _evaluates_once_lived,
    "job.evaluate.*",
)


def _counting(name: str, sentence: str, when: Callable[[bool], bool], children: Callable[[Any], Any]) -> None:
    """Declare a mutant of how children are counted after a registration: ``when(the parent was there before)``."""

    def apply(breakage: Breakage) -> None:
        last: dict[str, Any] = {}

        def make(register: Any) -> Any:
            def broken(self: Cluster, job: Any) -> Any:
                old = self.state.summary(job["ID"])
                done = register(self, job)
                summary = self.state.summary(job["ID"])
                if summary is not None and job["ParameterizedJob"] is not None and when(old is not None):
                    told = children(last.get(job["ID"]) or summary["Children"])
                    self.state._summaries[job["ID"].lower()] = {**summary, "Children": told}
                return done

            return broken

        def make_end(deregister: Any) -> Any:
            def broken(self: Cluster, job_id: str) -> Any:
                summary = self.state.summary(job_id)
                last[job_id] = summary and summary["Children"]
                return deregister(self, job_id)

            return broken

        breakage.wrap(Cluster, "register", make)
        breakage.wrap(Cluster, "deregister", make_end)

    mutant(f"order.{name}", sentence, "job.summary.children-counts-children")(apply)


_counting(
    "counts-of-before",
    "A parent that comes again counts children of before.",
    lambda known: not known,
    lambda told: told,
)
_counting(
    "update-counts-anew",
    "An update forgets how many children there are.",
    lambda known: known,
    lambda _: {"Dead": 0, "Pending": 0, "Running": 0},
)
