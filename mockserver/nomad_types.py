"""The JSON objects that travel through the mock, as TypedDicts.

Generated from ``schemas/`` by ``python -m mockserver.openapi.typed_dicts --write``; do not edit.

The types named ``Submitted…`` are a job and its parts as they are decoded from a request: what an agent fills in is
null in them, or empty. The others are what an agent stores and answers with; a part that has the same fields in both
is one type. Every object has all of its keys.
"""

from __future__ import annotations

from typing import Any, TypedDict


class Job(TypedDict):
    """A job as the server stores it."""

    Region: str
    """Region the job was written for."""
    ID: str
    """ID, in the letter case of its last registration."""
    ParentID: str
    """ID of the periodic or parameterized job it was launched from; empty when none."""
    Name: str
    """Name for humans; the ID for a launched child."""
    Type: str
    """Scheduler. `service`, `batch` and `system` exist; another word may be stored, but is never scheduled."""
    Priority: int
    """Order in which waiting work is placed; higher first."""
    AllAtOnce: bool
    """Whether the job is placed completely or not at all."""
    Datacenters: list[str]
    """Datacenters the job may run in, as submitted."""
    Constraints: list[Constraint] | None
    """Limits on the nodes for the whole job; null when none, `[]` when a job that was there before was registered with
    an empty list."""
    TaskGroups: list[TaskGroup]
    """The groups."""
    Update: UpdateStrategy
    """How quickly allocations are replaced."""
    Periodic: PeriodicConfig | None
    """Cron launches; null when the job is not periodic."""
    ParameterizedJob: ParameterizedJobConfig | None
    """Rules of a dispatch; null when the job is not parameterized."""
    Payload: str | None
    """Payload of a dispatched child, in base64; null when none, empty when an empty one was registered."""
    Meta: dict[str, str] | None
    """Free keys and values, for a dispatched child with those of the dispatch; null when none."""
    VaultToken: str
    """Always empty: it is cleared before the job is stored."""
    Status: str
    """Computed from allocations and evaluations."""
    StatusDescription: str
    """As submitted; the server never sets it."""
    CreateIndex: int
    """Index at which the job was first registered."""
    ModifyIndex: int
    """Index of its last change, those of Status included."""
    JobModifyIndex: int
    """Index of its last registration."""


class Constraint(TypedDict):
    """A limit on the nodes that a job, a task group or a task may run on."""

    LTarget: str
    """What is looked at on the node, usually an interpolated attribute; empty where the operand needs none."""
    RTarget: str
    """What it is compared with."""
    Operand: str
    """How the two are compared."""


class TaskGroup(TypedDict):
    """Tasks that run together on one node."""

    Name: str
    """Name, unique within the job."""
    Count: int
    """Allocations wanted."""
    Constraints: list[Constraint] | None
    """Limits on the nodes for this group, those the server added included; null or `[]` when none."""
    RestartPolicy: RestartPolicy
    """How failed tasks are restarted."""
    Tasks: list[Task]
    """The tasks."""
    EphemeralDisk: EphemeralDisk
    """The disk the tasks share."""
    Meta: dict[str, str] | None
    """Free keys and values; null when none."""


class RestartPolicy(TypedDict):
    """How often a failed task of the group is restarted on its node."""

    Attempts: int
    """Restarts within Interval."""
    Interval: int
    """Time in which Attempts are counted; 0 means no limit (nanoseconds)."""
    Delay: int
    """Pause before a restart (nanoseconds)."""
    Mode: str
    """What happens when Attempts are used up."""


class Task(TypedDict):
    """A program to run."""

    Name: str
    """Name, unique within the group."""
    Driver: str
    """Driver that runs the task."""
    User: str
    """User that the task runs as."""
    Config: dict[str, Any] | None
    """Settings of the driver; null when none. Numbers are floats and print like 6.379E+03."""
    Env: dict[str, str] | None
    """Environment variables; null when none."""
    Services: list[Service] | None
    """Services announced in Consul; null when none were given, `[]` when an empty list was."""
    Vault: Vault | None
    """Access to Vault; null when none."""
    Templates: list[Template] | None
    """Files rendered from templates; null when none were given, `[]` when an empty list was."""
    Constraints: list[Constraint] | None
    """Limits on the nodes for this task; null or `[]` when none."""
    Resources: Resources
    """What the task needs."""
    DispatchPayload: DispatchPayloadConfig | None
    """Where the payload of a dispatch is written; null when nowhere."""
    Meta: dict[str, str] | None
    """Free keys and values; null when none."""
    KillTimeout: int
    """Time between the kill signal and the kill (nanoseconds)."""
    LogConfig: LogConfig
    """How the output is rotated."""
    Artifacts: list[TaskArtifact] | None
    """Files fetched before the task starts; null when none were given, `[]` when an empty list was."""


