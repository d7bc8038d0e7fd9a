"""Mutants of the companion endpoints' content: lists and single objects, order, prefix, index, waiting, writes."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.operations import READS
from mockserver.operations.results import Query, Read
from tests.mutants.mutant import Breakage, Scope, mutant
from tests.mutants.replies import Answer, Change, each
from tests.mutants.vocabulary import answer, family, read_result, reply, request

STRANGER = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""An ID that nothing has."""

LISTS = (
    ("jobs", "jobs", "companion.jobs.lists-all", "companion.jobs.in-id-order", "companion.jobs.prefix"),
    (
        "all-evaluations",
        "evaluations",
        "companion.evaluations.lists-all",
        "companion.evaluations.in-id-order",
        "companion.evaluations.prefix",
    ),
    (
        "all-allocations",
        "allocations",
        "companion.allocations.lists-all",
        "companion.allocations.lists-all",
        "companion.allocations.prefix",
    ),
)
"""Operation, last part of its path, and the statements of its content, its order and its prefix.

Nodes are apart: the mock has one.
"""


_body = family("companion")


def _run(name: str, sentence: str, operation: str, make: Callable[[Any], Any], *caught_by: str) -> None:
    """Declare a mutant whose read is what ``make`` makes of it."""
    mutant(f"companion.{name}", sentence, *caught_by)(lambda breakage: breakage.wrap_item(READS, operation, make))


_read = family("companion")


def _asked(name: str, sentence: str, path: str, old: bytes, new: bytes, *caught_by: str) -> None:
    """Declare a mutant that reads another query than was sent: what matches ``old`` is replaced."""

    def change(scope: Scope) -> None:
        if scope["method"] == "GET" and re.fullmatch(path, scope["path"]):
            scope["query_string"] = re.sub(old, new, scope["query_string"])

    mutant(f"companion.{name}", sentence, *caught_by)(request(change))


def answer_at(
    name: str, sentence: str, path: str, change: Callable[[Answer], Any], *caught_by: str, method: str = ""
) -> None:
    """Declare a mutant that changes replies at a path, a pattern; only those to ``method`` if it is given."""

    def only_there(answer: Answer) -> None:
        if method in ("", answer.scope["method"]) and re.fullmatch(path, answer.scope["path"]):
            change(answer)

    mutant(f"companion.{name}", sentence, *caught_by)(answer(only_there))


def _with(**members: Any) -> Change:
    return each("", lambda one: one.update(members))


def _spelled(read: Any) -> Any:
    """Compare a prefix byte by byte with IDs as they are stored."""

    def broken(cluster: Cluster, target: str, query: Query) -> Read:
        found: Read = read(cluster, target, query)
        return dataclasses.replace(found, body=[one for one in found.body if one["ID"].startswith(query["prefix"])])

    return broken


def _anywhere(read: Any) -> Any:
    """Find a prefix anywhere in an ID."""

    def broken(cluster: Cluster, target: str, query: Query) -> Read:
        found: Read = read(cluster, target, {**query, "prefix": ""})
        return dataclasses.replace(
            found, body=[one for one in found.body if query["prefix"].lower() in one["ID"].lower()]
        )

    return broken


def _whole_only(read: Any) -> Any:
    """Take a prefix for a whole ID."""

    def broken(cluster: Cluster, target: str, query: Query) -> Read:
        found: Read = read(cluster, target, query)
        whole = [one for one in found.body if one["ID"].lower() == query["prefix"].lower()]
        return dataclasses.replace(found, body=whole if query["prefix"] else found.body)

    return broken


def _without_newest(body: list[Any]) -> list[Any]:
    newest = max((one["CreateIndex"] for one in body), default=0)
    return [one for one in body if one["CreateIndex"] != newest]


def _null(answer: Answer) -> None:
    if answer.status == 200 and answer.text == "[]":
        answer.text = "null"


for _path, _statement in (
    ("/v1/jobs", "companion.jobs.none-is-empty-list"),
    ("/v1/evaluation/[^/]+/allocations", "companion.evaluation.placed-nothing"),
    ("/v1/node/[^/]+/allocations", "companion.node.no-allocations"),
):
    answer_at(f"null.{_statement.split('.')[1]}", f"Nothing is null at {_path}.", _path, _null, _statement)

