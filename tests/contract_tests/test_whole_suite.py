"""The suite as a whole, as its command runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_every_statement_holds_on_the_mock(tmp_path: Path) -> None:
    """The smoke profile passes on the mock that it starts itself, and judges every statement."""
    report = tmp_path / "report.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NOMAD_", "PYTEST_"))}
    command = [sys.executable, "-m", "contract_tests.cli", "check", "--profile", "smoke", "--seed", "1"]
    run = subprocess.run(
        [*command, "--report-json", str(report)], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    totals = json.loads(report.read_text("utf-8"))["totals"]
    assert totals["pass"] > 400
    assert (totals["fail"], totals["error"], totals["not selected"]) == (0, 0, 0)