class Service(TypedDict):
    """A service announced in Consul."""

    Name: str
    """Name, after `${JOB}`, `${TASKGROUP}`, `${TASK}` and `${BASE}` were replaced."""
    PortLabel: str
    """Label of a port of the task's Networks."""
    Tags: list[str] | None
    """Tags; null when none."""
    Checks: list[ServiceCheck] | None
    """Health checks; null when none."""


class ServiceCheck(TypedDict):
    """A health check of a service."""

    Name: str
    """Name, unique within the service."""
    Type: str
    """Kind of check, in the letter case that was submitted."""
    Command: str
    """Program of a `script` check."""
    Args: list[str] | None
    """Arguments of Command; null when none."""
    Path: str
    """URL path of an `http` check."""
    Protocol: str
    """Protocol of an `http` check."""
    PortLabel: str
    """Port to check instead of the service's."""
    Interval: int
    """Time between two checks (nanoseconds)."""
    Timeout: int
    """Time after which the check has failed (nanoseconds)."""
    InitialStatus: str
    """State before the first check."""


class Vault(TypedDict):
    """Access of the task to Vault."""

    Policies: list[str]
    """Policies of the task's token."""
    Env: bool
    """Whether the token is put into the environment."""
    ChangeMode: str
    """What is done to the task when the token changes."""
    ChangeSignal: str
    """Signal for mode `signal`, in upper case."""


class Template(TypedDict):
    """A file rendered from a template."""

    SourcePath: str
    """Where the template is."""
    DestPath: str
    """Where the file goes."""
    EmbeddedTmpl: str
    """The template itself."""
    ChangeMode: str
    """What is done to the task when the file changes."""
    ChangeSignal: str
    """Signal for mode `signal`, in upper case."""
    Splay: int
    """Upper limit of a random wait before the change (nanoseconds)."""


class Resources(TypedDict):
    """What a task needs of its node."""

    CPU: int
    """CPU (MHz)."""
    MemoryMB: int
    """Memory (MB)."""
    DiskMB: int
    """0: disk is asked for by the group's EphemeralDisk (MB)."""
    IOPS: int
    """I/O operations per second."""
    Networks: list[NetworkResource] | None
    """Networks asked for; null when none."""


class NetworkResource(TypedDict):
    """A network that a task asks for."""

    Device: str
    """Empty unless submitted: a job is not a placed task."""
    CIDR: str
    """Empty unless submitted: a job is not a placed task."""
    IP: str
    """Empty unless submitted: a job is not a placed task."""
    MBits: int
    """Bandwidth (MBits)."""
    ReservedPorts: list[Port] | None
    """Ports with a fixed number; null when none."""
    DynamicPorts: list[Port] | None
    """Ports whose number the scheduler chooses; null when none."""


class Port(TypedDict):
    """A port of the task's network."""

    Label: str
    """Name of the port, used by services."""
    Value: int
    """Port number on the node; 0 for a dynamic port."""


class DispatchPayloadConfig(TypedDict):
    """Where the payload of a dispatch is written."""

    File: str
    """File, relative to the task's local directory."""


class LogConfig(TypedDict):
    """How a task's output is rotated."""

    MaxFiles: int
    """Files kept."""
    MaxFileSizeMB: int
    """Size of one file (MB)."""


class TaskArtifact(TypedDict):
    """A file fetched before the task starts."""

    GetterSource: str
    """Where it is."""
    GetterOptions: dict[str, str] | None
    """Options of the download, as submitted."""
    RelativeDest: str
    """Where it goes."""


