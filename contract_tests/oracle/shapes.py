"""The shape of every object in a reply, as the page shows it and as an agent of 0.5.4 answers it.

This is the suite's own knowledge, apart from the schemas that drive the mock, so that a wrong schema cannot hide a
wrong server. Notation, per object: ``Name:type`` for each field, documented ones before ``|``, merely observed ones
after it. Types: ``s`` string, ``i`` integer, ``b`` boolean, ``n`` number, ``any``; ``[x]`` list, ``{x}`` map to x,
``Object``; a trailing ``?`` allows null.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from contract_tests.oracle import companion_shapes
from contract_tests.words import ABSENT, At, Place, data, written

NOTATION = {
    "Job": "Region:s ID:s Name:s Type:s Priority:i AllAtOnce:b Datacenters:[s] Constraints:[Constraint]? "
    "TaskGroups:[TaskGroup] Update:Update Meta:{s}? Status:s StatusDescription:s CreateIndex:i ModifyIndex:i "
    "| JobModifyIndex:i ParentID:s ParameterizedJob:Parameterized? Payload:s? Periodic:Periodic? VaultToken:s",
    "Constraint": "LTarget:s RTarget:s Operand:s |",
    "Update": "Stagger:i MaxParallel:i |",
    "Periodic": "| Enabled:b ProhibitOverlap:b Spec:s SpecType:s",
    "Parameterized": "| MetaOptional:[s]? MetaRequired:[s]? Payload:s",
    "TaskGroup": "Name:s Count:i Constraints:[Constraint]? Tasks:[Task] Meta:{s}? "
    "| EphemeralDisk:EphemeralDisk RestartPolicy:RestartPolicy",
    "EphemeralDisk": "| Migrate:b SizeMB:i Sticky:b",
    "RestartPolicy": "| Attempts:i Delay:i Interval:i Mode:s",
    "Task": "Name:s Driver:s Config:{any}? Constraints:[Constraint]? Resources:Resources Meta:{s}? "
    "| Artifacts:[Artifact]? DispatchPayload:DispatchPayload? Env:{s}? KillTimeout:i LogConfig:LogConfig "
    "Services:[Service]? Templates:[Template]? User:s Vault:Vault?",
    "Resources": "CPU:i MemoryMB:i DiskMB:i IOPS:i Networks:[Network]? |",
    "Network": "Device:s CIDR:s IP:s MBits:i ReservedPorts:[Port]? DynamicPorts:[Port]? |",
    "Port": "| Label:s Value:i",
    "LogConfig": "| MaxFileSizeMB:i MaxFiles:i",
    "Artifact": "| GetterOptions:{s}? GetterSource:s RelativeDest:s",
    "DispatchPayload": "| File:s",
    "Service": "| Checks:[Check]? Name:s PortLabel:s Tags:[s]?",
    "Check": "| Args:[s]? Command:s InitialStatus:s Interval:i Name:s Path:s PortLabel:s Protocol:s Timeout:i Type:s",
    "Template": "| ChangeMode:s ChangeSignal:s DestPath:s EmbeddedTmpl:s SourcePath:s Splay:i",
    "Vault": "| ChangeMode:s ChangeSignal:s Env:b Policies:[s]",
    "Allocation": "ID:s EvalID:s Name:s NodeID:s JobID:s TaskGroup:s DesiredStatus:s DesiredDescription:s "
    "ClientStatus:s ClientDescription:s CreateIndex:i ModifyIndex:i | CreateTime:i TaskStates:{TaskState}?",
    "TaskState": "| Events:[TaskEvent]? Failed:b State:s",
    "TaskEvent": "| DiskLimit:i DownloadError:s DriverError:s DriverMessage:s ExitCode:i FailedSibling:s FailsTask:b "
    "KillError:s KillReason:s KillTimeout:i Message:s RestartReason:s SetupError:s Signal:i StartDelay:i TaskSignal:s "
    "TaskSignalReason:s Time:i Type:s ValidationError:s VaultError:s",
    "Evaluation": "ID:s Priority:i Type:s TriggeredBy:s JobID:s JobModifyIndex:i NodeID:s NodeModifyIndex:i Status:s "
    "StatusDescription:s Wait:i NextEval:s PreviousEval:s CreateIndex:i ModifyIndex:i "
    "| AnnotatePlan:b BlockedEval:s ClassEligibility:{b}? EscapedComputedClass:b FailedTGAllocs:{Metric}? "
    "QueuedAllocations:{i}? SnapshotIndex:i",
    "Summary": "JobID:s Summary:{Counts} CreateIndex:i ModifyIndex:i | Children:Children",
    "Counts": "Queued:i Complete:i Failed:i Running:i Starting:i Lost:i |",
    "Children": "| Dead:i Pending:i Running:i",
    "Registered": "EvalID:s EvalCreateIndex:i JobModifyIndex:i | Index:i KnownLeader:b LastContact:i",
    "Evaluated": "EvalID:s EvalCreateIndex:i JobModifyIndex:i | Index:i KnownLeader:b LastContact:i",
    "Deregistered": "EvalID:s EvalCreateIndex:i JobModifyIndex:i | Index:i KnownLeader:b LastContact:i",
    "Dispatched": "KnownLeader:b LastContact:i Index:i JobCreateIndex:i EvalCreateIndex:i EvalID:s DispatchedJobID:s |",
    "Forced": "EvalCreateIndex:i EvalID:s | Index:i",
    "Plan": "Index:i NextPeriodicLaunch:s Diff:JobDiff? CreatedEvals:[PlannedEvaluation]? JobModifyIndex:i "
    "FailedTGAllocs:{Metric}? Annotations:Annotations |",
    "JobDiff": "Type:s TaskGroups:[GroupDiff]? Objects:[ObjectDiff]? ID:s Fields:[FieldDiff]? |",
    "GroupDiff": "Updates:{i}? Type:s Tasks:[TaskDiff]? Objects:[ObjectDiff]? Name:s Fields:[FieldDiff]? |",
    "TaskDiff": "Type:s Objects:[ObjectDiff]? Name:s Fields:[FieldDiff]? Annotations:[s]? |",
    "ObjectDiff": "Type:s Objects:[ObjectDiff]? Name:s Fields:[FieldDiff]? |",
    "FieldDiff": "Type:s Old:s New:s Name:s Annotations:[s]? |",
    "PlannedEvaluation": "ModifyIndex:i CreateIndex:i SnapshotIndex:i AnnotatePlan:b EscapedComputedClass:b "
    "NodeModifyIndex:i NodeID:s JobModifyIndex:i JobID:s TriggeredBy:s Type:s Priority:i ID:s Status:s "
    "StatusDescription:s Wait:i NextEval:s PreviousEval:s BlockedEval:s FailedTGAllocs:{Metric}? "
    "ClassEligibility:{b}? | QueuedAllocations:{i}?",
    "Metric": "CoalescedFailures:i AllocationTime:i Scores:{n}? NodesEvaluated:i NodesFiltered:i NodesAvailable:{i}? "
    "ClassFiltered:{i}? ConstraintFiltered:{i}? NodesExhausted:i ClassExhausted:{i}? DimensionExhausted:{i}? |",
    "Annotations": "DesiredTGUpdates:{DesiredUpdates} |",
    "DesiredUpdates": "DestructiveUpdate:i InPlaceUpdate:i Stop:i Migrate:i Place:i Ignore:i |",
    **companion_shapes.NOTATION,
}
STATEMENTS: dict[str, tuple[str, ...]] = {
    "Job": ("job.query.reply-has-documented-fields", "job.query.reply-has-observed-fields"),
    "Constraint": ("job.query.constraint-has-documented-fields",),
    "Update": ("job.query.update-has-documented-fields",),
    "Periodic": ("job.query.periodic-has-observed-fields",),
    "Parameterized": ("job.query.parameterized-has-observed-fields",),
    "TaskGroup": ("job.query.task-group-has-documented-fields", "job.query.task-group-has-observed-fields"),
    "EphemeralDisk": ("job.query.ephemeral-disk-has-observed-fields",),
    "RestartPolicy": ("job.query.restart-policy-has-observed-fields",),
    "Task": ("job.query.task-has-documented-fields", "job.query.task-has-observed-fields"),
    "Resources": ("job.query.resources-has-documented-fields",),
    "Network": ("job.query.network-has-documented-fields",),
    "Port": ("job.query.port-has-observed-fields",),
    "LogConfig": ("job.query.log-config-has-observed-fields",),
    "Artifact": ("job.query.artifact-has-observed-fields",),
    "DispatchPayload": ("job.query.dispatch-payload-has-observed-fields",),
    "Service": ("job.query.service-has-observed-fields",),
    "Check": ("job.query.check-has-observed-fields",),
    "Template": ("job.query.template-has-observed-fields",),
    "Vault": ("job.query.task-has-observed-fields",),
    "Allocation": ("job.allocations.reply-has-documented-fields", "job.allocations.reply-has-observed-fields"),
    "TaskState": ("job.allocations.task-state-has-observed-fields",),
    "TaskEvent": ("job.allocations.task-event-has-observed-fields",),
    "Evaluation": ("job.evaluations.reply-has-documented-fields", "job.evaluations.reply-has-observed-fields"),
    "Summary": ("job.summary.reply-has-documented-fields", "job.summary.reply-has-observed-fields"),
    "Counts": ("job.summary.counts-has-documented-fields",),
    "Children": ("job.summary.children-has-observed-fields",),
    "Registered": ("job.register.reply-has-documented-fields", "job.register.reply-has-observed-fields"),
    "Evaluated": ("job.evaluate.reply-has-documented-fields", "job.evaluate.reply-has-observed-fields"),
    "Deregistered": ("job.deregister.reply-has-documented-fields", "job.deregister.reply-has-observed-fields"),
    "Dispatched": ("job.dispatch.reply-has-documented-fields",),
    "Forced": ("job.periodic-force.reply-has-documented-fields", "job.periodic-force.reply-has-observed-fields"),
    "Plan": ("job.plan.reply-has-documented-fields",),
    "JobDiff": ("job.plan.job-diff-has-documented-fields",),
    "GroupDiff": ("job.plan.task-group-diff-has-documented-fields",),
    "TaskDiff": ("job.plan.task-diff-has-documented-fields",),
    "ObjectDiff": ("job.plan.object-diff-has-documented-fields",),
    "FieldDiff": ("job.plan.field-diff-has-documented-fields",),
    "PlannedEvaluation": (
        "job.plan.created-evaluation-has-documented-fields",
        "job.plan.created-evaluation-has-observed-fields",
    ),
    "Metric": ("job.plan.metric-has-documented-fields",),
    "Annotations": ("job.plan.annotations-has-documented-fields",),
    "DesiredUpdates": ("job.plan.desired-updates-has-documented-fields",),
    **companion_shapes.STATEMENTS,
}
"""The statements that an object of each kind has its documented fields, and its observed fields, where it has such.

