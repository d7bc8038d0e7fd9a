"""The report of a trial as JSON data of the shape in ``schemas/client-report.json``; every other form is made of it."""

from typing import Any

from contract_tests.conduct import conduct
from contract_tests.statements import Level
from contract_tests.suite.reports import json as json_report
from contract_tests.suite.verdicts import Outcome
from contract_tests.trial.freedoms import freedoms
from contract_tests.trial.outcomes import Verdicts


def report_of(verdicts: Verdicts, outcomes: list[Outcome], runs: int, seconds: float) -> dict[str, Any]:
    """Return the report as JSON data.

    Args:
        verdicts: of the trial.
        outcomes: all of them.
        runs: how many times the client's tests ran.
        seconds: how long the trial took.
    """
    plain, course = verdicts.result.plain, verdicts.course
    judged = json_report.judged(outcomes, seconds)
    for entry in judged["statements"]:
        if entry["id"] in freedoms():
            entry["why"] = freedoms()[entry["id"]].why
        elif entry["id"] in conduct():
            entry["why"] = conduct()[entry["id"]].advice
    return judged | {
        "client": {
            "command": verdicts.command,
            "plain_seconds": round(plain.ended.seconds, 2),
            "plain_exchanges": len(plain.journal),
            "runs": runs,
            "steady": verdicts.result.steady,
        },
        "settings": {
            "level": Level(verdicts.level).name,
            "seed": str(course.seed),
            "seeds": course.seeds,
            "parallel": course.parallel,
        },
        "additions": [],
    }
