"""Jobs that are invalid in exactly one known way, with what a 0.5.4 agent says about each.

A case changes a small valid service job of one group ``g`` with one task ``t``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.jobs import SECOND, group, task

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Invalid:
    """One way to be invalid."""

    part: str
    """What is wrong, as in the statements' ids."""
    name: str
    change: Change
    text: str
    """What a server says; an ellipsis at the end stands for anything."""

    def of(self, job: dict[str, Any]) -> dict[str, Any]:
        """Change a job, which must be the caller's own copy, and return it."""
        self.change(job)
        return job

    def says(self, text: str) -> bool:
        """Return whether this is the expected text."""
        return text == self.text or (self.text.endswith("…") and text.startswith(self.text[:-1]))


def problems(*items: str) -> str:
    """Return the text of a list of validation problems."""
    return f"{len(items)} error(s) occurred:\n\n" + "\n".join(f"* {item}" for item in items)


def in_group(*items: str, name: str = "g") -> str:
    """Return the whole text for problems of a group."""
    return problems(f"Task group {name} validation failed: {problems(*items)}")


def in_task(*items: str, name: str = "t") -> str:
    """Return the whole text for problems of a task."""
    return in_group(f"Task {name} validation failed: {problems(*items)}")


def _job(**members: Any) -> Change:
    return lambda job: job.update(members)


def _group(**members: Any) -> Change:
    return lambda job: job["TaskGroups"][0].update(members)


def _task(**members: Any) -> Change:
    return lambda job: job["TaskGroups"][0]["Tasks"][0].update(members)


def _batch(**members: Any) -> Change:
    return lambda job: job.update({"Type": "batch", **members})


def _service(**members: Any) -> Change:
    service = {"Name": "web", "PortLabel": "", **members}
    return _task(Services=[service])


def _check(**members: Any) -> Change:
    check = {"Name": "c", "Type": "tcp", "Interval": 10 * SECOND, "Timeout": 2 * SECOND, **members}
    networks = [{"MBits": 1, "DynamicPorts": [{"Label": "p"}]}]
    resources = {"CPU": 20, "MemoryMB": 10, "Networks": networks}
    return _task(Services=[{"Name": "web", "PortLabel": "p", "Checks": [check]}], Resources=resources)


