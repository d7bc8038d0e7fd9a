"""Hypothesis strategies for whole valid jobs of every type, deep enough to reach every property."""

import copy
import json
from typing import Any, TypeAlias

from hypothesis import strategies as st

from contract_tests.client.jobs import LEAST, JobFactory
from contract_tests.client.nomad import Job
from contract_tests.durations import SECOND

Objects: TypeAlias = st.SearchStrategy[dict[str, Any]]

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
WORD = st.text("abcXYZ019", min_size=1, max_size=6)
META = st.none() | st.dictionaries(WORD, TEXT, max_size=3)
DURATION = st.integers(1, 90).map(lambda seconds: seconds * SECOND)


def content(value: dict[str, Any]) -> str:
    """Return a text that is the same for equal objects, in whatever order their members were drawn."""
    return json.dumps(value, sort_keys=True)


CONSTRAINT = st.fixed_dictionaries(
    {
        "LTarget": st.sampled_from(["${attr.kernel.name}", "${node.class}", "${meta.x}"]),
        "RTarget": TEXT.map(lambda text: text or "x"),
    },
    optional={"Operand": st.sampled_from(["=", "!=", ">", "set_contains"])},
).map(lambda one: {"Operand": "=", **one})
# No empty list here: what a real agent makes of one depends on the task around it.
CONSTRAINTS = st.none() | st.lists(CONSTRAINT, min_size=1, max_size=2, unique_by=content)
# One signal only: of several in a group an agent makes a constraint that names them in random order.
SIGNALS = st.sampled_from(["SIGUSR1", "sigusr1"])


def _some(properties: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=properties)


TEMPLATE: Objects = st.fixed_dictionaries(
    {
        "DestPath": WORD.map("local/{}".format),
        "EmbeddedTmpl": WORD,
        "ChangeMode": st.sampled_from(["noop", "restart", "signal"]),
        "Splay": DURATION,
    }
).flatmap(
    lambda one: (
        SIGNALS.map(lambda signal: {**one, "ChangeSignal": signal}) if one["ChangeMode"] == "signal" else st.just(one)
    )
)
ARTIFACT: Objects = st.fixed_dictionaries(
    {"GetterSource": WORD.map("https://example.com/{}".format)},
    optional={"RelativeDest": WORD, "GetterOptions": st.just({"archive": "false"})},
)
CHECK: Objects = st.one_of(
    st.fixed_dictionaries({"Type": st.just("tcp")}),
    st.fixed_dictionaries({"Type": st.just("http"), "Path": WORD.map("/{}".format)}),
    st.fixed_dictionaries({"Type": st.just("script"), "Command": WORD}, optional={"Args": st.lists(TEXT, max_size=2)}),
).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"Name": WORD, "Interval": DURATION, "Timeout": DURATION},
        optional={
            "InitialStatus": st.sampled_from(["", "passing", "warning", "critical"]),
            "PortLabel": st.just("http"),
            "Protocol": st.sampled_from(["http", "https"]),
        },
    ).map(lambda rest: {**kind, **rest})
)
SERVICE: Objects = st.fixed_dictionaries(
    {"Name": WORD, "PortLabel": st.just("http")},
    optional={
        "Tags": st.lists(TEXT, max_size=2),
        "Checks": st.lists(CHECK, max_size=2, unique_by=lambda check: check["Name"]),
    },
)
NETWORK: Objects = st.fixed_dictionaries(
    {"MBits": st.integers(1, 99), "DynamicPorts": st.just([{"Label": "http", "Value": 0}])},
    optional={
        "ReservedPorts": st.lists(
            st.fixed_dictionaries({"Label": WORD.filter(lambda label: label != "http"), "Value": st.integers(1, 9999)}),
            max_size=2,
            unique_by=(lambda port: port["Label"], lambda port: port["Value"]),
        ),
        "Device": WORD,
        "CIDR": st.just("10.0.0.0/8"),
        "IP": st.just("10.0.0.7"),
    },
)
RESOURCES: Objects = st.fixed_dictionaries(
    {
        "CPU": st.integers(LEAST["CPU"], 2000),
        "MemoryMB": st.integers(LEAST["MemoryMB"], 2000),
        "Networks": NETWORK.map(lambda one: [one]),
    },
    optional={"IOPS": st.integers(0, 9)},
)
DRIVERS: Objects = st.one_of(
    st.fixed_dictionaries(
        {
            "Driver": st.sampled_from(["raw_exec", "exec"]),
            "Config": st.fixed_dictionaries({"command": WORD}, optional={"args": st.lists(WORD, max_size=3)}),
        }
    ),
    st.fixed_dictionaries(
        {
            "Driver": st.just("docker"),
            "Config": st.fixed_dictionaries(
                {"image": WORD},
                optional={
                    "privileged": st.booleans(),
                    "port_map": st.just([{"http": 80}]),
                    "labels": st.dictionaries(WORD, WORD, min_size=1, max_size=2).map(lambda one: [one]),
                    "shm_size": st.integers(1, 99999),
                },
            ),
        }
    ),
)
TASK: Objects = DRIVERS.flatmap(
    lambda driver: st.fixed_dictionaries(
        {
            "Name": WORD,
            "Resources": RESOURCES,
            "LogConfig": st.fixed_dictionaries({"MaxFiles": st.integers(1, 5), "MaxFileSizeMB": st.integers(1, 5)}),
        },
        optional={
            "User": WORD,
            "Constraints": CONSTRAINTS,
            "Env": META,
            "Meta": META,
            "KillTimeout": DURATION,
            "Services": st.lists(SERVICE, max_size=2, unique_by=lambda service: service["Name"]),
            "Artifacts": st.lists(ARTIFACT, max_size=2, unique_by=content),
            "Templates": st.lists(TEMPLATE, max_size=2, unique_by=lambda template: template["DestPath"]),
            "DispatchPayload": st.fixed_dictionaries({"File": WORD}),
        },
    ).map(lambda rest: {**driver, **rest})
)
RESTART_POLICY: Objects = st.fixed_dictionaries(
    {
        "Attempts": st.integers(1, 5),
        "Delay": st.integers(0, 5).map(lambda seconds: seconds * SECOND),
        "Interval": st.integers(60, 600).map(lambda seconds: seconds * SECOND),
        "Mode": st.sampled_from(["delay", "fail"]),
    }
)
DISK: Objects = st.fixed_dictionaries(
    {"SizeMB": st.integers(200, 900)}, optional={"Sticky": st.booleans(), "Migrate": st.booleans()}
)


