"""The commands that put reports side by side: ``compare`` and ``diff``.

What makes reports is imported when a command runs, so that the help needs no package of the extra.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from contract_tests.suite import cli_arguments as given_as
from contract_tests.suite.options import OPTIONS


def compare(arguments: argparse.Namespace) -> int:
    """Put reports into one table, or say what became of a server or a client between two; return the exit status.

    Raises:
        Mistake: A file is no report, the reports are on clients and servers, or a gate is given more or fewer than two.
    """
    from contract_tests.suite.reports import drift, html, text

    if arguments.fail_on_regression and len(arguments.reports) != len(("old", "new")):
        raise given_as.Mistake("--fail-on-regression compares two reports: the old one, then the new one")
    reports = [given_as.report(name) for name in arguments.reports]
    given_as.need_alike(zip(arguments.reports, reports, strict=True))
    given_as.need_room(report_html=arguments.report_html)
    if arguments.report_html:
        Path(arguments.report_html).write_text(html.render(reports), encoding="utf-8")
    elif not arguments.fail_on_regression:
        sys.stdout.write(text.table(reports))
    if not arguments.fail_on_regression:
        return 0
    found = drift.drift(*reports)
    lost = drift.regressions(found)
    sys.stdout.write(f"{drift.told(found, ('old', 'new'))}{lost} regressions\n")
    return 1 if lost else 0


def diff(arguments: argparse.Namespace) -> int:
    """Say on which statements two servers differ, each checked now or as its report tells; return the exit status.

    Two reports on clients can be put side by side, too.
    """
    from contract_tests.suite.reports import drift, html

    given_as.need_globs(arguments.only)
    given_as.need_room(report_html=arguments.report_html)
    places = (arguments.one, arguments.other)
    known = [None if "://" in place else given_as.report(place) for place in places]
    given_as.need_alike(zip(places, known, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        files = (Path(folder, name) for name in ("one.json", "other.json"))
        given = zip(places, known, files, strict=True)
        reports = [found or _report_on(place, file, arguments) for place, found, file in given]
    if arguments.report_html:
        Path(arguments.report_html).write_text(html.render(reports), encoding="utf-8")
    found, names = drift.drift(*reports), (given_as.shown(arguments.one), given_as.shown(arguments.other))
    sys.stdout.write(f"{drift.told(found, names)}{len(found)} statements differ\n")
    return 1 if found else 0


def _report_on(place: str, file: Path, arguments: argparse.Namespace) -> Any:
    """Check a server at the level of what 0.5.4 does, and return its report, which is written to ``file``.

    Raises:
        Mistake: The server could not be checked.
    """
    given_as.need_address(place)
    options = [f"--address={place}", f"--profile={arguments.profile}", "--level=should", f"--report-json={file}"]
    options += [f"--only={glob}" for glob in arguments.only] + ["--companion"] * arguments.companion
    sys.stderr.write(f"checking {given_as.shown(place)}\n")
    # -P, because where the command runs there may be a package contract_tests that is not ours.
    command = [sys.executable, "-P", "-m", "contract_tests.cli", "check", *options]
    baseline, _, _ = OPTIONS["baseline"]  # the two servers are judged alike, also where the environment names one
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_") and name != baseline}
    environment = {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if not file.exists():
        raise given_as.Mistake(
            done.stderr.strip().removeprefix("nomad-contract: ") or f"{given_as.shown(place)} was not checked"
        )
    return given_as.report(str(file))