def _template(**members: Any) -> Change:
    template = {"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "noop", "Splay": SECOND, **members}
    return _task(Templates=[template])


def cases() -> Iterator[Invalid]:
    """Yield every case."""
    for part, rows in (("job", JOB), ("group", GROUP), ("task", TASK), ("service", SERVICES), ("check", CHECKS)):
        yield from (Invalid(part, *row) for row in rows)
    for part, rows in (("template", TEMPLATES), ("artifact", ARTIFACTS), ("driver", DRIVERS), ("vault", VAULT)):
        yield from (Invalid(part, *row) for row in rows)
    yield from (Invalid("periodic", *row) for row in PERIODIC)
    yield from (Invalid("parameterized", *row) for row in PARAMETERIZED)
    yield from (Invalid("constraint", *row) for row in CONSTRAINTS)


Rows = list[tuple[str, Change, str]]

JOB: Rows = [
    ("no region", _job(Region=""), problems("Missing job region")),
    ("no name", _job(Name=""), problems("Missing job name")),
    (
        "no type",
        _job(Type=""),
        problems(
            "Missing job type",
            f"Task group g validation failed: {problems('Task Group g should have a restart policy')}",
        ),
    ),
    ("priority 0", _job(Priority=0), problems("Job priority must be between [1, 100]")),
    ("priority 101", _job(Priority=101), problems("Job priority must be between [1, 100]")),
    ("priority -1", _job(Priority=-1), problems("Job priority must be between [1, 100]")),
    ("no datacenters", _job(Datacenters=[]), problems("Missing job datacenters")),
    ("null datacenters", _job(Datacenters=None), problems("Missing job datacenters")),
    ("no groups", _job(TaskGroups=[]), problems("Missing job task groups")),
    ("two missing", _job(Name="", Region=""), problems("Missing job region", "Missing job name")),
    ("payload", _job(Payload="aGk="), problems("job can't be submitted with a payload, only dispatched")),
    (
        "system count 2",
        _job(Type="system", TaskGroups=[group("g", Count=2)]),
        problems("Job task group g has count 2. Count cannot exceed 1 with system scheduler"),
    ),
    (
        "duplicate group",
        _job(TaskGroups=[group("g"), group("g")]),
        problems("Job task group 2 redefines 'g' from group 1"),
    ),
]

GROUP: Rows = [
    ("negative count", _group(Count=-1), in_group("Task group count can't be negative")),
    ("no tasks", _group(Tasks=[]), in_group("Missing tasks for task group")),
    ("small disk", _group(EphemeralDisk={"SizeMB": 9}), in_group("minimum DiskMB value is 10; got 9")),
    ("duplicate task", _group(Tasks=[task("t"), task("t")]), in_group("Task 2 redefines 't' from task 1")),
    (
        "restart mode",
        _group(RestartPolicy={"Attempts": 1, "Delay": SECOND, "Interval": 60 * SECOND, "Mode": "zz"}),
        in_group('Unsupported restart mode: "zz"'),
    ),
    (
        "ambiguous restart",
        _group(RestartPolicy={"Attempts": 0, "Delay": SECOND, "Interval": 60 * SECOND, "Mode": "delay"}),
        in_group('Restart policy "delay" with 0 attempts is ambiguous'),
    ),
    (
        "impossible restart",
        _group(RestartPolicy={"Attempts": 10, "Delay": 10 * SECOND, "Interval": 10 * SECOND, "Mode": "fail"}),
        in_group("Nomad can't restart the TaskGroup 10 times in an interval of 10s with a delay of 10s"),
    ),
]

TASK: Rows = [
    ("slash in name", _task(Name="a/b"), in_task("Task name cannot include slashes", name="a/b")),
    ("backslash in name", _task(Name="a\\b"), in_task("Task name cannot include slashes", name="a\\b")),
    ("negative kill timeout", _task(KillTimeout=-1), in_task("KillTimeout must be a positive value")),
    ("no log config", _task(LogConfig=None), in_task("Missing Log Config")),
    (
        "no log files",
        _task(LogConfig={"MaxFiles": 0, "MaxFileSizeMB": 1}),
        in_task(problems("minimum number of files is 1; got 0")),
    ),
    (
        "no log size",
        _task(LogConfig={"MaxFiles": 1, "MaxFileSizeMB": 0}),
        in_task(problems("minimum file size is 1MB; got 0")),
    ),
    (
        "logs fill the disk",
        _task(LogConfig={"MaxFiles": 30, "MaxFileSizeMB": 10}),
        in_task("log storage (300 MB) must be less than requested disk capacity (300 MB)"),
    ),
    (
        "little cpu",
        _task(Resources={"CPU": 19, "MemoryMB": 10}),
        in_task(problems("minimum CPU value is 20; got 19")),
    ),
    (
        "little memory",
        _task(Resources={"CPU": 20, "MemoryMB": 9}),
        in_task(problems("minimum MemoryMB value is 10; got 9")),
    ),
    (
        "empty resources",
        _task(Resources={}),
        in_task(problems("minimum CPU value is 20; got 0", "minimum MemoryMB value is 10; got 0")),
    ),
    (
        "negative iops",
        _task(Resources={"CPU": 20, "MemoryMB": 10, "IOPS": -1}),
        in_task(problems("minimum IOPS value is 0; got -1")),
    ),
    (
        "task disk",
        _task(Resources={"CPU": 20, "MemoryMB": 10, "DiskMB": 500}),
        in_task("Task can't ask for disk resources, they have to be specified at the task group level."),
    ),
    (
        "no bandwidth",
        _task(Resources={"CPU": 20, "MemoryMB": 10, "Networks": [{"MBits": 0}]}),
        in_task(problems(f"network resource at index 0 failed: {problems('minimum MBits value is 1; got 0')}")),
    ),
    (
        "payload escapes",
        _task(DispatchPayload={"File": "../../../../x"}),
        in_task("Dispatch Payload validation failed: destination escapes allocation directory"),
    ),
]


def _bad_name(name: str) -> str:
    rule = "service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes"
    return in_task(problems(f'service[0] "{name}" validation failed: {problems(f"{rule}: {chr(34)}{name}{chr(34)}")}'))


SERVICES: Rows = [
    ("no name", _service(Name=""), _bad_name("")),
    ("leading dash", _service(Name="-ab"), _bad_name("-ab")),
    ("trailing dot", _service(Name="ab."), _bad_name("ab.")),
    ("space inside", _service(Name="a b"), _bad_name("a b")),
    (
        "unknown port",
        _service(PortLabel="http"),
        in_task(problems('port label "http" referenced by services web does not exist')),
    ),
    (
        "duplicate",
        _task(Services=[{"Name": "web"}, {"Name": "web"}]),
        in_task(problems('service "web" is duplicate')),
    ),
]


def _in_check(reason: str) -> str:
    return in_task(problems(f'service[0] "web" validation failed: {problems(f"check c invalid: {reason}")}'))


CHECKS: Rows = [
    ("type", _check(Type="foo"), _in_check('invalid type ("foo"), must be one of "http", "tcp", or "script" type')),
    (
        "no timeout",
        _check(Timeout=0),
        _in_check("missing required value timeout. Timeout cannot be less than 1s"),
    ),
    (
        "short timeout",
        _check(Timeout=5),
        _in_check("timeout (5ns) is lower than required minimum timeout 1s"),
    ),
    (
        "no interval",
        _check(Interval=0),
        _in_check("missing required value interval. Interval cannot be less than 1s"),
    ),
    ("short interval", _check(Interval=5), _in_check("interval (5ns) cannot be lower than 1s")),
    ("http without path", _check(Type="http"), _in_check("http type must have a valid http path")),
    ("script without command", _check(Type="script"), _in_check("script type must have a valid script path")),
    (
        "initial status",
        _check(InitialStatus="zz"),
        _in_check(
            'invalid initial check state (zz), must be one of "passing", "warning", "critical", %!q(MISSING) or empty'
        ),
    ),
]


def _in_template(reason: str) -> str:
    return in_task(f"Template 1 validation failed: {problems(reason)}")


TEMPLATES: Rows = [
    (
        "no source",
        _template(EmbeddedTmpl=""),
        _in_template("Must specify a source path or have an embedded template"),
    ),
    ("no destination", _template(DestPath=""), _in_template("Must specify a destination for the template")),
    ("escapes", _template(DestPath="../../x"), _in_template("destination escapes allocation directory")),
    (
        "change mode",
        _template(ChangeMode="zz"),
        _in_template("Invalid change mode. Must be one of the following: noop, signal, restart"),
    ),
    (
        "no signal",
        _template(ChangeMode="signal"),
        _in_template("Must specify signal value when change mode is signal"),
    ),
    ("negative splay", _template(Splay=-1), _in_template("Must specify positive splay value")),
    (
        "same destination",
        _task(
            Templates=[
                {"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "noop"},
                {"EmbeddedTmpl": "y", "DestPath": "local/x", "ChangeMode": "noop"},
            ]
        ),
        in_task("Template 2 has same destination as 1"),
    ),
]


def _artifact(**members: Any) -> Change:
    return _task(Artifacts=[{"GetterSource": "https://example.com/a", **members}])


def _in_artifact(reason: str) -> str:
    return in_task(f"Artifact 1 validation failed: {problems(reason)}")


def _checksum(value: str) -> Change:
    return _artifact(GetterOptions={"checksum": value})


ARTIFACTS: Rows = [
    ("no source", _artifact(GetterSource=""), _in_artifact("source must be specified")),
    ("escapes", _artifact(RelativeDest="../../../x"), _in_artifact("destination escapes allocation directory")),
    ("empty checksum", _checksum(""), _in_artifact("checksum value cannot be empty")),
    ("checksum form", _checksum("a"), _in_artifact('checksum must be given as "type:value"; got "a"')),
    ("checksum type", _checksum("foo:aa"), _in_artifact("unsupported checksum type: foo")),
    ("checksum length", _checksum("md5:aa"), _in_artifact("invalid md5 checksum: aa")),
]


def _in_driver(reason: str) -> str:
    return problems(f'group "g" -> task "t" -> config: {problems(reason)}')


DRIVERS: Rows = [
    (
        "unknown",
        _task(Driver="foo"),
        problems('failed to create driver for task "g" in group "t" for validation: unknown driver \'foo\''),
    ),
    ("no command", _task(Config={"args": ["x"]}), _in_driver('field "command" is required')),
    ("unknown field", _task(Config={"command": "x", "foo": 1}), _in_driver('"foo" is an invalid field')),
    (
        "wrong type",
        _task(Config={"command": ["a"]}),
        _in_driver('field "command" with input ["a"] doesn\'t seem to be of type string'),
    ),
    (
        "empty command",
        _task(Config={"command": ""}),
        _in_driver('field "command" is required, but no value was found'),
    ),
]


def _in_vault(reason: str) -> str:
    return in_task(f"Vault validation failed: {reason}")


VAULT: Rows = [
    ("no policies", _task(Vault={"ChangeMode": "restart"}), _in_vault("Policy list cannot be empty")),
    (
        "change mode",
        _task(Vault={"Policies": ["p"], "ChangeMode": "zz"}),
        _in_vault('Unknown change mode "zz"'),
    ),
    (
        "no signal",
        _task(Vault={"Policies": ["p"], "ChangeMode": "signal"}),
        _in_vault('Signal must be specified when using change mode "signal"'),
    ),
]


def _periodic(**members: Any) -> Change:
    return _batch(Periodic={"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron", **members})


PERIODIC: Rows = [
    (
        "of a service",
        _job(Periodic={"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron"}),
        problems('Periodic can only be used with "batch" scheduler'),
    ),
    ("no spec", _periodic(Spec=""), problems("Must specify a spec")),
    ("spec type", _periodic(SpecType="zz"), problems('Unknown periodic specification type "zz"')),
    ("bad spec", _periodic(Spec="zz"), problems('Invalid cron spec "zz": missing field(s)')),
]

PARAMETERIZED: Rows = [
    (
        "of a service",
        _job(ParameterizedJob={}),
        problems('Parameterized job can only be used with "batch" scheduler'),
    ),
    (
        "payload rule",
        _batch(ParameterizedJob={"Payload": "x"}),
        problems(problems('Unknown payload requirement: "x"')),
    ),
    (
        "overlapping keys",
        _batch(ParameterizedJob={"MetaRequired": ["a", "b"], "MetaOptional": ["b"]}),
        problems(problems("Required and optional meta keys should be disjoint. Following keys exist in both: [b]")),
    ),
]


def _constraint(**members: Any) -> list[dict[str, Any]]:
    return [{"LTarget": "${attr.x}", "RTarget": "y", "Operand": "=", **members}]


NO_OPERAND = f"Constraint 1 validation failed: {problems('Missing constraint operand')}"
CONSTRAINTS: Rows = [
    ("of a job", _job(Constraints=_constraint(Operand="")), problems(NO_OPERAND)),
    ("of a group", _group(Constraints=_constraint(Operand="")), in_group(NO_OPERAND)),
    ("of a task", _task(Constraints=_constraint(Operand="")), in_task(NO_OPERAND)),
    (
        "bad version",
        _job(Constraints=_constraint(Operand="version", RTarget="zz")),
        problems(
            "Constraint 1 validation failed: " + problems("Version constraint is invalid: Malformed constraint: zz")
        ),
    ),
    (
        "bad expression",
        _job(Constraints=_constraint(Operand="regexp", RTarget="[")),
        "1 error(s) occurred:\n\n* Constraint 1 validation failed: 1 error(s) occurred:\n\n"
        "* Regular expression failed to compile: error parsing regexp: …",
    ),
]
