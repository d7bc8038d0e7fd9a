"""``python -m tests.attack``: attack every operation with mutated inputs, for a given time or number of inputs.

Exits with 0 when nothing was wrong, with 1 when a fault was found; each fault is reported with the fewest steps that
show it.
"""

import argparse
import sys
from dataclasses import replace

from tests.attack.lives import life
from tests.attack.processes import Lived, alone, attack, memory, prepare
from tests.attack.report import Report, say


def main() -> int:
    """Attack, or repeat one life of an attack."""
    options = _parser().parse_args()
    prepare()
    seed, _, number = (options.life or f"{options.seed}/").partition("/")
    stall = options.stall / 1000
    report = Report(int(seed), stall, options.reduce)
    if number:
        report.add(Lived(int(number), alone(replace(life(int(seed), int(number)), stall=stall)), memory()))
    else:
        for lived in attack(options.seed, options.workers, options.seconds, options.inputs, stall):
            report.add(lived)
    say(report.line())
    faults = report.tell_faults()
    found = "1 fault that shows again" if faults == 1 else f"{faults or 'no'} faults that show again"
    say(f"{report.inputs} inputs of seed {seed} in all: {found}")
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.attack", description=__doc__)
    add = parser.add_argument
    add("--seconds", metavar="N", type=float, default=60, help="attack for so long (default: %(default)s)")
    add("--inputs", metavar="N", type=int, default=sys.maxsize, help="or until so many inputs were sent")
    add("--seed", metavar="N", type=int, default=1, help="the same seed makes the same inputs (default: %(default)s)")
    add("--workers", metavar="N", type=int, default=1, help="so many processes (default: %(default)s)")
    add(
        "--reduce",
        metavar="SECONDS",
        type=float,
        default=60,
        help="make a fault small for so long (default: %(default)s)",
    )
    add("--stall", metavar="MS", type=float, default=50, help="processor time of a turn (default: %(default)s)")
    add("--life", metavar="SEED/NUMBER", help="repeat one life only")
    return parser


if __name__ == "__main__":
    sys.exit(main())
