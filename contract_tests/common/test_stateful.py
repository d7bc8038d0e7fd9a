"""All operations in any order, beside a model of what the contract promises."""

from typing import Any

from hypothesis import settings, stateful
from hypothesis import strategies as st

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group, kind_of
from contract_tests.client.nomad import Job, Nomad
from contract_tests.job.test_periodic_force import launched
from contract_tests.job.test_plan import diff_of
from contract_tests.job.test_register import verify_read_back
from contract_tests.oracle.diff import job_diff, unordered
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.strategies import generated
from contract_tests.suite import profiles, verify

SLOTS = st.integers(0, 2)
WRONG: list[dict[str, Any]] = [{"Priority": 101}, {"TaskGroups": []}, {"TaskGroups": [group("g", Count=-1)]}]
"""What a server of any version refuses; newer ones fill in what is empty."""
MOVING = ("Status", "ModifyIndex")
"""Fields of a child that change while it is worked on."""


class WriteHistory:
    """The indexes and evaluations that the replies of writes named."""

    def __init__(self) -> None:
        self.newest = 0
        self.of_jobs: dict[str, int] = {}
        """The last JobModifyIndex of each job ID, whether the job is still there or not."""
        self.evaluations: dict[str, set[str]] = {}

    def stored(self, job_id: str, done: Exchange) -> Exchange:
        """Take in the reply of a registration or deregistration, whose job has an index of its own."""
        index = done.json["JobModifyIndex"]
        if done.operation == "deregister" and not index:
            return done  # newer servers: there was nothing to deregister
        known = self.of_jobs.get(job_id, 0)
        verify.that("common.stateful.indexes-only-grow", done, index >= known, f"JobModifyIndex >= {known}", index)
        self.of_jobs[job_id] = index
        if index != known:
            return self.made(job_id, done, index)
        verify.grows("common.stateful.every-write-counts", done, known, index)  # newer servers: nothing was changed
        return self.made(job_id, done)

    def made(self, job_id: str, done: Exchange, *indexes: int) -> Exchange:
        """Take in a write's reply: each of its indexes is at least as large as all before, and one is larger."""
        eval_id = done.json["EvalID"]
        told = [*indexes, *([done.json["EvalCreateIndex"]] if eval_id else [])]
        if not told:
            return done
        statement = "common.stateful.indexes-only-grow"
        verify.that(statement, done, max(told) >= self.newest, f">= {self.newest}", max(told))
        verify.grows("common.stateful.every-write-counts", done, self.newest, min(told))
        self.newest = max(self.newest, *told)
        if eval_id:
            self.evaluations.setdefault(job_id, set()).add(eval_id)
        return done

    def verify_listed(self, nomad: Nomad, job_id: str) -> None:
        """Require that the list has every evaluation of a job that a reply named."""
        found = nomad.evaluations(job_id)
        listed, told = {e["ID"] for e in found.json if e["JobID"] == job_id}, self.evaluations.get(job_id, set())
        verify.that("common.stateful.evaluations-stay", found, told <= listed, told, listed)


