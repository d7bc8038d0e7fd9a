"""``python -m tests.mutants``: does the suite catch every mutant, and leave the mock itself alone?"""

import argparse
import fnmatch
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from contract_tests.statements import catalogue as statements
from tests.mutants import matrix, run
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.serve import UNBROKEN

_EVERY = 50


def main() -> int:
    """Run; return 0 when every mutant was caught by a statement that it breaks, and the mock passes."""
    options = _parser().parse_args()
    first = matrix.recorded(matrix.PAGE.read_text("utf-8"))  # what caught a mutant last time is likely to do so again
    chosen = run.Options(
        options.profile, options.seed, options.all_failures, options.expected_only, options.limit, first=first
    )
    names = [name for name in CATALOGUE if any(fnmatch.fnmatchcase(name, glob) for glob in options.only or ["*"])]
    random.Random(options.order).shuffle(names)  # those that make the suite wait come between others
    started = time.monotonic()
    run.load(chosen.profile)
    well = _unbroken(chosen, options)
    outcomes = []
    for outcome in run.run_all(names, chosen, options.workers, until=started + options.budget):
        outcomes.append(outcome)
        _say(outcome, len(outcomes), len(names), options)
    survivors = [outcome for outcome in outcomes if not outcome.caught]
    for outcome in survivors:
        instead = ", ".join(outcome.failed) or "none"
        _out(f"{outcome.fate} {outcome.name}: {CATALOGUE[outcome.name].sentence} Failed instead: {instead}")
    _out(f"{len(outcomes) - len(survivors)} of {len(outcomes)} caught in {time.monotonic() - started:.0f} s")
    if len(outcomes) < len(names):
        _out(f"{len(names) - len(outcomes)} were not begun: the budget of {options.budget:.0f} s was spent")
    unused = run.never_failed(outcomes, statements())
    _out(f"{len(unused)} of {len(statements())} statements were failed by none of these mutants")
    found = _witnesses(unused, chosen, options.workers) if options.statements else {}
    if options.write:
        options.write.write_text(matrix.render(outcomes, unused, found, chosen), "utf-8")
    return 0 if well and not survivors and all(found.values()) else 1


def _witnesses(unused: Sequence[str], chosen: run.Options, workers: int) -> dict[str, str]:
    found = {}
    for statement, name in run.witnesses(unused, chosen, workers):
        found[statement] = name
        _out(f"{statement}: {name or 'FAILED BY NO MUTANT'}")
    return found


def _unbroken(chosen: run.Options, options: argparse.Namespace) -> bool:
    if options.seeds == 0:
        return True
    first = chosen.seed
    passes = run.run_all([UNBROKEN], chosen, options.workers, range(first, first + options.seeds))
    well = True
    for number, outcome in enumerate(passes, 1):
        good = outcome.status == 0 and not outcome.failed
        well = well and good
        _out(f"the mock itself {number}/{options.seeds}: {'passes' if good else 'FAILS'} ({outcome.seconds:.1f} s)")
        if not good:
            _out(outcome.trouble)
    return well


def _say(outcome: run.Outcome, number: int, total: int, options: argparse.Namespace) -> None:
    found = run.right(CATALOGUE[outcome.name], outcome.failed)
    result = ", ".join(found) if found else f"{outcome.fate} (failed: {', '.join(outcome.failed) or 'none'})"
    if not (found and options.brief and number % _EVERY):
        _out(f"{number:>4}/{total} {outcome.seconds:5.1f} s  {outcome.name}: {result}")
    if options.verbose and not found:
        _out(outcome.trouble)


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.mutants", description=__doc__)
    add = parser.add_argument
    add("--profile", default="default", choices=["smoke", "default", "deep"])
    add("--only", metavar="GLOB", action="append", help="only mutants whose name is like this")
    add("-n", "--workers", metavar="N", type=int, default=os.cpu_count() or 1, help="so many at a time")
    add("--all-failures", action="store_true", help="run each to the end instead of to the first failure")
    add("--expected-only", action="store_true", help="check nothing but the statements that ought to fail")
    add("--seed", type=int, default=1)
    add("--order", metavar="N", type=int, default=1, help="of the mutants: another number is another order")
    add("--seeds", metavar="N", type=int, default=1, help="check the unbroken mock with N seeds first (default: 1)")
    add("--statements", action="store_true", help="find a mutant for each statement that was failed by none")
    add("--brief", action="store_true", help=f"show every {_EVERY}th mutant, and those that are not caught")
    add("--limit", metavar="SECONDS", type=int, default=300, help="for one mutant (default: %(default)s)")
    add("--budget", metavar="SECONDS", type=float, default=86_400, help="begin no mutant after this time")
    add("--verbose", action="store_true", help="show what the suite said of survivors")
    add("--write", metavar="FILE", type=Path, help="write the matrix as Markdown")
    return parser


if __name__ == "__main__":
    sys.exit(main())
