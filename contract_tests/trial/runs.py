"""One run of the client's tests against a fresh mock."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from contract_tests.conduct import Judgement, judge
from contract_tests.trial.command import Command, Ended
from contract_tests.trial.freedoms import Vary
from contract_tests.trial.mocks import Entry, Mocks

PLAIN = "plain"
"""The name of a run under no freedom."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run, and what the mock saw of it.

    Attributes:
        name: what it is called in reports: ``plain``, the id of a freedom, or the seed of all of them together.
        vary: what the mock made use of; None for a plain one.
        ended: how the command ended.
        journal: the exchanges, in order; of a run that passed, other than the plain one, only those that are shown.
        used: how many replies made use of each freedom.
        judgements: on the client's conduct; none for a client that was killed, or where nobody asked.
    """

    name: str
    vary: Vary | None
    ended: Ended
    journal: tuple[Entry, ...] = field(repr=False)
    used: Mapping[str, int]
    judgements: tuple[Judgement, ...] = field(default=(), repr=False)

    @property
    def passed(self) -> bool:
        """Whether the client's tests passed."""
        return self.ended.passed

    @property
    def varied(self) -> Vary:
        """What the mock made use of in a run that is not plain."""
        assert self.vary is not None
        return self.vary

    def replies(self, freedoms: Collection[str]) -> list[int]:
        """Return the numbers of the replies that made use of any of these freedoms."""
        return [entry["number"] for entry in self.journal if any(each in freedoms for each in entry["freedoms"])]

    def lean(self) -> "Run":
        """Return the same with only the exchanges that its judgements show: a trial has many runs."""
        shown = {number for one in self.judgements for violation in one.violations for number in violation.exchanges}
        return replace(self, journal=tuple(entry for entry in self.journal if entry["number"] in shown))


class Runner:
    """Runs the command in a fresh world each time; may be used from several threads."""

    def __init__(self, command: Command, mocks: Mocks, limit: float) -> None:
        self.command = command
        self.limit = limit
        """Seconds after which a run is killed."""
        self._mocks = mocks

    def run(self, vary: Vary | None, name: str = PLAIN, *, judged: bool = False) -> Run:
        """Run the command once.

        Args:
            vary: what the mock makes use of.
            name: of the run.
            judged: whether the client's conduct is judged.
        """
        with self._mocks.world(vary) as world:
            ended = self.command.run(world.address, self.limit)
            journal = tuple(world.journal())
        judgements = tuple(judge(journal, name)) if judged and not ended.hung else ()
        used = Counter(freedom for entry in journal for freedom in entry["freedoms"])
        return Run(name, vary, ended, journal, used, judgements)
