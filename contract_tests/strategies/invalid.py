"""Jobs that are invalid in exactly one known way, with a 0.5.4 agent's error text for each.

A case changes a small valid service job of one group ``g`` with one task ``t``.
"""

from collections.abc import Iterator
from typing import Any

from contract_tests.client.jobs import group, task
from contract_tests.durations import SECOND
from contract_tests.strategies.invalid_parts import ARTIFACTS, CHECKS, DRIVERS, SERVICES, TEMPLATES, VAULT
from contract_tests.strategies.problems import (
    Change,
    Invalid,
    Rows,
    in_group,
    in_task,
    of_batch,
    of_group,
    of_job,
    of_task,
    problems,
)

NEGATIVE = "Task group count can't be negative"
NO_TASKS = "Missing tasks for task group"
JOB: Rows = [
    ("no region", of_job(Region=""), problems("Missing job region")),
    ("no name", of_job(Name=""), problems("Missing job name")),
    (
        "no type",
        of_job(Type=""),
        problems(
            "Missing job type",
            f"Task group g validation failed: {problems('Task Group g should have a restart policy')}",
        ),
    ),
    ("priority 0", of_job(Priority=0), problems("Job priority must be between [1, 100]")),
    ("priority 0 of a batch job", of_batch(Priority=0), problems("Job priority must be between [1, 100]")),
    ("priority 101", of_job(Priority=101), problems("Job priority must be between [1, 100]")),
    ("priority -1", of_job(Priority=-1), problems("Job priority must be between [1, 100]")),
    ("no datacenters", of_job(Datacenters=[]), problems("Missing job datacenters")),
    ("null datacenters", of_job(Datacenters=None), problems("Missing job datacenters")),
    ("no groups", of_job(TaskGroups=[]), problems("Missing job task groups")),
    ("two missing", of_job(Name="", Region=""), problems("Missing job region", "Missing job name")),
    (
        "no group name",
        of_job(TaskGroups=[group("")]),
        problems(
            "Job task group 1 missing name", f"Task group  validation failed: {problems('Missing task group name')}"
        ),
    ),
    (
        "core",
        of_job(Type="_core"),
        problems(
            f"Task group g validation failed: {problems('Task Group g should have a restart policy')}",
            "job type cannot be core",
        ),
    ),
    ("payload", of_job(Payload="aGk="), problems("job can't be submitted with a payload, only dispatched")),
    (
        "system count 2",
        of_job(Type="system", TaskGroups=[group("g", Count=2)]),
        problems("Job task group g has count 2. Count cannot exceed 1 with system scheduler"),
    ),
    (
        "duplicate group",
        of_job(TaskGroups=[group("g"), group("g")]),
        problems("Job task group 2 redefines 'g' from group 1"),
    ),
    (
        "group for the third time",
        of_job(TaskGroups=[group("g"), group("h"), group("g"), group("g")]),
        problems("Job task group 3 redefines 'g' from group 1", "Job task group 4 redefines 'g' from group 1"),
    ),
    (
        "system count of a second group",
        of_job(Type="system", TaskGroups=[group("g"), group("h", Count=3)]),
        problems("Job task group h has count 3. Count cannot exceed 1 with system scheduler"),
    ),
    (
        "negative count of a third group",
        of_job(TaskGroups=[group("g"), group("h"), group("i", Count=-1)]),
        problems(f"Task group i validation failed: {problems(NEGATIVE)}"),
    ),
    (
        "the same problem twice",
        of_job(TaskGroups=[group("g", Count=-1), group("g", Count=-1)]),
        problems(
            "Job task group 2 redefines 'g' from group 1",
            *[f"Task group g validation failed: {problems(NEGATIVE)}"] * 2,
        ),
    ),
    (
        "many groups without tasks",
        of_job(TaskGroups=[group(f"g{number:02}", Tasks=[]) for number in range(15)]),
        problems(*[f"Task group g{number:02} validation failed: {problems(NO_TASKS)}" for number in range(15)]),
    ),
]

GROUP: Rows = [
    ("negative count", of_group(Count=-1), in_group(NEGATIVE)),
    ("no tasks", of_group(Tasks=[]), in_group(NO_TASKS)),
    ("small disk", of_group(EphemeralDisk={"SizeMB": 9}), in_group("minimum DiskMB value is 10; got 9")),
    ("duplicate task", of_group(Tasks=[task("t"), task("t")]), in_group("Task 2 redefines 't' from task 1")),
    (
        "restart mode",
        of_group(RestartPolicy={"Attempts": 1, "Delay": SECOND, "Interval": 60 * SECOND, "Mode": "zz"}),
        in_group('Unsupported restart mode: "zz"'),
    ),
    (
        "restart without mode",
        of_group(RestartPolicy={"Attempts": 1, "Delay": SECOND, "Interval": 60 * SECOND}),
        in_group('Unsupported restart mode: ""'),
    ),
    (
        "no disk",
        of_group(EphemeralDisk={}),
        in_group(
            "minimum DiskMB value is 10; got 0",
            "Task t validation failed: "
            + problems("log storage (1 MB) must be less than requested disk capacity (0 MB)"),
        ),
    ),
    (
        "ambiguous restart",
        of_group(RestartPolicy={"Attempts": 0, "Delay": SECOND, "Interval": 60 * SECOND, "Mode": "delay"}),
        in_group('Restart policy "delay" with 0 attempts is ambiguous'),
    ),
    (
        "impossible restart",
        of_group(RestartPolicy={"Attempts": 10, "Delay": 10 * SECOND, "Interval": 10 * SECOND, "Mode": "fail"}),
        in_group("Nomad can't restart the TaskGroup 10 times in an interval of 10s with a delay of 10s"),
    ),
]

