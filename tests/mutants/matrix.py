"""The mutation matrix as a page: the statements that caught each mutant, and the statements that never failed."""

from collections.abc import Iterable, Mapping, Sequence

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.outcome import CAUGHT, Outcome, summary
from tests.mutants.run import Options

_SHOWN = 6


def render(outcomes: Sequence[Outcome], unused: Sequence[str], witnesses: Mapping[str, str], options: Options) -> str:
    """Return the page as Markdown.

    ``unused`` are the statements that no outcome names; ``witnesses`` has for some of them a mutant that fails them.
    """
    never = [one for one in unused if not witnesses.get(one)]
    how = "each run goes to its end" if options.all_failures else "each run stops at its first failure"
    flags = {"--all-failures": options.all_failures, "--expected-only": options.expected_only}
    flags["--statements"] = bool(witnesses)
    command = " ".join(["python -m tests.mutants", *(flag for flag, given in flags.items() if given)])
    place = {name: number for number, name in enumerate(CATALOGUE)}
    lines = [
        "# Mutation matrix",
        "",
        "Each mutant is the mock with exactly one deviation (`tests/mutants/`). The contract tests have to fail on it,",
        f"with a statement that it breaks. Profile `{options.profile}`, seed {options.seed}; {how}.",
        f"Made by `{command} --profile {options.profile} --write FILE`.",
        "",
        f"**{summary(outcomes)}.** A mutant names the statement that should catch it. Where only others caught it, the",
        "table says CAUGHT ELSEWHERE.",
        "",
        "| mutant | deviation | caught by | others that failed |",
        "|---|---|---|---|",
        *map(_row, sorted(outcomes, key=lambda outcome: place[outcome.name])),
        "",
        "## Statements that fail when they are checked alone",
        "",
        "Each mutant that breaks one of these was noticed by another statement first.",
        "",
        "| statement | fails with |",
        "|---|---|",
        *(f"| `{one}` | `{name}` |" for one, name in witnesses.items() if name),
        "",
        "## Statements that fail with no mutant",
        "",
        *([f"- `{one}`" for one in never] or ["None: every statement can fail."]),
        "",
    ]
    return "\n".join(lines)


def _row(outcome: Outcome) -> str:
    mutant = CATALOGUE[outcome.name]
    others = [one for one in outcome.failed if one not in outcome.right]
    found = _listed(outcome.right) if outcome.fate == CAUGHT else f"**{outcome.fate}**"
    sentence = mutant.sentence.replace("|", "\\|")
    return f"| `{mutant.name}` | {sentence} | {found} | {_listed(others)} |"


def _listed(statements: Iterable[str]) -> str:
    unique = list(dict.fromkeys(statements))
    more = f" and {len(unique) - _SHOWN} more" if len(unique) > _SHOWN else ""
    return ", ".join(f"`{one}`" for one in unique[:_SHOWN]) + more