A server without Vault refuses jobs that have a Vault block, so that it seldom shows: it counts as part of its task.
"""


Classes: TypeAlias = frozenset[type]

_WHOLE = "the reply"
"""How a person calls the place of the whole."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object."""

    name: str
    type: str
    documented: bool
    plain: Classes
    """The classes of Python whose values are all of this type; most fields need no further look."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A departure of a value from its shape; ``statement`` is "" for an addition."""

    statement: str
    place: Place
    expected: str
    actual: object

    @property
    def wanted(self) -> str:
        """What is expected, with its place."""
        return f"{written(self.place) or _WHOLE}: {self.expected}"

    @property
    def found(self) -> object:
        """What there is, with its place."""
        return At(self.place, self.actual) if self.place else f"{_WHOLE}: {data(self.actual)}"


class Reply(dict[str, Any]):
    """A JSON object of a reply; asking it for a field that it lacks is a finding, not a crash of the suite."""

    __slots__ = ("_lacking", "kind")

    def __init__(self, members: Mapping[str, Any], lacking: Callable[[str, str], Exception]) -> None:
        """Wrap an object; ``lacking`` makes a finding of the statement and the missing field."""
        super().__init__(members)
        self.kind = "Job"
        """The kind of object, known once its shape was checked."""
        self._lacking = lacking

    def __missing__(self, name: str) -> Any:
        documented = any(field.name == name and field.documented for field in fields(self.kind))
        raise self._lacking(statement_of(self.kind, documented), name)


