"""Mutants of allocations: which are listed and what they say."""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

from mockserver.cluster.tables import Tables
from tests.mutants.mutant import mutant
from tests.mutants.replies import each
from tests.mutants.vocabulary import family, read_result, reading, reply

_allocation = family("allocations", "job.allocations.*")


_allocation(
    "job-id",
    "JobID is the parent's or another.",
    reply("allocations", each("", lambda one: one.update(JobID=one["JobID"] + "x"))),
    "job.allocations.belong-to-the-job",
)
_allocation(
    "name-by-id",
    "Names begin with the job's ID.",
    reply("allocations", each("", lambda one: one.update(Name=one["Name"].replace("named", one["JobID"])))),
    "job.allocations.names",
)
_allocation(
    "name-from-one",
    "Allocations are numbered from 1.",
    reply(
        "allocations", each("", lambda one: one.update(Name=one["Name"].replace("[1]", "[2]").replace("[0]", "[1]")))
    ),
    "job.allocations.names",
)
_allocation(
    "group",
    "TaskGroup is in upper case.",
    reply("allocations", each("", lambda one: one.update(TaskGroup=one["TaskGroup"].upper()))),
    "job.allocations.belong-to-the-job",
)
_allocation(
    "eval-id",
    "EvalID is the allocation's ID.",
    reply("allocations", each("", lambda one: one.update(EvalID=one["ID"]))),
    "job.allocations.of-an-evaluation",
)
_allocation("node-id", "NodeID is empty.", reply("allocations", each("", lambda one: one.update(NodeID=""))))
_allocation(
    "same-node-id",
    "NodeID is the allocation's ID.",
    reply("allocations", each("", lambda one: one.update(NodeID=one["ID"]))),
)
_allocation(
    "starting",
    "Running allocations are pending.",
    reply("allocations", each("", lambda one: one.update(ClientStatus="pending"))),
    "job.allocations.run",
)
_allocation(
    "desired",
    "Stopped allocations are still desired.",
    reply("allocations", each("", lambda one: one.update(DesiredStatus="run"))),
    "job.allocations.stop-with-the-job",
)
_allocation(
    "failed",
    "Complete allocations have failed.",
    reply(
        "allocations",
        each(
            "",
            lambda one: one.update(ClientStatus="failed" if one["ClientStatus"] == "complete" else one["ClientStatus"]),
        ),
    ),
)
_allocation(
    "seconds",
    "CreateTime is in seconds.",
    reply("allocations", each("", lambda one: one.update(CreateTime=one["CreateTime"] // 10**9))),
    "job.allocations.times",
)
_allocation(
    "create-time-zero",
    "CreateTime is 0.",
    reply("allocations", each("", lambda one: one.update(CreateTime=0))),
    "job.allocations.times",
)
_allocation(
    "no-states",
    "TaskStates is null.",
    reply("allocations", each("", lambda one: one.update(TaskStates=None))),
    "job.allocations.task-states",
)
_allocation(
    "no-events",
    "Tasks have no events.",
    reply("allocations", each("", each("TaskStates.*", lambda one: one.update(Events=None)))),
    "job.allocations.task-states",
)
_allocation(
    "last-event",
    "Only the last event is kept.",
    reply("allocations", each("", each("TaskStates.*", lambda one: one.update(Events=(one["Events"] or [])[-1:])))),
    "job.allocations.task-states",
)
_allocation(
    "state",
    "A running task is `started`.",
    reply(
        "allocations",
        each(
            "",
            each(
                "TaskStates.*", lambda one: one.update(State="started" if one["State"] == "running" else one["State"])
            ),
        ),
    ),
    "job.allocations.task-states",
    "c*",
)
_allocation(
    "task-failed",
    "Every task has failed.",
    reply("allocations", each("", each("TaskStates.*", lambda one: one.update(Failed=True)))),
    "job.allocations.task-states",
)
_allocation(
    "event-times",
    "Times of events are in seconds.",
    reply("allocations", each("", each("TaskStates.*.Events", lambda one: one.update(Time=one["Time"] // 10**9)))),
    "job.allocations.times",
)
_allocation(
    "modify-index",
    "ModifyIndex is CreateIndex.",
    reply("allocations", each("", lambda one: one.update(ModifyIndex=one["CreateIndex"]))),
    "job.allocations.index-header",
)
_allocation(
    "full",
    "Allocations have their whole job.",
    reply("allocations", each("", lambda one: one.update(Job={}, Resources={}))),
    "common.replies.no-additions",
)
_allocation(
    "client-description",
    "ClientDescription says something.",
    reply("allocations", each("", lambda one: one.update(ClientDescription="tasks are running"))),
    "job.allocations.run",
)


def _allocations(name: str, sentence: str, find: Callable[[Any, Tables, str, bool], Any], *caught_by: str) -> None:
    def make(read: Any) -> Any:
        def broken(region: Any, job_id: str, asked: Any) -> Any:
            result = read(region, job_id, asked)
            shown = find(result.body, region.state, job_id, asked["all"])
            return dataclasses.replace(result, body=shown)

        return broken

    mutant(f"allocations.{name}", sentence, *caught_by, "job.allocations.*", "common.*")(reading("allocations", make))


def _stubs(found: Any) -> list[Any]:
    from mockserver.operations.job_reads import allocation_stub

    return [allocation_stub(one) for one in found]


_allocations(
    "leak",
    "Allocations of all jobs are listed.",
    lambda _, tables, __, ___: _stubs(tables.allocations()),
    "job.allocations.belong-to-the-job",
)
_allocations(
    "leak-one",
    "Another job's allocation is listed, too.",
    lambda body, tables, _, __: [
        *body,
        *_stubs([one for one in tables.allocations() if body and one["JobID"] != body[0]["JobID"]][:1]),
    ],
    "job.allocations.belong-to-the-job",
)
_allocations(
    "prefix",
    "Allocations of jobs with longer IDs are listed, too.",
    lambda _, tables, job_id, __: _stubs(
        sorted((one for one in tables.allocations() if one["JobID"].startswith(job_id)), key=lambda one: one["ID"])
    ),
    "job.allocations.children-not-included",
)
_allocations("reversed", "Allocations come in reverse.", lambda body, *_: body[::-1], "job.allocations.order")
_allocations("wrapped", "The list is in an object.", lambda body, *_: {"Data": body}, "job.allocations.reply-is-a-list")
_allocations(
    "extra",
    "The last allocation is listed twice, with two IDs.",
    lambda body, *_: [*body, *({**one, "ID": one["ID"][::-1]} for one in body[-1:])],
    "job.allocations.one-per-count",
)


def _version(tables: Any, job_id: str) -> Any:
    job = tables.job(job_id)
    return job and job["JobModifyIndex"]


_allocations(
    "other-ids-after-updates",
    "Allocations have other IDs once their job was updated.",
    lambda body, tables, job_id, _: [
        {
            **one,
            "ID": str(
                uuid.uuid5(uuid.NAMESPACE_OID, f"{one['ID']}{(job := tables.job(job_id)) and job['JobModifyIndex']}")
            ),
        }
        for one in body
    ],
    "job.allocations.in-place-update",
)
_allocations(
    "by-name",
    "Allocations come by name.",
    lambda body, *_: sorted(body, key=lambda one: (one["Name"], one["ID"])),
    "job.allocations.order",
)
_allocations(
    "live-only",
    "Stopped allocations are not listed.",
    lambda body, *_: [one for one in body if one["DesiredStatus"] == "run"],
    "job.allocations.stop-with-the-job",
)
_allocations("null", "No allocations are null.", lambda body, *_: body or None, "job.allocations.none-is-empty-list")
_allocations(
    "always-all",
    "Past instances are always listed.",
    lambda _, tables, job_id, __: _stubs(tables.allocations_of(job_id, all_instances=True)),
    "job.allocations.past-instances-left-out",
)
_allocations(
    "never-all",
    "Past instances are never listed.",
    lambda _, tables, job_id, __: _stubs(tables.allocations_of(job_id, all_instances=False)),
    "job.allocations.all",
)
_allocations(
    "gone-with-job",
    "A job that is gone has no allocations.",
    lambda body, tables, job_id, _: body if tables.job(job_id) else [],
    "job.allocations.stop-with-the-job",
)
_allocations("twenty", "At most one allocation is listed.", lambda body, *_: body[:1], "job.allocations.*")


mutant("allocations.index-zero", "The index of allocations is 0.", "job.allocations.index-header", "common.blocking.*")(
    read_result("allocations", lambda read: dataclasses.replace(read, index=0))
)


mutant("evaluations.null", "No evaluations are null.", "job.evaluations.none-is-empty-list", "job.evaluations.*", "c*")(
    read_result("evaluations", lambda read: dataclasses.replace(read, body=read.body or None))
)
