"""One run of the contract tests under pytest: target, fixtures, selection, findings and reports."""

import contextlib
import gc
import secrets
import sys
import time
import traceback
from collections.abc import Generator
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis.errors import Flaky

from contract_tests.client.bounded import shown_proxy
from contract_tests.client.identity import Unreachable, advice
from contract_tests.client.jobs import JobFactory, adapt_to
from contract_tests.client.nomad import Nomad
from contract_tests.client.patience import Experience
from contract_tests.findings import ContractViolation, CutShort, Falsified, Ledger, NotOffered, Shown, violation
from contract_tests.statements import Level, catalogue, matching, withheld
from contract_tests.suite import launch, monitor, placement, progress
from contract_tests.suite.baseline import Baseline, baseline_named, located, shown
from contract_tests.suite.cli_arguments import OWN, Mistake
from contract_tests.suite.departures import departures_of
from contract_tests.suite.example_database import example_database
from contract_tests.suite.profiles import choose, some
from contract_tests.suite.reports import report_of, write_reports
from contract_tests.suite.reports.console import explain
from contract_tests.suite.selection import covering, declared, may_prove, provable_by
from contract_tests.suite.settings import Settings, is_reference, settings_of
from contract_tests.suite.verdicts import Evidence, Outcomes, Verdict, exit_status, violations_in
from contract_tests.words import escaped

PROPERTY = "nomad-contract"
RUN = pytest.StashKey["Run"]()
Stopped = type("nomad-contract", (pytest.exit.Exception,), {})
"""Ends a run that cannot begin; pytest shows the name of the class before the text."""


