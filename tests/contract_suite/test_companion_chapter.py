"""The companion chapter holds for the mock, and each of its statements can fail."""

import inspect
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract_tests.client import safe_writes
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.target import Target
from contract_tests.findings import ContractViolation, Ledger, NotOffered, SuiteError
from contract_tests.statements import Level, catalogue, matching, withheld
from contract_tests.suite.verdicts import Outcomes, Verdict
from mockserver.settings import Settings
from tests.contract_suite.spoiling import (
    Spoil,
    Spoiling,
    answering,
    asking,
    drop,
    each,
    editing,
    forgetting,
    put,
    registering,
    remembering,
    swallowing,
    untouched,
)
from tests.contract_suite.test_cli import run as run_command
from tests.contract_suite.test_statements import contract_tests
from tests.served import serving

pytestmark = pytest.mark.slow

TESTS: list[Callable[..., None]] = [test for name, test in contract_tests() if name.startswith("companion.")]
JOBS, EVALUATIONS, ALLOCATIONS, NODES = "/v1/jobs", "/v1/evaluations", "/v1/allocations", "/v1/nodes"
EVALUATION, ALLOCATION, NODE = (f"/v1/{kind}/[^/]+" for kind in ("evaluation", "allocation", "node"))
OLD: dict[str, str | None] = {"X-Nomad-Index": "1"}
NUMBERS = itertools.count()


def null(items: list[Any]) -> list[Any] | None:
    """Return a list as a careless server encodes it."""
    return items or None


def backwards(items: list[Any]) -> list[Any]:
    """Return a list reversed."""
    return items[::-1]