class EphemeralDisk(TypedDict):
    """The disk that the tasks of a group share."""

    Sticky: bool
    """Whether the data stays on the node for the next allocation."""
    SizeMB: int
    """Size (MB)."""
    Migrate: bool
    """Whether the data moves to another node with the allocation."""


class UpdateStrategy(TypedDict):
    """How quickly allocations are replaced when the job changes."""

    Stagger: int
    """Pause between two batches of replacements; 0 when not given (nanoseconds)."""
    MaxParallel: int
    """Allocations replaced at once; 0 when not given."""


class PeriodicConfig(TypedDict):
    """Launches a child of the job at the times of a cron expression."""

    Enabled: bool
    """Whether the launches take place."""
    Spec: str
    """Cron expression, in UTC."""
    SpecType: str
    """Kind of Spec; `cron` when Enabled."""
    ProhibitOverlap: bool
    """Whether a launch is left out while the last child still runs."""


class ParameterizedJobConfig(TypedDict):
    """Makes the job a template that runs only when dispatched."""

    Payload: str
    """Whether a dispatch must, may or must not carry a payload."""
    MetaRequired: list[str] | None
    """Meta keys a dispatch must give."""
    MetaOptional: list[str] | None
    """Meta keys a dispatch may give."""


class JobListStub(TypedDict):
    """A job as lists show it: no groups, but the summary."""

    CreateIndex: int
    """Index at which the job was first registered."""
    ID: str
    """ID."""
    JobModifyIndex: int
    """Index of the last registration."""
    JobSummary: JobSummary | None
    """Summary; null when the servers have none of it, as after an import without it."""
    ModifyIndex: int
    """Index of the last change, of the status too."""
    Name: str
    """Name."""
    ParentID: str
    """The periodic or parameterized job it comes from; else empty."""
    Priority: int
    """Priority."""
    Status: str
    """Status."""
    StatusDescription: str
    """Empty."""
    Type: str
    """Type; a job of another one is stored, too, when its groups have restart policies."""


class JobSummary(TypedDict):
    """Counts of a job's allocations and children."""

    JobID: str
    """ID of the job, in the letter case of its first registration."""
    Summary: dict[str, TaskGroupSummary]
    """By name of each task group the job ever had."""
    Children: JobChildrenSummary | None
    """Counts of the children; zeros for a job without any, null once an operator had the summaries reconciled."""
    CreateIndex: int
    """Index at which the job was first registered."""
    ModifyIndex: int
    """Index of the last change of a count."""


class TaskGroupSummary(TypedDict):
    """How many allocations of a task group are in which state."""

    Queued: int
    """Not placed, by the last processed evaluation."""
    Complete: int
    """Ended well or stopped; never goes down."""
    Failed: int
    """Failed; never goes down."""
    Running: int
    """Running; below 0 when more left this state than were counted in it, as after a job was removed and registered
    again."""
    Starting: int
    """Placed, not yet running; below 0 when more left this state than were counted in it, as after a job was removed
    and registered again."""
    Lost: int
    """Lost with their node; below 0 when more left this state than were counted in it, as after a job was removed and
    registered again."""


class JobChildrenSummary(TypedDict):
    """How many children of a periodic or parameterized job are in which state."""

    Pending: int
    """Pending children; below 0 when more left this state than were counted in it, as after summaries were
    reconciled."""
    Running: int
    """Running children; below 0 when more left this state than were counted in it, as after summaries were
    reconciled."""
    Dead: int
    """Dead children, and those that were deleted before they died; below 0 when more left this state than were counted
    in it, as after summaries were reconciled."""


