"""The suite as a whole, as its command runs it."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.client.jobs import JobFactory
from mockserver.settings import Settings
from tests.served import serving

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]


def checked(folder: Path, *options: str) -> dict[str, Any]:
    """Run the smoke profile, and return the report of a run that found nothing wrong."""
    report = folder / "report.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NOMAD_", "PYTEST_"))}
    command = [sys.executable, "-m", "contract_tests.cli", "check", "--profile", "smoke", "--seed", "1", *options]
    run = subprocess.run(
        [*command, "--report-json", str(report)], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


def test_every_statement_holds_on_the_mock(tmp_path: Path) -> None:
    """The smoke profile passes on the mock that it starts itself, and judges every statement."""
    totals = checked(tmp_path, "--workers", "2")["totals"]
    assert totals["pass"] > 400
    assert (totals["fail"], totals["error"], totals["not selected"]) == (0, 0, 0)


@contextlib.contextmanager
def busy(address: str) -> Iterator[None]:
    """Register, evaluate and deregister somebody else's jobs, one write after the other, while the block lasts."""
    over = threading.Event()
    factory = JobFactory()

    def work(client: httpx.Client) -> None:
        for number in itertools.count():
            job = factory.idle(f"somebody-elses-{number % 5}")
            path = f"/v1/job/{job['ID']}"
            client.put(path, json={"Job": job})
            client.put(f"{path}/evaluate")
            client.delete(path)
            if over.is_set():
                return

    with httpx.Client(base_url=address) as client:
        thread = threading.Thread(target=work, args=(client,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.mark.exhaustive
def test_somebody_elses_jobs_fail_nothing(tmp_path: Path) -> None:
    """No statement fails on a cluster where others write all the time, which moves the index of every list."""
    with serving(Settings(federate=("eu1",))) as port, busy(f"http://127.0.0.1:{port}"):
        options = ("--address", f"http://127.0.0.1:{port}", "--allow-placement", "--companion", "--workers", "2")
        totals = checked(tmp_path, *options, "--only", "common.*", "--only", "job.*ations.*", "--only", "companion.*")[
            "totals"
        ]
    assert totals["pass"] > 150
    assert totals["fail"] == 0
