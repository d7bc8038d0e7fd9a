"""From an exchange to a verdict: violations, the ledger, outcomes."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis.errors import FlakyStrategyDefinition

from contract_tests.client.exchange import Exchange
from contract_tests.client.secrets import Secrets
from contract_tests.findings import ContractViolation, Ledger, violation
from contract_tests.oracle.shapes import Reply
from contract_tests.statements import Level
from contract_tests.suite import verdicts, verify
from contract_tests.suite.departures import departures_of
from contract_tests.suite.monitor import watch
from contract_tests.suite.run import Run, explained, stumbled
from contract_tests.suite.verdicts import Evidence, Outcomes, Verdict, violations_in
from contract_tests.words import ABSENT, At
from tests.contract_suite.made import exchange

MUST, SHOULD = "job.register.creates", "job.register.check-and-set"


def test_a_violation_ends_the_test_at_its_level() -> None:
    """A violation at an enforced level is raised; one below is noted, and the test goes on."""
    done = exchange("register", {}, ledger=Ledger(Level.MUST))
    with pytest.raises(ContractViolation) as found:
        verify.equal(MUST, done, 1, 2)
    assert (found.value.statement, found.value.expected, found.value.actual) == (MUST, 2, 1)
    verify.equal(SHOULD, done, 1, 2)
    held, noted, _ = done.ledger.take()
    assert (dict(held), list(noted)) == ({}, [SHOULD])


def test_what_holds_is_recorded() -> None:
    """A check that holds is among the findings."""
    done = exchange("register", {})
    verify.equal(SHOULD, done, [True, {"a": 1}], [True, {"a": 1}])
    verify.ok(MUST, done)
    assert done.ledger.take()[0] == {MUST: 1, SHOULD: 1}
    assert done.ledger.take() == ({}, {}, {})


@pytest.mark.parametrize(
    ("actual", "expected"), [(1, True), ([1], [1, 2]), ({"a": 1}, {"b": 1}), (None, 0), ([0], [False])]
)
def test_equality_is_json_equality(actual: object, expected: object) -> None:
    """True is not 1 and nothing is not zero, anywhere in a value."""
    with pytest.raises(ContractViolation):
        verify.equal(SHOULD, exchange("register", {}), actual, expected)


def test_the_smallest_example_is_kept() -> None:
    """Of several violations of one statement, the one with the least to read is shown."""
    ledger = Ledger()
    for size in (300, 3, 30):
        ledger.note(SHOULD, "x", "y", exchange("register", "z" * size))
    (kept,) = ledger.take()[1].values()
    assert isinstance(kept.exchange, Exchange)
    assert kept.exchange.json == "zzz"


def test_each_statement_has_a_class_of_violations() -> None:
    """Each statement has its own class, so that Hypothesis never shrinks one violation into another."""
    assert type(violation(MUST, 1, 2, None)) is not type(violation(SHOULD, 1, 2, None))
    assert type(violation(MUST, 1, 2, None)) is type(violation(MUST, 3, 4, None))
    assert "expected 1, got 2" in str(violation(MUST, 1, 2, None))


def test_violations_are_found_in_groups() -> None:
    """Violations are found in exception groups, nested ones, and behind a cause."""
    one, other = violation(MUST, 1, 2, None), violation(SHOULD, 1, 2, None)
    group = ExceptionGroup("several", [one, ExceptionGroup("more", [other])])
    assert list(violations_in(group)) == [one, other]
    caused = ValueError()
    caused.__cause__ = one
    assert list(violations_in(caused)) == [one]
    assert list(violations_in(None)) == []


def test_a_missing_field_is_a_finding() -> None:
    """A field that a reply lacks breaks the statement about its object's fields."""
    done = exchange("register", {"EvalID": "x"})
    watch(done)
    with pytest.raises(ContractViolation) as found:
        done.json["JobModifyIndex"]
    assert found.value.statement == "job.register.reply-has-documented-fields"
    with pytest.raises(ContractViolation) as found:
        done.json["Index"]
    assert found.value.statement == "job.register.reply-has-observed-fields"
    assert isinstance(done.json, Reply)


def test_what_is_no_json_is_a_finding() -> None:
    """A body that is no JSON is a finding, and so is a missing index header."""
    done = exchange("plan", raw=b"<html>")
    with pytest.raises(ContractViolation) as found:
        _ = done.json
    assert found.value.statement == "job.plan.reply-is-json"
    with pytest.raises(ContractViolation) as found:
        _ = done.index
    assert found.value.statement == "common.blocking.index-header"


