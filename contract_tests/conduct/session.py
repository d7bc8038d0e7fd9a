"""Report the conduct of clients at the end of a pytest session, and fail the session when it is asked to."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from contract_tests.conduct.judge import Judgement, judge, together
from contract_tests.conduct.text import failing, headline, told, untold
from contract_tests.statements import Level

_OUTPUT = "nomad_conduct"
"""Under this name a worker of pytest-xdist sends what it found."""


class ConductReport:
    """A pytest plugin that collects the journals of mocks and reports the verdicts."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._judged: list[tuple[str, list[Judgement]]] = []

    def add(self, user: str, conduct: str, entries: Sequence[Mapping[str, Any]]) -> None:
        """Judge a journal; ``conduct`` is ``report`` or the lowest level that fails the session."""
        self._judged.append((conduct, judge(entries, journal=user)))

    def take(self, output: Mapping[str, Any]) -> None:
        """Take over what a worker found."""
        for one in output.get(_OUTPUT, ()):
            self._judged.append((one["conduct"], [Judgement.of_dict(each) for each in one["judgements"]]))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a session in which a statement was broken that may not be, or send a worker's findings on."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = [
                {"conduct": conduct, "judgements": [each.as_dict() for each in judgements]}
                for conduct, judgements in self._judged
            ]
        elif self._failing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell which statements were broken, how, and what to do."""
        judgements = together(judgements for _, judgements in self._judged)
        terminalreporter.write_sep("=", headline(judgements))
        for line in told(judgements):
            terminalreporter.write_line(line)
        if self._config.get_verbosity() > 0 and (line := untold(judgements)):
            terminalreporter.write_line(line)
        if self._failing:
            ids = ", ".join(sorted(self._failing))
            terminalreporter.write_line(f"The session fails because of {ids}.", red=True)

    @property
    def _failing(self) -> set[str]:
        return {
            one.statement.id
            for conduct, judgements in self._judged
            if conduct != "report"
            for one in failing(judgements, Level[conduct.upper()])
        }
