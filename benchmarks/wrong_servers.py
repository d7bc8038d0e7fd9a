"""How long a check of each wrong server takes: ``python -m benchmarks wrong_servers``.

``python -m benchmarks.wrong_servers [--profile PROFILE] [NAME ...]`` measures some of them, or with another profile.

A busy machine stretches a check, so the time that its processes waited for a processor is taken off. The check runs at
a lower priority than the server: what the server waits for counts as a wait of the check.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contention import FILE, contention, shares
from benchmarks.measurement import Measurement, limited, progress, table
from tests.wrong_servers import WRONG, WrongServer, wrong

_ROOT = Path(__file__).parents[1]
SOUND = WrongServer("is the mock", status=0)
LIMITS = {"smoke": 30.0, "default": 180.0}
"""The seconds that a check by two processes may take, however wrong the server is."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a check took."""

    status: int
    """The exit status of the command."""
    took: float
    """Seconds by the clock on the wall."""
    alone: float
    """Seconds without those in which the machine was busy with other things."""
    processor: float
    """Seconds of processor time of all its processes."""


def measure(names: Sequence[str] = (), profile: str = "smoke", options: Sequence[str] = ()) -> list[Measurement]:
    """Check the mock, or the named servers, and each wrong server once."""
    progress("wrong_servers: the time of a check")
    measurements = []
    for name, server in {"sound": SOUND, **WRONG}.items():
        if names and name not in names:
            continue
        done = check(server, ["--profile", profile, *options])
        spent = f"{done.processor:.1f} s of processor time, took {done.took:.1f} s"
        said = f"{name} ({server.about}), exit status {done.status}; {spent}"
        measurements.append(limited(said, "s", [done.alone], LIMITS[profile]))
        progress(f"{name}: {done.alone:.1f} s, {spent}, exit status {done.status} of {server.status}")
    return measurements


def check(server: WrongServer, options: Sequence[str]) -> Check:
    """Check a server by two processes."""
    command = ["nice", sys.executable, "-m", "contract_tests.cli", "check", "-n", "2", *options]
    with wrong(server) as address, tempfile.TemporaryFile() as output, tempfile.NamedTemporaryFile() as told:
        plugin = {"PYTHONPATH": str(_ROOT), "PYTEST_PLUGINS": "benchmarks.contention", FILE: told.name}
        before, started = _processor(), time.perf_counter()
        done = subprocess.run(
            [*command, "--address", address],
            cwd=_ROOT,
            env={**os.environ, **plugin},
            stdout=output,
            stderr=output,
            check=False,
        )
        took = time.perf_counter() - started
        return Check(done.returncode, took, took - contention(shares(Path(told.name))), _processor() - before)


def _processor() -> float:
    """Return the seconds of processor time of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure what is named."""
    parser = argparse.ArgumentParser("python -m benchmarks.wrong_servers")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=["sound", *WRONG, []], help="default: all")
    parser.add_argument("--profile", choices=LIMITS, default="smoke")
    given = parser.parse_args()
    sys.stdout.write(f"{table(measure(given.names, given.profile))}\n")


if __name__ == "__main__":
    main()
