"""A badge in the shape of a shields.io endpoint."""

import json
from typing import Any

from contract_tests.suite.reports.subject import is_of_client


def render(report: dict[str, Any]) -> str:
    """Return the badge of a report as JSON text."""
    totals = report["totals"]
    failed, passed = totals["fail"] + totals["error"], totals["pass"]
    message = f"{passed} of {passed + failed} hold" if passed + failed else "not checked"
    colour = (
        "lightgrey" if not passed + failed else "red" if totals["fail"] else "orange" if totals["error"] else "green"
    )
    release = report.get("baseline", {}).get("release")
    as_it_does = f" as {release} keeps it" if release else ""
    badge = {
        "schemaVersion": 1,
        "label": f"Nomad 0.5 {'client' if is_of_client(report) else 'contract'}{as_it_does}",
        "message": message,
        "color": colour,
    }
    return json.dumps(badge) + "\n"
