"""Whether a node may run a task group: constraints and drivers, remembered per class of nodes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mockserver.cluster.scheduler.outcome import filtered
from mockserver.gostd.strconv import TRUE_WORDS
from mockserver.jobs.constraints import satisfied
from mockserver.nomad_types import AllocMetric, Constraint, Job, Node, TaskGroup

DISTINCT_HOSTS = "distinct_hosts"

_UNIQUE = ("${node.unique.", "${attr.unique.", "${meta.unique.")
_NODE_FIELDS: dict[str, Literal["ID", "Datacenter", "Name", "NodeClass"]] = {
    "${node.unique.id}": "ID",
    "${node.datacenter}": "Datacenter",
    "${node.unique.name}": "Name",
    "${node.class}": "NodeClass",
}
_NODE_MAPS: dict[str, Literal["Attributes", "Meta"]] = {"${attr.": "Attributes", "${meta.": "Meta"}


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a group asks of a node; ``escapes`` when nodes of one class can differ in it."""

    constraints: Sequence[Constraint]
    drivers: frozenset[str]
    escapes: bool


class Feasibility:
    """The static checks of one job in the course of one evaluation.

    Nodes of one computed class pass or fail together, so the first verdict on a class is remembered: for the job
    and for each group. A constraint on something unique to a node escapes that: every node is then looked at.
    A blocked evaluation carries what was learned as its ClassEligibility.
    """

    def __init__(self, job: Job) -> None:
        self._job = _Needs(job["Constraints"] or (), frozenset(), _escapes(job["Constraints"] or ()))
        self._groups = {group["Name"]: group for group in job["TaskGroups"]}
        self._needs: dict[str, _Needs] = {}
        self._job_verdicts: dict[str, bool] = {}
        self._group_verdicts: dict[str, dict[str, bool]] = {name: {} for name in self._groups}
        self._unmet: dict[str, set[int]] = {name: set() for name in self._groups}

    @property
    def escaped(self) -> bool:
        """Some constraint of the job is about something unique to a node."""
        return self._job.escapes or any(self._needs_of(name).escapes for name in self._groups)

    @property
    def classes(self) -> dict[str, bool]:
        """The classes seen so far; one that any group may use is eligible."""
        seen = dict(self._job_verdicts)
        for verdicts in self._group_verdicts.values():
            for name, eligible in verdicts.items():
                seen[name] = eligible or seen.get(name, False)
        return seen

    @property
    def filtering(self) -> frozenset[tuple[str, int]]:
        """The constraints that kept nodes away so far, as ``jobs.diff.filtering`` has them; not those of the job."""
        return frozenset((name, place) for name, places in self._unmet.items() for place in places)

    def admits(self, node: Node, group: str, metric: AllocMetric) -> bool:
        """Whether the node meets job and group; a node that does not is counted in the metric with the reason."""
        return _passes(node, self._job, self._job_verdicts, metric, set()) and _passes(
            node, self._needs_of(group), self._group_verdicts[group], metric, self._unmet[group]
        )

    def _needs_of(self, group: str) -> _Needs:
        """Return what a group asks of a node, which is found out when its turn comes: there may be thousands."""
        needs = self._needs.get(group)
        if needs is None:
            needs = self._needs[group] = _needs(self._groups[group])
        return needs


def _passes(node: Node, needs: _Needs, verdicts: dict[str, bool], metric: AllocMetric, unmet: set[int]) -> bool:
    known = None if needs.escapes else verdicts.get(node["ComputedClass"])
    if known is not None:
        reason = None if known else "computed class ineligible"
    else:
        reason = _objection(node, needs, unmet)
        if node["ComputedClass"] and not needs.escapes:
            verdicts[node["ComputedClass"]] = reason is None
    if reason is not None:
        filtered(metric, node, reason)
    return reason is None


def _objection(node: Node, needs: _Needs, unmet: set[int]) -> str | None:
    """Return what the node lacks first, in the words of ConstraintFiltered; a constraint is put in ``unmet``."""
    if not all(_has_driver(node, driver) for driver in needs.drivers):
        return "missing drivers"
    for place, constraint in enumerate(needs.constraints):
        if not _meets(node, constraint):
            unmet.add(place)
            return f"{constraint['LTarget']} {constraint['Operand']} {constraint['RTarget']}"
    return None


def _has_driver(node: Node, driver: str) -> bool:
    return (node["Attributes"] or {}).get(f"driver.{driver}") in TRUE_WORDS


def _meets(node: Node, constraint: Constraint) -> bool:
    left, right = resolve(constraint["LTarget"], node), resolve(constraint["RTarget"], node)
    if left is None or right is None:
        return False
    return constraint["Operand"] == DISTINCT_HOSTS or satisfied(constraint["Operand"], left, right)


def resolve(target: str, node: Node) -> str | None:
    """Return the value that a constraint's target stands for on a node: itself, unless it begins with ``${``.

    None when the node does not have it; no operator is met then, not even ``!=`` (observed).
    """
    if not target.startswith("${"):
        return target
    if field := _NODE_FIELDS.get(target):
        return node[field]
    for prefix, members in _NODE_MAPS.items():
        if target.startswith(prefix):
            return (node[members] or {}).get(target.removeprefix(prefix).removesuffix("}"))
    return None


def values_on(nodes: Iterable[Node], target: str) -> set[str]:
    """Return the different values that a constraint's target stands for on these nodes."""
    return {value for node in nodes if (value := resolve(target, node)) is not None}


def is_distinct(constraints: Iterable[Constraint] | None) -> bool:
    """Whether ``distinct_hosts`` is among them."""
    return any(constraint["Operand"] == DISTINCT_HOSTS for constraint in constraints or ())


def _needs(group: TaskGroup) -> _Needs:
    constraints = list(_constraints(group))
    return _Needs(constraints, frozenset(task["Driver"] for task in group["Tasks"]), _escapes(constraints))


def _constraints(group: TaskGroup) -> Iterator[Constraint]:
    yield from group["Constraints"] or ()
    for task in group["Tasks"]:
        yield from task["Constraints"] or ()


def _escapes(constraints: Iterable[Constraint]) -> bool:
    return any(each["LTarget"].startswith(_UNIQUE) or each["RTarget"].startswith(_UNIQUE) for each in constraints)
