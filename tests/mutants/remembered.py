"""The statement that caught a mutant last time, where the mutant names several by a glob: the run checks it first."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.outcome import Outcome

FILE = Path(__file__).with_name("remembered.json")
"""The mutants by statement, ``{statement: [mutant, ...]}``; ``--remember`` writes it."""


def load() -> dict[str, str]:
    """Return the remembered statement of each mutant."""
    by_statement: dict[str, list[str]] = json.loads(FILE.read_text("utf-8"))
    return {mutant: statement for statement, mutants in by_statement.items() for mutant in mutants}


def save(outcomes: Iterable[Outcome]) -> None:
    """Replace the entries of the mutants in ``outcomes``, and drop mutants that no longer exist."""
    statements = load()
    for outcome in outcomes:
        if outcome.right:
            statements[outcome.name] = outcome.right[0]
    FILE.write_text(_rendered(statements), "utf-8")


def _rendered(statements: dict[str, str]) -> str:
    by_statement = defaultdict(list)
    for name, mutant in CATALOGUE.items():
        if statements.get(name, mutant.caught_by[0]) != mutant.caught_by[0]:
            by_statement[statements[name]].append(name)
    lines = (f"  {json.dumps(one)}: {json.dumps(sorted(mutants))}" for one, mutants in sorted(by_statement.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"
