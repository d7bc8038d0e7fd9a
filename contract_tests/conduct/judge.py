"""Judge a journal: one verdict for each statement of conduct."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.conduct import addressing, bodies, pacing, watching, writing
from contract_tests.conduct.conversation import Conversation
from contract_tests.conduct.judging import JUDGES, Broken, Conduct, conduct, need_judges
from contract_tests.suite.verdicts import Verdict

_MODULES = (watching, addressing, bodies, writing, pacing)
"""The modules whose functions judge; importing them fills ``JUDGES``."""
need_judges()

MOST = 5
"""How many violations and proofs of a statement a judgement has."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement was broken: what happened in words, and the numbers of the exchanges that show it.

    ``journal`` names the journal that has these numbers; it is empty where there is only one.
    """

    text: str
    exchanges: tuple[int, ...]
    journal: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the violation as JSON data."""
        return {"text": self.text, "exchanges": list(self.exchanges), "journal": self.journal}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one statement: pass, fail, or skip where the client did nothing that puts it to the test.

    Attributes:
        statement: the statement; its ``advice`` says what to do about violations.
        verdict: pass, fail or skip.
        reason: for a pass what was seen as proof, for a fail the first violation, for a skip what was not exercised.
        exchanges: the numbers of the exchanges that prove a pass.
        violations: the first ``MOST`` violations.
        times: how many times the statement was kept (pass) or broken (fail).
    """

    statement: Conduct
    verdict: Verdict
    reason: str
    exchanges: tuple[int, ...] = ()
    violations: tuple[Violation, ...] = ()
    times: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the judgement as JSON data."""
        return {
            "id": self.statement.id,
            "level": self.statement.level.name,
            "section": self.statement.section,
            "source": self.statement.source,
            "text": self.statement.text,
            "advice": self.statement.advice,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "exchanges": list(self.exchanges),
            "violations": [violation.as_dict() for violation in self.violations],
            "times": self.times,
        }

    @classmethod
    def of_dict(cls, document: Mapping[str, Any]) -> "Judgement":
        """Return the judgement that ``as_dict`` made the document of."""
        violations = [{**each, "exchanges": tuple(each["exchanges"])} for each in document["violations"]]
        return cls(
            conduct()[document["id"]],
            Verdict(document["verdict"]),
            document["reason"],
            tuple(document["exchanges"]),
            tuple(Violation(**each) for each in violations),
            document["times"],
        )


def judge(entries: Iterable[Mapping[str, Any]], journal: str = "") -> list[Judgement]:
    """Return the judgement on every statement, in the order of the catalogue.

    Args:
        entries: the exchanges of one journal, as ``GET /__admin/journal?details=whole`` lists them.
        journal: a name for this journal, which its violations carry.
    """
    conversation = Conversation(entries)
    return [_judgement(statement, conversation, journal) for statement in conduct().values()]


def _judgement(statement: Conduct, conversation: Conversation, journal: str) -> Judgement:
    evidence = list(JUDGES[statement.id](conversation))
    violations = [Violation(each.text, each.exchanges, journal) for each in evidence if isinstance(each, Broken)]
    if violations:
        shown = tuple(violations[:MOST])
        return Judgement(statement, Verdict.FAIL, shown[0].text, (), shown, len(violations))
    if evidence:
        first = evidence[0]
        return Judgement(statement, Verdict.PASS, first.text, first.exchanges, (), len(evidence))
    return Judgement(statement, Verdict.SKIP, f"not exercised: {statement.exercise}")


def together(judgements: Iterable[Sequence[Judgement]]) -> list[Judgement]:
    """Return one judgement for each statement of those of several journals: one violation is enough for a fail."""
    found: dict[str, Judgement] = {}
    for of_one in judgements:
        for one in of_one:
            known = found.get(one.statement.id)
            found[one.statement.id] = one if known is None else _both(known, one)
    return [found.get(id_) or _unseen(statement) for id_, statement in conduct().items()]


def _unseen(statement: Conduct) -> Judgement:
    return Judgement(statement, Verdict.SKIP, f"not exercised: {statement.exercise}")


def _both(one: Judgement, other: Judgement) -> Judgement:
    order = (Verdict.FAIL, Verdict.PASS, Verdict.SKIP)
    if one.verdict != other.verdict:
        return min(one, other, key=lambda each: order.index(each.verdict))
    violations = (*one.violations, *other.violations)[:MOST]
    return replace(one, violations=violations, times=one.times + other.times)
