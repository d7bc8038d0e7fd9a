"""Jobs at a limit: each change brings one property of a small valid service job to what is just allowed.

A case changes a job of one group ``g`` with one task ``t``, as those of ``invalid`` do.
"""

from collections.abc import Iterator
from typing import Any

from contract_tests.client.jobs import constraint, group, task
from contract_tests.durations import SECOND
from contract_tests.strategies.problems import Change, of_batch, of_group, of_job, of_task

CHECKSUMS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
"""The number of hexadecimal digits of each kind of checksum."""


def cases() -> Iterator[tuple[str, Change]]:
    """Yield each case with its name."""
    yield from LIMITS.items()
    for kind, digits in CHECKSUMS.items():
        options = {"checksum": f"{kind}:{'aB09' * (digits // 4)}"}
        yield f"checksum {kind}", of_task(Artifacts=[{"GetterSource": "a", "GetterOptions": options}])
    for status in ("", "passing", "warning", "critical"):
        yield f"initial status {status!r}", _check(InitialStatus=status)
    for name in ("a", "A-9", "a" * 63, "a" * 200, "9", "${TASK}-x", "a.b", "a_b"):
        yield f"service name {name}", of_task(Services=[{"Name": name, "PortLabel": ""}])


def _check(**members: Any) -> Change:
    check = {"Name": "c", "Type": "tcp", "Interval": SECOND, "Timeout": SECOND, **members}
    networks = [{"MBits": 1, "DynamicPorts": [{"Label": "p"}]}]
    resources = {"CPU": 20, "MemoryMB": 10, "Networks": networks}
    return of_task(Services=[{"Name": "web", "PortLabel": "p", "Checks": [check]}], Resources=resources)


def _restarts(attempts: int, delay: int, interval: int, mode: str) -> Change:
    return of_group(RestartPolicy={"Attempts": attempts, "Delay": delay, "Interval": interval, "Mode": mode})


def _template(**members: Any) -> dict[str, Any]:
    return {"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "noop", "Splay": SECOND, **members}


LIMITS: dict[str, Change] = {
    "priority 1": of_job(Priority=1),
    "priority 100": of_job(Priority=100),
    "system count 1": of_job(Type="system", TaskGroups=[group("g", Count=1)]),
    "system count 0": of_job(Type="system", TaskGroups=[group("g", Count=0)]),
    "task in two groups": of_job(TaskGroups=[group("g"), group("h")]),
    "space in name": of_job(Name="a b"),
    "disk 10": of_group(EphemeralDisk={"SizeMB": 10}),
    "restarts fill the interval": _restarts(10, SECOND, 10 * SECOND, "fail"),
    "restarts without an interval": _restarts(10, SECOND, 0, "delay"),
    "no restarts": _restarts(0, SECOND, SECOND, "fail"),
    "logs nearly fill the disk": of_task(LogConfig={"MaxFiles": 299, "MaxFileSizeMB": 1}),
    "logs of more than int64": of_task(LogConfig={"MaxFiles": 2**62, "MaxFileSizeMB": 4}),
    "least resources": of_task(Resources={"CPU": 20, "MemoryMB": 10, "IOPS": 0, "Networks": [{"MBits": 1}]}),
    "no kill timeout": of_task(KillTimeout=0),
    "kill timeout 1": of_task(KillTimeout=1),
    "check of a second": _check(),
    "check in capitals": _check(Type="TCP"),
    "script without timeout": _check(Type="script", Command="x", Timeout=0),
    "script without port": of_task(
        Services=[
            {"Name": "s", "Checks": [{"Name": "c", "Type": "script", "Command": "x", "Interval": SECOND, "Timeout": 1}]}
        ]
    ),
    "one service on two ports": of_task(
        Services=[{"Name": "s", "PortLabel": "p"}, {"Name": "s", "PortLabel": "q"}],
        Resources={
            "CPU": 20,
            "MemoryMB": 10,
            "Networks": [{"MBits": 1, "DynamicPorts": [{"Label": "p"}], "ReservedPorts": [{"Label": "q", "Value": 1}]}],
        },
    ),
    "no splay": of_task(Templates=[_template(Splay=0)]),
    "one source twice": of_task(Templates=[_template(), _template(DestPath="local/y")]),
    "template above the task": of_task(Templates=[_template(DestPath="../x")]),
    "artifact above the task": of_task(Artifacts=[{"GetterSource": "a", "RelativeDest": "local/../../x"}]),
    "payload above the task": of_task(DispatchPayload={"File": "../../x"}),
    "disjoint keys": of_batch(ParameterizedJob={"MetaRequired": ["a", "A"], "MetaOptional": ["b"]}),
    "disabled without a spec": of_batch(Periodic={"Enabled": False}),
    "versions": of_job(Constraints=[constraint("${attr.x}", ">= 1.2, < 2", "version")]),
    "expression": of_job(Constraints=[constraint("${attr.x}", "^[a-z]+$", "regexp")]),
    "distinct hosts": of_job(Constraints=[constraint("", "", "distinct_hosts")]),
    "unknown operand": of_job(Constraints=[constraint("a", "b", "resembles")]),
    "constraint of nothing": of_job(Constraints=[constraint("", "", "=")]),
    "groups that differ in case": of_job(TaskGroups=[group("g"), group("G")]),
    "tasks that differ in case": of_group(Tasks=[task("t"), task("T")]),
    "count 1001": of_group(Count=1001),
    "no payload": of_job(Payload=""),
    "destinations that are one": of_task(Templates=[_template(), _template(DestPath="./local/x")]),
    "absolute destination": of_task(Templates=[_template(DestPath="/local/x")]),
    "checksum with spaces": of_task(
        Artifacts=[{"GetterSource": "a", "GetterOptions": {"checksum": f" \tmd5:{'0' * 32}\n"}}]
    ),
    "port of a second network": of_task(
        Services=[{"Name": "s", "PortLabel": "q"}],
        Resources={
            "CPU": 20,
            "MemoryMB": 10,
            "Networks": [{"MBits": 1}, {"MBits": 1, "ReservedPorts": [{"Label": "q", "Value": 1}]}],
        },
    ),
    "unknown port of a check": _check(PortLabel="nowhere"),
    "negative task disk": of_task(Resources={"CPU": 20, "MemoryMB": 10, "DiskMB": -5}),
    "optional driver field null": of_task(Config={"command": "x", "args": None}),
    "what arguments are": of_task(Config={"command": "x", "args": [1, True, None, {"a": "b"}]}),
    "java without anything": of_task(Driver="java", Config={}),
    "integer with a fraction": of_task(Driver="docker", Config={"image": "x", "shm_size": 5.5}),
}
