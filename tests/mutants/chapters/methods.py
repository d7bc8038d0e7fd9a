"""Mutants of which methods are accepted."""

from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import Answer, answers
from tests.mutants.vocabulary import family, method

_method = family("method")


_method(
    "post-refused",
    "POST registers nothing.",
    method("POST", "PATCH", r"/job/[^/]*$"),
    "job.register.post-is-put",
    "c*put-and-post",
)
_method(
    "post-dispatch",
    "POST dispatches nothing.",
    method("POST", "GET", "/dispatch$"),
    "common.methods.*",
    "job.dispatch.*",
)
_method("post-plan", "POST plans nothing.", method("POST", "GET", "/plan$"), "common.methods.*", "job.plan.*")
_method(
    "post-evaluate",
    "POST evaluates nothing.",
    method("POST", "GET", "/evaluate$"),
    "common.methods.*",
    "job.evaluate.*",
)
_method(
    "post-force", "POST forces nothing.", method("POST", "GET", "/force$"), "common.methods.*", "job.periodic-force.*"
)
_method(
    "put-plan",
    "PUT plans nothing.",
    method("PUT", "GET", "/plan$"),
    "job.plan.is-accepted",
    "common.methods.*",
    "job.plan.*",
)
_method(
    "put-evaluate", "PUT evaluates nothing.", method("PUT", "GET", "/evaluate$"), "job.evaluate.*", "common.methods.*"
)
_method("get-evaluate", "GET evaluates.", method("GET", "PUT", "/evaluate$"), "common.methods.wrong-method")
_method("get-force", "GET forces.", method("GET", "PUT", "/force$"), "common.methods.wrong-method")
_method(
    "delete-evaluations",
    "DELETE reads evaluations.",
    method("DELETE", "GET", "/evaluations$"),
    "common.methods.wrong-method",
)
_method("patch", "PATCH reads a job.", method("PATCH", "GET", "/job/"), "common.methods.wrong-method")


@mutant("method.head", "HEAD is answered as GET is.", "common.methods.head")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] == "HEAD" and answer.status == 405:
            answer.status = 200

    answers(breakage, change)


@mutant("method.summary-strict", "A summary is only answered to GET.", "common.methods.summary-takes-any")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] != "GET" and answer.operation == "summary":
            answer.status, answer.text = 405, "Invalid method"

    answers(breakage, change)


@mutant(
    "method.post-keys",
    "POST is answered with fewer fields than PUT.",
    "common.consistency.unchanged-is-the-same",
    "job.*",
)
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] == "POST" and answer.status == 200 and answer.operation == "force":
            answer.json = {name: value for name, value in answer.json.items() if name != "Index"}

    answers(breakage, change)
