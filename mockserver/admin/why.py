"""Why a job does not run as it should, in a sentence: from its newest evaluations, its allocations and the nodes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from mockserver.cluster.clock import SteeredClock
from mockserver.cluster.cluster import Cluster
from mockserver.gostd.durations import MILLISECOND, MINUTE, SECOND
from mockserver.gostd.fmt import duration
from mockserver.nomad_types import Allocation, AllocMetric, Evaluation, Job, Node, TaskGroup
from mockserver.phrases import counted, listed
from mockserver.slices import Steps

if TYPE_CHECKING:
    from mockserver.cluster.tasks import TaskRun

Level: TypeAlias = Literal["good", "wait", "bad"]

_Amount: TypeAlias = Literal["CPU", "MemoryMB"]

_MEASURED: Mapping[str, tuple[_Amount, str]] = {"cpu exhausted": ("CPU", "MHz"), "memory exhausted": ("MemoryMB", "MB")}
"""The resources whose need is told, by the word of the scheduler, with their units."""

_SEEN_BEFORE = "computed class ineligible"
"""The scheduler's word for nodes that are like one which it has ruled out already."""

_ERRORS = ("DriverError", "SetupError", "DownloadError", "ValidationError")
"""Where an event of a task says what went wrong."""


class Reason(NamedTuple):
    """How a job is (``good``, ``wait``: it needs time or an action, ``bad``), and a sentence that says why."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class _NodeRoom:
    node: Node
    free: Mapping[_Amount, int]


class Explanations:
    """Explains the jobs of a region as it is now; what all jobs have to do with is looked at once, in ``of``."""

    def __init__(self, cluster: Cluster, clock: SteeredClock, rooms: list[_NodeRoom]) -> None:
        self._state = cluster.state
        self._cluster = cluster
        self._clock = clock
        self._rooms = rooms
        self._tasks: dict[str, list[TaskRun]] = {}

    @classmethod
    def of(cls, cluster: Cluster, clock: SteeredClock) -> Steps["Explanations"]:
        """Look at the nodes and the tasks of a region, in steps."""
        explanations = cls(cluster, clock, [])
        for node in tuple(cluster.state.nodes()):
            yield
            explanations._rooms.append(_room(node, cluster.state.allocations_on(node["ID"])))
        for task in cluster.tasks():
            yield
            explanations._tasks.setdefault(task.address.allocation, []).append(task)
        return explanations

    def why(self, job: Job) -> Reason:
        """Return how a job is, and why."""
        if job["Periodic"] is not None or job["ParameterizedJob"] is not None:
            return self._parent(job)
        evaluations = [each for each in self._state.evaluations_of(job["ID"]) if each["JobID"] == job["ID"]]
        allocations = self._state.allocations_of(job["ID"], all_instances=False)
        failures = _unplaced(evaluations)
        if failures and (self._queued(job) or any(each["Status"] == "blocked" for each in evaluations)):
            return Reason("bad", " ".join(self._unplaceable(job, failures)))
        newest = _latest(evaluations)
        if newest and newest["Status"] == "failed":
            return Reason("bad", f"Its newest evaluation failed: {newest['StatusDescription']}.")
        if newest and newest["Status"] == "pending":
            return Reason("wait", f"The scheduler has not looked at it yet.{self._stands}")
        return self._starting(allocations) or _settled(job, newest, allocations)

    def _parent(self, job: Job) -> Reason:
        if job["ParameterizedJob"] is not None:
            return Reason("good", "It is parameterized: it runs when it is dispatched.")
        tracked = self._cluster.saved_part("periodic", job["ID"])
        if tracked is None:
            return Reason("good", "It is periodic, and its launches are off.")
        launch = tracked["launch"]
        if launch is None:
            return Reason("good", "It is periodic, and no launch is to come.")
        when = f"at {_moment(launch['due'])}, in {_rounded(max(launch['due'] - self._clock.now(), 0))}"
        return Reason("good", f"It is periodic: the next launch is {when}.{self._stands}")

    def _queued(self, job: Job) -> bool:
        summary = self._state.summary(job["ID"])
        return summary is not None and any(group["Queued"] for group in summary["Summary"].values())

    def _unplaceable(self, job: Job, failures: Mapping[str, AllocMetric]) -> Iterator[str]:
        groups = {group["Name"]: group for group in job["TaskGroups"] or ()}
        for name, metric in failures.items():
            number = counted(metric["CoalescedFailures"] + 1, "allocation")
            yield f"{number} of group {name} can't be placed: {self._obstacle(metric, groups.get(name))}."

    def _obstacle(self, metric: AllocMetric, group: TaskGroup | None) -> str:
        available = metric["NodesAvailable"] or {}
        if not sum(available.values()):
            return self._no_nodes(list(available))
        parts = [*self._exhausted(metric, group), *_filtered(metric, group)]
        return "; ".join(parts) or f"no node of {metric['NodesEvaluated']} fits"

    def _no_nodes(self, datacenters: list[str]) -> str:
        nodes = [room.node for room in self._rooms]
        there = [node for node in nodes if node["Datacenter"] in datacenters]
        where = f"{'datacenter' if len(datacenters) == 1 else 'datacenters'} {listed(datacenters)}"
        if there:
            states = [f"{node['Name']} is {'draining' if node['Drain'] else node['Status']}" for node in there]
            return f"no node in its {where} is ready ({listed(states)})"
        others = sorted({node["Datacenter"] for node in nodes})
        return (
            f"there is no node in its {where}"
            f"{f'; all nodes are in {listed(others)}' if others else ', nor anywhere else'}"
        )

    def _exhausted(self, metric: AllocMetric, group: TaskGroup | None) -> Iterator[str]:
        for dimension, number in (metric["DimensionExhausted"] or {}).items():
            yield f"{dimension} on {counted(number, 'node')}{self._need(dimension, group)}"

    def _need(self, dimension: str, group: TaskGroup | None) -> str:
        """Return what a group asks for and what the freest node has, where CPU or memory is exhausted."""
        if dimension not in _MEASURED or group is None:
            return ""
        name, unit = _MEASURED[dimension]
        asked = sum(task["Resources"][name] for task in group["Tasks"] or ())
        ready = (room for room in self._rooms if room.node["Status"] == "ready" and not room.node["Drain"])
        free = max((0, *(room.free[name] for room in ready)))
        return f" (each asks for {asked} {unit}; the most that is free on a node is {free} {unit})"

    def _starting(self, allocations: Iterable[Allocation]) -> Reason | None:
        """Return why allocations that are placed don't run yet; None when there are none."""
        waiting = [each for each in allocations if (each["ClientStatus"], each["DesiredStatus"]) == ("pending", "run")]
        if not waiting:
            return None
        tasks = [task for each in waiting for task in self._tasks.get(each["ID"], ())]
        steps = [task.saved()["next"] for task in tasks]
        if tasks and all(task.is_waiting and step is None for task, step in zip(tasks, steps, strict=True)):
            held = f"{counted(len(tasks), 'task')} {'is' if len(tasks) == 1 else 'are'} held in pending by a rule"
            return Reason("wait", f"{held}, until started by hand.")
        number = f"{counted(len(waiting), 'allocation')} {'is' if len(waiting) == 1 else 'are'} placed"
        restarts = any(_last_event(each) == "Restarting" for each in waiting)
        what = "will be restarted" if restarts else "not running yet"
        next_at = min((step["when"] for step in steps if step), default=None)
        when = "" if next_at is None else f": the next step is in {_rounded(max(next_at - self._clock.now(), 0))}"
        return Reason("wait", f"{number} and {what}{when}.{self._stands}")

    @property
    def _stands(self) -> str:
        return "" if self._clock.speed else " Time stands still until it is moved."


