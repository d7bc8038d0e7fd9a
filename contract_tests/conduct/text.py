"""Tell a person about the conduct of a client."""

from collections.abc import Iterator, Sequence

from contract_tests.conduct.judge import Judgement
from contract_tests.statements import Level
from contract_tests.suite.verdicts import Verdict


def headline(judgements: Sequence[Judgement]) -> str:
    """Return how many statements were kept, broken and not exercised."""
    counts = {verdict: sum(each.verdict == verdict for each in judgements) for verdict in Verdict}
    said = f"{counts[Verdict.PASS]} kept, {counts[Verdict.FAIL]} broken, {counts[Verdict.SKIP]} not exercised"
    return f"conduct of the client: {said}"


def told(judgements: Sequence[Judgement]) -> Iterator[str]:
    """Yield the lines that tell about the statements that were broken, the most binding ones first."""
    broken = [each for each in judgements if each.verdict == Verdict.FAIL]
    for one in sorted(broken, key=lambda each: -each.statement.level):
        yield f"{one.statement.level.name} {one.statement.id}: {one.statement.text}"
        for violation in one.violations:
            yield f"  {violation.journal}: {violation.text}" if violation.journal else f"  {violation.text}"
        if one.times > len(one.violations):
            yield f"  and {one.times - len(one.violations)} more"
        yield f"  What to do: {one.statement.advice}"


def untold(judgements: Sequence[Judgement]) -> str:
    """Return the statements that were not exercised in one line, "" when there is none."""
    names = [each.statement.id.removeprefix("conduct.") for each in judgements if each.verdict == Verdict.SKIP]
    return f"not exercised: {', '.join(names)}" if names else ""


def failing(judgements: Sequence[Judgement], least: Level) -> list[Judgement]:
    """Return the judgements that fail a run which fails at this level."""
    return [each for each in judgements if each.verdict == Verdict.FAIL and each.statement.level >= least]
