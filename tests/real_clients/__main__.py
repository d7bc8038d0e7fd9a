"""Judge the real clients and write the page about them: ``python -m tests.real_clients``.

Fetches what the clients are made of from the registries of their languages, and keeps nothing of it. The command
``nomad`` of 0.5.4 has to be found by ``PATH``. Clients that this machine cannot make ready are named and left out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.real_clients.clients import CLIENTS, RealClient
from tests.real_clients.page import page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "real-clients.md"


def main() -> int:
    """Judge the clients that were asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.real_clients", description=__doc__)
    parser.add_argument(
        "--reports", type=Path, metavar="DIR", help="keep the reports here, and take those that are there"
    )
    parser.add_argument("--seed", default="1", help="of each trial; default 1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        kept = options.reports or Path(scratch, "reports")
        kept.mkdir(parents=True, exist_ok=True)
        reports = {}
        for client in CLIENTS:
            file = kept / f"{client.folder}.json"
            if not file.exists() and client.is_possible:
                _judge(client, Path(scratch, client.folder), file, options.seed)
            if file.exists():
                reports[client.folder] = json.loads(file.read_text("utf-8"))
            else:
                sys.stderr.write(f"left out: {client.name} (it needs {', '.join(client.needs)})\n")
    PAGE.write_text(page(_relative(reports)), "utf-8")
    return 0 if len(reports) == len(CLIENTS) else 1


def _judge(client: RealClient, folder: Path, file: Path, seed: str) -> None:
    folder.mkdir()
    words = client.prepare(folder)
    options = ["--level", "should", "--seed", seed, "--report-json", str(file)]
    judge = [sys.executable, "-m", "contract_tests.cli", "client", *options, "--", *words]
    sys.stderr.write(f"judging {client.name}\n")
    subprocess.run(judge, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)


def _relative(reports: dict[str, Any]) -> dict[str, Any]:
    """Return the reports without the paths of this machine."""
    return dict(json.loads(json.dumps(reports).replace(f"{ROOT}/", "")))


if __name__ == "__main__":
    sys.exit(main())
