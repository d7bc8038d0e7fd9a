"""All benchmarks, one after the other: ``python -m benchmarks [--json FILE] [--plot FILE] [NAME …]``."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from benchmarks import agent, allocations, scale, spaces, start, throughput, waking, wrong_servers
from benchmarks.measurement import Measurement, progress, table, write_json
from benchmarks.plot import svg

BENCHMARKS: dict[str, Callable[[], list[Measurement]]] = {
    "throughput": throughput.measure,
    "agent": agent.measure,
    "start": start.measure,
    "waking": waking.measure,
    "spaces": spaces.measure,
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
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw them as a picture in SVG, too")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    machine = f"Python {platform.python_version()} on {sys.platform}, {os.cpu_count()} processors {platform.machine()}"
    progress(machine)
    measurements = [one for name in options.names or BENCHMARKS for one in BENCHMARKS[name]()]
    print(table(measurements))
    if options.json is not None:
        write_json(measurements, options.json)
    if options.plot is not None:
        load = ", ".join(f"{each:.0f}" for each in os.getloadavg())
        caption = f"{date.today()}, {machine}; load at the end {load}"
        options.plot.write_text(svg(measurements, caption), encoding="utf-8")


if __name__ == "__main__":
    main()
