"""Mutants of registration: what is stored, at which index, how it is evaluated, and what an update changes."""

from typing import Any

from mockserver.cluster import cluster
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.state import State
from mockserver.errors import Refused
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import intercepts, replaced, replaces, restored

INDEXES = ("job.register.*", "common.stateful.*", "common.blocking.*", "job.*", "common.consistency.*")


@mutant(
    "register.acknowledged-only", "A new job is acknowledged and not stored.", "job.register.*", "job.*", "common.*"
)
def _(breakage: Breakage) -> None:
    def make(upsert: Any) -> Any:
        def broken(self: State, job: Any) -> int:
            index: int = upsert(self, job)
            self._jobs.pop(job["ID"].lower(), None)
            return index

        return broken

    breakage.wrap(State, "upsert_job", make)
    breakage.replace(Cluster, "register", lambda self, job: cluster.Written(job["ID"], self.state.pass_index()))


mutant("register.update-lost", "An update is acknowledged and dropped.", "job.register.updates", "job.register.*")(
    restored(
        lambda old, new, _: (
            {} if old is None else {**old, "ModifyIndex": new["ModifyIndex"], "JobModifyIndex": new["JobModifyIndex"]}
        ),
    )
)


mutant(
    "register.update-merges-meta", "An update keeps Meta keys that it leaves out.", "job.register.updates", "job.r*"
)(
    restored(
        lambda old, new, _: {"Meta": {**((old or {}).get("Meta") or {}), **(new["Meta"] or {})} or None},
    )
)


@mutant("register.update-appends-groups", "An update keeps groups that it leaves out.", "job.register.*", "job.plan.*")
@restored
def _(old: Any, new: Any, _: int) -> dict[str, Any]:
    names = {group["Name"] for group in new["TaskGroups"]}
    return {
        "TaskGroups": [
            *new["TaskGroups"],
            *(g for g in (old or {"TaskGroups": ()})["TaskGroups"] if g["Name"] not in names),
        ]
    }


def _update_keeps(key: str) -> None:
    deviation = restored(lambda old, new, _: {key: (old or new)[key]})
    mutant(f"register.update-keeps-{key}", f"An update does not change {key}.", "job.register.*", "job.plan.*")(
        deviation
    )


for _key in (
    *("AllAtOnce", "Constraints", "Datacenters", "Meta", "Name", "ParameterizedJob", "Periodic", "Priority"),
    *("Region", "StatusDescription", "TaskGroups", "Type", "Update"),
):
    _update_keeps(_key)


@mutant(
    "register.updates-refused", "What exists is not updated but refused.", "job.register.updates", "job.*", "common.*"
)
@intercepts(Cluster, "register")
def _(register: Any, self: Cluster, job: Any) -> Any:
    if self.state.job(job["ID"]) is not None:
        raise Refused("job already exists")
    return register(self, job)


mutant("register.create-index-moves", "An update moves CreateIndex.", "job.register.update-keeps-create-index")(
    restored(lambda _, __, index: {"CreateIndex": index})
)


mutant("register.create-index-early", "A new job's CreateIndex is one too low.", "job.register.new-job-indexes")(
    restored(lambda old, new, _: {"CreateIndex": new["CreateIndex"] - (old is None)})
)


@mutant("register.no-payload-rule", "The rule of payloads is stored empty.", "job.register.default.payload")
@restored
def _(_: Any, job: Any, __: int) -> dict[str, Any]:
    rules = job["ParameterizedJob"]
    return {"ParameterizedJob": rules and {**rules, "Payload": ""}}


@mutant(
    "register.identical-ignored", "The same job again moves no index.", "job.register.identical-is-an-update", "job.*"
)
def _(breakage: Breakage) -> None:
    moving = ("Status", "CreateIndex", "ModifyIndex", "JobModifyIndex")

    def make(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            known: Any = self.state.job(job["ID"])
            same = known is not None and all(known[name] == job[name] for name in known if name not in moving)
            return cluster.Written(job["ID"], known["JobModifyIndex"]) if same and known else register(self, job)

        return broken

    breakage.wrap(Cluster, "register", make)


@mutant("register.touches-others", "Other jobs get a new ModifyIndex, too.", "job.register.leaves-other-jobs-alone")
@intercepts(State, "upsert_job")
def _(upsert: Any, self: State, job: Any) -> int:
    index: int = upsert(self, job)
    for other in list(self.jobs()):
        if other["ID"] != job["ID"]:
            self._store_job({**other, "ModifyIndex": index}, index)
    return index


mutant("register.create-index-zero", "CreateIndex is 0 after an update.", "job.register.update-keeps-create-index")(
    restored(lambda old, new, _: {"CreateIndex": new["CreateIndex"] if old is None else 0})
)


mutant("register.modify-index-stays", "An update leaves ModifyIndex.", "job.register.update-advances-modify-index")(
    restored(lambda old, new, _: {"ModifyIndex": (old or new)["ModifyIndex"]})
)


mutant("register.job-modify-index-stays", "An update leaves JobModifyIndex.", "job.register.*", "job.*")(
    restored(lambda old, new, _: {"JobModifyIndex": (old or new)["JobModifyIndex"]})
)


@mutant(
    "register.identical-update-skipped",
    "Registering the same job again changes no index.",
    "job.register.identical-is-an-update",
    "job.register.*",
)
@restored
def _(old: Any, new: Any, _: int) -> dict[str, Any]:
    moving = {"ModifyIndex", "JobModifyIndex", "Status"}
    same = old is not None and all(old[key] == new[key] for key in new.keys() - moving)
    return {"ModifyIndex": old["ModifyIndex"], "JobModifyIndex": old["JobModifyIndex"]} if same else {}


@mutant(
    "register.status-moves-job-modify-index",
    "A change of status moves JobModifyIndex.",
    "job.register.status-moves-only-modify-index",
    "job.register.*",
    "job.*",
)
@intercepts(State, "_store_job")
def _(store: Any, self: State, job: Any, index: int) -> None:
    store(self, {**job, "JobModifyIndex": job["ModifyIndex"]}, index)


mutant("index.stands-still", "No write moves the index.", *INDEXES)(
    replaced(State, "pass_index", lambda self: self.index)
)


@mutant("index.moves-back", "Every seventh write moves the index back.", *INDEXES)
@replaces(State, "pass_index")
def _(self: State) -> int:
    self.index += 1 if self.index % 7 else -4
    return self.index


@mutant("index.random", "The index is unique and knows no order.", *INDEXES)
@replaces(State, "pass_index")
def _(self: State) -> int:
    self.index += 1
    return (self.index * 7919) % 10007 + 10


@mutant("index.starts-over", "The index starts over after 40 writes.", *INDEXES)
@replaces(State, "pass_index")
def _(self: State) -> int:
    self.index = self.index % 40 + 1
    return self.index


@mutant("index.shared", "Job and evaluation are stored at one index.", "job.register.index-order", "job.*", "common.*")
@intercepts(State, "upsert_evaluation")
def _(upsert: Any, self: State, evaluation: Any) -> int:
    self.index -= 1
    index: int = upsert(self, evaluation)
    return index