class Evaluation(TypedDict):
    """One run of a scheduler for a job."""

    ID: str
    """ID."""
    Priority: int
    """Priority of the job, 50 for one that was deregistered."""
    Type: str
    """Scheduler that processes it."""
    TriggeredBy: str
    """What caused it. `job-register` also for /evaluate and /dispatch."""
    JobID: str
    """Job it is about."""
    JobModifyIndex: int
    """Index of the job it was created for; 0 for one caused by a node."""
    NodeID: str
    """Node that caused it; empty when none."""
    NodeModifyIndex: int
    """Index of that node; 0 when none."""
    Status: str
    """State."""
    StatusDescription: str
    """Why it is in this state."""
    Wait: int
    """Pause before it is processed (nanoseconds)."""
    NextEval: str
    """Evaluation that goes on with the rolling update; empty when none."""
    PreviousEval: str
    """Evaluation that created this one; empty when none."""
    BlockedEval: str
    """Evaluation that waits for room for what this one could not place; empty when none."""
    FailedTGAllocs: dict[str, AllocMetric] | None
    """Why, by task group that could not be placed; null when all were."""
    ClassEligibility: dict[str, bool] | None
    """Whether the job may run on a computed node class; filled in blocked ones."""
    EscapedComputedClass: bool
    """Whether a constraint looks at values that are no part of a computed node class."""
    AnnotatePlan: bool
    """Whether the scheduler explains its plan; only during a dry-run."""
    SnapshotIndex: int
    """Index of the state it was processed on; 0 before."""
    QueuedAllocations: dict[str, int] | None
    """Allocations not placed, by task group; null until it is processed."""
    CreateIndex: int
    """Index at which it was created; 0 in the reply of a plan."""
    ModifyIndex: int
    """Index of its last change; 0 in the reply of a plan."""


class AllocMetric(TypedDict):
    """Why a task group could not be placed."""

    NodesEvaluated: int
    """Nodes looked at."""
    NodesFiltered: int
    """Nodes left out by constraints or drivers."""
    NodesAvailable: dict[str, int] | None
    """Ready nodes by datacenter of the job."""
    ClassFiltered: dict[str, int] | None
    """Nodes left out, by node class; null when none."""
    ConstraintFiltered: dict[str, int] | None
    """Nodes left out, by reason; null when none."""
    NodesExhausted: int
    """Nodes without enough room."""
    ClassExhausted: dict[str, int] | None
    """Nodes without enough room, by node class; null when none."""
    DimensionExhausted: dict[str, int] | None
    """Nodes without enough room, by what was lacking; null when none."""
    Scores: dict[str, float] | None
    """Score by `<node ID>.<scorer>`; null when none was scored."""
    AllocationTime: int
    """Time the search took (nanoseconds)."""
    CoalescedFailures: int
    """Further allocations of the group that failed the same way and are not told apart."""


class Allocation(TypedDict):
    """An allocation in full."""

    ID: str
    """ID."""
    EvalID: str
    """Evaluation that placed it or last updated it in place."""
    Name: str
    """`<job name>.<group>[<index>]`."""
    NodeID: str
    """Node it is placed on."""
    JobID: str
    """Job it belongs to."""
    TaskGroup: str
    """Task group it runs."""
    DesiredStatus: str
    """What the servers want."""
    DesiredDescription: str
    """Why, when not `run`."""
    ClientStatus: str
    """What the node reports."""
    ClientDescription: str
    """More about it."""
    TaskStates: dict[str, TaskState] | None
    """By name of the task; null until the node reports."""
    CreateIndex: int
    """Index at which it was placed."""
    ModifyIndex: int
    """Index of its last change."""
    CreateTime: int
    """When it was placed (Unix nanoseconds)."""
    AllocModifyIndex: int
    """Index of the last change that a server made; changes that the node reports leave it alone."""
    Job: Job
    """The job as it was when this was placed or last updated in place."""
    Metrics: AllocMetric
    """How it was placed."""
    PreviousAllocation: str
    """The allocation it replaces; empty when none."""
    Resources: Capacity
    """All that it takes up."""
    SharedResources: Capacity
    """What its tasks share: the disk."""
    TaskResources: dict[str, Capacity]
    """By task name: what the task was given, with its ports."""


class TaskState(TypedDict):
    """State of one task of an allocation."""

    State: str
    """State."""
    Failed: bool
    """Whether it ended badly."""
    Events: list[TaskEvent] | None
    """What happened, oldest first; null before anything did."""


