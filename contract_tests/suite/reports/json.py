"""The JSON report: a versioned shape, described by ``schemas/report.json``."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from contract_tests.statements import Level, schemas_folder
from contract_tests.suite.reports.subject import is_of_client
from contract_tests.suite.settings import Settings
from contract_tests.suite.verdicts import Outcome, Verdict
from contract_tests.suite.version import suite_version
from contract_tests.words import shortened

VERSION = 1
"""The version of the report's shape; a change that breaks readers increases it."""

_LONGEST_FLAW = 200


def report(settings: Settings, outcomes: list[Outcome], additions: dict[str, str], seconds: float) -> dict[str, Any]:
    """Return the report of a run as JSON data."""
    return judged(outcomes, seconds) | {
        "target": {
            "address": settings.target.address,
            "version": settings.version,
            "region": settings.region,
            "namespace": settings.target.namespace,
        },
        "settings": {
            "profile": settings.profile,
            "level": settings.level,
            "seed": settings.seed,
            "only": settings.only,
            "placement": settings.allow_placement,
        },
        "additions": [{"what": what, "example": example} for what, example in sorted(additions.items())],
    }


def judged(outcomes: list[Outcome], seconds: float) -> dict[str, Any]:
    """Return what the reports on servers and on clients have in common."""
    counts = Counter(str(outcome.verdict) for outcome in outcomes)
    return {
        "report": VERSION,
        "suite": suite_version(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 2),
        "cut_short": _cut_short(outcomes),
        "totals": {str(verdict): counts[str(verdict)] for verdict in Verdict}
        | {"differences": sum(outcome.difference is not None for outcome in outcomes)},
        "statements": [_entry(outcome) for outcome in outcomes],
    }


def flaw(document: Any) -> str:
    """Return what is wrong first with a document that should be a report on a server or a client; "" for nothing."""
    import jsonschema  # takes a tenth of a second to load, which a check need not wait for

    of_client = isinstance(document, dict) and is_of_client(document)
    schema = json.loads((schemas_folder() / f"{'client-' if of_client else ''}report.json").read_text("utf-8"))
    worst = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(document))
    return "" if worst is None else f"{worst.json_path} {shortened(worst.message, _LONGEST_FLAW)}"


def _cut_short(outcomes: list[Outcome]) -> dict[str, Any] | None:
    """Return why the run ended early and how much it did not check; None when it checked everything."""
    left = [outcome for outcome in outcomes if outcome.unchecked]
    if not left:
        return None
    must = sum(outcome.statement.level == Level.MUST for outcome in left)
    return {"reason": left[0].reason, "unchecked": len(left), "unchecked_must": must}


def _entry(outcome: Outcome) -> dict[str, Any]:
    statement = outcome.statement
    entry = {
        "id": statement.id,
        "level": statement.level.name,
        "section": statement.section,
        "source": statement.source,
        "text": statement.text,
        "outcome": str(outcome.verdict),
    }
    if statement.page:
        entry["page"] = statement.page
    if outcome.held:
        entry["held"] = outcome.held  # type: ignore[assignment] # JSON data
    if outcome.reason:
        entry["reason"] = outcome.reason
    if outcome.baseline:
        entry["baseline"] = outcome.baseline  # type: ignore[assignment] # JSON data
    for name, found in (("failure", outcome.failure), ("difference", outcome.difference)):
        if found:
            entry[name] = {key: value for key, value in found.items() if key not in ("statement", "excused")}  # type: ignore[assignment] # JSON data
    if outcome.departures:
        entry["departures"] = list(outcome.departures)  # type: ignore[assignment] # JSON data
    return entry


def render(one: dict[str, Any]) -> str:
    """Return the text of a report."""
    return json.dumps(one, indent=2, ensure_ascii=False) + "\n"