NO_DRIVER = "Missing task driver"
TASK: Rows = [
    (
        "no name",
        of_task(Name=""),
        in_group("Task 1 missing name", f"Task  validation failed: {problems('Missing task name')}"),
    ),
    (
        "no driver",
        of_task(Driver=""),
        problems(
            f"Task group g validation failed: {problems(f'Task t validation failed: {problems(NO_DRIVER)}')}",
            'failed to create driver for task "g" in group "t" for validation: unknown driver \'\'',
        ),
    ),
    ("slash in name", of_task(Name="a/b"), in_task("Task name cannot include slashes", name="a/b")),
    ("backslash in name", of_task(Name="a\\b"), in_task("Task name cannot include slashes", name="a\\b")),
    ("negative kill timeout", of_task(KillTimeout=-1), in_task("KillTimeout must be a positive value")),
    ("no log config", of_task(LogConfig=None), in_task("Missing Log Config")),
    (
        "no log files",
        of_task(LogConfig={"MaxFiles": 0, "MaxFileSizeMB": 1}),
        in_task(problems("minimum number of files is 1; got 0")),
    ),
    (
        "no log size",
        of_task(LogConfig={"MaxFiles": 1, "MaxFileSizeMB": 0}),
        in_task(problems("minimum file size is 1MB; got 0")),
    ),
    (
        "logs fill the disk",
        of_task(LogConfig={"MaxFiles": 30, "MaxFileSizeMB": 10}),
        in_task("log storage (300 MB) must be less than requested disk capacity (300 MB)"),
    ),
    (
        "little cpu",
        of_task(Resources={"CPU": 19, "MemoryMB": 10}),
        in_task(problems("minimum CPU value is 20; got 19")),
    ),
    (
        "little memory",
        of_task(Resources={"CPU": 20, "MemoryMB": 9}),
        in_task(problems("minimum MemoryMB value is 10; got 9")),
    ),
    (
        "empty resources",
        of_task(Resources={}),
        in_task(problems("minimum CPU value is 20; got 0", "minimum MemoryMB value is 10; got 0")),
    ),
    (
        "negative iops",
        of_task(Resources={"CPU": 20, "MemoryMB": 10, "IOPS": -1}),
        in_task(problems("minimum IOPS value is 0; got -1")),
    ),
    (
        "task disk",
        of_task(Resources={"CPU": 20, "MemoryMB": 10, "DiskMB": 500}),
        in_task("Task can't ask for disk resources, they have to be specified at the task group level."),
    ),
    (
        "no bandwidth",
        of_task(Resources={"CPU": 20, "MemoryMB": 10, "Networks": [{"MBits": 0}]}),
        in_task(problems(f"network resource at index 0 failed: {problems('minimum MBits value is 1; got 0')}")),
    ),
    (
        "payload escapes",
        of_task(DispatchPayload={"File": "../../../../x"}),
        in_task("Dispatch Payload validation failed: destination escapes allocation directory"),
    ),
    (
        "payload beside the directory",
        of_task(DispatchPayload={"File": "../../..x"}),
        in_task("Dispatch Payload validation failed: destination escapes allocation directory"),
    ),
    (
        "little cpu of a third task",
        of_group(Tasks=[task("t"), task("s"), task("u", Resources={"CPU": 19, "MemoryMB": 10})]),
        in_group(f"Task u validation failed: {problems(problems('minimum CPU value is 20; got 19'))}"),
    ),
    (
        "no bandwidth of a third network",
        of_task(Resources={"CPU": 20, "MemoryMB": 10, "Networks": [{"MBits": 1}, {"MBits": 1}, {"MBits": 0}]}),
        in_task(problems(f"network resource at index 2 failed: {problems('minimum MBits value is 1; got 0')}")),
    ),
]


def _periodic(**members: Any) -> Change:
    return of_batch(Periodic={"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron", **members})


