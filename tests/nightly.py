"""``python -m tests.nightly``: run the contract check with random seeds, and report every run that finds something.

Every run prints its seed, so that a failed run can be repeated. Each run starts a mock of its own, so every failure is
an error of the suite or of the mock.
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_tests.suite.launch import OTHER_REGION, Mock

_ON_A_VARYING_MOCK = ("--level=must", "--allow-placement")
"""What its freedoms contradict is a SHOULD."""


@dataclass(frozen=True, slots=True)
class Night:
    """The result of one run."""

    seed: int
    status: int
    seconds: float
    broken: dict[str, str]
    """Statements that failed, or that the suite could not judge, with the verdict of each."""
    said: str

    def line(self) -> str:
        """Return the run in one line."""
        verdict = "ok" if self.status == 0 else f"exit status {self.status}"
        names = ", ".join(f"{one} ({how})" for one, how in self.broken.items())
        return f"seed {self.seed}: {verdict} in {self.seconds:.0f} s{f': {names}' if names else ''}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the check again and again; return 1 when a run found something, else 0."""
    arguments, passed_on = _parser().parse_known_args(argv)
    started = time.monotonic()
    failed = ran = 0
    while ran < arguments.runs and (not ran or time.monotonic() - started < (arguments.budget or float("inf"))):
        night = check(secrets.randbelow(2**32), passed_on, vary=arguments.vary)
        ran += 1
        sys.stdout.write(night.line() + "\n")
        if night.status:
            failed += 1
            sys.stdout.write(night.said + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"{ran} runs, {failed} failed\n")
    return 1 if failed else 0


def check(seed: int, options: Sequence[str], *, vary: bool = False) -> Night:
    """Run ``nomad-contract check`` once with this seed and these options of its own.

    With ``vary`` it checks a mock that varies by the same seed.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        report = Path(folder) / "report.json"
        if vary:
            mock = stack.enter_context(Mock("--federate", OTHER_REGION, "--vary", str(seed)))
            options = (f"--address={mock.address}", f"--other-region={OTHER_REGION}", *_ON_A_VARYING_MOCK, *options)
        command = [sys.executable, "-m", "contract_tests.cli", "check", "--seed", str(seed)]
        started = time.monotonic()
        run = subprocess.run(
            [*command, "--report-json", str(report), *options], capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - started
        broken = _broken(json.loads(report.read_text("utf-8"))) if report.exists() else {}
    return Night(seed, run.returncode, seconds, broken, run.stdout + run.stderr)


def _broken(report: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["outcome"] for one in report["statements"] if one["outcome"] in ("fail", "error")}


def _parser() -> argparse.ArgumentParser:
    more = "All other options, such as --address and --allow-placement, go to 'nomad-contract check'."
    parser = argparse.ArgumentParser(prog="python -m tests.nightly", description=__doc__.split("\n")[0], epilog=more)
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="number of runs (default: 1)")
    parser.add_argument("--vary", action="store_true", help="check mocks that vary, each by the seed of its run")
    parser.add_argument("--budget", type=float, default=0, metavar="SECONDS", help="begin no run after this time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