class Model:
    """The expected state of one job ID."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.job: Job | None = None
        self.kind: tuple[object, ...] | None = None
        """Of the job that was there last, even if it is gone."""
        self.create_index = 0
        self.modify_index = 0
        self.children: dict[str, dict[str, Any]] = {}
        self.launched: set[str] = set()


def machine(nomad: Nomad, factory: JobFactory) -> type[stateful.RuleBasedStateMachine]:
    """Return a state machine that drives this server."""

    class Operations(stateful.RuleBasedStateMachine):
        """Registers, plans, evaluates, dispatches, deregisters and reads three jobs in any order."""

        def __init__(self) -> None:
            super().__init__()
            self.models = [Model(nomad.new_id("model")) for _ in range(3)]
            self.history = WriteHistory()

        def teardown(self) -> None:
            """Leave nothing behind."""
            nomad.own.clean()

        @stateful.rule(slot=SLOTS, job=generated.jobs(factory), method=st.sampled_from(["PUT", "POST"]))
        def register(self, slot: int, job: Job, method: str) -> None:
            model = self.models[slot]
            job = {**job, "ID": model.job_id}
            done = nomad.register(job, method=method)
            if model.kind not in (None, kind_of(job)):
                verify.that("job.register.updates-change-anything", done, done.ok, "status 200", done.text)
                if not done.ok:
                    return
            index = self.history.stored(model.job_id, verify.ok("job.register.creates", done)).json["JobModifyIndex"]
            if model.job is None:
                stored = nomad.job(model.job_id)
                model.create_index = stored.json["CreateIndex"]
                statement = "job.register.new-job-indexes" if model.kind is None else "job.deregister.new-create-index"
                verify.equal(statement, stored, model.create_index, index)
            model.job, model.modify_index, model.kind = job, index, kind_of(job)

        @stateful.rule(slot=SLOTS, wrong=st.sampled_from(WRONG))
        def register_invalid(self, slot: int, wrong: dict[str, Any]) -> None:
            model = self.models[slot]
            done = nomad.register({**factory.service(model.job_id), **wrong})
            verify.equal("job.register.refuses.any-job", done, done.status, 500)

        @stateful.rule(slot=SLOTS, off_by=st.integers(-1, 1))
        def check_and_set(self, slot: int, off_by: int) -> None:
            model = self.models[slot]
            if not model.job:
                return
            index = model.modify_index + off_by
            done = nomad.register(model.job, EnforceIndex=True, JobModifyIndex=index)
            expected = 200 if off_by == 0 else 500
            verify.equal("job.register.check-and-set", done, done.status, expected)
            if off_by == 0:
                model.modify_index = self.history.stored(model.job_id, done).json["JobModifyIndex"]

        @stateful.rule(slot=SLOTS, job=generated.jobs(factory))
        def plan(self, slot: int, job: Job) -> None:
            model = self.models[slot]
            new = {**job, "ID": model.job_id}
            planned = verify.ok("job.plan.is-accepted", nomad.plan(new))
            statement = "job.plan.job-modify-index" if model.job else "job.plan.after-deregister"
            index = model.modify_index if model.job else 0
            verify.equal(statement, planned, planned.json["JobModifyIndex"], index)
            expected = unordered(job_diff(model.job and readback(model.job), readback(new)))
            gaps = differences(expected, unordered(diff_of(planned)), ("Diff",))
            verify.alike("job.plan.diff.of-any-two-jobs", planned, gaps)

        @stateful.rule(slot=SLOTS)
        def evaluate(self, slot: int) -> None:
            model = self.models[slot]
            done = nomad.evaluate(model.job_id)
            if model.job and not (model.job.get("Periodic") or model.job.get("ParameterizedJob") is not None):
                self.history.made(model.job_id, verify.ok("job.evaluate.creates-evaluation", done))
            else:
                verify.equal("job.evaluate.refuses", done, done.status, 500)

        @stateful.rule(slot=SLOTS, payload=st.binary(max_size=9))
        def dispatch(self, slot: int, payload: bytes) -> None:
            model = self.models[slot]
            rules = (model.job or {}).get("ParameterizedJob")
            if rules is None:
                done = nomad.dispatch(model.job_id, payload=payload)
                verify.equal("job.dispatch.refuses.jobs", done, done.status, 500)
                return
            given = {"forbidden": None, "required": payload or b"x"}.get(rules.get("Payload", ""), payload)
            meta = dict.fromkeys(rules.get("MetaRequired") or (), "v")
            done = verify.ok("job.dispatch.creates-a-job", nomad.dispatch(model.job_id, payload=given, meta=meta))
            child = nomad.job(done.json["DispatchedJobID"]).json
            model.children[child["ID"]] = {name: child[name] for name in child if name not in MOVING}
            self.history.made(child["ID"], done, done.json["JobCreateIndex"])

        @stateful.rule(slot=SLOTS)
        def force(self, slot: int) -> None:
            model = self.models[slot]
            done = nomad.force(model.job_id)
            if not (model.job or {}).get("Periodic"):
                verify.equal("job.periodic-force.refuses", done, done.status, 500)
                return
            child_id = launched(nomad, model.job_id, done).json["ID"]
            self.history.made(child_id, done)
            model.launched.add(child_id)

        @stateful.rule(slot=SLOTS)
        def deregister(self, slot: int) -> None:
            model = self.models[slot]
            statement = "job.deregister.ends-the-job" if model.job else "job.deregister.unknown-job"
            self.history.stored(model.job_id, verify.ok(statement, nomad.deregister(model.job_id)))
            model.job = None

        @stateful.rule(slot=SLOTS)
        def read(self, slot: int) -> None:
            model = self.models[slot]
            found = nomad.job(model.job_id)
            if model.job is None:
                verify.missing("job.deregister.removes-the-job", found)
                if not found.ok:
                    verify.missing("job.summary.missing-job", nomad.summary(model.job_id))
                return
            verify.ok("job.query.returns-the-job", found)
            verify_read_back(found, model.job)
            statement = "job.register.update-keeps-create-index"
            verify.equal(statement, found, found.json["CreateIndex"], model.create_index)
            statement = "job.register.job-modify-index"
            verify.equal(statement, found, found.json["JobModifyIndex"], model.modify_index)
            summary = verify.ok("job.summary.names-the-job", nomad.summary(model.job_id))
            listed, wanted = set(summary.json["Summary"]), {group["Name"] for group in model.job["TaskGroups"]}
            verify.that("job.summary.every-group", summary, wanted <= listed, wanted, listed)

        @stateful.rule(slot=SLOTS)
        def read_evaluations(self, slot: int) -> None:
            model = self.models[slot]
            for job_id in (model.job_id, *model.children, *model.launched):
                self.history.verify_listed(nomad, job_id)

        @stateful.rule(slot=SLOTS)
        def read_children(self, slot: int) -> None:
            for child_id, known in self.models[slot].children.items():
                found = verify.ok("common.stateful.children-stay", nomad.job(child_id))
                shown = {name: found.json[name] for name in found.json if name not in MOVING}
                verify.equal("common.stateful.children-stay", found, shown, known)

    return Operations


@states("common.stateful.children-stay")
def test_children_stay_as_they_are(nomad: Nomad, factory: JobFactory) -> None:
    """Updates, the end, the return and evaluations of a parent do not change a dispatched child."""
    parent = factory.parameterized(nomad.new_id(), Meta={"own": "1"})
    nomad.register(parent)
    dispatched = verify.ok("job.dispatch.creates-a-job", nomad.dispatch(parent["ID"], payload=b"x", meta={"need": "2"}))
    child_id = dispatched.json["DispatchedJobID"]
    nomad.settle(child_id)
    before = nomad.job(child_id).json
    for change in ({"Priority": 77, "Meta": {"own": "3"}}, {"TaskGroups": [group("other")]}):
        nomad.register({**parent, **change})
    nomad.deregister(parent["ID"])
    found = nomad.job(child_id)
    verify.equal("common.stateful.children-stay", found, found.json, before)
    nomad.own.forget(parent["ID"])
    nomad.register({**parent, "Priority": 78, "Meta": None})
    nomad.dispatch(parent["ID"], meta={"need": "4"})
    nomad.evaluate(child_id)
    nomad.settle(child_id)
    found = verify.ok("common.stateful.children-stay", nomad.job(child_id))
    shown, expected = ({name: one[name] for name in one if name not in MOVING} for one in (found.json, before))
    verify.equal("common.stateful.children-stay", found, shown, expected)


@states(
    "common.stateful.indexes-only-grow",
    "common.stateful.every-write-counts",
    "common.stateful.evaluations-stay",
    "common.stateful.children-stay",
)
def test_operations_in_any_order(nomad: Nomad, factory: JobFactory) -> None:
    """Whatever the order of operations, what is read is what was written and indexes only grow."""
    size = settings(max_examples=profiles.chosen().runs, stateful_step_count=profiles.chosen().steps)
    stateful.run_state_machine_as_test(machine(nomad, factory), settings=size)
