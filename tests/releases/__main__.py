"""Condense reports on releases of Nomad, and write the page about them: ``python -m tests.releases REPORT…``.

All reports on one release together make its file ``schemas/releases/<release>.json``. Without a report the page is
written from the files that are there.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from contract_tests.suite.releases import condensed, known, load, text_of
from tests.releases.page import page

ROOT = Path(__file__).parents[2]
FILES = ROOT / "schemas" / "releases"
PAGE = ROOT / "docs" / "explanation" / "releases.md"


def main() -> int:
    """Write the files of the releases that reports are given on, then the page; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.releases", description=__doc__)
    parser.add_argument("reports", nargs="*", type=Path, metavar="REPORT.json")
    by_release: dict[str, list[dict[str, Any]]] = {}
    for file in parser.parse_args().reports:
        report = json.loads(file.read_text("utf-8"))
        by_release.setdefault(report["target"]["version"], []).append(report)
    FILES.mkdir(exist_ok=True)
    for release, reports in by_release.items():
        (FILES / f"{release}.json").write_text(text_of(condensed(reports)), "utf-8")
        sys.stderr.write(f"{release}: {len(reports)} reports\n")
    PAGE.write_text(page([load(name) for name in known()]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
