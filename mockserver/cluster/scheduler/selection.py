"""Finding the best node for a task group."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.draft import Draft
from mockserver.cluster.scheduler.feasibility import DISTINCT_HOSTS, Feasibility, is_distinct
from mockserver.cluster.scheduler.network import NoOffer
from mockserver.cluster.scheduler.outcome import exhausted, filtered, new_metric, scored
from mockserver.cluster.scheduler.usage import Usage, combined
from mockserver.nomad_types import AllocMetric, Job, Node, Resources, TaskGroup

_FEWEST_CANDIDATES = 2
_SHORTEST_SEARCH_NS = 2_000
_SEARCH_SPREAD_NS = 28_000


@dataclass(frozen=True, slots=True)
class Option:
    """A node that can take the group, how good it is, and what each task would get there."""

    node: Node
    score: float
    task_resources: dict[str, Resources]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a kind of scheduler chooses.

    - ``penalty``: taken off a node's score for each allocation of the same job there; None: it does not matter
      who is there, so ``distinct_hosts`` is not looked at either (system jobs).
    - ``thorough``: look at more candidates in a larger cluster, not always at two.
    - ``attempts``: how often it plans anew when the servers do not commit its plan, before it gives up.
    """

    penalty: float | None
    thorough: bool
    attempts: int


SERVICE = Preferences(penalty=10.0, thorough=True, attempts=5)
BATCH = Preferences(penalty=5.0, thorough=False, attempts=2)
SYSTEM = Preferences(penalty=None, thorough=False, attempts=5)


class Selection:
    """Searches the nodes for one job; each search goes on where the one before stopped, to spread the load."""

    def __init__(self, job: Job, draft: Draft, ids: RandomSource, preferences: Preferences) -> None:
        self.feasibility = Feasibility(job)
        self._job = job
        self._draft = draft
        self._ids = ids
        self._preferences = preferences
        self._among: Sequence[Node] = ()
        self._start = 0
        self._candidates = _FEWEST_CANDIDATES

    def among(self, nodes: Sequence[Node]) -> None:
        """Search these nodes from now on, in random order."""
        shuffled = list(nodes)
        self._ids.shuffle(shuffled)
        self._look_at(shuffled)
        self._candidates = _FEWEST_CANDIDATES
        if self._preferences.thorough and nodes:
            self._candidates = max(_FEWEST_CANDIDATES, math.ceil(math.log2(len(nodes))))

    def best(self, group: TaskGroup) -> tuple[Option | None, AllocMetric]:
        """Return the best of the first few nodes with room for the group, and how the search went.

        ``AllocationTime`` (ns) is of a realistic size but drawn from the IDs' source, so that a seed repeats it.
        """
        metric = new_metric()
        option: Option | None = None
        for candidate in islice(self._options(group, metric), self._candidates):
            if option is None or candidate.score > option.score:
                option = candidate
        metric["AllocationTime"] = _SHORTEST_SEARCH_NS + self._ids.below(_SEARCH_SPREAD_NS)
        return option, metric

    def best_preferring(self, node: Node, group: TaskGroup) -> tuple[Option | None, AllocMetric]:
        """``node`` itself if it can take the group, else the best of the others."""
        others = self._among
        self._look_at([node])
        option, metric = self.best(group)
        self._look_at(others)
        return (option, metric) if option is not None else self.best(group)

    def _look_at(self, nodes: Sequence[Node]) -> None:
        self._among = nodes
        self._start = 0

    def _options(self, group: TaskGroup, metric: AllocMetric) -> Iterator[Option]:
        for node in self._feasible(group, metric):
            usage = self._draft.usage(node)
            try:
                task_resources = self._assign(group, usage)
            except NoOffer as refusal:
                exhausted(metric, node, f"network: {refusal}")
                continue
            ask = combined(task_resources, shared_resources(group))
            if dimension := usage.lacks(ask):
                exhausted(metric, node, dimension)
                continue
            yield Option(node, self._score(usage, ask, metric), task_resources)

    def _feasible(self, group: TaskGroup, metric: AllocMetric) -> Iterator[Node]:
        for node in self._in_turn():
            metric["NodesEvaluated"] += 1
            if not self.feasibility.admits(node, group["Name"], metric):
                continue
            if self._shared(self._draft.usage(node), group):
                filtered(metric, node, DISTINCT_HOSTS)
                continue
            yield node

    def _in_turn(self) -> Iterator[Node]:
        for _ in range(len(self._among)):
            self._start = (self._start + 1) % len(self._among)
            yield self._among[self._start - 1]

    def _shared(self, usage: Usage, group: TaskGroup) -> bool:
        """Whether ``distinct_hosts`` forbids the node, for the job or only for the group."""
        if self._preferences.penalty is None:
            return False
        if is_distinct(self._job["Constraints"]):
            return usage.of_job(self._job["ID"]) > 0
        return is_distinct(group["Constraints"]) and usage.of_group(self._job["ID"], group["Name"]) > 0

    def _assign(self, group: TaskGroup, usage: Usage) -> dict[str, Resources]:
        """Return what each task gets on the node; the tasks of a group must not take each other's ports either."""
        offers = []
        resources: dict[str, Resources] = {}
        try:
            for task in group["Tasks"]:
                resources[task["Name"]] = {**task["Resources"]}
                if task["Resources"]["Networks"]:
                    offers.append(usage.network.offer(task["Resources"]["Networks"][0], self._ids))
                    usage.network.add(offers[-1])
                    resources[task["Name"]]["Networks"] = [offers[-1]]
        finally:
            for offer in offers:
                usage.network.remove(offer)
        return resources

    def _score(self, usage: Usage, ask: Resources, metric: AllocMetric) -> float:
        score = usage.score(ask)
        scored(metric, usage.node, "binpack", score)
        neighbours = usage.of_job(self._job["ID"])
        if self._preferences.penalty is not None and neighbours:
            penalty = -neighbours * self._preferences.penalty
            scored(metric, usage.node, "job-anti-affinity", penalty)
            score += penalty
        return score


def shared_resources(group: TaskGroup) -> Resources:
    """Return what the tasks of a group share: its disk."""
    return {"CPU": 0, "DiskMB": group["EphemeralDisk"]["SizeMB"], "IOPS": 0, "MemoryMB": 0, "Networks": None}