class TaskEvent(TypedDict):
    """Something that happened to a task."""

    Type: str
    """What happened."""
    Time: int
    """When (Unix nanoseconds)."""
    FailsTask: bool
    """Whether it fails the task for good."""
    RestartReason: str
    """Why the task is, or is not, restarted."""
    SetupError: str
    """Error of the set-up."""
    DriverError: str
    """Error of the driver."""
    DriverMessage: str
    """Message of the driver."""
    ExitCode: int
    """Exit code of the task."""
    Signal: int
    """Signal that ended the task."""
    Message: str
    """More about the end of the task."""
    KillTimeout: int
    """Time the task gets to end (nanoseconds)."""
    KillError: str
    """Error of the kill."""
    KillReason: str
    """Why it was killed."""
    StartDelay: int
    """Pause before the restart; below 0, and so none, when delay and jitter are more than 64 bits hold
    (nanoseconds)."""
    DownloadError: str
    """Error of a download."""
    ValidationError: str
    """What is wrong with the task."""
    DiskLimit: int
    """Limit that was exceeded (bytes)."""
    FailedSibling: str
    """Task of the same group that failed."""
    VaultError: str
    """Error of Vault."""
    TaskSignalReason: str
    """Why the task was signalled."""
    TaskSignal: str
    """Signal that was sent."""


class Capacity(TypedDict):
    """Resources of a node, or those that an allocation takes up."""

    CPU: int
    """CPU (MHz)."""
    MemoryMB: int
    """Memory (MB)."""
    DiskMB: int
    """Disk (MB)."""
    IOPS: int
    """I/O operations per second."""
    Networks: list[OfferedNetwork] | None
    """Networks; null when none."""


class OfferedNetwork(TypedDict):
    """A network of a node, or the part of one that a placed task was given."""

    Device: str
    """Device."""
    CIDR: str
    """Addresses of the device; empty in what a task was given."""
    IP: str
    """Address."""
    MBits: int
    """Bandwidth (MBits)."""
    ReservedPorts: list[Port] | None
    """Ports with a fixed number; null when none."""
    DynamicPorts: list[Port] | None
    """Ports that were chosen, with their numbers; null when none."""


class AllocListStub(TypedDict):
    """An allocation, without its job and resources."""

    ID: str
    """ID."""
    EvalID: str
    """Evaluation that placed it or last updated it in place."""
    Name: str
    """`<job name>.<group>[<index>]`."""
    NodeID: str
    """Node it is placed on."""
    JobID: str
    """Job it belongs to."""
    TaskGroup: str
    """Task group it runs."""
    DesiredStatus: str
    """What the servers want."""
    DesiredDescription: str
    """Why, when not `run`."""
    ClientStatus: str
    """What the node reports."""
    ClientDescription: str
    """More about it."""
    TaskStates: dict[str, TaskState] | None
    """By name of the task; null until the node reports."""
    CreateIndex: int
    """Index at which it was placed."""
    ModifyIndex: int
    """Index of its last change."""
    CreateTime: int
    """When it was placed (Unix nanoseconds)."""


class Node(TypedDict):
    """A node in full."""

    Attributes: dict[str, str]
    """What it found out about itself; names that begin with `unique.` do not count for its class."""
    ComputedClass: str
    """Nodes that are alike have the same."""
    CreateIndex: int
    """Index at which it joined."""
    Datacenter: str
    """Datacenter."""
    Drain: bool
    """Whether its allocations are moved away and it takes no new ones."""
    HTTPAddr: str
    """Where the node itself answers `/v1/client`."""
    ID: str
    """ID."""
    Links: dict[str, str] | None
    """Null when none."""
    Meta: dict[str, str] | None
    """Null when none."""
    ModifyIndex: int
    """Index of the last change; a heartbeat is none."""
    Name: str
    """Name."""
    NodeClass: str
    """Class; empty when none."""
    Reserved: Capacity
    """What jobs do not get."""
    Resources: Capacity
    """All that there is."""
    SecretID: str
    """Always empty here."""
    Status: str
    """Status."""
    StatusDescription: str
    """Empty."""
    StatusUpdatedAt: int
    """Last heartbeat, Unix seconds."""
    TLSEnabled: bool
    """Whether HTTPAddr speaks HTTPS."""


