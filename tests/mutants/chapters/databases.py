"""Mutants that err as a server does that keeps its jobs in a database: joins, cascades, and rows that are updated."""

import dataclasses
from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.tables import Tables
from tests.mutants.chapters.kin import parent_of
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import family, intercepts, reading, reply

QUERY, EVALUATIONS, SUMMARY, PARENTS, OLDER = (
    "common.relatives.query",
    "common.relatives.evaluations",
    "common.relatives.summary",
    "common.relatives.without-the-parent",
    "job.evaluations.of-older-versions",
)
_database = family("database")

# Relatives


def _told(change: Callable[[Cluster, dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    """Return what makes a read tell what ``change`` makes of its body, which is an object."""

    def make(read: Any) -> Any:
        def broken(cluster: Cluster, job_id: str, query: Any) -> Any:
            found = read(cluster, job_id, query)
            return found if found.missing else dataclasses.replace(found, body=change(cluster, {**found.body}))

        return broken

    return make


def _children(cluster: Cluster, job_id: str) -> list[Any]:
    return [job for job in cluster.state.jobs() if job["ParentID"] == job_id]


def _sums_the_children(cluster: Cluster, summary: dict[str, Any]) -> dict[str, Any]:
    groups = {name: dict(counts) for name, counts in summary["Summary"].items()}
    for child in _children(cluster, summary["JobID"]):
        found: Any = cluster.state.summary(child["ID"]) or {"Summary": {}}
        for name, counts in found["Summary"].items():
            groups[name] = {key: groups[name][key] + counts[key] for key in counts}
    return {**summary, "Summary": groups}


def _created_with_the_parent(cluster: Cluster, summary: dict[str, Any]) -> dict[str, Any]:
    parent = cluster.state.job(parent_of(summary["JobID"]))
    return {**summary, "CreateIndex": parent["CreateIndex"]} if parent else summary


def _with_the_newest_meta(cluster: Cluster, job: dict[str, Any]) -> dict[str, Any]:
    siblings = _children(cluster, job["ParentID"]) if job["ParentID"] else []
    return {**job, "Meta": max(siblings, key=lambda one: one["CreateIndex"])["Meta"]} if siblings else job


def _with_the_childrens_meta(cluster: Cluster, job: dict[str, Any]) -> dict[str, Any]:
    children = _children(cluster, job["ID"])
    return {**job, "Meta": children[-1]["Meta"]} if children and job["ParameterizedJob"] else job


def _orphaned(cluster: Cluster, job: dict[str, Any]) -> dict[str, Any]:
    return job if cluster.state.job(job["ParentID"]) else {**job, "ParentID": ""}


for _name, _sentence, _operation, _change, _statement in (
    (
        "summary-with-children",
        "A parent's summary counts what its children queue.",
        "summary",
        _sums_the_children,
        SUMMARY,
    ),
    (
        "summary-of-the-parents-age",
        "A child's summary is as old as its parent.",
        "summary",
        _created_with_the_parent,
        SUMMARY,
    ),
    ("meta-shared-by-siblings", "All children have the metadata of the newest.", "query", _with_the_newest_meta, QUERY),
    ("meta-shared-with-the-parent", "A parent has its child's metadata.", "query", _with_the_childrens_meta, QUERY),
    ("on-delete-set-null", "Without its parent a child has no ParentID.", "query", _orphaned, PARENTS),
):
    _database(_name, _sentence, reading(_operation, _told(_change)), _statement)


@mutant("database.on-delete-cascade", "With a parent its children go.", PARENTS)
@intercepts(Cluster, "deregister")
def _(whole: Any, self: Cluster, job_id: str) -> Any:
    done = whole(self, job_id)
    for child in _children(self, job_id):
        whole(self, child["ID"])
    return done


@mutant("database.on-delete-cleans-up", "With a parent its dead children go.", PARENTS)
@intercepts(Cluster, "deregister")
def _(whole: Any, self: Cluster, job_id: str) -> Any:
    done = whole(self, job_id)
    for child in _children(self, job_id):
        if child["Status"] == "dead":
            self.state.delete_job(child["ID"])
    return done


@mutant("database.on-delete-children-are-dead", "Without its parent a child is dead.", PARENTS)
def _(breakage: Breakage) -> None:
    def change(cluster: Cluster, job: dict[str, Any]) -> dict[str, Any]:
        return job if cluster.state.job(job["ParentID"]) or not job["ParentID"] else {**job, "Status": "dead"}

    reading("query", _told(change))(breakage)


@mutant("database.found-by-last-segment", "A child is found by the end of its ID, whoever its parent is.", QUERY)
@intercepts(Tables, "job")
def _(whole: Any, self: Tables, job_id: str) -> Any:
    mark = next((mark for mark in ("/periodic-", "/dispatch-") if mark in job_id), "")
    end = mark + job_id.rpartition(mark)[2] if mark else job_id
    return next((one for one in self._jobs.values() if mark and one["ID"].endswith(end)), None) or whole(self, job_id)


@mutant("database.evaluation-at-the-parents-index", "Evaluations of children have their parent's index.", EVALUATIONS)
def _(breakage: Breakage) -> None:
    def make(read: Any) -> Any:
        def broken(cluster: Cluster, job_id: str, query: Any) -> Any:
            found = read(cluster, job_id, query)
            parent = cluster.state.job(parent_of(job_id))
            index = {"JobModifyIndex": parent["JobModifyIndex"]} if parent else {}
            return dataclasses.replace(found, body=[{**one, **index} for one in found.body])

        return broken

    reading("evaluations", make)(breakage)


# History


def _newest(name: str) -> Callable[[list[dict[str, Any]]], Any]:
    """Return a change of listed evaluations: those of a job that are done tell what the newest of them tells."""

    def of(listed: list[dict[str, Any]]) -> Any:
        done = [one for one in listed if one["Status"] == "complete"]
        newest = {one["JobID"]: one for one in sorted(done, key=lambda one: one["CreateIndex"])}
        return [{**one, name: newest[one["JobID"]][name]} if one in done else one for one in listed]

    return of


for _field in ("QueuedAllocations", "FailedTGAllocs", "BlockedEval", "CreateIndex"):
    _database(
        f"older-{_field.lower()}",
        f"All evaluations of a job that are done have the {_field} of the newest.",
        reply("evaluations", _newest(_field)),
        OLDER,
    )


def _aged(change: Callable[[dict[str, Any]], dict[str, Any]], kept: int = 0) -> Callable[[list[dict[str, Any]]], Any]:
    """Return a change of all but the newest of a job's evaluations."""

    def of(listed: list[dict[str, Any]]) -> Any:
        order = sorted((one["CreateIndex"] for one in listed), reverse=True)
        return [one if one["CreateIndex"] in order[: kept + 1] else change(one) for one in listed]

    return of


_database(
    "older-superseded",
    "Evaluations of older versions are canceled.",
    reply("evaluations", _aged(lambda one: {**one, "Status": "canceled"})),
    OLDER,
)
_database(
    "older-described",
    "Evaluations of older versions say so.",
    reply("evaluations", _aged(lambda one: {**one, "StatusDescription": "superseded"})),
    OLDER,
)
_database(
    "three-evaluations-kept",
    "Of a job's evaluations the newest three are kept.",
    reply("evaluations", lambda listed: sorted(listed, key=lambda one: one["CreateIndex"])[-3:]),
    OLDER,
)
