"""Reports of a run: JSON for machines, HTML for people, a badge for a README."""

from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.reports import badge, json
from contract_tests.suite.settings import Settings
from contract_tests.suite.verdicts import Outcome


def write_reports(
    config: pytest.Config, settings: Settings, outcomes: list[Outcome], additions: dict[str, str], seconds: float
) -> None:
    """Write the reports that were asked for.

    Args:
        config: holds the options ``--nomad-report-json``, ``--nomad-report-html`` and ``--nomad-badge``.
        settings: of the run.
        outcomes: of every statement, in the page's order.
        additions: what the server answers beyond the contract, each with an example.
        seconds: how long the run took.
    """
    report = json.report(settings, outcomes, additions, seconds)
    for option, render in (("report_json", json.render), ("report_html", _page), ("badge", badge.render)):
        if target := config.getoption(f"nomad_{option}"):
            Path(target).write_text(render(report), encoding="utf-8")


def _page(report: dict[str, Any]) -> str:
    from contract_tests.suite.reports import html  # Jinja2 takes its time: only a run that asks for the page loads it

    return html.render([report])
