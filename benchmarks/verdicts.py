"""Whether the suite comes to the same verdicts on wrong servers however patient: ``python -m benchmarks.verdicts``.

Each wrong server is checked twice without a time limit: as usual, and with a patience that nothing shortens. The latter
takes minutes for a server that hangs, so this is no test.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measurement import progress
from tests.wrong_servers import WRONG, WrongServer, wrong

_ROOT = Path(__file__).parents[1]
_PATIENT = "8"
"""Processes of a check that waits without end, most of which wait."""


def outcomes(server: WrongServer, *, unlimited: bool) -> dict[str, str]:
    """Check a server, and return the outcome of each statement."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)} | (
        {"PYTEST_PLUGINS": "benchmarks.unlimited"} if unlimited else {}
    )
    with wrong(server) as address, tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "contract_tests.cli", "check", "--address", address, "--profile", "smoke"]
        command += [
            "--level",
            "should",
            "--seed",
            "1",
            "-n",
            _PATIENT if unlimited else "2",
            "--report-json",
            str(report),
        ]
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        return {one["id"]: one["outcome"] for one in json.loads(report.read_text("utf-8"))["statements"]}


def differences(usual: Mapping[str, str], patient: Mapping[str, str]) -> list[str]:
    """Return one line for each statement that fails in one of two checks only."""
    return [
        f"{one}: {outcome}, with unlimited patience {patient[one]}"
        for one, outcome in usual.items()
        if (outcome == "fail") != (patient[one] == "fail")
    ]


def main(names: Sequence[str]) -> int:
    """Print where the verdicts on these servers, or on all, differ; return 1 if they do."""
    found = 0
    for name in names or WRONG:
        usual, patient = (outcomes(WRONG[name], unlimited=unlimited) for unlimited in (False, True))
        lines = differences(usual, patient)
        progress(f"{name}: {[*patient.values()].count('fail')} fail, {len(lines)} differ")
        sys.stdout.write("".join(f"{name}: {line}\n" for line in lines))
        found += len(lines)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