def _room(node: Node, allocations: Iterable[Allocation]) -> _NodeRoom:
    used = {"CPU": 0, "MemoryMB": 0}
    for allocation in allocations:
        resources: Any = allocation["Resources"]
        used["CPU"] += resources["CPU"]
        used["MemoryMB"] += resources["MemoryMB"]
    total, reserved = node["Resources"], node["Reserved"]
    amounts: tuple[_Amount, ...] = ("CPU", "MemoryMB")
    free = {name: total[name] - (reserved[name] if reserved else 0) - used[name] for name in amounts}
    return _NodeRoom(node, free)


def _unplaced(evaluations: Iterable[Evaluation]) -> Mapping[str, AllocMetric] | None:
    """Return why the newest evaluation could not place everything, by group, unless a newer one could."""
    judged = [e for e in evaluations if e["Status"] == "complete" and e["TriggeredBy"] != "max-plan-attempts"]
    blocked = _latest(each for each in evaluations if each["Status"] == "blocked")
    cause = next((each for each in judged if blocked and each["BlockedEval"] == blocked["ID"]), None)
    found = cause or _latest(judged)
    return found["FailedTGAllocs"] if found else None


def _filtered(metric: AllocMetric, group: TaskGroup | None) -> Iterator[str]:
    if not metric["NodesFiltered"]:
        return
    reasons = {text: n for text, n in (metric["ConstraintFiltered"] or {}).items() if text != _SEEN_BEFORE}
    of_all = f" of {counted(metric['NodesEvaluated'], 'node')}"
    for text, number in reasons.items():
        yield _ruled_out(text, f"{metric['NodesFiltered'] if len(reasons) == 1 else number}{of_all}", group)
    if not reasons:
        yield f"its constraints rule out {metric['NodesFiltered']}{of_all}, as before"