def findings(verdict: Verdict, *declared: str, violated: str = "") -> Evidence:
    """Return the findings of one test."""
    broken = [violation(violated, 1, 2, None).as_dict()] if violated else []
    held = dict.fromkeys(declared, 1) if verdict == Verdict.PASS else {}
    cause = broken[0] if broken else None
    return Evidence(list(declared), verdict, "a reason", violations=broken, held=held, cause=cause)


def verdict_on(statement: str, *found: Evidence, level: Level = Level.SHOULD, selected: Sequence[str] = ()) -> Verdict:
    """Return the verdict on a statement after these findings."""
    outcomes = Outcomes(level, selected or [statement])
    for one in found:
        outcomes.add(one)
    return next(outcome.verdict for outcome in outcomes.verdicts() if outcome.statement.id == statement)


def test_of_several_tests_the_one_with_the_least_to_repeat_is_shown() -> None:
    """A test with a history of writes shows a violation with a long script, however short the reply is."""
    short = exchange("query", "a longer reply")
    long = replace(exchange("query", "short"), before=[exchange("register", {}, method="PUT").sent] * 3)
    for order in ((short, long), (long, short)):
        outcomes = Outcomes(Level.MUST, [MUST])
        for done in order:
            outcomes.add(Evidence([MUST], Verdict.FAIL, violations=[violation(MUST, 1, 2, done).as_dict()]))
        (failed,) = (outcome.failure for outcome in outcomes.verdicts() if outcome.failure)
        assert failed["exchange"]["reply"]["body"] == '"a longer reply"'


def test_verdicts() -> None:
    """A violation fails whatever else passed, an error outweighs a pass, and what held somewhere was reached."""
    passed, skipped, error = (findings(one, MUST) for one in (Verdict.PASS, Verdict.SKIP, Verdict.ERROR))
    failed, unreached = findings(Verdict.FAIL, MUST, violated=MUST), findings(Verdict.FAIL, MUST, violated=SHOULD)
    assert verdict_on(MUST, passed) == Verdict.PASS
    assert verdict_on(MUST, passed, failed) == Verdict.FAIL
    assert verdict_on(MUST, skipped) == Verdict.SKIP
    assert verdict_on(MUST, skipped, passed) == Verdict.PASS
    assert verdict_on(MUST, passed, error) == Verdict.ERROR
    assert verdict_on(MUST, passed, unreached) == Verdict.PASS
    assert verdict_on(MUST, unreached) == Verdict.FAIL
    assert verdict_on(MUST, unreached, selected=[MUST, SHOULD]) == Verdict.SKIP
    assert verdict_on(SHOULD, unreached) == Verdict.FAIL
    assert verdict_on(MUST) == Verdict.NOT_SELECTED


def test_what_was_not_asserted_did_not_pass() -> None:
    """A statement that no exchange was held against is skipped, even though its test ended well."""
    outcomes = Outcomes(Level.SHOULD, [MUST, SHOULD])
    outcomes.add(Evidence([MUST, SHOULD], held={MUST: 3}))
    outcomes.add(Evidence([MUST], held={MUST: 2}))
    found = {outcome.statement.id: outcome for outcome in outcomes.verdicts()}
    assert (found[MUST].verdict, found[MUST].held) == (Verdict.PASS, 5)
    assert (found[SHOULD].verdict, found[SHOULD].reason) == (Verdict.SKIP, verdicts.UNTRIED)


def test_what_was_not_reached_shows_its_cause() -> None:
    """A statement whose test ended early, by one that was not asked for, fails with the exchange of that one."""
    outcomes = Outcomes(Level.MUST, [MUST])
    outcomes.add(findings(Verdict.FAIL, MUST, violated=SHOULD))
    (failed,) = (outcome for outcome in outcomes.verdicts() if outcome.failure)
    assert failed.failure
    assert (failed.statement.id, failed.failure["statement"]) == (MUST, MUST)
    assert failed.failure["actual"] == f"not reached: {SHOULD} did not hold: 2"


