"""Rules that a user makes for tasks. A rule selects tasks, and replaces what their jobs say about them."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from mockserver.bus import Bus
from mockserver.cluster.tasks.behaviour import Behaviour


class TaskAddress(NamedTuple):
    """The ID of a task's allocation and of its job, and the names of its group and of the task itself."""

    allocation: str
    job: str
    group: str
    task: str


@dataclass(frozen=True, slots=True)
class TaskSelector:
    """Tasks by glob, as in a shell (but ``*`` passes ``/``), and by how the ID of their allocation begins."""

    allocation: str = ""
    job: str = "*"
    group: str = "*"
    task: str = "*"

    def has(self, address: TaskAddress) -> bool:
        """Whether the task at ``address`` is one of them."""
        return (
            address.allocation.startswith(self.allocation)
            and fnmatchcase(address.job, self.job)
            and fnmatchcase(address.group, self.group)
            and fnmatchcase(address.task, self.task)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """``outcome`` are the fields of ``Behaviour`` that differ, for the next ``times`` starts, or for all (None).

    ``hits`` counts the starts that it has applied to.
    """

    number: int
    selection: TaskSelector
    outcome: Mapping[str, Any]
    times: int | None = None
    hits: int = 0

    def saved(self) -> dict[str, Any]:
        """Return the rule as JSON; ``restored`` takes it."""
        return {
            "number": self.number,
            "tasks": asdict(self.selection),
            "outcome": dict(self.outcome),
            "times": self.times,
            "hits": self.hits,
        }

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> "Rule":
        """Return the rule that was saved."""
        return cls(
            saved["number"], TaskSelector(**saved["tasks"]), saved["outcome"], saved["times"], saved.get("hits", 0)
        )


@dataclass(frozen=True, slots=True)
class RuleChanged:
    """A rule for tasks was ``added``, ``used`` for a start, is ``over``, or was ``removed``."""

    what: str
    rule: "Rule"


@dataclass(slots=True)
class Rules:
    """The rules of a world; of those that select a task, the newest counts.

    What becomes of a rule is published on ``bus``.
    """

    bus: Bus = field(default_factory=Bus)
    _rules: dict[int, Rule] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Rule]:
        return iter(tuple(self._rules.values()))

    def add(self, selection: TaskSelector, outcome: Mapping[str, Any], times: int | None = None) -> Rule:
        """Add a rule for the next ``times`` starts of a task, or for all; it is numbered after the newest one."""
        return self.put(Rule(max(self._rules, default=0) + 1, selection, outcome, times))

    def put(self, rule: Rule) -> Rule:
        """Add a rule that has its number already."""
        self._rules[rule.number] = rule
        self._tell("added", rule)
        return rule

    def remove(self, number: int) -> bool:
        """Drop a rule; False when there is none of that number."""
        rule = self._rules.pop(number, None)
        if rule is not None:
            self._tell("removed", rule)
        return rule is not None

    def clear(self) -> None:
        """Drop all."""
        for number in tuple(self._rules):
            self.remove(number)

    def apply(self, address: TaskAddress, behaviour: Behaviour) -> Behaviour:
        """Return what the task at ``address``, about to start, will do; ``behaviour`` when no rule selects it."""
        rule = next((rule for rule in reversed(self._rules.values()) if rule.selection.has(address)), None)
        if rule is None:
            return behaviour
        self._use(rule)
        return replace(behaviour, **rule.outcome)

    def _use(self, rule: Rule) -> None:
        if rule.times is None or rule.times > 1:
            left = None if rule.times is None else rule.times - 1
            used = self._rules[rule.number] = replace(rule, times=left, hits=rule.hits + 1)
            self._tell("used", used)
        else:
            del self._rules[rule.number]
            self._tell("over", rule)

    def _tell(self, what: str, rule: Rule) -> None:
        if self.bus.listening:
            self.bus.publish(RuleChanged(what, rule))
