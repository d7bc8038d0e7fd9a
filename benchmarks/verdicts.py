"""Whether the suite comes to the same verdicts on wrong servers however patient: ``python -m benchmarks.verdicts``.

Each wrong server is checked twice without a time limit: as usual, and with a patience that nothing shortens. The latter
takes minutes for a server that hangs or is slow, so this is no test. Of a server that hangs each reply is waited for
three seconds, every time: what it answers at all comes at once.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from benchmarks.measurement import progress
from tests.wrong_servers import WRONG, WrongServer, dripping, hanging, wrong

_ROOT = Path(__file__).parents[1]
Outcome: TypeAlias = tuple[str, str]
_PATIENT = "8"
"""Processes of a check whose patience nothing shortens, most of which wait."""
_GENEROUS = "3"
"""The patience in seconds where a reply comes at once or never."""


def outcomes(server: WrongServer, *, unlimited: bool) -> dict[str, Outcome]:
    """Check a server, and return the outcome of each statement, with the reason of a skip."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)} | (
        {"PYTEST_PLUGINS": "benchmarks.unlimited"} if unlimited else {}
    )
    with wrong(server) as address, tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        words = f"check --address {address} --profile smoke --level should --seed 1 --time-limit 0"
        hangs = not {hanging, dripping}.isdisjoint(server.answers.values())
        workers = _PATIENT if unlimited or server.delay else "2"
        command = [
            sys.executable,
            "-m",
            "contract_tests.cli",
            *words.split(),
            *(["--patience", _GENEROUS] if unlimited and hangs else []),
            "-n",
            workers,
            "--report-json",
            str(report),
        ]
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        if not report.exists():  # refused, because it cannot be Nomad
            return {}
        statements = json.loads(report.read_text("utf-8"))["statements"]
        return {one["id"]: (one["outcome"], one.get("reason", "")) for one in statements}


def differences(usual: Mapping[str, Outcome], patient: Mapping[str, Outcome]) -> list[str]:
    """Return one line for each statement that fails in one of two checks only."""
    return [
        f"{one}: {' '.join(outcome)}; with unlimited patience {' '.join(patient[one])}"
        for one, outcome in usual.items()
        if (outcome[0] == "fail") != (patient[one][0] == "fail")
    ]


def main(names: Sequence[str]) -> int:
    """Print where verdicts on these servers differ, or on all that leave nothing to chance; return 1 if they do."""
    found = 0
    for name in names or [name for name, server in WRONG.items() if not server.by_chance]:
        usual, patient = (outcomes(WRONG[name], unlimited=unlimited) for unlimited in (False, True))
        lines = differences(usual, patient)
        fail = sum(outcome == "fail" for outcome, _ in usual.values())
        progress(f"{name}: {fail} fail, {len(lines)} differ")
        sys.stdout.write("".join(f"{name}: {line}\n" for line in lines))
        found += len(lines)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
