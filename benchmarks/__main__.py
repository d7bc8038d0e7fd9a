"""All benchmarks, one after the other: ``python -m benchmarks [--json FILE] [NAME …]``."""

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import allocations, scale, start, throughput, waking, wrong_servers
from benchmarks.measurement import Measurement, progress, table, write_json

BENCHMARKS: dict[str, Callable[[], list[Measurement]]] = {
    "throughput": throughput.measure,
    "start": start.measure,
    "waking": waking.measure,
    "scale": scale.measure,
    "allocations": allocations.measure,
    "wrong_servers": wrong_servers.measure,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and print a table; progress goes to stderr."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description="How fast and how small the mock is, and the suite on wrong servers."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measurements to a file, too")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    progress(f"Python {platform.python_version()} on {sys.platform}, {platform.machine()}")
    measurements = [one for name in options.names or BENCHMARKS for one in BENCHMARKS[name]()]
    print(table(measurements))
    if options.json is not None:
        write_json(measurements, options.json)


if __name__ == "__main__":
    main()