@functools.cache
def fields(kind: str) -> tuple[Field, ...]:
    """Return the fields of an object of this kind."""
    documented, observed = NOTATION[kind].split("|")
    return tuple(
        Field(name, type_, known, _plain(type_))
        for known, half in ((True, documented), (False, observed))
        for name, _, type_ in (part.partition(":") for part in half.split())
    )


def _plain(type_: str) -> Classes:
    if type_.endswith("?"):
        return _plain(type_[:-1]) | {type(None)}
    return frozenset({"s": (str,), "i": (int,), "b": (bool,), "n": (int, float)}.get(type_, ()))


def statement_of(kind: str, documented: bool) -> str:
    """Return the id of the statement about an object's documented or observed fields; the other if it has only one."""
    statements = STATEMENTS[kind]
    return statements[0 if documented else -1]


def statements_about(section: str) -> list[str]:
    """Return the ids of all statements about fields in one section of the page, such as ``job.plan``."""
    return sorted({one for both in STATEMENTS.values() for one in both if one.startswith(f"{section}.")})


def flaws(kind: str, value: object, place: Place = (), met: set[str] | None = None) -> Iterator[Flaw]:
    """Yield every departure of a value from the shape of this kind, additions included.

    The kinds of the objects that were looked at are added to ``met``.
    """
    if not isinstance(value, dict):
        documented = any(field.documented for field in fields(kind))
        yield Flaw(statement_of(kind, documented), place, "an object", value)
        return
    if met is not None:
        met.add(kind)
    if isinstance(value, Reply):
        value.kind = kind
    for field in fields(kind):
        if field.name not in value:
            wanted = f"a field with {in_words(field.type)}"
            yield Flaw(statement_of(kind, field.documented), (*place, field.name), wanted, ABSENT)
        elif type(value[field.name]) not in field.plain:
            statement = statement_of(kind, field.documented)
            yield from _typed(field.type, value[field.name], (*place, field.name), statement, met)
    for extra in value.keys() - _names(kind):
        yield Flaw("", (kind, extra), "", value[extra])