SPECS = (
    ("@every 5m", "missing field(s)"),
    ("@midnight", "missing field(s)"),
    ("@reboot", "missing field(s)"),
    ("@HOURLY", "missing field(s)"),
    ("TZ=UTC 0 0 1 1 * 2099", "syntax error in second field: 'TZ=UTC'"),
    ("CRON_TZ=UTC 0 0 * * *", "syntax error in minute field: 'CRON_TZ=UTC'"),
    ("60 * * * *", "syntax error in minute field: '60'"),
)
"""Specs that other readers of cron know, or forgive."""

PERIODIC: Rows = [
    (
        "of a service",
        of_job(Periodic={"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron"}),
        problems('Periodic can only be used with "batch" scheduler'),
    ),
    ("no spec", _periodic(Spec=""), problems("Must specify a spec")),
    ("spec type", _periodic(SpecType="zz"), problems('Unknown periodic specification type "zz"')),
    ("bad spec", _periodic(Spec="zz"), problems('Invalid cron spec "zz": missing field(s)')),
    *((f"spec {spec}", _periodic(Spec=spec), problems(f'Invalid cron spec "{spec}": {text}')) for spec, text in SPECS),
    (
        "bad spec of a service",
        of_job(Periodic={"Enabled": True, "Spec": "zz", "SpecType": "cron"}),
        problems('Periodic can only be used with "batch" scheduler', 'Invalid cron spec "zz": missing field(s)'),
    ),
]

PARAMETERIZED: Rows = [
    (
        "of a service",
        of_job(ParameterizedJob={}),
        problems('Parameterized job can only be used with "batch" scheduler'),
    ),
    (
        "payload rule",
        of_batch(ParameterizedJob={"Payload": "x"}),
        problems(problems('Unknown payload requirement: "x"')),
    ),
    (
        "overlapping keys",
        of_batch(ParameterizedJob={"MetaRequired": ["a", "b"], "MetaOptional": ["b"]}),
        problems(problems("Required and optional meta keys should be disjoint. Following keys exist in both: [b]")),
    ),
]


def _constraint(**members: Any) -> list[dict[str, Any]]:
    return [{"LTarget": "${attr.x}", "RTarget": "y", "Operand": "=", **members}]


NO_OPERAND = f"Constraint 1 validation failed: {problems('Missing constraint operand')}"
IN_GROUP = "1 error(s) occurred:\n\n* Task group g validation failed: "
CONSTRAINTS: Rows = [
    ("of a job", of_job(Constraints=_constraint(Operand="")), problems(NO_OPERAND)),
    ("of a group", of_group(Constraints=_constraint(Operand="")), in_group(NO_OPERAND)),
    ("of a task", of_task(Constraints=_constraint(Operand="")), in_task(NO_OPERAND)),
    (
        "bad version",
        of_job(Constraints=_constraint(Operand="version", RTarget="zz")),
        problems(
            "Constraint 1 validation failed: " + problems("Version constraint is invalid: Malformed constraint: zz")
        ),
    ),
    (
        "bad second version",
        of_job(Constraints=_constraint(Operand="version", RTarget=">= 1.0, zz")),
        problems(
            "Constraint 1 validation failed: " + problems("Version constraint is invalid: Malformed constraint:  zz")
        ),
    ),
    *[
        (
            f"bad expression in a third constraint of a {part}",
            change(Constraints=[*_constraint(), *_constraint(), *_constraint(Operand="regexp", RTarget="[")]),
            f"{start}1 error(s) occurred:\n\n* Constraint 3 validation failed: 1 error(s) occurred:\n\n"
            "* Regular expression failed to compile: error parsing regexp: …",
        )
        for part, change, start in (
            ("job", of_job, ""),
            ("group", of_group, IN_GROUP),
            ("task", of_task, f"{IN_GROUP}1 error(s) occurred:\n\n* Task t validation failed: "),
        )
    ],
    (
        "two of three",
        of_job(Constraints=[*_constraint(Operand=""), *_constraint(), *_constraint(Operand="")]),
        problems(NO_OPERAND, NO_OPERAND.replace("1", "3", 1)),
    ),
]

REFUSES: dict[str, Rows] = {
    "job.register.refuses.job": JOB,
    "job.register.refuses.group": GROUP,
    "job.register.refuses.task": TASK,
    "job.register.refuses.constraint": CONSTRAINTS,
    "job.register.refuses.service": SERVICES,
    "job.register.refuses.check": CHECKS,
    "job.register.refuses.template": TEMPLATES,
    "job.register.refuses.artifact": ARTIFACTS,
    "job.register.refuses.driver": DRIVERS,
    "job.register.refuses.vault": VAULT,
    "job.register.refuses.periodic": PERIODIC,
    "job.register.refuses.parameterized": PARAMETERIZED,
}
"""The invalid jobs that prove each statement."""


def cases() -> Iterator[Invalid]:
    """Yield every case."""
    for statement, rows in REFUSES.items():
        yield from (Invalid(statement, *row) for row in rows)