SPOILS: dict[str, Spoil] = {
    "jobs.stub-has-observed-fields": editing(JOBS, each(drop("StatusDescription"))),
    "jobs.stub-shows-the-job": editing(JOBS, each(put("Priority", value=50))),
    "jobs.stub-summary": editing(JOBS, each(put("JobSummary", "ModifyIndex", value=0))),
    "jobs.lists-all": editing(JOBS, lambda _: []),
    "jobs.forgets-deregistered": remembering(JOBS),
    "jobs.prefix": forgetting(JOBS, "prefix"),
    "jobs.in-id-order": editing(JOBS, backwards),
    "jobs.none-is-empty-list": editing(JOBS, null),
    "jobs.children": editing(JOBS, each(put("ParentID", value=""))),
    "jobs.index-of-all": answering(JOBS, headers=OLD),
    "jobs.blocks": forgetting(JOBS, "index"),
    "jobs.register": registering(lambda body: put("Job", "Priority", value=50)(body)),
    "jobs.register-enforces-index": registering(lambda body: body.pop("EnforceIndex", None)),
    "jobs.register-refuses": answering(JOBS, status=500),
    "evaluations.lists-all": editing(EVALUATIONS, lambda _: []),
    "evaluations.prefix": forgetting(EVALUATIONS, "prefix"),
    "evaluations.in-id-order": editing(EVALUATIONS, backwards),
    "evaluations.blocks": forgetting(EVALUATIONS, "index"),
    "evaluation.is-the-listed-one": editing(EVALUATION, put("Priority", value=1)),
    "evaluation.index-is-modify-index": answering(EVALUATION, headers=OLD),
    "evaluation.placed-nothing": editing(f"{EVALUATION}/allocations", null),
    "evaluation.allocations": editing(f"{EVALUATION}/allocations", lambda stubs: stubs[:1]),
    "evaluation.missing": answering(EVALUATION, text="job not found"),
    "evaluation.malformed-id": answering(EVALUATION, status=404),
    "allocations.lists-all": editing(ALLOCATIONS, backwards),
    "allocations.prefix": forgetting(ALLOCATIONS, "prefix"),
    "allocation.reply-has-observed-fields": editing(ALLOCATION, drop("TaskResources")),
    "allocation.job-and-metrics": editing(ALLOCATION, put("Metrics", "NodesEvaluated", value=0)),
    "allocation.updated-in-place": editing(ALLOCATION, put("Job", "Priority", value=50)),
    "allocation.resources": editing(ALLOCATION, put("TaskResources", "t", "CPU", value=1)),
    "allocation.index-is-modify-index": answering(ALLOCATION, headers=OLD),
    "allocation.blocks": forgetting(ALLOCATION, "index"),
    "allocation.missing": answering(ALLOCATION, text="job not found"),
    "allocation.malformed-id": answering(ALLOCATION, status=404),
    "nodes.stub-has-observed-fields": editing(NODES, each(drop("Drain"))),
    "nodes.in-id-order": editing(NODES, backwards),
    "nodes.prefix": forgetting(NODES, "prefix"),
    "node.reply-has-observed-fields": editing(NODE, put("Attributes", "cpu.numcores", value=4)),
    "node.is-the-listed-one": editing(NODE, put("Status", value="down")),
    "node.keeps-its-secret": editing(NODE, put("SecretID", value="secret")),
    "node.allocations": editing(f"{NODE}/allocations", lambda _: []),
    "node.no-allocations": editing(f"{NODE}/allocations", null),
    "node.missing": answering(NODE, text="job not found"),
    "node.malformed-id": answering(NODE, status=404),
    "agent.self-has-observed-fields": editing("/v1/agent/self", drop("member")),
    "agent.self-says-who-it-is": editing("/v1/agent/self", put("config", "Region", value="mars")),
    "agent.members-has-observed-fields": editing("/v1/agent/members", drop("ServerDC")),
    "agent.servers": editing("/v1/agent/servers", lambda servers: [one.rsplit(":", 1)[0] for one in servers]),
    "agent.members-are-servers": editing("/v1/agent/members", put("ServerName", value="nobody")),
    "status.leader": editing("/v1/status/leader", lambda _: "nobody"),
    "status.peers": editing("/v1/status/peers", lambda _: ["192.0.2.1:4647"]),
    "regions.sorted": editing("/v1/regions", backwards),
    "system.collects-garbage": swallowing("/v1/system/gc"),
    "reply-is-json": answering("/v1/.*", headers={"Content-Type": "text/json"}),
    "headers.of-lists": answering("/v1/.*", headers={"X-Nomad-LastContact": None}),
    "headers.every-form": asking("pretty", answering("/v1/jobs", headers=OLD)),
    "headers.none-of-the-agent": answering("/v1/status/.*", headers=OLD),
    "regions.unknown": forgetting("/v1/.*", "region"),
    "blocking.bad-parameters": forgetting("/v1/.*", "wait"),
    "methods.wrong-method": answering("/v1/.*", status=200),
    "unknown-path": answering("/v1/.*", status=200),
}
"""What breaks each statement of the chapter, and nothing that is looked at before."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve a mock of three nodes and two regions, and return its address."""
    with serving(Settings(nodes=3, federate=("eu1",), seed=1)) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def spoiled(address: str, spoil: Spoil) -> Iterator[Nomad]:
    """Return a client that sees the mock's replies spoiled; slow tests have a spoiling of their own."""
    nomad = Nomad(Target(address, patience=5), Ledger(), f"nomad-contract-own-{next(NUMBERS)}-")
    nomad.connection.sender.http.close()
    nomad.connection.sender.http = Spoiling(address, spoil)
    try:
        yield nomad
    finally:
        nomad.close()


def marks(test: Callable[..., None], name: str) -> list[pytest.Mark]:
    """Return the marks of this name that a test has."""
    return [mark for mark in getattr(test, "pytestmark", []) if mark.name == name]


def cases(test: Callable[..., None]) -> list[dict[str, Any]]:
    """Return the arguments of each case of a parametrized test; one without any for a plain test."""
    columns = []
    for mark in marks(test, "parametrize"):
        names = [mark.args[0]] if isinstance(mark.args[0], str) else list(mark.args[0])
        rows = [row if len(names) > 1 else (row,) for row in mark.args[1]]
        columns.append([dict(zip(names, row, strict=True)) for row in rows])
    return [{name: value for some in row for name, value in some.items()} for row in itertools.product(*columns)]


def run(test: Callable[..., None], nomad: Nomad) -> None:
    """Run every case of a test of the chapter; the jobs of a case are deregistered after it."""
    offered: dict[str, Callable[[], Any]] = {
        "nomad": lambda: nomad,
        "factory": JobFactory,
        "running": lambda: JobFactory("global", "dc1"),
        "node": lambda: nomad.companion(NODES).json[0],
        "collected": lambda: {"region": "eu1"},
    }
    wanted = inspect.signature(test).parameters
    for case in cases(test):
        try:
            test(**{name: make() for name, make in offered.items() if name in wanted}, **case)
        finally:
            nomad.own.clean()


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.__name__.removeprefix("test_"))
def test_the_mock_keeps_the_chapter(address: str, test: Callable[..., None]) -> None:
    """On the mock nothing is found, and every test checks every statement that it declares."""
    with spoiled(address, untouched) as nomad:
        run(test, nomad)
    held, violations, _ = nomad.ledger.take()
    assert not violations
    assert {one for mark in marks(test, "states") for one in mark.args} <= set(held)


