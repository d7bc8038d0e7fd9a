"""Mutants of evaluations: which are listed and what they say."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from mockserver.cluster import worker
from mockserver.cluster.blocked_evals import BlockedEvals
from mockserver.cluster.tables import Tables
from mockserver.operations.results import Read
from tests.mutants.around import calling
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import each
from tests.mutants.vocabulary import family, intercepts, read_result, reply, wrapped

_evaluation = family("evaluations", "job.evaluations.*", "job.*")


_DESCRIBE = "job.evaluations.describe-the-job"
_evaluation(
    "priority",
    "Every evaluation has priority 50.",
    reply("evaluations", each("", lambda one: one.update(Priority=50))),
    _DESCRIBE,
)
_evaluation(
    "type",
    "Every evaluation is of type service.",
    reply("evaluations", each("", lambda one: one.update(Type="service"))),
    _DESCRIBE,
)
_evaluation(
    "trigger",
    "TriggeredBy has another name.",
    reply("evaluations", each("", lambda one: one.update(TriggeredBy=one["TriggeredBy"].replace("job-", "")))),
    _DESCRIBE,
)
_evaluation(
    "job-id",
    "JobID is in lower case.",
    reply("evaluations", each("", lambda one: one.update(JobID=one["JobID"].lower()))),
    "job.evaluations.belong-to-the-job",
)
_evaluation(
    "job-index",
    "JobModifyIndex is 0.",
    reply("evaluations", each("", lambda one: one.update(JobModifyIndex=0))),
    "job.evaluations.indexes",
)
_evaluation(
    "create-index",
    "CreateIndex is ModifyIndex.",
    reply("evaluations", each("", lambda one: one.update(CreateIndex=one["ModifyIndex"]))),
    "job.evaluations.indexes",
)
_evaluation(
    "upper-id",
    "IDs are in upper case.",
    reply("evaluations", each("", lambda one: one.update(ID=one["ID"].upper()))),
    "job.evaluations.ids-are-uuids",
)
_evaluation(
    "short-id",
    "IDs are short.",
    reply("evaluations", each("", lambda one: one.update(ID=one["ID"][:8]))),
    "job.evaluations.ids-are-uuids",
)
_evaluation(
    "status",
    "Complete is `completed`.",
    reply(
        "evaluations",
        each("", lambda one: one.update(Status={"complete": "completed"}.get(one["Status"], one["Status"]))),
    ),
    "job.evaluations.complete",
    "c*",
)
_evaluation(
    "pending",
    "Evaluations are pending for ever.",
    reply(
        "evaluations",
        each("", lambda one: one.update(Status={"complete": "pending"}.get(one["Status"], one["Status"]))),
    ),
    "job.evaluations.complete",
)
_evaluation(
    "no-blocked-link",
    "BlockedEval is empty.",
    reply("evaluations", each("", lambda one: one.update(BlockedEval=""))),
    "job.evaluations.blocked",
)
_evaluation(
    "no-previous",
    "PreviousEval is empty.",
    reply("evaluations", each("", lambda one: one.update(PreviousEval=""))),
    "job.evaluations.blocked",
)
_evaluation(
    "no-failures",
    "FailedTGAllocs is null.",
    reply("evaluations", each("", lambda one: one.update(FailedTGAllocs=None))),
    "job.evaluations.blocked",
)
_evaluation(
    "no-queued",
    "QueuedAllocations is null.",
    reply("evaluations", each("", lambda one: one.update(QueuedAllocations=None))),
    "job.evaluations.blocked",
)
_evaluation(
    "no-description",
    "StatusDescription is empty.",
    reply("evaluations", each("", lambda one: one.update(StatusDescription=""))),
    "job.evaluations.blocked",
)
_evaluation(
    "snapshot",
    "SnapshotIndex is ahead of ModifyIndex.",
    reply("evaluations", each("", lambda one: one.update(SnapshotIndex=one["ModifyIndex"] + 1))),
)
_evaluation(
    "modify-index",
    "ModifyIndex is below CreateIndex.",
    reply("evaluations", each("", lambda one: one.update(ModifyIndex=one["CreateIndex"] - 1))),
)
_evaluation("node", "NodeID is of some node.", reply("evaluations", each("", lambda one: one.update(NodeID=one["ID"]))))
_evaluation("wait", "Wait is 1.", reply("evaluations", each("", lambda one: one.update(Wait=1))))
_evaluation(
    "annotates", "AnnotatePlan is true.", reply("evaluations", each("", lambda one: one.update(AnnotatePlan=True)))
)
_evaluation(
    "failure-counts",
    "Failures are not coalesced.",
    reply("evaluations", each("", each("FailedTGAllocs.*", lambda one: one.update(CoalescedFailures=0)))),
    "job.evaluations.blocked",
)


def _evaluations(name: str, sentence: str, find: Callable[[Any, Tables, str], Any], *caught_by: str) -> None:
    """Declare a mutant of which evaluations are found: ``find(original, tables, prefix)``."""
    deviation = wrapped(Tables, "evaluations_of", lambda found: lambda self, prefix: find(found, self, prefix))
    mutant(f"evaluations.{name}", sentence, *caught_by, "job.evaluations.*", "job.*", "common.*")(deviation)


mutant("evaluations.wrapped", "The list is in an object.", "job.evaluations.reply-is-a-list", "job.evaluations.*")(
    reply("evaluations", lambda body: {"Data": body})
)


_evaluations(
    "leak",
    "The newest evaluation of all is listed with every job's.",
    lambda found, self, prefix: [*found(self, prefix), *list(self.evaluations())[-1:]],
    "job.evaluations.none-of-other-jobs",
)
_evaluations(
    "all",
    "Evaluations of all jobs are listed.",
    lambda found, self, _: found(self, ""),
    "job.evaluations.none-of-other-jobs",
)
_evaluations(
    "contains",
    "Evaluations of jobs that contain the ID are listed.",
    lambda found, self, prefix: [one for one in found(self, "") if prefix.lower() in one["JobID"].lower()],
)
for _name, _wildcard, _meant in (("like-one", "_", "."), ("like-any", "%", ".*"), ("expression", ".", ".")):

    def _like(
        found: Any, self: Tables, prefix: str, wildcard: str = re.escape(_wildcard), meant: str = _meant
    ) -> list[Any]:
        pattern = re.compile(re.escape(prefix.lower()).replace(wildcard, meant), re.DOTALL)
        return [one for one in found(self, "") if pattern.match(one["JobID"].lower())]

    _evaluations(
        _name,
        f"A {_wildcard} in an ID stands for other characters.",
        _like,
        "job.evaluations.none-of-other-jobs",
    )
_evaluations(
    "exact",
    "Only evaluations of exactly this job are listed.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["JobID"].lower() == prefix.lower()],
    "job.evaluations.prefix-match",
)
_evaluations(
    "case-sensitive",
    "Evaluations are only found by the exact spelling.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["JobID"].startswith(prefix)],
)
_evaluations(
    "newest-only",
    "Only the newest evaluation is listed.",
    lambda found, self, prefix: sorted(found(self, prefix), key=lambda one: one["CreateIndex"])[-1:],
)
_evaluations(
    "first-only",
    "Only the first evaluation is listed.",
    lambda found, self, prefix: sorted(found(self, prefix), key=lambda one: one["CreateIndex"])[:1],
)
_evaluations("ten-only", "At most ten evaluations are listed.", lambda found, self, prefix: found(self, prefix)[:10])
mutant("evaluations.reversed", "Evaluations come in reverse.", "job.evaluations.order")(
    reply("evaluations", lambda body: body[::-1])
)
mutant("evaluations.by-age", "Evaluations come by age.", "job.evaluations.order")(
    reply("evaluations", lambda body: sorted(body, key=lambda one: one["CreateIndex"]))
)
_evaluations(
    "open-only",
    "Evaluations that are over are not listed.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["Status"] in ("pending", "blocked")],
)
_evaluations(
    "without-canceled",
    "Canceled evaluations are not listed.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["Status"] != "canceled"],
    "job.evaluations.blocked-is-replaced",
)
_evaluations(
    "with-the-job",
    "Evaluations are only listed while their job is there.",
    lambda found, self, prefix: [one for one in found(self, prefix) if self.job(one["JobID"])],
    "job.evaluations.survive-the-job",
)
_evaluations("twice", "Evaluations are listed twice.", lambda found, self, prefix: found(self, prefix) * 2)


@mutant(
    "evaluations.index-own",
    "The index of evaluations is that of the newest of them.",
    "job.evaluations.index-header",
    "c*",
)
def _(breakage: Breakage) -> None:
    def change(read: Read) -> Read:
        return dataclasses.replace(read, index=max((one["ModifyIndex"] for one in read.body), default=0))

    read_result("evaluations", change)(breakage)


@mutant(
    "evaluations.forgotten-anew",
    "A job that comes again has lost the evaluations of before.",
    "job.evaluations.survive-the-job",
    "job.evaluations.*",
)
def _(breakage: Breakage) -> None:
    def change(read: Read) -> Read:
        ends: dict[str, int] = {}
        for one in read.body:
            if one["TriggeredBy"] == "job-deregister":
                ends[one["JobID"]] = max(ends.get(one["JobID"], 0), one["CreateIndex"])
        again = {one["JobID"] for one in read.body if one["CreateIndex"] > ends.get(one["JobID"], 0)}
        kept = [one for one in read.body if one["JobID"] not in again or one["CreateIndex"] > ends.get(one["JobID"], 0)]
        return dataclasses.replace(read, body=kept)

    read_result("evaluations", change)(breakage)


calling(
    "evaluations.quoted-as-it-is",
    "The text of a canceled evaluation has the ID of its job between quotation marks, unescaped.",
    worker,
    "quote",
    lambda _, text: f'"{text}"',
    "job.evaluations.quotes-the-job",
)


@mutant(
    "evaluations.blocked-in-any-spelling",
    "What a job is blocked by is forgotten when it is deregistered in another letter case.",
    "job.evaluations.blocked-in-another-spelling",
)
@intercepts(BlockedEvals, "forget")
def _(whole: Any, self: BlockedEvals, job_id: str) -> None:
    for spelling in [one["JobID"] for one in self if one["JobID"].lower() == job_id.lower()]:
        whole(self, spelling)
