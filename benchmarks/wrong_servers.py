"""How long a check of each wrong server takes, beside a check of the mock: ``python -m benchmarks wrong_servers``."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measurement import Measurement, compared, progress, table
from tests.wrong_servers import WRONG, WrongServer, wrong

_ROOT = Path(__file__).parents[1]
SOUND = WrongServer("is the mock", status=0)


def measure(names: Sequence[str] = (), options: Sequence[str] = ("--profile", "smoke")) -> list[Measurement]:
    """Check the mock and each wrong server once, all by the same number of processes."""
    progress("wrong_servers: the time of a check")
    beside, status = check(SOUND, options)
    measurements = []
    for name in names or WRONG:
        seconds, status = check(WRONG[name], options)
        said = f"{name} ({WRONG[name].about}), exit status {status}"
        measurements.append(compared(said, "s", [seconds], "the mock", [beside]))
        progress(f"{name}: {seconds:.1f} s, exit status {status} of {WRONG[name].status}")
    return measurements


def check(server: WrongServer, options: Sequence[str]) -> tuple[float, int]:
    """Check a server; return the seconds and the exit status of the command."""
    command = [sys.executable, "-m", "contract_tests.cli", "check", "-n", "2", *options]
    with wrong(server) as address, tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        done = subprocess.run([*command, "--address", address], cwd=_ROOT, stdout=output, stderr=output, check=False)
        return time.perf_counter() - started, done.returncode


if __name__ == "__main__":
    sys.stdout.write(f"{table(measure(sys.argv[1:]))}\n")