@pytest.mark.parametrize("short", SPOILS)
def test_every_statement_can_fail(address: str, short: str) -> None:
    """A reply that breaks a statement is found, under that statement's name."""
    statement = f"companion.{short}"
    (test,) = [test for test in TESTS if any(statement in mark.args for mark in marks(test, "states"))]
    with spoiled(address, SPOILS[short]) as nomad, pytest.raises(ContractViolation) as found:
        run(test, nomad)
    assert found.value.statement == statement
    assert found.value.exchange is not None


def test_an_agent_that_is_no_client_has_no_servers_to_tell(address: str) -> None:
    """An agent that answers 501, as a server without a node does, breaks no statement: there is nothing to check."""
    (test,) = [test for test in TESTS if test.__name__ == "test_servers"]
    spoil = answering("/v1/agent/servers", status=501, text="Invalid method")
    with spoiled(address, spoil) as nomad, pytest.raises(NotOffered, match="is no client"):
        run(test, nomad)


def test_every_statement_of_the_chapter_is_spoiled() -> None:
    """The table above names every statement of the chapter."""
    chapter = [s for s in catalogue().values() if s.id.startswith("companion.")]
    assert {s.id for s in chapter} == {f"companion.{short}" for short in SPOILS}
    assert {(s.level, s.source) for s in chapter} == {(Level.SHOULD, "observed")}
    assert all("companion" in s.needs for s in chapter)


def test_a_run_that_was_not_asked_leaves_the_chapter_out() -> None:
    """Without --companion the chapter's statements have a reason that says how to ask for them."""
    selected = [s.id for s in matching(["companion.node*", "job.query.*"])]
    outcomes = Outcomes(Level.SHOULD, selected, withheld(companion=False))
    reasons = {one.statement.id: (one.verdict, one.reason) for one in outcomes.verdicts()}
    assert reasons["companion.node.missing"] == (Verdict.NOT_SELECTED, "companion endpoints: pass --companion")
    assert reasons["companion.jobs.prefix"] == (Verdict.NOT_SELECTED, "not asked for")
    assert "job.query.returns-the-job" in outcomes.selected
    assert withheld(companion=True) == {}


@pytest.mark.parametrize(("options", "verdict"), [((), "not selected"), (("--companion",), "pass")])
def test_the_switch_of_the_command(address: str, tmp_path: Path, options: tuple[str, ...], verdict: str) -> None:
    """The command checks companion endpoints of an address only with ``--companion``."""
    report = tmp_path / "report.json"
    asked = ("--only", "companion.regions.*", *options)
    done = run_command("check", "--address", address, "--report-json", str(report), *asked)
    assert done.returncode == (0 if verdict == "pass" else 2), done.stdout + done.stderr
    assert ("2 left out (companion endpoints: pass --companion)" in done.stdout) == (not options)
    statements = {one["id"]: one for one in json.loads(report.read_text("utf-8"))["statements"]}
    assert statements["companion.regions.sorted"]["outcome"] == verdict


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("PUT", "/v1/jobs", {"Job": {"ID": "somebody-elses"}}),
        ("PUT", "/v1/jobs", b'{"Job": {"ID": "nomad-contract-own-a"}}'),
        ("DELETE", "/v1/jobs", None),
        ("DELETE", "/v1/evaluations", None),
        ("PUT", f"/v1/node/{safe_writes.NOBODY}/drain", None),
        ("PUT", "/v1/node/11111111-2222-3333-4444-555555555555/evaluate", None),
        ("PUT", "/v1/agent/join", None),
        ("POST", "/v1/system/gc", None),
        ("PUT", "/v1/nodes", {}),
    ],
)
def test_nothing_of_others_is_touched(address: str, method: str, target: str, body: object) -> None:
    """A write is sent only when it is about a job of the run or known to be refused."""
    with spoiled(address, untouched) as nomad, pytest.raises(SuiteError, match="refused to send"):
        nomad.send("companion", method, target, body=body)