for _operation, _path, _listing, _order, _prefix in LISTS:
    _body(
        f"{_path}.newest-missing",
        f"The newest of all {_path} is not listed.",
        reply(_operation, _without_newest),
        _listing,
    )
    _body(f"{_path}.reversed", f"{_path} come in reverse order.", reply(_operation, lambda body: body[::-1]), _order)
    _body(
        f"{_path}.by-creation",
        f"{_path} come as they were created.",
        reply(_operation, lambda body: sorted(body, key=lambda one: (one["CreateIndex"], one["ID"][::-1]))),
        _order,
    )

for _operation, _path, _prefix in (
    *((operation, path, prefix) for operation, path, _, _, prefix in LISTS),
    ("nodes", "nodes", "companion.nodes.prefix"),
):
    _asked(f"{_path}.prefix-ignored", f"{_path} ignore prefix.", f"/v1/{_path}", rb"prefix=[^&]*", b"", _prefix)
    _run(f"{_path}.prefix-spelled", f"{_path} heed the case of prefix.", _operation, _spelled, _prefix)
    _run(f"{_path}.prefix-whole", f"{_path} want a whole ID for prefix.", _operation, _whole_only, _prefix)

_run("jobs.prefix-anywhere", "prefix is found in the middle of an ID.", "jobs", _anywhere, "companion.jobs.prefix")
_body(
    "jobs.order-of-bytes",
    "Capital letters come before small ones.",
    reply("jobs", lambda body: sorted(body, key=lambda one: one["ID"])),
    "companion.jobs.in-id-order",
)
_body(
    "evaluations.twice",
    "Every evaluation is listed twice.",
    reply("all-evaluations", lambda body: [one for one in body for _ in "12"]),
    "companion.evaluations.in-id-order",
    "companion.evaluations.lists-all",
)
_body(
    "evaluations.short",
    "Evaluations are listed in short form.",
    reply("all-evaluations", each("", lambda one: one.pop("SnapshotIndex"))),
    "companion.evaluations.lists-all",
)
_body(
    "allocations.full",
    "Allocations are listed with their metrics.",
    reply("all-allocations", _with(Metrics={})),
    "companion.allocations.lists-all",
)
_body(
    "nodes.order",
    "A node comes before one of a smaller ID.",
    reply("nodes", lambda body: [{**body[0], "ID": STRANGER}, *body] if body else body),
    "companion.nodes.in-id-order",
)
_body(
    "nodes.twice",
    "Every node is listed twice.",
    reply("nodes", lambda body: body + body),
    "companion.nodes.in-id-order",
)

STUBS: tuple[tuple[str, Any], ...] = (
    ("Name", "x"),
    ("Type", "batch"),
    ("Priority", 50),
    ("ParentID", "nomad"),
    ("Status", "running"),
    ("StatusDescription", "all well"),
    ("CreateIndex", 1),
    ("JobModifyIndex", 1),
    ("ModifyIndex", 1),
)
"""Fields of a job's stub, each with a value that no job has."""

for _field, _value in STUBS:
    _body(
        f"jobs.wrong.{_field}",
        f"{_field} of a stub is not that of the job.",
        reply("jobs", _with(**{_field: _value})),
        "companion.jobs.stub-shows-the-job",
    )

SUMMARY: tuple[tuple[str, Change], ...] = (
    ("empty", each("JobSummary", lambda one: one.update(Summary={}))),
    ("index", each("JobSummary", lambda one: one.update(ModifyIndex=1))),
    ("counts", each("JobSummary.Summary.*", lambda one: one.update(Queued=0))),
)
for _name, _change in SUMMARY:
    _body(
        f"jobs.summary-{_name}", f"JobSummary: {_name} is wrong.", reply("jobs", _change), "companion.jobs.stub-summary"
    )

_body(
    "jobs.children-hidden",
    "Dispatched children are not listed.",
    reply("jobs", lambda body: [one for one in body if not one["ParentID"]]),
    "companion.jobs.children",
)
_body("jobs.children-orphans", "Children name no parent.", reply("jobs", _with(ParentID="")), "companion.jobs.children")


@mutant("companion.jobs.deregistered-stay", "Deregistered jobs stay listed.", "companion.jobs.forgets-deregistered")
def _(breakage: Breakage) -> None:
    known: dict[str, Any] = {}

    def change(body: list[Any]) -> list[Any]:
        known.update({one["ID"]: one for one in body})
        return sorted(known.values(), key=lambda one: str(one["ID"].lower()))

    reply("jobs", change)(breakage)


def _largest(found: Read) -> Read:
    return dataclasses.replace(found, index=max((one["ModifyIndex"] for one in found.body), default=0))


