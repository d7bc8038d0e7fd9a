"""The recordings of later releases, and what the suite and a comparison with the mock make of them.

``python -m tests.recordings.later`` writes ``tests/data/later/departures.json`` anew from the recordings beside it.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx

from contract_tests.client.exchange import Exchange
from contract_tests.client.paths import READS, SUFFIXES
from contract_tests.findings import Ledger
from contract_tests.oracle.readback import differences, readback
from contract_tests.oracle.statement_of import read_back
from contract_tests.statements import Level
from contract_tests.suite.monitor import watch
from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.settings import Settings
from tests.recordings.compare import compare
from tests.recordings.player import play
from tests.recordings.recording import FOLDER, Recording, Step, load

LATER = FOLDER.parent / "later"
DEPARTURES = LATER / "departures.json"
_STATUS = ": status: "
_LEFT_OUT = re.compile(
    r": missing, recorded |: order |: layout: |: index recorded |header (Content-Length|Transfer-Encoding)"
)
"""What is no departure, or is told as an addition: fields that the mock has not, order, the course of indexes."""


def recordings() -> dict[str, Path]:
    """Return the files by release and scenario, such as ``1.0.18/dispatch-reply``."""
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(LATER.glob("*/*.json"))}


def departures(recording: Recording) -> dict[str, list[str]]:
    """Return the statements that the replies depart from, what they add, and how else they differ from the mock's."""
    statements, additions = _noted(recording)
    differences = asyncio.run(_differences(recording))
    return {"statements": sorted(statements), "additions": sorted(additions), "differences": differences}


def exchange(step: Step) -> Exchange:
    """Return a recorded exchange as the suite's client would have recorded it."""
    request, response = step.request, step.response
    return Exchange(
        operation=_operation(request.method, request.path),
        method=request.method,
        base_url="http://127.0.0.1:4646",
        target=request.path + (f"?{request.query}" if request.query else ""),
        headers=request.headers,
        body=(request.body or "").encode(),
        status=response.status,
        reply_headers=httpx.Headers(response.headers),
        reply_body=(response.body or "").encode(),
        seconds=response.elapsed_ms / 1000,
        ledger=Ledger(Level.MUST),
    )


def _operation(method: str, path: str) -> str:
    ends = {name: end for name, end in SUFFIXES.items() if end and path.endswith(end)}
    of_method = {"GET": READS[0], "DELETE": "deregister"}.get(method, "register")
    return max(ends, key=lambda name: len(ends[name]), default=of_method)


def _noted(recording: Recording) -> tuple[set[str], set[str]]:
    """Return the statements that the monitor notes or that a job departs from when it is read back; and additions."""
    statements, additions = set[str](), set[str]()
    registered: dict[str, Any] = {}
    for step in recording.steps:
        done = exchange(step)
        watch(done)
        _, violations, more = done.ledger.take()
        statements |= set(violations)
        additions |= {f"{done.operation} {what}" for what in more}
        if done.ok and done.operation == "register":
            registered[step.request.path] = json.loads(done.body)["Job"]
        elif done.ok and done.operation == "query" and (job := registered.get(step.request.path)):
            statements |= {read_back(job, *one) for one in differences(readback(job), done.json)}
    return statements, additions


async def _differences(recording: Recording) -> list[str]:
    clock = ManualClock()
    app = create_app(Settings(nodes=0, seed=1, clock=clock))
    async with app.router.lifespan_context(app):
        found = compare(recording, await play(recording, app, clock))
    refused = {one.partition(_STATUS)[0] for one in found if _STATUS in one}
    return [one for one in found if not _LEFT_OUT.search(one) and _tells(one, refused)]


def _tells(difference: str, refused: set[str]) -> bool:
    """Return whether a difference says more than that an error is no answer: of those, status and text are enough."""
    label = next((one for one in refused if difference.startswith(f"{one}:")), "")
    return not label or difference.startswith((f"{label}{_STATUS}", f"{label}: body: "))


def main() -> None:
    """Write the file."""
    found = {name: departures(load(path)) for name, path in recordings().items()}
    DEPARTURES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
