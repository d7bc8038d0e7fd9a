"""GET /v1/evaluations and /v1/evaluation/<ID>: the evaluations (observed on 0.5.4)."""

import time
from typing import Any

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.safe_writes import NOBODY
from contract_tests.statements import states
from contract_tests.suite import verify

EVALUATIONS = "/v1/evaluations"


def one_of(kind: str, item_id: str, more: str = "") -> str:
    """Return the path of one evaluation or allocation."""
    return f"/v1/{kind}/{item_id}{more}"


def selects(prefix: str, chosen: list[str], listed: list[str]) -> bool:
    """Return whether exactly those IDs were chosen that begin with the prefix, all earlier listed ones among them."""
    begins = prefix.lower()
    expected = {one for one in listed if one.startswith(begins)}
    return expected <= set(chosen) and all(one.startswith(begins) for one in chosen)


def evaluation_of(nomad: Nomad, factory: JobFactory) -> Any:
    """Register a job that no node can take, and return its first evaluation, over and done with."""
    job = factory.service(nomad.new_id())
    told = verify.ok("job.register.creates", nomad.register(job)).json["EvalID"]
    nomad.settle(job["ID"])
    return next(one for one in nomad.evaluations(job["ID"]).json if one["ID"] == told)


@states("companion.evaluations.lists-all", "companion.evaluations.prefix", "companion.evaluations.in-id-order")
def test_evaluations_are_listed(nomad: Nomad, factory: JobFactory) -> None:
    """The list has every evaluation in full, by ID; ``prefix`` selects by the beginning of the ID."""
    evaluation, *others = (evaluation_of(nomad, factory) for _ in range(3))
    own = [one for each in (evaluation, *others) for one in nomad.evaluations(each["JobID"]).json]
    everything = nomad.companion(EVALUATIONS)
    listed = verify.listed("companion.evaluations.lists-all", everything)
    known = {one["ID"]: one for one in listed}
    verify.equal("companion.evaluations.lists-all", everything, [known.get(one["ID"]) for one in own], own)
    order = [one["ID"] for one in listed]
    verify.equal("companion.evaluations.in-id-order", everything, order, sorted(set(order)))
    for prefix in (evaluation["ID"], evaluation["ID"].upper(), evaluation["ID"][:8], evaluation["ID"][:2]):
        some = nomad.companion(EVALUATIONS, {"prefix": prefix})
        chosen = [one["ID"] for one in verify.listed("companion.evaluations.prefix", some)]
        verify.that("companion.evaluations.prefix", some, selects(prefix, chosen, order), f"all of {prefix}", chosen)


@states("companion.evaluations.blocks")
def test_evaluations_can_be_waited_for(nomad: Nomad, factory: JobFactory) -> None:
    """With ``index`` the list waits until an evaluation changes."""
    nomad.settle(evaluation_of(nomad, factory)["JobID"])
    index = nomad.companion(EVALUATIONS).index
    waiter = nomad.companion_later(EVALUATIONS, {"index": index, "wait": nomad.long_wait})
    time.sleep(0.05)  # the query must be waiting before the change
    evaluation_of(nomad, factory)
    found = waiter.result()
    fits = found.ok and nomad.came_soon(found) and found.index > index
    verify.that("companion.evaluations.blocks", found, fits, f"an answer above {index}", f"{found.index}")


@states("companion.evaluation.is-the-listed-one", "companion.evaluation.index-is-modify-index")
def test_one_evaluation(nomad: Nomad, factory: JobFactory) -> None:
    """One evaluation is what its job's list shows of it, at its own ModifyIndex."""
    evaluation = evaluation_of(nomad, factory)
    found = verify.ok("companion.evaluation.is-the-listed-one", nomad.companion(one_of("evaluation", evaluation["ID"])))
    verify.equal("companion.evaluation.is-the-listed-one", found, found.json, evaluation)
    verify.equal("companion.evaluation.index-is-modify-index", found, found.index, evaluation["ModifyIndex"])


@states("companion.evaluation.placed-nothing")
def test_an_evaluation_that_placed_nothing(nomad: Nomad, factory: JobFactory) -> None:
    """An evaluation that placed nothing, and one that does not exist, have an empty list of allocations."""
    for one in (evaluation_of(nomad, factory)["ID"], NOBODY):
        found = nomad.companion(one_of("evaluation", one, "/allocations"))
        verify.equal("companion.evaluation.placed-nothing", found, (found.status, found.text), (200, "[]"))


def verify_missing(nomad: Nomad, statement: str, kind: str, short: str) -> None:
    """Require that one that does not exist is answered with 404 and its text, at an index."""
    done = nomad.companion(one_of(kind, NOBODY))
    verify.refused(statement, done, 404, f"{short} not found")
    index = done.reply_headers.get("X-Nomad-Index", "")
    verify.that(statement, done, index.isdecimal(), "X-Nomad-Index: a decimal number", f"X-Nomad-Index: {index}")


def verify_malformed(nomad: Nomad, statement: str, kind: str, short: str) -> None:
    """Require that an ID that is no UUID, or a prefix that no UUID begins with, is refused with the reason."""
    problem = f"{short} lookup failed: index error: "
    verify.refused(statement, nomad.companion(one_of(kind, "abc")), 500, f"{problem}UUID must be 36 characters")
    for prefix, why in (
        ("abc", "Input (without hyphens) must be even length"),
        ("zz", "Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"),
        (f"{NOBODY}00", "Invalid UUID length. UUID have 36 characters; got 38"),
    ):
        verify.refused(statement, nomad.companion(f"/v1/{kind}s", {"prefix": prefix}), 500, f"{problem}{why}")


@states("companion.evaluation.missing")
def test_a_missing_evaluation(nomad: Nomad) -> None:
    """An evaluation that does not exist is answered with 404 and its text, at an index."""
    verify_missing(nomad, "companion.evaluation.missing", "evaluation", "eval")


@states("companion.evaluation.malformed-id")
def test_a_malformed_evaluation_id(nomad: Nomad) -> None:
    """An ID that is no UUID, or a prefix that no UUID begins with, is refused with the reason."""
    verify_malformed(nomad, "companion.evaluation.malformed-id", "evaluation", "eval")