def _ruled_out(text: str, nodes: str, group: TaskGroup | None) -> str:
    if text != "missing drivers":
        return f"{'constraint ' if '${' in text else ''}{text} rules out {nodes}"
    drivers = list(dict.fromkeys(task["Driver"] for task in (group["Tasks"] if group else None) or ()))
    return f"{f'driver {listed(drivers)}' if drivers else 'a driver'} is missing on {nodes}"


def _settled(job: Job, newest: Evaluation | None, allocations: Iterable[Allocation]) -> Reason:
    """Return how a job is that neither the scheduler nor a node has anything left to do for."""
    if job["Status"] == "running":
        running = sum(1 for each in allocations if each["ClientStatus"] == "running")
        return Reason("good", f"{counted(running, 'allocation')} {'runs' if running == 1 else 'run'}.")
    failed = [each for each in allocations if each["ClientStatus"] == "failed"]
    what = f"{counted(len(failed), 'allocation')} failed{_cause(failed)}"
    if job["Status"] == "dead":
        return Reason("bad", f"It has ended; {what}.") if failed else Reason("good", "It has ended.")
    if newest is None:
        return Reason("wait", "Nothing has evaluated it yet.")
    if failed:
        return Reason("bad", f"{what}; none is left to run.")
    system = ": a system job needs a ready node in its datacenters that fits" if job["Type"] == "system" else ""
    return Reason("wait", f"Its newest evaluation found nothing to place{system}.")


def _cause(failed: Iterable[Allocation]) -> str:
    """Return what went wrong last."""
    events = _in_order(event for each in failed for event in _events(each))
    texts = [text for event in events if (text := _complaint(event))]
    return f": {texts[-1].removesuffix('.')}" if texts else ""


def _complaint(event: Mapping[str, Any]) -> str:
    error = next((str(event[name]) for name in _ERRORS if event[name]), "")
    if error or event["Type"] != "Terminated":
        return error
    return f"signal {event['Signal']}" if event["Signal"] else f"exit code {event['ExitCode']}"


def _events(allocation: Allocation) -> Iterator[Mapping[str, Any]]:
    for state in (allocation["TaskStates"] or {}).values():
        yield from state["Events"] or ()


def _in_order(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(events, key=lambda event: int(event["Time"]))


def _last_event(allocation: Allocation) -> str:
    events = _in_order(_events(allocation))
    return str(events[-1]["Type"]) if events else ""


def _latest(evaluations: Iterable[Evaluation]) -> Evaluation | None:
    return max(evaluations, key=lambda each: each["CreateIndex"], default=None)


def _moment(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds // SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _rounded(nanoseconds: int) -> str:
    """Return a duration as Go writes it, to the second or, where it is short, to the millisecond."""
    unit = SECOND if nanoseconds >= MINUTE else MILLISECOND
    return duration(round(nanoseconds / unit) * unit)
