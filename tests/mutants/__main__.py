"""``python -m tests.mutants``: check that the suite catches every mutant, and finds nothing in the mock itself.

Each mutant names the statement that should catch it, and others that it breaks as well. One that only another statement
caught is listed as CAUGHT ELSEWHERE.

The first mutant of each kind is run before the second of any, so that a budget leaves out no kind if it can.

Exit status: 0 when the mock itself passes and a statement that it names caught every mutant; 1 when a mutant survived,
crashed, was not checked or was caught only by a statement that it does not name, or when none was run.
"""

import argparse
import fnmatch
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from contract_tests.statements import catalogue as statements
from tests.mutants import matrix, remembered, run
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.outcome import CAUGHT, Outcome, summary
from tests.mutants.serve import UNBROKEN

_EVERY = 50


def main() -> int:
    """Run the mutants and return the exit status."""
    options = _parser().parse_args()
    first = remembered.load()
    chosen = run.Options(
        options.profile, options.seed, options.all_failures, options.expected_only, options.limit, first=first
    )
    names = [name for name in CATALOGUE if any(fnmatch.fnmatchcase(name, glob) for glob in options.only or ["*"])]
    random.Random(options.order).shuffle(names)  # those that make the suite wait come between others
    names = in_turn(names)
    started = time.monotonic()
    run.load(chosen.profile)
    well = _unbroken(chosen, options)
    outcomes = []
    for outcome in run.run_all(names, chosen, options.workers, until=started + options.budget):
        outcomes.append(outcome)
        _say(outcome, len(outcomes), len(names), options)
    for outcome in (one for one in outcomes if one.fate != CAUGHT):
        _out(f"{outcome.fate} {outcome.name}: {CATALOGUE[outcome.name].sentence} {_instead(outcome)}")
    _out(f"{summary(outcomes)}, in {time.monotonic() - started:.0f} s")
    _out(_how_many([one.name for one in outcomes], names, options.budget))
    unused = run.never_failed(outcomes, statements())
    _out(f"{len(unused)} of {len(statements())} statements failed with none of these mutants")
    found = _witnesses(unused, chosen, options.workers) if options.statements else {}
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(matrix.render(outcomes, unused, found, chosen), "utf-8")
    if options.remember:
        remembered.save(outcomes)
    return 0 if well and outcomes and all(one.passes for one in outcomes) and all(found.values()) else 1


def in_turn(names: Iterable[str]) -> list[str]:
    """Return the names so that the first of each kind comes before the second of any; else their order stays."""
    before: Counter[str] = Counter()
    turns = []
    for name in names:
        turns.append((before[_kind(name)], name))
        before[_kind(name)] += 1
    return [name for _, name in sorted(turns, key=lambda turn: turn[0])]


def _kind(name: str) -> str:
    return name.partition(".")[0]


def _how_many(run_names: Sequence[str], names: Sequence[str], budget: float) -> str:
    kinds = f"{len(set(map(_kind, run_names)))} of {len(set(map(_kind, names)))} kinds"
    ran = f"{len(run_names)} of {len(names)} mutants were run, of {kinds}"
    return ran if len(run_names) == len(names) else f"{ran}: the budget of {budget:.0f} s was spent"


def _witnesses(unused: Sequence[str], chosen: run.Options, workers: int) -> dict[str, str]:
    found = {}
    for statement, name in run.witnesses(unused, chosen, workers):
        found[statement] = name
        _out(f"{statement}: {name or 'FAILED WITH NO MUTANT'}")
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


def _say(outcome: Outcome, number: int, total: int, options: argparse.Namespace) -> None:
    caught = outcome.fate == CAUGHT
    result = ", ".join(outcome.right) if caught else f"{outcome.fate} (failed: {', '.join(outcome.failed) or 'none'})"
    if not (caught and options.brief and number % _EVERY):
        _out(f"{number:>4}/{total} {outcome.seconds:5.1f} s  {outcome.name}: {result}")
    if options.verbose and not caught:
        _out(outcome.trouble)


def _instead(outcome: Outcome) -> str:
    """Return what happened in place of a catch by the statement that should catch the mutant."""
    if outcome.crash or not outcome.failed:
        return outcome.crash or "Nothing failed."
    should, unnamed = CATALOGUE[outcome.name].caught_by[0], "" if outcome.named else ", which it does not name"
    return f"It should fail {should}, and failed {', '.join(outcome.failed)}{unnamed}."


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--profile", default="default", choices=["smoke", "default", "deep"])
    add("--only", metavar="GLOB", action="append", help="run only mutants whose name matches GLOB; repeatable")
    add(
        "-n",
        "--workers",
        metavar="N",
        type=int,
        default=os.cpu_count() or 1,
        help="run N mutants at a time (default: one per core)",
    )
    add("--all-failures", action="store_true", help="run the suite to its end instead of to its first failure")
    add("--expected-only", action="store_true", help="check only the statements that should fail")
    add("--seed", type=int, default=1)
    add("--order", metavar="N", type=int, default=1, help="shuffle the mutants with this seed (default: 1)")
    add("--seeds", metavar="N", type=int, default=1, help="check the unbroken mock with N seeds first (default: 1)")
    add("--statements", action="store_true", help="find a mutant for each statement that failed with none")
    add(
        "--brief",
        action="store_true",
        help=f"show every {_EVERY}th mutant, and each that the right statement did not catch",
    )
    add(
        "--limit",
        metavar="SECONDS",
        type=int,
        default=300,
        help="stop with a mutant after SECONDS (default: %(default)s)",
    )
    add("--budget", metavar="SECONDS", type=float, default=86_400, help="begin no mutant after SECONDS")
    add("--verbose", action="store_true", help="show the suite's output for each survivor")
    add("--write", metavar="FILE", type=Path, help="write the matrix as Markdown, e.g. to build/mutation-matrix.md")
    add(
        "--remember",
        action="store_true",
        help=f"write the statements that caught the mutants to {remembered.FILE.name}",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
