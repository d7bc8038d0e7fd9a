"""Jobs with something unusual: every optional, empty, null and extreme form of every field."""

import copy
from collections.abc import Iterator
from typing import Any, TypeAlias

from hypothesis import strategies as st

from mockserver.gostd.durations import SECOND

Path: TypeAlias = tuple[str | int, ...]

_ABSENT = object()

TASK: dict[str, Any] = {
    "Name": "t",
    "Driver": "raw_exec",
    "User": "u",
    "Config": {"command": "sleep", "args": ["3"]},
    "Env": {"E": "1"},
    "Services": [
        {
            "Name": "s",
            "PortLabel": "http",
            "Tags": ["tag"],
            "Checks": [
                {
                    "Name": "c",
                    "Type": "script",
                    "Command": "/bin/check",
                    "Args": ["-v"],
                    "Path": "/",
                    "Protocol": "http",
                    "PortLabel": "http",
                    "Interval": 10 * SECOND,
                    "Timeout": 2 * SECOND,
                    "InitialStatus": "passing",
                }
            ],
        }
    ],
    "Vault": None,
    "Templates": [
        {
            "SourcePath": "",
            "DestPath": "local/x",
            "EmbeddedTmpl": "x",
            "ChangeMode": "restart",
            "ChangeSignal": "",
            "Splay": 5 * SECOND,
        }
    ],
    "Constraints": [{"LTarget": "${attr.kernel.name}", "RTarget": "linux", "Operand": "="}],
    "Resources": {
        "CPU": 100,
        "MemoryMB": 32,
        "DiskMB": 0,
        "IOPS": 0,
        "Networks": [
            {
                "Device": "",
                "CIDR": "",
                "IP": "",
                "MBits": 1,
                "ReservedPorts": [{"Label": "db", "Value": 5432}],
                "DynamicPorts": [{"Label": "http", "Value": 0}],
            }
        ],
    },
    "DispatchPayload": {"File": "input"},
    "Meta": {"k": "v"},
    "KillTimeout": 5 * SECOND,
    "LogConfig": {"MaxFiles": 2, "MaxFileSizeMB": 5},
    "Artifacts": [{"GetterSource": "http://x/y", "GetterOptions": {"o": "1"}, "RelativeDest": "local/"}],
}
GROUP: dict[str, Any] = {
    "Name": "g",
    "Count": 1,
    "Constraints": [{"LTarget": "", "RTarget": "", "Operand": "distinct_hosts"}],
    "RestartPolicy": {"Attempts": 2, "Interval": 60 * SECOND, "Delay": SECOND, "Mode": "fail"},
    "Tasks": [TASK],
    "EphemeralDisk": {"Sticky": True, "SizeMB": 100, "Migrate": True},
    "Meta": {"k": "v"},
}
JOB: dict[str, Any] = {
    "Region": "global",
    "ID": "a",
    "ParentID": "",
    "Name": "a",
    "Type": "service",
    "Priority": 50,
    "AllAtOnce": False,
    "Datacenters": ["dc1"],
    "Constraints": [{"LTarget": "${node.class}", "RTarget": "x", "Operand": "!="}],
    "TaskGroups": [GROUP],
    "Update": {"Stagger": 10 * SECOND, "MaxParallel": 1},
    "Periodic": None,
    "ParameterizedJob": None,
    "Payload": None,
    "Meta": {"k": "v"},
    "VaultToken": "",
    "Status": "",
    "StatusDescription": "",
    "CreateIndex": 0,
    "ModifyIndex": 0,
    "JobModifyIndex": 0,
}
"""A job with every field that a request can have."""

KINDS: dict[str, dict[str, Any]] = {
    "service": {},
    "batch": {"Type": "batch"},
    "system": {"Type": "system"},
    "periodic": {
        "Type": "batch",
        "Periodic": {"Enabled": True, "Spec": "*/2 * * * *", "SpecType": "cron", "ProhibitOverlap": False},
    },
    "parameterized": {
        "Type": "batch",
        "ParameterizedJob": {"Payload": "optional", "MetaRequired": [], "MetaOptional": ["k"]},
    },
}

