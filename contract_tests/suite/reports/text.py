"""Several reports side by side, as text for a terminal."""

from typing import Any

from contract_tests.suite.reports.subject import name

MARKS = {"pass": "ok", "fail": "FAIL", "skip": "skip", "not selected": "-", "error": "error"}


def table(reports: list[dict[str, Any]]) -> str:
    """Return a line for each statement that is not a pass in every report, and the totals."""
    lines = [f"[{number}] {name(report)}" for number, report in enumerate(reports, 1)]
    outcomes = [{entry["id"]: entry["outcome"] for entry in report["statements"]} for report in reports]
    width = max(len(one) for one in outcomes[0])
    for statement in dict.fromkeys(one for outcome in outcomes for one in outcome):
        marks = [MARKS.get(outcome.get(statement, ""), "?") for outcome in outcomes]
        if set(marks) != {"ok"}:
            lines.append(f"{statement:<{width}}  " + "  ".join(f"{mark:<5}" for mark in marks))
    totals = [f"{report['totals']['pass']} pass, {report['totals']['fail']} fail" for report in reports]
    return "\n".join([*lines, *(f"[{number}] {total}" for number, total in enumerate(totals, 1))]) + "\n"