def test_what_a_run_did_not_get_to_is_unchecked() -> None:
    """A run that ends early leaves its other statements unchecked; that is no verdict on the server."""
    outcomes = Outcomes(Level.SHOULD, [MUST, SHOULD])
    outcomes.add(findings(Verdict.PASS, MUST))
    outcomes.add(Evidence([MUST, SHOULD], Verdict.SKIP, cut="the time is up"))
    found = {outcome.statement.id: outcome for outcome in outcomes.verdicts()}
    assert (found[MUST].verdict, found[SHOULD].verdict) == (Verdict.PASS, Verdict.SKIP)
    assert (found[SHOULD].reason, found[SHOULD].unchecked) == ("not checked: the time is up", True)


@pytest.mark.parametrize(
    ("passed", "left", "status", "allowed"),
    [([MUST], [SHOULD], 0, 0), ([SHOULD], [MUST], 1, 0), ([], [MUST], 1, 2), ([MUST, SHOULD], [], 0, 0)],
)
def test_an_incomplete_run_is_no_success(passed: list[str], left: list[str], status: int, allowed: int) -> None:
    """A MUST that was not checked fails a run, unless incomplete runs are allowed; one of nothing is no success."""
    outcomes = Outcomes(Level.SHOULD, [*passed, *left])
    outcomes.add(findings(Verdict.PASS, *passed))
    outcomes.cut = "the run was interrupted"
    found = outcomes.verdicts()
    assert verdicts.exit_status(found, allow_incomplete=False) == status
    assert verdicts.exit_status(found, allow_incomplete=True) == allowed


def test_only_what_was_asked_for_fails() -> None:
    """A violation fails the run when its statement was selected and its level is enforced."""
    must, should, other = "job.register.creates", "job.register.reply-index", "job.query.returns-the-job"
    ledger = Ledger(Level.MUST, [must, should])
    assert [one for one in (must, should, other) if ledger.fails(one)] == [must]


def test_below_the_level_it_is_told_what_held() -> None:
    """A statement below the level that held says how often, unless it also did not hold."""
    outcomes = Outcomes(Level.MUST, [MUST, SHOULD, "job.summary.queued-counts-unplaced"])
    outcomes.add(findings(Verdict.PASS, SHOULD, "job.summary.queued-counts-unplaced"))
    outcomes.add(findings(Verdict.FAIL, SHOULD, violated=SHOULD))
    found = {outcome.statement.id: outcome for outcome in outcomes.verdicts()}
    assert (found["job.summary.queued-counts-unplaced"].verdict, found["job.summary.queued-counts-unplaced"].held) == (
        Verdict.NOT_SELECTED,
        1,
    )
    assert (found[SHOULD].held, bool(found[SHOULD].difference)) == (0, True)


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (findings(Verdict.SKIP, SHOULD), "; a reason"),
        (findings(Verdict.ERROR, SHOULD), "; a reason"),
        (findings(Verdict.FAIL, SHOULD, violated=MUST), f"; not reached: {MUST} did not hold"),
        (findings(Verdict.PASS, SHOULD), ""),
    ],
)
def test_below_the_level_it_is_told_why_nothing_is_known(evidence: Evidence, why: str) -> None:
    """A statement that did not hold nor fail was skipped or not reached."""
    outcomes = Outcomes(Level.MUST, [MUST, SHOULD])
    outcomes.add(evidence)
    (reason,) = (outcome.reason for outcome in outcomes.verdicts() if outcome.statement.id == SHOULD)
    assert reason == f"below level MUST{why}"


def test_below_the_level_a_violation_is_a_difference() -> None:
    """A violation below the level is reported and fails nothing."""
    outcomes = Outcomes(Level.MUST, [MUST, SHOULD])
    outcomes.add(findings(Verdict.FAIL, SHOULD, violated=SHOULD))
    found = {outcome.statement.id: outcome for outcome in outcomes.verdicts()}
    assert (found[SHOULD].verdict, found[SHOULD].failure) == (Verdict.NOT_SELECTED, None)
    assert found[SHOULD].difference
    assert found["job.plan.is-accepted"].reason == "not asked for"


def test_a_failure_explains_itself() -> None:
    """A failure shows id, level, source, sentence, expected, actual, the request and the reply."""
    done = exchange("query", {"ID": "y"}, headers={"X-Nomad-Index": "7"})
    text = explained(violation("job.query.returns-the-job", "x", "y", done).as_dict())
    for part in (
        "job.query.returns-the-job (MUST; documentation",
        "expected: x",
        "actual:   y",
        "curl -sSi",
        "Index 7",
    ):
        assert part in text


