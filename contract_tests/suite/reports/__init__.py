"""Reports on servers and clients: JSON for machines, HTML for people, Markdown and JUnit for CI, a badge."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.reports import badge, github, json, junit, markdown
from contract_tests.suite.settings import Settings
from contract_tests.suite.verdicts import Outcome


def _page(report: dict[str, Any]) -> str:
    from contract_tests.suite.reports import html  # Jinja2 takes its time: only a run that asks for the page loads it

    return html.render([report])


FORMS: Mapping[str, Callable[[dict[str, Any]], str]] = {
    "report_json": json.render,
    "report_html": _page,
    "report_markdown": markdown.render,
    "junit": junit.render,
    "badge": badge.render,
}
"""What makes each form of a report, by the option that names its file."""


def report_of(settings: Settings, outcomes: list[Outcome], additions: dict[str, str], seconds: float) -> dict[str, Any]:
    """Return the report of a run as JSON data, which every other form is made from.

    Args:
        settings: of the run.
        outcomes: of every statement, in the page's order.
        additions: what the server answers beyond the contract, each with an example.
        seconds: how long the run took.
    """
    return json.report(settings, outcomes, additions, seconds)


def write_reports(config: pytest.Config, report: dict[str, Any]) -> None:
    """Write the reports that were asked for, and tell a GitHub job its findings.

    Args:
        config: holds the options that name the files.
        report: of the run, as JSON data.
    """
    write(report, {option: config.getoption(f"nomad_{option}") for option in FORMS})
    if config.getoption("nomad_progress"):
        github.tell(report, os.environ)


def write(report: dict[str, Any], files: Mapping[str, str | None]) -> None:
    """Write the forms that were asked for; ``files`` are by the names in ``FORMS``."""
    for option, render in FORMS.items():
        if target := files.get(option):
            Path(target).write_text(render(report), encoding="utf-8")