class NodeListStub(TypedDict):
    """A node as lists show it."""

    CreateIndex: int
    """Index at which it joined."""
    Datacenter: str
    """Datacenter."""
    Drain: bool
    """Whether its allocations are moved away and it takes no new ones."""
    ID: str
    """ID."""
    ModifyIndex: int
    """Index of the last change."""
    Name: str
    """Name."""
    NodeClass: str
    """Class; empty when none."""
    Status: str
    """Status."""
    StatusDescription: str
    """Empty."""


class JobPlanReply(TypedDict):
    """What a dry-run answers."""

    Annotations: PlanAnnotations
    """Annotations include the DesiredTGUpdates, which tracks what the scheduler would do given enough resources for
    each Task Group."""
    FailedTGAllocs: dict[str, AllocMetric] | None
    """A set of metrics to understand any allocation failures that occurred for the Task Group; null when all could be
    placed."""
    JobModifyIndex: int
    """The JobModifyIndex of the server side version of this job; 0 when there is none."""
    CreatedEvals: list[Evaluation] | None
    """A set of evaluations that were created as a result of the dry-run: a blocked one, a rolling-update one; null when
    none."""
    Diff: JobDiff | None
    """A diff structure between the submitted job and the server side version; null unless asked for."""
    NextPeriodicLaunch: str
    """If the job being planned is periodic and enabled, the next launch time; otherwise 0001-01-01T00:00:00Z."""
    Index: int
    """Same as JobModifyIndex and the X-Nomad-Index header."""


class PlanAnnotations(TypedDict):
    """What the scheduler would do."""

    DesiredTGUpdates: dict[str, DesiredUpdates]
    """By task group that has or needs allocations."""


class DesiredUpdates(TypedDict):
    """What the scheduler would do to the allocations of a task group, given enough room."""

    Ignore: int
    """Left alone."""
    Place: int
    """Placed anew."""
    Migrate: int
    """Moved from a draining node."""
    Stop: int
    """Stopped."""
    InPlaceUpdate: int
    """Updated without a restart."""
    DestructiveUpdate: int
    """Replaced."""


class JobDiff(TypedDict):
    """Difference of the submitted to the stored job."""

    Type: str
    """How it differs."""
    ID: str
    """ID of the job."""
    Fields: list[FieldDiff] | None
    """Values that differ, by name; null when none."""
    Objects: list[ObjectDiff] | None
    """Objects inside that differ; null when none."""
    TaskGroups: list[TaskGroupDiff] | None
    """All groups of both versions, by name; null when there are none."""


class FieldDiff(TypedDict):
    """Difference of one value, both sides as text."""

    Type: str
    """How it differs."""
    Name: str
    """Name of the field; `Meta[key]` for an entry of a map."""
    Old: str
    """Stored value; empty when there is none."""
    New: str
    """Submitted value; empty when there is none."""
    Annotations: list[str] | None
    """What the difference leads to; only for a group's Count."""


class ObjectDiff(TypedDict):
    """Difference of an object, with its unchanged fields."""

    Type: str
    """How it differs."""
    Name: str
    """Name of the object."""
    Fields: list[FieldDiff] | None
    """All its values; null when none."""
    Objects: list[ObjectDiff] | None
    """Objects inside that differ; null when none."""


class TaskGroupDiff(TypedDict):
    """Difference of a task group."""

    Type: str
    """How it differs."""
    Name: str
    """Name of the group."""
    Fields: list[FieldDiff] | None
    """Values that differ, by name; null when none."""
    Objects: list[ObjectDiff] | None
    """Objects inside that differ; null when none."""
    Tasks: list[TaskDiff] | None
    """All tasks of both versions by name; null when the group has none."""
    Updates: dict[str, int] | None
    """Allocations by what happens to them, only those above 0; null when the scheduler has nothing to do with the
    group."""


class TaskDiff(TypedDict):
    """Difference of a task."""

    Type: str
    """How it differs."""
    Name: str
    """Name of the task."""
    Fields: list[FieldDiff] | None
    """Values that differ, by name; null when none."""
    Objects: list[ObjectDiff] | None
    """Objects inside that differ; null when none."""
    Annotations: list[str] | None
    """What the difference leads to; null when there is none."""


