"""What the suite leaves out, or does another way, on servers newer than the page."""

import copy
import json
from typing import Any, cast

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, adapt_to, kind_of, task
from contract_tests.client.nomad import Nomad
from contract_tests.client.target import Target
from contract_tests.common.changing import beside_a_plain_one, shows_each_change
from contract_tests.findings import ContractViolation, Ledger
from contract_tests.job.test_periodic_force import listed_children
from contract_tests.oracle.readback import differences, readback
from contract_tests.oracle.statement_of import read_back
from contract_tests.suite import verify
from mockserver.settings import Settings
from tests.contract_suite.made import exchange
from tests.served import serving

CHILD = "parent/periodic-1500000000"


class _Exact:
    """A client of a server that lists evaluations by the whole job ID only, as Nomad does since 0.5.6."""

    def __init__(self) -> None:
        self.own = self
        self.claimed: tuple[str, ...] = ()

    def evaluations(self, job_id: str, _query: object) -> Exchange:
        return exchange("evaluations", [{"JobID": CHILD}] if job_id == CHILD else [])

    def companion(self, target: str, query: dict[str, Any]) -> Exchange:
        assert (target, query) == ("/v1/jobs", {"prefix": "parent/periodic-"})
        return exchange("companion", [{"ID": CHILD}])

    def claim(self, *job_ids: str) -> None:
        self.claimed += job_ids


def test_children_are_found_where_evaluations_are_listed_by_the_whole_id() -> None:
    """The list of jobs tells of the children whose evaluations no beginning of an ID finds; they are cleaned up."""
    nomad = _Exact()
    found, listed = listed_children(cast("Nomad", nomad), "parent")
    assert (found.operation, listed, nomad.claimed) == ("companion", [CHILD], (CHILD,))


@pytest.mark.parametrize(
    ("reply", "status", "over"),
    [
        ({"Status": "dead"}, 200, True),
        ({"Status": "pending", "Stop": True}, 200, True),
        ({"Status": "running", "Stop": False}, 200, False),
        ({"Status": "pending"}, 200, False),
        ([], 200, False),
        ("job not found", 404, True),
        ("No path to region", 500, False),
    ],
)
def test_a_deregistered_job_may_be_kept(reply: Any, status: int, over: bool) -> None:
    """Later servers keep a job that was deregistered, as one that has ended; a job that goes on is a violation."""
    statement = "common.relatives.operations"
    done = exchange("query", reply, status=status)
    if over:
        verify.ended(statement, done)
        assert done.ledger.held[statement] == 1
    else:
        with pytest.raises(ContractViolation):
            verify.ended(statement, done)


def test_no_update_makes_another_kind_of_job() -> None:
    """Later servers refuse an update that makes an ordinary job of a parent, so that none is sent to them."""

    def kinds(*, lenient: bool) -> set[object]:
        seen: list[Exchange] = []
        nomad = Nomad(Target(f"http://127.0.0.1:{port}"), Ledger(), "nomad-contract-x-", watch=seen.append)
        shows_each_change("common.pretty.same-content", nomad, JobFactory(lenient=lenient), "query", {"pretty": None})
        nomad.close()
        return {kind_of(json.loads(one.body)["Job"]) for one in seen if one.operation == "register"}

    with serving(Settings()) as port:
        assert len(kinds(lenient=False)) == 1
        assert len(kinds(lenient=True)) == 2


class _Working:
    """A client of a server that changes a job after each of the first replies, as one does that is at work."""

    def __init__(self, changes: int) -> None:
        self.left = changes

    def read(self, operation: str, _job_id: str, _query: object = None, **_headers: str) -> Exchange:
        self.left = max(0, self.left - 1)
        return exchange(operation, [{"ID": "a", "ModifyIndex": self.left}])


def test_two_replies_are_compared_when_nothing_changed_between_them() -> None:
    """A server that is still at work, such as one that finds an allocation healthy, is asked again for both."""
    nomad = _Working(changes=8)
    found, plain = beside_a_plain_one(cast("Nomad", nomad), "allocations", "x", None, {})
    assert nomad.left == 0
    assert found.json == plain.json


def test_constraints_that_a_server_adds_break_nothing_that_the_page_promises() -> None:
    """Later servers add constraints for what a task needs, at any level; a lost one breaks a MUST."""
    job = JobFactory().rich("x")
    added, gone = copy.deepcopy(readback(job)), copy.deepcopy(readback(job))
    more = {"LTarget": "${attr.consul.version}", "Operand": "semver", "RTarget": ">= 1.8.0"}
    for kept, lost in zip(_constrained(added), _constrained(gone), strict=True):
        kept["Constraints"] = [*kept["Constraints"], more]
        lost["Constraints"] = [more]
    broken = [{read_back(job, *gap) for gap in differences(readback(job), one)} for one in (added, gone)]
    assert broken == [{"job.register.default.others"}, {"job.register.keeps.constraint"}]


def _constrained(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a job, its first group and that group's first task."""
    return [job, job["TaskGroups"][0], job["TaskGroups"][0]["Tasks"][0]]


def test_tasks_ask_for_what_the_server_allows() -> None:
    """Nomad 0.7 wants 100 MHz for a task, and the releases before and after it 20."""
    try:
        asked = {}
        for version in ("0.5.4", "0.7.1", "0.8.7", ""):
            adapt_to(version)
            asked[version] = task("t")["Resources"]["CPU"]
    finally:
        adapt_to("")
    assert asked == {"0.5.4": 20, "0.7.1": 100, "0.8.7": 20, "": 20}
