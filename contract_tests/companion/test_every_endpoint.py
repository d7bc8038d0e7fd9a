"""What holds at every companion endpoint: headers, JSON, parameters, methods and paths (observed on 0.5.4)."""

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.safe_writes import JOBS, NODES, READ_ONLY
from contract_tests.statements import states
from contract_tests.suite import verify


@states("companion.headers.of-lists", "companion.headers.none-of-the-agent", "companion.reply-is-json")
def test_headers(nomad: Nomad) -> None:
    """Data kept by region is answered with index, leader and contact headers; the agent's own data without."""
    names = ("X-Nomad-Index", "X-Nomad-KnownLeader", "X-Nomad-LastContact")
    for target in (JOBS, "/v1/evaluations", "/v1/allocations", NODES):
        found = _json_answer(nomad.companion(target))
        index, leader, contact = (found.reply_headers.get(name, "") for name in names)
        fits = index.isdigit() and leader in ("true", "false") and contact.isdigit()
        verify.that("companion.headers.of-lists", found, fits, f"{', '.join(names)}", (index, leader, contact))
    for target in ("/v1/agent/self", "/v1/agent/members", "/v1/status/leader", "/v1/status/peers", "/v1/regions"):
        found = _json_answer(nomad.companion(target))
        told = [name for name in found.reply_headers if name.lower().startswith("x-nomad-")]
        verify.equal("companion.headers.none-of-the-agent", found, told, [])


@states("companion.headers.every-form")
def test_every_form_has_content_and_headers(nomad: Nomad, factory: JobFactory) -> None:
    """A job in the list of jobs, and an evaluation, are told alike in every form, before and after an update."""
    statement = "companion.headers.every-form"
    job = factory.idle(nomad.new_id())
    identity = {"Accept-Encoding": "identity"}
    for priority in (50, 51, 52):
        done = verify.ok("job.register.creates", nomad.register({**job, "Priority": priority}))
        nomad.settle(job["ID"])
        for target, only in ((JOBS, {"prefix": job["ID"]}), (f"/v1/evaluation/{done.json['EvalID']}", {})):
            plain = verify.ok(statement, nomad.send("companion", "GET", target, query=only, headers=identity))
            for query, headers in (({"pretty": None}, identity), ({}, {"Accept-Encoding": "gzip"})):
                asked = {**only, **query}
                found = verify.ok(statement, nomad.send("companion", "GET", target, query=asked, headers=headers))
                verify.equal(statement, found, found.json, plain.json)
                names = ("Content-Type", "Vary", "X-Nomad-KnownLeader", "X-Nomad-LastContact")
                shown, expected = ({name: one.reply_headers.get(name) for name in names} for one in (found, plain))
                verify.equal(statement, found, shown, expected)
                indexes = [int(one.reply_headers.get("X-Nomad-Index", -1)) for one in (found, plain)]
                verify.that(statement, found, indexes[0] >= indexes[1], f"the index {indexes[1]}", indexes[0])


def _json_answer(found: Exchange) -> Exchange:
    shown = (found.status, found.reply_headers.get("Content-Type"), b"\n" in found.reply_body)
    verify.equal("companion.reply-is-json", found, shown, (200, "application/json", False))
    verify.that("companion.reply-is-json", found, found.json is not None, "JSON", found.text[:200])
    return found


@states("companion.blocking.bad-parameters")
@pytest.mark.parametrize("target", [JOBS, "/v1/evaluations", "/v1/allocations", NODES, "/v1/node/abc"])
def test_bad_index_and_wait(nomad: Nomad, target: str) -> None:
    """A ``wait`` or ``index`` that cannot be read is refused before anything is looked up, ``wait`` first."""
    statement = "companion.blocking.bad-parameters"
    verify.refused(statement, nomad.companion(target, {"wait": "abc", "index": "x"}), 400, "Invalid wait time")
    verify.refused(statement, nomad.companion(target, {"index": "x"}), 400, "Invalid index")


@states("companion.methods.wrong-method")
@pytest.mark.parametrize("target", [*READ_ONLY, JOBS])
def test_a_wrong_method_is_refused(nomad: Nomad, target: str) -> None:
    """A method that an endpoint does not take is answered with 405."""
    methods = ("PATCH",) if target == JOBS else ("PUT", "PATCH")
    for method in methods:
        done = nomad.send("companion", method, target)
        verify.refused("companion.methods.wrong-method", done, 405, "Invalid method")


@states("companion.unknown-path")
@pytest.mark.parametrize("target", ["/v1/deployments", "/v1/validate/job", "/v1/jobs/", "/v1/nodes/x", "/v1/volumes"])
def test_unknown_paths(nomad: Nomad, target: str) -> None:
    """What 0.5.4 does not have, later versions' endpoints included, is answered as by any Go server."""
    verify.refused("companion.unknown-path", nomad.companion(target), 404, "404 page not found\n")
