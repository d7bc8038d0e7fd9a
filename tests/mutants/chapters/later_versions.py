"""Mutants in which a later version of a job, or what comes of it, is not what the first one is."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster import evaluations, summaries
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.state import State
from mockserver.operations import job_writes
from tests.mutants.mutant import Breakage
from tests.mutants.replies import objects
from tests.mutants.vocabulary import call, family, reply, restored, stored, wrapped

_later = family("later", "job.*", "common.stateful.*")

# What an update stores


def _texts(change: Callable[[str], str]) -> Callable[[Any], None]:
    """Return a change of the values of all metadata of a job."""

    def of(job: Any) -> None:
        for holder in (job, *objects(job, "TaskGroups"), *objects(job, "TaskGroups.Tasks")):
            holder["Meta"] = holder["Meta"] and {key: change(value) for key, value in holder["Meta"].items()}

    return of


for _name, _sentence, _change in (
    ("cut", "cuts metadata at 255 characters", lambda text: text[:255]),
    ("without-nulls", "drops null characters of metadata", lambda text: text.replace("\0", "")),
    (
        "in-one-plane",
        "replaces characters beyond 16 bits in metadata",
        lambda text: "".join(c[c > "\uffff" :] for c in text),
    ),
):
    _later(f"meta-{_name}", f"An update {_sentence}.", stored(_texts(_change), update=True), "job.register.keeps.*")


def _as_submitted(name: str) -> Callable[[Breakage], None]:
    """Return a deviation in which an update takes over a field of the server."""

    def apply(breakage: Breakage) -> None:
        submitted: dict[str, Any] = {}

        def register(whole: Any, self: Cluster, job: Any) -> Any:
            known = self.state.job(job["ID"])
            submitted[job["ID"]] = None if known is None else job[name]
            return whole(self, job)

        call(Cluster, "register", register)(breakage)
        restored(lambda old, new, _: {name: submitted.get(new["ID"]) or new[name]} if old else {})(breakage)

    return apply


for _name in ("Status", "CreateIndex"):
    _later(
        f"takes-{_name.lower()}",
        f"An update takes over the {_name} that was submitted.",
        _as_submitted(_name),
        "job.register.server-fields-ignored",
    )


def _token_kept(whole: Any, cluster: Cluster, job: Any) -> Any:
    stored_job = whole(cluster, job)
    return {**stored_job, "VaultToken": job["VaultToken"]} if cluster.state.job(job["ID"]) else stored_job


_later(
    "keeps-token",
    "An update stores the Vault token.",
    call(job_writes, "as_stored", _token_kept),
    "job.register.server-fields-ignored",
)

# Evaluations of later versions


def _of_the_first(name: str) -> Callable[[Breakage], None]:
    """Return a deviation that evaluates a job on request with what its first version had."""

    def apply(breakage: Breakage) -> None:
        first: dict[str, Any] = {}
        asked = [False]

        def evaluate(whole: Any, self: Cluster, job_id: str) -> Any:
            asked[0] = True
            try:
                return whole(self, job_id)
            finally:
                asked[0] = False

        def for_job(whole: Any, job: Any, **options: Any) -> Any:
            value = first.setdefault(job["ID"], job[name])
            return whole({**job, name: value} if asked[0] else job, **options)

        call(Cluster, "evaluate", evaluate)(breakage)
        call(evaluations, "for_job", for_job)(breakage)

    return apply


_later(
    "evaluate-priority",
    "A job is evaluated on request with the priority of its first version.",
    _of_the_first("Priority"),
    "job.evaluate.evaluation-describes-the-job",
)


def _without_nothing(listed: list[dict[str, Any]]) -> None:
    for one in listed:
        queued = one["QueuedAllocations"]
        if queued and any(queued.values()):
            one["QueuedAllocations"] = {name: count for name, count in queued.items() if count}


_later(
    "queued-without-placed",
    "QueuedAllocations leaves out what was placed when something else was not.",
    reply("evaluations", _without_nothing),
    "job.evaluations.unblocked-in-part",
)

# Summaries


def _still_dead(count: Any) -> Any:
    def broken(summary: Any, old: str, new: str, index: int) -> Any:
        return count(summary, "" if old == "dead" else old, new, index)

    return broken


def _outlives(whole: Any, self: State, job_id: str) -> Any:
    summary, worked = self.summary(job_id), self.has_allocations(job_id)
    index = whole(self, job_id)
    if summary is not None and worked:
        self._summaries[job_id.lower()] = summary
    return index


_later(
    "dead-counts-on",
    "A dead child that is registered again still counts as dead, too.",
    wrapped(summaries, "with_child", _still_dead),
    "job.summary.children-counts-children",
)
_later(
    "summary-outlives",
    "The summary of a job that had allocations outlives it.",
    call(State, "delete_job", _outlives),
    "job.summary.missing-job",
)