class SubmittedJob(TypedDict):
    """A job as a client may submit it."""

    Region: str
    """Region of the job. Stored but not checked: the request's region decides where it goes."""
    ID: str
    """ID, unique in any letter case; it must be that of the URL, in the same letter case."""
    ParentID: str
    """Stored as given. The job then counts as a child in the summary of that job."""
    Name: str
    """Name for humans."""
    Type: str
    """Scheduler. Another type than the three is stored if every group has a RestartPolicy, and then never scheduled."""
    Priority: int
    """Order in which waiting work is placed; higher first."""
    AllAtOnce: bool
    """Whether the job is placed completely or not at all."""
    Datacenters: list[str] | None
    """Datacenters the job may run in."""
    Constraints: list[Constraint] | None
    """Limits on the nodes for the whole job."""
    TaskGroups: list[SubmittedTaskGroup] | None
    """The groups."""
    Update: UpdateStrategy
    """How quickly allocations are replaced."""
    Periodic: PeriodicConfig | None
    """Launches children at cron times. Only for batch jobs when Enabled."""
    ParameterizedJob: ParameterizedJobConfig | None
    """Makes the job a template. Only for batch jobs."""
    Payload: str | None
    """Refused unless empty: only a dispatch carries a payload."""
    Meta: dict[str, str] | None
    """Free keys and values."""
    VaultToken: str
    """Token that proves the right to the Vault policies. Cleared before the job is stored."""
    Status: str
    """Ignored: set by the server."""
    StatusDescription: str
    """Stored as given."""
    CreateIndex: int
    """Ignored: set by the server."""
    ModifyIndex: int
    """Ignored: set by the server."""
    JobModifyIndex: int
    """Ignored: set by the server."""


class SubmittedTaskGroup(TypedDict):
    """Tasks that run together on one node."""

    Name: str
    """Name, unique within the job."""
    Count: int
    """Allocations wanted. Absent is 0; at most 1 in a system job."""
    Constraints: list[Constraint] | None
    """Limits on the nodes for this group."""
    RestartPolicy: RestartPolicy | None
    """How failed tasks are restarted. Absent or null becomes 2 attempts in 60 s for service and system jobs, 15
    attempts in 7 days for batch jobs, each after 15 s with mode `delay`. A given object gets no defaults."""
    Tasks: list[SubmittedTask] | None
    """The tasks."""
    EphemeralDisk: EphemeralDisk | None
    """The disk the tasks share. Absent or null becomes 300 MB. A given object gets no defaults."""
    Meta: dict[str, str] | None
    """Free keys and values."""


class SubmittedTask(TypedDict):
    """A program to run."""

    Name: str
    """Name, unique within the group and without slashes."""
    Driver: str
    """Driver that runs the task. A standard agent knows these."""
    User: str
    """User that the task runs as."""
    Config: dict[str, Any] | None
    """Settings of the driver; which ones, driver-config.json says. Numbers come back as floats."""
    Env: dict[str, str] | None
    """Environment variables."""
    Services: list[Service] | None
    """Services announced in Consul. `[]` stays `[]`."""
    Vault: SubmittedVault | None
    """Access to Vault. Adds a constraint on `${attr.vault.version}` to the group."""
    Templates: list[Template] | None
    """Files rendered from templates. `[]` stays `[]`."""
    Constraints: list[Constraint] | None
    """Limits on the nodes for this task."""
    Resources: Resources | None
    """What the task needs. Absent or null becomes CPU 100, MemoryMB 10."""
    DispatchPayload: DispatchPayloadConfig | None
    """Where the payload of a dispatch is written."""
    Meta: dict[str, str] | None
    """Free keys and values."""
    KillTimeout: int
    """Time between the kill signal and the kill. 0 becomes 5 seconds (nanoseconds)."""
    LogConfig: LogConfig | None
    """How the output is rotated. The server has no default for it."""
    Artifacts: list[TaskArtifact] | None
    """Files fetched before the task starts. `[]` stays `[]`."""


class SubmittedVault(TypedDict):
    """Access of the task to Vault."""

    Policies: list[str] | None
    """Policies of the task's token."""
    Env: bool
    """Whether the token is put into the environment. Not defaulted by the server."""
    ChangeMode: str
    """What is done to the task when the token changes. Not defaulted by the server."""
    ChangeSignal: str
    """Signal for mode `signal`, which needs it. Stored in upper case."""