def groups(largest: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return a strategy for the task groups of a job, of at most ``largest`` instances each."""
    one: Objects = st.fixed_dictionaries(
        {
            "Name": WORD,
            "Count": st.integers(0, largest),
            "Tasks": st.lists(TASK, min_size=1, max_size=2, unique_by=lambda task: task["Name"]),
        },
        optional={"Constraints": CONSTRAINTS, "RestartPolicy": RESTART_POLICY, "EphemeralDisk": DISK, "Meta": META},
    )
    return st.lists(one, min_size=1, max_size=2, unique_by=lambda group: group["Name"])


def _job(type_: str, factory: JobFactory) -> st.SearchStrategy[Job]:
    optional: dict[str, st.SearchStrategy[Any]] = {
        "AllAtOnce": st.booleans(),
        "Constraints": CONSTRAINTS,
        "Meta": META,
        "StatusDescription": TEXT,
    }
    update = {"Stagger": DURATION, "MaxParallel": st.integers(1, 9)}
    if factory.lenient:
        optional["Update"] = _some(update)
    elif type_ == "service":
        optional["Update"] = st.fixed_dictionaries(update)
    if type_ == "periodic":
        optional["Periodic"] = st.fixed_dictionaries(
            {"Enabled": st.just(True), "Spec": st.just("0 0 1 1 * 2099"), "SpecType": st.just("cron")},
            optional={"ProhibitOverlap": st.booleans()},
        )
    if type_ == "parameterized":
        optional["ParameterizedJob"] = _some(
            {
                "Payload": st.sampled_from(["optional", "required", "forbidden"]),
                "MetaRequired": st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2, unique=True),
                "MetaOptional": st.lists(st.sampled_from(["c", "d"]), min_size=1, max_size=2, unique=True),
            }
        )
    return st.fixed_dictionaries(
        {
            "Region": st.just(factory.region),
            "ID": st.just("replaced"),
            "Name": WORD,
            "Type": st.just(type_ if type_ in ("service", "system") else "batch"),
            "Priority": st.integers(1, 100),
            "Datacenters": st.sampled_from([[factory.datacenter], [f"{factory.datacenter}-2", factory.datacenter]]),
            "TaskGroups": groups(1 if type_ == "system" else 3),
        },
        optional=optional,
    )


KINDS = ("service", "batch", "system", "periodic", "parameterized")


def jobs(factory: JobFactory, *kinds: str) -> st.SearchStrategy[Job]:
    """Return a strategy for valid jobs of these kinds, or of every kind; the caller gives each its ID."""
    made = st.sampled_from(kinds or KINDS).flatmap(lambda kind: _job(kind, factory))
    return made if factory.lenient else made.map(_without_repetitions)


def _without_repetitions(job: Job) -> Job:
    """Give every reserved port of a job a number of its own, and every service of a group a name of its own."""
    job = copy.deepcopy(job)
    for group in job["TaskGroups"]:
        services = (service for task in group["Tasks"] for service in task.get("Services") or ())
        for number, service in enumerate(services):
            service["Name"] += str(number)
    tasks = [task for group in job["TaskGroups"] for task in group["Tasks"]]
    networks = [network for task in tasks for network in (task.get("Resources") or {}).get("Networks") or ()]
    ports = [port for network in networks for port in network.get("ReservedPorts") or ()]
    for number, port in enumerate(ports, 1):
        port["Value"] = number
    return job