@functools.cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind))


READS = {"query": "Job", "summary": "Summary", "evaluations": "[Evaluation]", "allocations": "[Allocation]"}
"""The type of what each read answers."""


def documented(type_: str, value: Any) -> Any:
    """Return what the page binds of a value of this type: documented fields, null for nothing where both may stand.

    A list of a job's evaluations or allocations is a set, so that it comes out in the order of their IDs.
    """
    if type_.endswith("?"):
        return None if value in ([], {}) else documented(type_[:-1], value)
    if type_[0] == "[" and isinstance(value, list):
        items = [documented(type_[1:-1], item) for item in value]
        return sorted(items, key=repr) if type_ in READS.values() else items
    if type_[0] == "{" and isinstance(value, dict):
        return {key: documented(type_[1:-1], item) for key, item in value.items()}
    if type_ in NOTATION and isinstance(value, dict):
        return {
            field.name: documented(field.type, dict.get(value, field.name))
            for field in fields(type_)
            if field.documented and field.name in value
        }
    return value


def counted(type_: str, counts: Mapping[str, int]) -> int:
    """Return the sum of the counts in a record of this type, without fields that only this server has."""
    return sum(counts.get(field.name, 0) for field in fields(type_))


def _typed(type_: str, value: Any, place: Place, statement: str, met: set[str] | None) -> Iterator[Flaw]:
    if type_.endswith("?"):
        if value is not None:
            yield from _typed(type_[:-1], value, place, statement, met)
    elif type_[0] == "[":
        if not isinstance(value, list):
            yield Flaw(statement, place, in_words(type_), value)
        else:
            for number, item in enumerate(value):
                yield from _typed(type_[1:-1], item, (*place, number), statement, met)
    elif type_[0] == "{":
        if not isinstance(value, dict):
            yield Flaw(statement, place, in_words(type_), value)
        else:
            for key, item in value.items():
                yield from _typed(type_[1:-1], item, (*place, key), statement, met)
    elif type_ in NOTATION:
        yield from flaws(type_, value, place, met)
    elif not _is(type_, value):
        yield Flaw(statement, place, PRIMITIVES[type_], value)


PRIMITIVES = {"s": "a string", "i": "an integer", "b": "true or false", "n": "a number", "any": "anything"}
_SEVERAL = {"s": "strings", "i": "integers", "b": "truth values", "n": "numbers", "any": "anything"}


def in_words(type_: str) -> str:
    """Return a type of the notation as a person says it: ``{s}?`` is a map of strings, may be null."""
    if type_.endswith("?"):
        return f"{in_words(type_[:-1])}, may be null"
    if type_[0] in "[{":
        return f"a {'list' if type_[0] == '[' else 'map'} of {_several(type_[1:-1])}"
    return PRIMITIVES.get(type_) or f"an object ({_spaced(type_)})"


def _several(type_: str) -> str:
    if type_[0] in "[{":
        return f"{'lists' if type_[0] == '[' else 'maps'} of {_several(type_[1:-1])}"
    return _SEVERAL.get(type_) or f"objects ({_spaced(type_)})"


def _spaced(name: str) -> str:
    """Return the name of a kind of object in lower-case words: ``TaskGroup`` is ``task group``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _is(type_: str, value: object) -> bool:
    if type_ == "any":
        return True
    if type_ == "s":
        return isinstance(value, str)
    if type_ == "b":
        return isinstance(value, bool)
    number = isinstance(value, int) if type_ == "i" else isinstance(value, int | float)
    return number and not isinstance(value, bool)
