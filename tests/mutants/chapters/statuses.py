"""Mutants of status codes."""

from tests.mutants.mutant import mutant
from tests.mutants.replies import Answer, is_missing
from tests.mutants.vocabulary import answer, family, status

_status = family("status")


_status("missing-is-400", "A missing job is 400.", status(404, 400, "job"), "job.query.missing-job", "common.*")
_status("missing-is-500", "A missing job is 500.", status(404, 500, "job"), "job.query.missing-job")
_status("missing-is-410", "A missing job is 410 Gone.", status(404, 410, "job"), "job.query.missing-job")
_status("missing-summary-is-200", "A missing summary is 200.", status(404, 200, "summary"), "job.summary.missing-job")
_status("created", "A plan is answered with 201.", status(200, 201, "plan"), "job.plan.*", "common.*")
_status("accepted", "An evaluate is answered with 202.", status(200, 202, "evaluate"), "job.evaluate.*", "common.*")
_status(
    "dispatch-created", "A dispatch is answered with 201.", status(200, 201, "dispatch"), "job.dispatch.*", "common.*"
)
_status(
    "force-no-content", "A force is answered with 204.", status(200, 204, "force"), "job.periodic-force.*", "common.*"
)
_status("refused-evaluate-404", "A refused evaluate is 404.", status(500, 404, "evaluate"), "job.evaluate.refuses")
_status("refused-dispatch-400", "A refused dispatch is 400.", status(500, 400, "dispatch"), "job.dispatch.refuses.*")
_status(
    "refused-force-404", "A refused force is 404.", status(500, 404, "force"), "job.periodic-force.refuses", "common.*"
)
_status(
    "refused-plan-400", "A refused plan is 400.", status(500, 400, "plan"), "job.plan.refuses-as-register", "common.*"
)
_status(
    "bad-body-500",
    "An unreadable plan is 500.",
    status(400, 500, "plan"),
    "common.errors.*",
    "job.register.id-must-match",
)
_status(
    "bad-dispatch-500", "An unreadable dispatch is 500.", status(400, 500, "dispatch"), "job.dispatch.refuses.bodies"
)
_status("wrong-method-404", "A wrong method is 404.", status(405, 404, "evaluations"), "common.methods.wrong-method")
_status("wrong-method-501", "A wrong method is 501.", status(405, 501, "plan"), "common.methods.*")


@mutant("status.register-201", "A new job is answered with 201.", "job.register.creates", "job.register.*", "common.*")
@answer
def _(answer: Answer) -> None:
    if answer.scope["method"] in ("PUT", "POST") and answer.operation == "job" and answer.status == 200:
        answer.status = 201


@mutant("status.refused-register-400", "An invalid job is refused with 400.", "job.register.refuses.*")
@answer
def _(answer: Answer) -> None:
    if answer.operation == "job" and answer.status == 500 and "error(s) occurred" in answer.text:
        answer.status = 400


@mutant("status.no-allocations-404", "No allocations are a 404.", "job.allocations.none-is-empty-list", "common.*")
@answer
def _(answer: Answer) -> None:
    if answer.operation == "allocations" and answer.status == 200 and answer.text == "[]":
        answer.status, answer.text = 404, "job not found"


@mutant("status.no-evaluations-404", "No evaluations are a 404.", "job.evaluations.none-is-empty-list", "common.*")
@answer
def _(answer: Answer) -> None:
    if answer.operation == "evaluations" and answer.status == 200 and answer.text.strip() == "[]":
        answer.status, answer.text = 404, "job not found"


@mutant("status.missing-is-empty-200", "A missing job is 200 with null.", "job.query.missing-job", "job.query.*")
@answer
def _(answer: Answer) -> None:
    if answer.operation == "job" and is_missing(answer):
        answer.status, answer.text = 200, "null"
        answer.headers["content-type"] = "application/json"
