"""Mutants of which methods are taken."""

import re

from tests.mutants.mutant import Breakage, Scope, mutant
from tests.mutants.replies import Answer, answers, requests


def _method(name: str, sentence: str, old: str, new: str, path: str, *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(scope: Scope) -> None:
            if scope["method"] == old and re.search(path, scope["path"]):
                scope["method"] = new

        requests(breakage, change)

    mutant(f"method.{name}", sentence, *caught_by)(apply)


_method(
    "post-refused",
    "POST registers nothing.",
    "POST",
    "PATCH",
    r"/job/[^/]*$",
    "job.register.post-is-put",
    "c*put-and-post",
)
_method("post-dispatch", "POST dispatches nothing.", "POST", "GET", "/dispatch$", "common.methods.*", "job.dispatch.*")
_method("post-plan", "POST plans nothing.", "POST", "GET", "/plan$", "common.methods.*", "job.plan.*")
_method("post-evaluate", "POST evaluates nothing.", "POST", "GET", "/evaluate$", "common.methods.*", "job.evaluate.*")
_method("post-force", "POST forces nothing.", "POST", "GET", "/force$", "common.methods.*", "job.periodic-force.*")
_method(
    "put-plan", "PUT plans nothing.", "PUT", "GET", "/plan$", "job.plan.is-accepted", "common.methods.*", "job.plan.*"
)
_method("put-evaluate", "PUT evaluates nothing.", "PUT", "GET", "/evaluate$", "job.evaluate.*", "common.methods.*")
_method("get-evaluate", "GET evaluates.", "GET", "PUT", "/evaluate$", "common.methods.wrong-method")
_method("get-force", "GET forces.", "GET", "PUT", "/force$", "common.methods.wrong-method")
_method(
    "delete-evaluations", "DELETE reads evaluations.", "DELETE", "GET", "/evaluations$", "common.methods.wrong-method"
)
_method("patch", "PATCH reads a job.", "PATCH", "GET", "/job/", "common.methods.wrong-method")


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


@mutant("method.post-keys", "POST is answered with fewer fields than PUT.", "common.methods.put-and-post", "job.*")
def _(breakage: Breakage) -> None:
    def change(answer: Answer) -> None:
        if answer.scope["method"] == "POST" and answer.status == 200 and answer.operation == "force":
            answer.json = {name: value for name, value in answer.json.items() if name != "Index"}

    answers(breakage, change)
