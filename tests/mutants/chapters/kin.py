"""Mutants that take a child for its parent or for a sibling."""

from typing import Any

from mockserver.cluster.cluster import Cluster
from tests.mutants.mutant import Scope, mutant
from tests.mutants.replies import Answer
from tests.mutants.vocabulary import Make, answer, call, family, intercepts, reading, reply, request

QUERY, EVALUATIONS, SUMMARY, ALLOCATIONS, OPERATIONS, ONLY, ESCAPED = (
    f"common.relatives.{name}"
    for name in ("query", "evaluations", "summary", "allocations", "operations", "only-the-child", "escaped")
)
MARKS = ("/dispatch-", "/periodic-")
"""What stands between the ID of a parent and the rest of a child's."""

_kin = family("kin")


def parent_of(job_id: str) -> str:
    """Return the ID of a child's parent, "" for other jobs."""
    return next((job_id.rpartition(mark)[0] for mark in MARKS if mark in job_id), "")


def first_sibling(cluster: Cluster, job_id: str) -> str:
    """Return the ID of the first child of a child's parent, the job's own for other jobs."""
    parent = parent_of(job_id)
    siblings = [job["ID"] for job in cluster.state.jobs() if parent and job["ParentID"] == parent]
    return min(siblings, default=job_id)


def _of_the_parent(read: Any) -> Any:
    return lambda cluster, job_id, query: read(cluster, parent_of(job_id) or job_id, query)


def _of_the_first(read: Any) -> Any:
    return lambda cluster, job_id, query: read(cluster, first_sibling(cluster, job_id), query)


TAKEN: tuple[tuple[str, str, Make], ...] = (
    ("parents", "those of its parent", _of_the_parent),
    ("siblings", "those of its first sibling", _of_the_first),
)
for _operation, _statement in (
    ("query", QUERY),
    ("evaluations", EVALUATIONS),
    ("summary", SUMMARY),
    ("allocations", ALLOCATIONS),
):
    for _name, _sentence, _make in TAKEN:
        _kin(
            f"{_operation}-of-{_name}",
            f"What {_operation} tells of a child is {_sentence}.",
            reading(_operation, _make),
            _statement,
            "common.relatives.*",
            "job.*",
        )


_kin(
    "summary-named-after-the-parent",
    "The summary of a child has its parent's ID.",
    reply("summary", lambda summary: {**summary, "JobID": parent_of(summary["JobID"]) or summary["JobID"]}),
    SUMMARY,
)
_kin(
    "summary-of-no-groups",
    "The summary of a child has no groups.",
    reply("summary", lambda summary: {**summary, "Summary": {}} if parent_of(summary["JobID"]) else summary),
    SUMMARY,
)
_kin(
    "evaluations-with-the-parents-priority",
    "Evaluations of children tell the usual priority.",
    reply("evaluations", lambda found: [{**one, "Priority": 50} if parent_of(one["JobID"]) else one for one in found]),
    EVALUATIONS,
)
_kin(
    "launched-orphans",
    "A launched child does not know its parent.",
    reply("query", lambda job: {**job, "ParentID": ""} if "/periodic-" in job["ID"] else job),
    QUERY,
    "job.*",
)


mutant("kin.evaluate-the-parent", "An evaluation of a child is one of its parent.", OPERATIONS, "common.relatives.*")(
    call(Cluster, "evaluate", lambda whole, self, job_id: whole(self, parent_of(job_id) or job_id))
)


@mutant(
    "kin.update-made-an-orphan", "An update of a child takes its parent away.", "common.relatives.read-back-can-be-put"
)
@intercepts(Cluster, "register")
def _(whole: Any, self: Cluster, job: Any) -> Any:
    known = self.state.job(job["ID"])
    return whole(self, {**job, "ParentID": ""} if known and known["ParentID"] else job)


@mutant("kin.update-of-siblings", "An update of a child is one of its siblings, too.", ONLY)
@intercepts(Cluster, "register")
def _(whole: Any, self: Cluster, job: Any) -> Any:
    parent = parent_of(job["ID"])
    siblings = [one for one in self.state.jobs() if parent and one["ParentID"] == parent and one["ID"] != job["ID"]]
    for one in siblings:
        whole(self, {**one, "Priority": job["Priority"]})
    return whole(self, job)


@mutant("kin.update-of-the-parent", "An update of a child gives its parent the same priority.", ONLY)
@intercepts(Cluster, "register")
def _(whole: Any, self: Cluster, job: Any) -> Any:
    parent = self.state.job(parent_of(job["ID"]))
    if parent is not None:
        whole(self, {**parent, "Priority": job["Priority"]})
    return whole(self, job)


@mutant("kin.siblings-go-too", "With a child its siblings are deregistered.", ONLY)
@intercepts(Cluster, "deregister")
def _(whole: Any, self: Cluster, job_id: str) -> Any:
    parent = parent_of(job_id)
    for one in [job["ID"] for job in self.state.jobs() if parent and job["ParentID"] == parent]:
        if one != job_id:
            whole(self, one)
    return whole(self, job_id)


@mutant("kin.parent-goes-too", "With a child its parent is deregistered.", ONLY)
@intercepts(Cluster, "deregister")
def _(whole: Any, self: Cluster, job_id: str) -> Any:
    if parent_of(job_id):
        whole(self, parent_of(job_id))
    return whole(self, job_id)


def _unescaped(name: str, tail: str, sentence: str) -> None:
    """Declare a mutant that takes the escaped slash of a child's ID for a part of the ID."""

    def change(scope: Scope) -> None:
        raw = scope["raw_path"]
        method = {"": "GET", "deregister": "DELETE", "register": "PUT"}.get(tail, "")
        ends = raw.endswith(f"/{tail}".encode()) if not method else scope["method"] == method and raw.count(b"/") == 3
        if ends and (b"%2Fdispatch-" in raw or b"%2Fperiodic-" in raw):
            scope["raw_path"] = raw.replace(b"%2F", b"%252F")
            scope["path"] = scope["path"].replace("/dispatch-", "%2Fdispatch-").replace("/periodic-", "%2Fperiodic-")

    mutant(f"kin.{name}", sentence, ESCAPED, "common.relatives.*")(request(change))


for _tail in ("", "evaluations", "summary", "evaluate", "plan", "register", "deregister"):
    _unescaped(f"escaped-{_tail or 'query'}", _tail, f"The escaped ID of a child is not found: {_tail or 'query'}.")


def _older_index(reply_to: Answer) -> None:
    if reply_to.operation == "job" and reply_to.scope["method"] == "GET" and reply_to.status == 200:
        job = reply_to.json
        if job["ParentID"]:
            reply_to.headers["x-nomad-index"] = str(job["JobModifyIndex"])


_kin(
    "older-index",
    "The X-Nomad-Index of a child is its JobModifyIndex.",
    answer(_older_index),
    "job.query.index-header-is-modify-index",
)
