"""Mutants of registering a job without its ID in the URL: PUT and POST ``/v1/jobs``."""

import dataclasses
from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.errors import BadRequest
from mockserver.operations.job_writes import Done, Write
from tests.mutants.chapters.companion import STRANGER, answer_at
from tests.mutants.mutant import mutant
from tests.mutants.replies import Answer
from tests.mutants.vocabulary import parsing


def _registering(
    name: str,
    sentence: str,
    make: Callable[[dict[str, Any], Callable[[dict[str, Any]], Write]], Write],
    *caught_by: str,
) -> None:
    """Declare a mutant of registering without an ID in the URL; ``make`` gets the body and how it is read."""

    def broken(parse: Any) -> Any:
        def parsed(job_id: str, body: dict[str, Any] | None) -> Write:
            whole: Write = parse(job_id, body) if job_id else make(body or {}, lambda read: parse("", read))
            return whole

        return parsed

    mutant(f"companion.jobs.{name}", sentence, *caught_by)(parsing("register", broken))


def _changed_reply(**members: Any) -> Callable[[Any, Any], Write]:
    def make(body: dict[str, Any], parse: Callable[[dict[str, Any]], Write]) -> Write:
        write = parse(body)

        async def changed(cluster: Cluster) -> Done:
            done = await write.run(cluster)
            return dataclasses.replace(done, body={**done.body, **members})

        return dataclasses.replace(write, run=changed)

    return make


def _no_updates(body: dict[str, Any], parse: Callable[[dict[str, Any]], Write]) -> Write:
    write = parse(body)

    async def changed(cluster: Cluster) -> Done:
        old = cluster.state.job(body["Job"]["ID"])
        return await (write if old is None else parse({"Job": old})).run(cluster)

    return dataclasses.replace(write, run=changed)


_registering(
    "reply-index", "JobModifyIndex is told wrong.", _changed_reply(JobModifyIndex=1), "companion.jobs.register"
)
_registering("reply-eval", "EvalID is told wrong.", _changed_reply(EvalID=STRANGER), "companion.jobs.register")
_registering("reply-null", "EvalID is null.", _changed_reply(EvalID=None), "companion.jobs.register", "job.register.*")
_registering("no-updates", "A job that is there is not changed.", _no_updates, "companion.jobs.register")
_registering(
    "index-not-enforced",
    "EnforceIndex is ignored on /v1/jobs.",
    lambda body, parse: parse({**body, "EnforceIndex": False}),
    "companion.jobs.register-enforces-index",
)
_registering(
    "index-zero",
    "The index that is enforced is always 0.",
    lambda body, parse: parse({**body, "JobModifyIndex": 0}),
    "companion.jobs.register-enforces-index",
)


def _other_text(body: dict[str, Any], parse: Callable[[dict[str, Any]], Write]) -> Write:
    if not body.get("Job"):
        raise BadRequest("job must be specified")
    return parse(body)


_registering("other-text", "No job is refused in another way.", _other_text, "companion.jobs.register-refuses")


def _short(answer: Answer) -> None:
    if "error(s) occurred" in answer.text:
        answer.text = "1 error(s) occurred:\n\n* Missing job name"


def _as_bad_request(answer: Answer) -> None:
    answer.status = 400 if answer.status == 500 else answer.status


def _method_not_taken(answer: Answer) -> None:
    answer.status, answer.text = 405, "Invalid method"


for _name, _sentence, _method, _wrong, _statement in (
    ("first-error", "Only one error is told.", "PUT", _short, "companion.jobs.register-refuses"),
    ("status-400", "An invalid job is a bad request.", "PUT", _as_bad_request, "companion.jobs.register-refuses"),
    ("no-post", "POST is not taken at /v1/jobs.", "POST", _method_not_taken, "companion.jobs.register"),
    ("no-put", "PUT is not taken at /v1/jobs.", "PUT", _method_not_taken, "companion.jobs.register"),
):
    answer_at(f"jobs.{_name}", _sentence, "/v1/jobs", _wrong, _statement, method=_method)