_INT64 = (1 << 63) - 1
_NUMBERS = [-1, 0, 1, 2, 7, 60, 1 << 31, 10**15, _INT64 // SECOND, _INT64 - 1, _INT64, -_INT64 - 1]
_TEXTS = ["", "x", "${meta.k}", "a\0\x7f", "é\U0001f600\u2028", "-1", "99999999999999999999"]
_BY_NAME: dict[str, list[Any]] = {
    "ID": ["ab", "A", "b", "a/periodic-1", "a/dispatch-1"],
    "ParentID": ["a", "b", "nobody"],
    "Type": ["service", "batch", "system", "foo"],
    "Status": ["running", "foo"],
    "Count": [0, 3],
    "Config": [
        {"command": "false"},
        {"command": "true"},
        {"command": "sh", "args": ["-c", "sleep 2; exit 3"]},
        {"command": "x", "args": ["9999999999999"]},
    ],
    "args": [["9999999999999"], ["9" * 400], ["1e3"], ["infinity"], ["0.0000000001"], ["٣"]],
    "Spec": ["", "0 0 1 1 * 2016", "@hourly", "* * * * * * *", "99999999999999999999", "9223372036", "1500000100,-5"],
    "SpecType": ["cron", "_internal_test", "foo"],
    "Mode": ["delay", "fail"],
    "ChangeMode": ["noop", "restart", "signal"],
    "ChangeSignal": ["sigint"],
    "Operand": ["=", "", "version", "regexp", "distinct_hosts", "set_contains", "foo"],
    "CPU": [20, 3000, 90_000],
    "MemoryMB": [10],
    "SizeMB": [20],
    "Payload": ["", "eA==", "optional", "required", "forbidden"],
    "Datacenters": [["dc1", "dc1"], ["*"], ["dc9"]],
    "Priority": [1, 100],
}


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield every place in a document but the whole."""
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in members:
        yield from places(each, (*path, key))


def forms(path: Path, value: Any) -> list[Any]:
    """Yield the values that may replace what is in a place."""
    own = _BY_NAME.get(str(path[-1]), [])
    if isinstance(value, bool):
        return [*own, True, False, None]
    if isinstance(value, int):
        return [*own, *_NUMBERS, None, _ABSENT]
    if isinstance(value, str):
        return [*own, *_TEXTS, None, _ABSENT]
    if isinstance(value, list):
        return [*own, [], None, _ABSENT, [*value, *value]]
    if isinstance(value, dict):
        return [*own, {}, None, _ABSENT, {**value, "": "", "\0": "x"}]
    return [*own, None, _ABSENT, "", 0, [], {}]


def put(document: Any, path: Path, value: Any) -> None:
    """Set or remove the value in a place; nothing happens when the way there is gone."""
    *steps, last = path
    for step in steps:
        if not _has(document, step):
            return
        document = document[step]
    if value is _ABSENT:
        if isinstance(document, dict):
            document.pop(last, None)
    elif isinstance(document, dict) or _has(document, last):
        document[last] = copy.deepcopy(value)


def _has(document: Any, step: str | int) -> bool:
    if isinstance(document, list):
        return isinstance(step, int) and step < len(document)
    return isinstance(document, dict) and step in document


@st.composite
def odd_jobs(draw: st.DrawFn) -> dict[str, Any]:
    """Generate a job of any kind, odd in up to three places."""
    job: dict[str, Any] = copy.deepcopy(JOB | KINDS[draw(st.sampled_from(sorted(KINDS)))])
    job["ID"] = job["Name"] = draw(st.sampled_from(["a", "ab", "A", "b"]))
    job["TaskGroups"][0]["Tasks"][0]["Config"]["args"] = [draw(st.sampled_from(["0", "3", "3", "600"]))]
    if draw(st.booleans()):
        job["TaskGroups"][0]["Tasks"][0]["Config"] = {"command": draw(st.sampled_from(["false", "/bin/server"]))}
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from([*places(job)]))
        at: Any = job
        for step in path:
            at = at[step]
        put(job, path, draw(st.sampled_from(forms(path, at))))
    return job