_read(
    "jobs.index-selected",
    "The index is that of the jobs found.",
    read_result("jobs", _largest),
    "companion.jobs.index-of-all",
)
_read(
    "jobs.index-constant",
    "The index of the list never moves.",
    read_result("jobs", lambda found: dataclasses.replace(found, index=7)),
    "companion.jobs.index-of-all",
    "companion.jobs.blocks",
)

WAITING = (
    ("jobs", "/v1/jobs", "companion.jobs.blocks"),
    ("all-evaluations", "/v1/evaluations", "companion.evaluations.blocks"),
    ("allocation", "/v1/allocation/[^/]+", "companion.allocation.blocks"),
)
for _operation, _path, _statement in WAITING:
    _asked(f"{_operation}.at-once", f"{_operation} never waits.", _path, rb"index=\d+", b"", _statement)
    _read(
        f"{_operation}.never-wakes",
        f"A waiting query of {_operation} is not woken.",
        read_result(_operation, lambda found: dataclasses.replace(found, watch=("nothing", ""))),
        _statement,
    )
_asked("jobs.wait-ignored", "The list waits 5 s at least.", "/v1/jobs", rb"200ms", b"5s", "companion.jobs.blocks")

for _operation, _statement in (
    ("evaluation", "companion.evaluation.index-is-modify-index"),
    ("allocation", "companion.allocation.index-is-modify-index"),
    ("node", "companion.node.is-the-listed-one"),
):

    def _plus_one(found: Read) -> Read:
        return dataclasses.replace(found, index=found.index + 1)

    _read(
        f"{_operation}.index",
        f"The index of one {_operation} is 1 too high.",
        read_result(_operation, _plus_one),
        _statement,
    )

VALUES: tuple[tuple[str, str, Change, str], ...] = (
    ("evaluation", "status", _with(Status="pending"), "companion.evaluation.is-the-listed-one"),
    ("evaluation", "short", each("", lambda one: one.pop("JobID")), "companion.evaluation.is-the-listed-one"),
    ("evaluation-allocations", "none", lambda _: [], "companion.evaluation.allocations"),
    ("evaluation-allocations", "first", lambda body: body[:1], "companion.evaluation.allocations"),
    ("evaluation-allocations", "reversed", lambda body: body[::-1], "companion.evaluation.allocations"),
    (
        "allocation",
        "no-job",
        each("Job", lambda one: one.update(TaskGroups=[])),
        "companion.allocation.job-and-metrics",
    ),
    ("allocation", "job-index", each("Job", lambda one: one.update(JobModifyIndex=1)), "companion.allocation.job-*"),
    ("allocation", "node", _with(NodeID=STRANGER), "companion.allocation.job-and-metrics"),
    ("allocation", "evaluation", _with(EvalID=STRANGER), "companion.allocation.job-and-metrics"),
    ("allocation", "seen", each("Metrics", lambda one: one.update(NodesEvaluated=0)), "companion.allocation.job-*"),
    ("allocation", "cpu", each("TaskResources.*", lambda one: one.update(CPU=1)), "companion.allocation.resources"),
    ("allocation", "disk", each("SharedResources", lambda one: one.update(DiskMB=0)), "companion.allocation.resources"),
    ("allocation", "sum", each("Resources", lambda one: one.update(DiskMB=0)), "companion.allocation.resources"),
    ("allocation", "memory", each("Resources", lambda one: one.update(MemoryMB=0)), "companion.allocation.resources"),
    ("allocation", "total-cpu", each("Resources", lambda one: one.update(CPU=0)), "companion.allocation.resources"),
    ("node", "status", _with(Status="down"), "companion.node.is-the-listed-one"),
    ("node", "name", _with(Name="another"), "companion.node.is-the-listed-one"),
    ("node", "secret", _with(SecretID=STRANGER), "companion.node.keeps-its-secret"),
    ("node-allocations", "none", lambda _: [], "companion.node.allocations"),
    ("node-allocations", "short", each("", lambda one: one.pop("Job")), "companion.node.allocations"),
    (
        "node-allocations",
        "others",
        lambda body: [*body, *({**one, "ID": STRANGER, "NodeID": STRANGER} for one in body[:1])],
        "companion.node.allocations",
    ),
)
"""Operation, what is wrong, how, and the statement that it breaks."""
for _operation, _name, _change, _statement in VALUES:
    _body(f"{_operation}.{_name}", f"{_operation}: {_name} is wrong.", reply(_operation, _change), _statement)
