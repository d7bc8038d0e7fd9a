"""What a job of GitHub Actions is told: an annotation for each cause, and the summary of its step."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract_tests.suite.reports import markdown
from contract_tests.suite.reports.causes import causes, expected_and_actual

_MOST = 10
"""GitHub shows no more annotations of a step."""


def tell(report: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Print annotations in GitHub Actions, and add to the summary of the step where there is one."""
    if environment.get("GITHUB_ACTIONS") == "true":
        sys.__stdout__.write(annotations(report))  # type: ignore[union-attr] # a command has one
        sys.__stdout__.flush()  # type: ignore[union-attr] # as above
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(markdown.render(report))


def annotations(report: dict[str, Any]) -> str:
    """Return an error annotation for each of the first causes."""
    lines = []
    for cause in causes(report)[:_MOST]:
        entry = cause.example
        finding = entry["failure"]
        expected, actual = (text[:300] for text in expected_and_actual(finding))
        how = f"; {entry['reason']}" if "vary" in finding else ""
        text = f"{entry['id']} ({entry['level']}): expected {expected}, got {actual}{how}"
        more = f", and {cause.weight - 1} more statements" if cause.weight > 1 else ""
        lines.append(f"::error title={_property(cause.title)}::{_data(text + more)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    """Escape the text of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
