"""Reports of a run: JSON for machines, HTML for people, a badge for a README."""

from pathlib import Path

import pytest

from contract_tests.suite.reports import badge, html, json
from contract_tests.suite.settings import Settings
from contract_tests.suite.verdicts import Outcome


def write_reports(
    config: pytest.Config, settings: Settings, outcomes: list[Outcome], additions: dict[str, str], seconds: float
) -> None:
    """Write the reports that were asked for."""
    report = json.report(settings, outcomes, additions, seconds)
    for option, render in (
        ("report_json", json.render),
        ("report_html", lambda one: html.render([one])),
        ("badge", badge.render),
    ):
        if target := config.getoption(f"nomad_{option}"):
            Path(target).write_text(render(report), encoding="utf-8")
