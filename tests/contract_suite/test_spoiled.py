"""Replies that a test can't go on with are findings of the statement that they break, never errors."""

import json
import random
from typing import Any

import pytest

from contract_tests.client.nomad import Nomad
from contract_tests.client.target import Target
from contract_tests.client.waiting import told_time
from contract_tests.findings import ContractViolation, Ledger, NotOffered, violation
from contract_tests.oracle.statement_of import read_back
from contract_tests.statements import Level
from tests import wrong_servers
from tests.contract_suite import spoiled
from tests.contract_suite.made import exchange
from tests.contract_suite.test_cli import run

pytestmark = pytest.mark.slow

MUST, SHOULD = "job.query.returns-the-job", "job.evaluations.any-case"


@pytest.mark.parametrize("seed", [3, 4])
def test_no_spoiled_reply_is_an_error_of_the_suite(seed: int) -> None:
    """Whatever is wrong with the replies, every test has a verdict (the module's command runs more)."""
    assert spoiled.errors(seed, 0.15, "--profile", "smoke", "--only", "job.dispatch.*") == []


def test_a_reply_is_spoiled_in_one_place() -> None:
    """Each way of spoiling is used, and each reply is spoiled in one place."""
    value = {"ID": "x", "List": [{"A": 1}, {"A": 2}]}
    headers = [(b"x-nomad-index", b"7"), (b"content-type", b"application/json")]
    sound = (200, headers, json.dumps(value, separators=(",", ":")).encode())
    made = [spoiled.spoiled(random.Random(seed), sound) for seed in range(300)]
    changed = [[one for one, other in zip(reply, sound, strict=True) if one != other] for reply in made]
    assert {len(parts) for parts in changed} <= {0, 1}
    assert {status for status, _, _ in made} >= {200, 404, 500}
    assert len({body for _, _, body in made}) > 50
    assert {len(headers) for _, headers, _ in made} == {1, 2, 3}


def test_a_child_of_somebody_elses_name_is_a_finding() -> None:
    """A DispatchedJobID that does not begin with its parent is a finding, and that job is not touched."""

    async def elsewhere(_scope: Any, _receive: Any, send: Any) -> None:
        reply = {"DispatchedJobID": "somebody-elses", "EvalID": "x", "Index": 1, "EvalCreateIndex": 1}
        body = json.dumps({**reply, "JobCreateIndex": 1, "KnownLeader": False, "LastContact": 0}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [wrong_servers.JSON]})
        await send({"type": "http.response.body", "body": body})

    with wrong_servers.wrong_about("PUT .*/dispatch", elsewhere) as address:
        done = run("check", "--address", address, "--profile", "smoke", "--only", "job.dispatch.*", "-v")
    assert done.returncode == 1
    assert "FAIL job.dispatch.id-begins-with-parent" in done.stdout
    assert "ERROR" not in done.stdout


@pytest.mark.parametrize(
    ("proving", "broken"), [([], MUST), ([MUST, SHOULD], MUST), ([SHOULD, MUST], MUST), ([SHOULD], SHOULD)]
)
def test_a_needed_answer_fails_no_must_of_a_test_that_proves_none(proving: list[str], broken: str) -> None:
    """An error in place of a needed reply breaks the test's own statement, not a MUST that it does not prove."""
    ledger = Ledger(Level.MUST)
    ledger.proving = proving
    with pytest.raises(ContractViolation) as found:
        _ = exchange("query", status=404, raw=b"job not found", ledger=ledger).json
    assert found.value.statement == broken


@pytest.mark.parametrize(
    ("operation", "method", "status", "statement"),
    [
        ("query", "GET", 200, "common.blocking.index-header"),
        ("query", "GET", 404, "common.blocking.index-of-the-missing"),
        ("register", "PUT", 200, "common.headers.index-on-writes"),
        ("companion", "GET", 200, "companion.headers.of-lists"),
    ],
)
@pytest.mark.parametrize("value", [None, "x", "-1", "9" * 5000])
def test_an_index_that_is_none(operation: str, method: str, status: int, statement: str, value: str | None) -> None:
    """An index is promised only of a read that finds something."""
    headers = {"X-Nomad-Index": value} if value else {}
    with pytest.raises(ContractViolation) as found:
        _ = exchange(operation, {}, method=method, status=status, headers=headers).index
    assert found.value.statement == statement


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 99 Nov 2026 11:55:55 GMT"])
def test_a_server_without_the_time_is_not_asked_for_it(date: str | None) -> None:
    """A missing Date fails nothing, for no page promises one."""
    with pytest.raises(NotOffered, match="does not tell its time"):
        told_time(exchange(reply={}, headers={"Date": date} if date is not None else {}))


def test_constraints_that_a_server_adds_are_not_promised() -> None:
    """Constraints that were submitted have to come back; those that a server adds are observed."""
    own = {"LTarget": "a", "RTarget": "b", "Operand": "="}
    added = {"LTarget": "${attr.os.signals}", "RTarget": "SIGHUP", "Operand": "set_contains"}
    job, place = {"TaskGroups": [{"Constraints": [own]}]}, ("TaskGroups", 0, "Constraints")
    assert read_back(job, place, [own, added], [own]) == "job.register.default.others"
    assert read_back(job, place, [own, added], [added]) == "job.register.keeps.constraint"
    assert read_back(job, place, [own], []) == "job.register.keeps.constraint"
    of_job = {"Constraints": [own]}
    assert read_back(of_job, ("Constraints",), [own], [own, added]) == "job.register.default.others"
    assert read_back(of_job, ("Constraints",), [own], [added, own]) == "job.register.keeps.constraint"


def test_any_id_can_be_asked_for() -> None:
    """An ID from a reply may be half a surrogate, no text, or not fit a request line."""
    with wrong_servers.wrong_about("GET /none", wrong_servers.refusing) as address:
        nomad = Nomad(Target(address), Ledger(), "nomad-contract-cafe-")
        for odd in ("\ud800", "a b\r\nc", "\x00", None, 7, {"x": 1}):
            assert nomad.job(odd).status == 404  # type: ignore[arg-type] # as a server may have it
            assert nomad.companion(f"/v1/evaluation/{odd}").status in (404, 500)
        nomad.close()


def test_half_a_surrogate_can_be_reported() -> None:
    """A report is valid UTF-8, whatever text a reply had."""
    found = violation(MUST, "\ud800", "x\udfff", None).as_dict()
    assert (found["expected"], found["actual"]) == ("\\ud800", "x\\udfff")
    ledger = Ledger()
    ledger.adds("Job.\ud800", "1")
    assert ledger.take()[2] == {"Job.\\ud800": "1"}