class Run:
    """The plugin that is active while contract tests run; the controller sends its settings to the xdist workers."""

    def __init__(self, config: pytest.Config, mock: launch.Mock | None = None) -> None:
        """Begin a run; ``mock``, if there is one, is checked, and ends with the run."""
        self.config = config
        self.mock = mock
        self.own_mock = not config.getoption("nomad_address")
        """Whether the suite checks a mock that it started itself, here or in the process that began the run."""
        config.stash[RUN] = self
        self.resources = contextlib.ExitStack()
        self.baseline: Baseline | None = None
        """What the server is judged by, if not by the contract alone."""
        self.settings = self._settings()
        adapt_to(self.settings.version)
        try:
            self.sizes = choose(self.settings.profile, example_database(config.getoption("nomad_example_database")))
        except (ImportError, ValueError) as problem:
            self.resources.close()
            missing = "redis is not installed: pip install 'hypothesis[redis]'"
            why = missing if isinstance(problem, ImportError) else problem
            raise Stopped(f"no example database: {why}", 2) from None
        level, selected = Level[self.settings.level], [s.id for s in matching(self.settings.only)]
        self.outcomes = Outcomes(level, selected, withheld(companion=self.settings.companion))
        # With a baseline a violation ends the tests that it ended on the release, so that both get equally far.
        self.ledger = Ledger(Level[self.baseline.release.level] if self.baseline else level, self.outcomes.selected)
        self.worker = getattr(config, "workerinput", {}).get("workerid", "")
        prefix = self.settings.prefix + (f"{self.worker}-" if self.worker else "")
        self.secrets = self.settings.target.secrets
        purge = not is_reference(self.settings.version)
        self.client = Nomad(self.settings.target, self.ledger, prefix, purge=purge, watch=monitor.watch)
        self.failed: set[str] = set()
        """The statements that are known not to hold."""
        self._bound()
        if not self.worker:
            self._stop_unless_permitted()
        self.progress = progress.Progress(config.getoption("nomad_progress"), verbose=config.getoption("nomad_verbose"))
        if not self.worker and not self.own_mock:
            self._warn_of_placement()
            if proxy := shown_proxy(self.settings.target.address):
                self.progress.warn(f"requests go through the proxy {proxy}, which the environment names")

    def _bound(self) -> None:
        """Bound the run's time: by what was asked for, else by the profile; wait as long as others learned to."""
        given, connection = self.settings.time_limit, self.client.connection
        limit, by_profile = connection.sender.limit, 0.0 if self.own_mock else self.sizes.seconds
        limit.hard, limit.started = given is not None, self.settings.began
        limit.seconds = by_profile if given is None else given
        self.client.patience.learn(self.settings.experience)
        connection.shrinking.seconds, connection.shrinking.left = self.sizes.shrinking

    def _warn_of_placement(self) -> None:
        if self.settings.allow_placement and (why := placement.obstacle(self.settings)):
            self.progress.warn(f"nothing will be placed: {why}")

    def _settings(self) -> Settings:
        told = getattr(self.config, "workerinput", {}).get(PROPERTY)
        if told:
            settings = Settings.from_dict(told).shared(self.config.workerinput["workercount"])  # type: ignore[attr-defined] # xdist's
            self.baseline = baseline_named(settings.baseline) if settings.baseline else None
            return settings.at(self.resources.enter_context(self.mock).address) if self.mock else settings
        option = self.config.getoption
        address, named = option("nomad_address"), option("nomad_baseline")
        try:
            if named:
                named = located(named, self.config.invocation_params.dir)
                self.baseline = baseline_named(named)
            if self.mock:
                address = self.resources.enter_context(self.mock).address
            release = self.baseline.release.name if self.baseline else ""
            own, prefix = self.own_mock, self._prefix()
            return settings_of(self.config, address, own_mock=own, prefix=prefix, baseline=named, release=release)
        except (Unreachable, Mistake) as problem:
            self.resources.close()
            raise Stopped(str(problem), 2) from None

    def _stop_unless_permitted(self) -> None:
        """End the run when its token may not submit jobs: the server refuses a plan, which leaves no trace, too."""
        job = JobFactory(self.settings.region, f"{self.settings.prefix}nowhere").idle(self.client.new_id("permitted"))
        with contextlib.suppress(ContractViolation, CutShort):  # the first test finds it out, too
            if (asked := self.client.plan(job)).status in (401, 403):
                self._close()
                target = self.settings.target
                said = f"{target.address} does not let the suite submit jobs: {asked.status} {asked.text[:60]!r}"
                raise Stopped(self.secrets.hidden(f"{said}; {advice(target)}"), 2)

    def _prefix(self) -> str:
        given: str = self.config.getoption("nomad_prefix")
        return given or f"{OWN}{secrets.token_hex(4)}-"

    # Hooks.

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Send the settings to an xdist worker."""
        told = self.settings if self.own_mock else replace(self.settings, experience=self.client.patience.experience)
        node.workerinput[PROPERTY] = told.as_dict()

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out a module of tests that can prove no selected statement, because loading takes time."""
        is_tests = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
        return (is_tests and not may_prove(collection_path.read_text("utf-8"), self.outcomes.selected)) or None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, obj: object) -> list[pytest.Item] | None:
        """Skip collecting a test that can prove no selected statement, because collecting takes time."""
        provable = provable_by(obj)
        return [] if provable and not self.outcomes.selected.intersection(provable) else None

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the tests that prove a selected statement."""
        wanted = [item for item in items if self.outcomes.selected.intersection(declared(item))]
        kept = some(wanted, lambda item: (item.nodeid.split("[")[0], *declared(item)))
        kept = covering(kept) if self.sizes.once else kept
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
        self.progress.count(len(items))

    def pytest_collection_finish(self) -> None:
        """Spare the garbage collector the modules and tests that were loaded: they live until the end."""
        gc.freeze()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Note what there is to do; all workers collect the same."""
        self.progress.expect(ids)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start no test once the time is up or the server is given up.

        Raises:
            CutShort: The time is up.
            NotOffered: The statements of the test are known not to hold, and it may wait in vain once more.
        """
        self.ledger.take()
        self.ledger.proving = declared(item)
        if self.client.connection.sender.limit.left <= 0:
            raise CutShort(self.client.connection.sender.limit.reason())
        if self.client.patience.ran_out and self.failed.issuperset(declared(item)):
            raise NotOffered("known not to hold")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a test found into its report."""
        report = yield
        problem = call.excinfo.value if call.excinfo else None
        if call.when == "call" or (call.when == "setup" and problem):
            findings = self.findings(item, problem)
            self._settle(report, findings)
            plain = {**asdict(findings), "verdict": str(findings.verdict)}
            report.user_properties.append((PROPERTY, plain))
        return report

    def findings(self, item: pytest.Item, problem: BaseException | None) -> Evidence:
        """Return what a test found, given the exception that ended it, if any.

        A difference ends no test, unless it lets Hypothesis find that requests which it repeats are answered otherwise.
        """
        last = self.ledger.last
        raised = self.ledger.raised if isinstance(problem, Falsified) else {}
        sorts = self.ledger.sorts
        held, noted, additions = self.ledger.take()
        found = {v.statement: v for v in [*noted.values(), *violations_in(problem), *raised.values()]}
        self.failed.update(filter(self.ledger.fails, found))
        findings = Evidence(declared(item), held=dict(held), additions=additions)
        for name, one in found.items():
            those = [one, *sorts.get(name, {}).values()]
            findings.violations.append(shown(those, self.baseline))
            findings.departures[name] = departures_of(those)
        findings.busy, self.client.connection.sender.busy = self.client.connection.sender.busy, 0.0
        if isinstance(problem, CutShort):
            findings.verdict, findings.cut = Verdict.SKIP, str(problem)
        elif isinstance(problem, NotOffered | pytest.skip.Exception) and not isinstance(problem, Falsified):
            findings.verdict, findings.reason = Verdict.SKIP, escaped(str(problem))
        elif problem is not None and declared(item) and (found or last):
            ended = [one for one in noted.values() if isinstance(problem, Flaky) or self.ledger.fails(one.statement)]
            first = next(chain(violations_in(problem), raised.values(), ended), None)
            first = first or stumbled(problem, self.ledger, findings, last)
            findings.verdict, findings.cause = Verdict.FAIL, first.as_dict()
            if first.statement not in found:
                findings.violations.append(findings.cause)
                findings.departures[first.statement] = departures_of([first])
        elif problem is not None:
            findings.verdict = Verdict.ERROR
            findings.reason = f"{item.name}: {type(problem).__name__}: {problem}"
            findings.trace = escaped("".join(traceback.format_exception(problem)))
        return Evidence(**self.secrets.hidden_in(asdict(findings)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what a test found, also from workers."""
        for name, data in report.user_properties:
            if name == PROPERTY and not self.worker:
                findings = Evidence(**data)  # type: ignore[arg-type] # pytest types the values as object
                self.outcomes.add(findings)
                self.progress.show(report.nodeid, findings, self.fails)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Leave nothing behind, and report."""
        own = self.client.own
        own.clean()
        if self.worker:
            told = {"standing": [*own.standing], "experience": asdict(self.client.patience.experience)}
            self.config.workeroutput[PROPERTY] = told  # type: ignore[attr-defined] # xdist's
        else:
            self._finish(session, [] if self.own_mock else own.sweep()[1])
        self._close()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over from an xdist worker which jobs it could not remove, and how fast the server was."""
        if told := getattr(node, "workeroutput", {}).get(PROPERTY):  # nothing of one that crashed
            self.client.own.standing.update(told["standing"])
            self.client.patience.learn(Experience(**told["experience"]))

    def _close(self) -> None:
        self.client.close()
        self.resources.close()

    def _finish(self, session: pytest.Session, left: list[str]) -> None:
        self.outcomes.cut = self.outcomes.cut or _cut_by(session)
        outcomes = self.outcomes.verdicts()
        outcomes = self.baseline.judged(outcomes) if self.baseline else outcomes
        seconds = time.monotonic() - self.settings.began
        self.progress.errors(self.outcomes.traces)
        report = report_of(self.settings, outcomes, self.outcomes.additions, seconds)
        report |= {"baseline": self.baseline.as_dict(outcomes)} if self.baseline else {}
        report = self.secrets.hidden_in({**report, "busy_seconds": round(self.outcomes.busy, 1)})
        self.progress.summary(report)
        self.progress.left_behind(self.settings, left)
        try:
            write_reports(self.config, report)
        except OSError as problem:
            sys.stderr.write(f"nomad-contract: cannot write {problem.filename!r}: {problem.strerror}\n")
            session.exitstatus = 2
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or _failed_fast(session):
            session.exitstatus = exit_status(outcomes, allow_incomplete=self.settings.allow_incomplete)

    def fails(self, found: dict[str, Any]) -> bool:
        """Return whether a violation counts against the server."""
        judged = found["statement"] in self.outcomes.selected
        binds = catalogue()[found["statement"]].level >= self.outcomes.enforced
        return judged and binds and not (self.baseline and self.baseline.excuses(found))

    def _settle(self, report: pytest.TestReport, findings: Evidence) -> None:
        """Set pytest's own report to what the evidence means; what does not count fails no test."""
        failing = [one for one in findings.violations if self.fails(one)]
        if findings.cause and not failing and not (self.baseline and self.baseline.excuses(findings.cause)):
            failing = [findings.cause] if any(self.ledger.fails(one) for one in findings.unproved) else []
        if failing:
            report.outcome, report.longrepr = "failed", "\n\n".join(explained(one) for one in failing)
        elif findings.verdict in (Verdict.SKIP, Verdict.FAIL):
            path, line, _ = report.location
            report.outcome = "skipped"
            report.longrepr = (path, line or 0, findings.reason or findings.cut or "not reached")


def _failed_fast(session: pytest.Session) -> bool:
    """Return whether the run ended at the first failure, as it was asked to; xdist ends as if it were interrupted."""
    return bool(session.config.getoption("maxfail", 0) and session.testsfailed)


def _cut_by(session: pytest.Session) -> str:
    """Return why pytest itself ended the run early, "" when it did not."""
    if _failed_fast(session):
        return "the run ended at the first failure"
    return "the run was interrupted" if session.exitstatus == pytest.ExitCode.INTERRUPTED else ""


def stumbled(problem: BaseException, ledger: Ledger, findings: Evidence, last: Shown | None) -> ContractViolation:
    """Return the violation that a test shows which its last reply made stumble: of what it was to prove next."""
    statement = next((one for one in findings.unproved if ledger.fails(one)), findings.declared[0])
    place = traceback.extract_tb(problem.__traceback__)[-1]
    told = f"{type(problem).__name__}: {problem} ({Path(place.filename).name}, line {place.lineno})"
    return violation(statement, "a reply that the check can go on with", f"the check stumbled over it: {told}", last)


def explained(found: dict[str, Any]) -> str:
    """Return a violation as text, with its statement."""
    statement = catalogue()[found["statement"]]
    entry = {**asdict(statement), "level": statement.level.name}
    return explain(entry, found)