def test_a_reply_that_makes_a_check_stumble_is_a_finding() -> None:
    """What the check was to prove next does not hold; the exchange and the place in the suite are shown."""
    ledger = Ledger()
    last = exchange("query", {"ID": 7}, ledger=ledger)
    evidence = Evidence([MUST, SHOULD], held={MUST: 1})
    try:
        _ = dict[str, str]()["ID"]
    except KeyError as problem:
        found = stumbled(problem, ledger, evidence, last)
    assert (found.statement, found.exchange) == (SHOULD, last)
    assert "KeyError: 'ID' (test_findings.py, line" in str(found.actual)


def _found_beside_a_difference(problem: Exception) -> Evidence:
    """Return what a test of a MUST found that an exception ended after a difference was noted."""
    ledger = Ledger(Level.MUST)
    ledger.last = last = exchange("query", {"ID": 7}, ledger=ledger)
    ledger.note(SHOULD, 1, 2, last)
    sender = SimpleNamespace(busy=0.0)
    client = SimpleNamespace(connection=SimpleNamespace(sender=sender))
    run = SimpleNamespace(ledger=ledger, failed=set(), baseline=None, client=client, secrets=Secrets([]))
    item = SimpleNamespace(name="test", iter_markers=lambda _: [SimpleNamespace(args=[MUST])])
    return Run.findings(run, item, problem=_raised(problem))  # type: ignore[arg-type] # all that it uses


def test_requests_that_cannot_be_repeated_are_explained_by_a_difference() -> None:
    """When Hypothesis can't repeat a run, what the server was seen to do otherwise is the reason, and nothing more."""
    found = _found_beside_a_difference(FlakyStrategyDefinition("inconsistent"))
    assert found.cause is not None
    assert (found.verdict, found.cause["statement"]) == ("fail", SHOULD)
    assert [one["statement"] for one in found.violations] == [SHOULD]


def test_a_difference_is_not_what_a_check_stumbled_over() -> None:
    """A difference that was only noted ended no test, so the statement that was to be proved fails."""
    found = _found_beside_a_difference(KeyError("ID"))
    assert found.cause is not None
    assert (found.verdict, found.cause["statement"]) == ("fail", MUST)
    assert [one["statement"] for one in found.violations] == [SHOULD, MUST]
    assert {name: [one["kind"] for one in those] for name, those in found.departures.items()} == {
        SHOULD: ["value changed"],
        MUST: ["otherwise"],
    }


def test_a_violation_of_every_sort_is_kept() -> None:
    """Of each the smallest; other numbers, IDs and items make no other sort, and there is an end to sorts."""
    ledger = Ledger(Level.MUST)
    small, large = (exchange(reply={"ID": size * "x"}, ledger=ledger) for size in (1, 9))
    for done, place, found in (
        (large, ("a", 0, "B"), "text"),
        (small, ("a", 1, "B"), "other"),
        (large, ("a", 2, "B"), 5),
        (large, ("a", 2, "B"), ABSENT),
    ):
        ledger.note(SHOULD, At(place, 1), At(place, found), done)
    sorts = [*ledger.sorts[SHOULD].values()]
    assert [(one.exchange, departures_of([one])[0]["kind"]) for one in sorts] == [
        (small, "type changed"),
        (large, "value changed"),
        (large, "field gone"),
    ]
    for number in range(99):
        ledger.note(SHOULD, "status 200", f"status 500: {'k' * number}", large)
    assert len(ledger.sorts[SHOULD]) == 16
    ledger.take()
    assert ledger.sorts == {}


def test_every_departure_is_in_the_outcome() -> None:
    """Of all tests, each once, in one order; the smallest violation is shown whole."""
    one, other = ({"kind": kind, "where": "", "expected": "1", "actual": "2"} for kind in ("field gone", "field added"))
    outcomes = Outcomes(Level.MUST, [MUST])
    for departures in ([one], [other, one]):
        evidence = findings(Verdict.FAIL, MUST, violated=MUST)
        evidence.departures = {MUST: departures}
        outcomes.add(evidence)
    (failed,) = (outcome for outcome in outcomes.verdicts() if outcome.failure)
    assert list(failed.departures) == [other, one]


def _raised(problem: Exception) -> Exception:
    """Return an exception with the place where it was raised."""
    try:
        raise problem
    except type(problem) as raised:
        return raised
