"""Jobs to test with: the smallest of every type, and one that sets every property of the tree."""

import copy
from typing import Any

from contract_tests.client.nomad import Job
from contract_tests.durations import SECOND

LEAST = {"CPU": 20, "MemoryMB": 10}
"""What a task asks for: as little as the server under test allows."""


def adapt_to(version: str) -> None:
    """Have tasks ask for as little as this version of Nomad allows: 0.7 is the only one that wants 100 MHz."""
    LEAST["CPU"] = 100 if version.startswith("0.7.") else 20


class JobFactory:
    """Makes jobs for one target: they belong to its region and to a datacenter that does not exist.

    A ``lenient`` server takes an update block, or half of one, in a job of any type, as 0.5 does; others only in whole
    and in a service, as the page shows it.
    """

    def __init__(
        self,
        region: str = "global",
        datacenter: str = "nomad-contract-nowhere",
        driver: str = "raw_exec",
        *,
        lenient: bool = True,
    ) -> None:
        self.region = region
        self.datacenter = datacenter
        self.driver = driver
        self.lenient = lenient

    def service(self, job_id: str, **members: Any) -> Job:
        """Return a service job of one group of one task."""
        return self._job(job_id, "service", members)

    def batch(self, job_id: str, **members: Any) -> Job:
        """Return a batch job of one group of one task."""
        return self._job(job_id, "batch", members)

    def system(self, job_id: str, **members: Any) -> Job:
        """Return a system job of one group of one task."""
        return self._job(job_id, "system", members)

    def idle(self, job_id: str, **members: Any) -> Job:
        """Return a service job that wants nothing: Count 0, so that nothing happens to it by itself."""
        return self.service(job_id, TaskGroups=[group("g", Count=0)], **members)

    def parameterized(self, job_id: str, payload: str = "optional", **members: Any) -> Job:
        """Return a parameterized batch job with the required meta key ``need`` and the optional one ``may``."""
        rules = {"Payload": payload, "MetaRequired": ["need"], "MetaOptional": ["may"]}
        return self.batch(job_id, **{"ParameterizedJob": rules, **members})

    def periodic(self, job_id: str, spec: str = "0 0 1 1 * 2099", **members: Any) -> Job:
        """Return a periodic batch job whose own launches are far away."""
        rules = {"Enabled": True, "Spec": spec, "SpecType": "cron", "ProhibitOverlap": False}
        return self.batch(job_id, **{"Periodic": rules, **members})

    def subject_of(self, operation: str, job_id: str, **members: Any) -> Job:
        """Return a job that an operation can be asked for: only some can be dispatched, or launched by force."""
        make = {"dispatch": self.parameterized, "force": self.periodic}.get(operation, self.idle)
        return make(job_id, **members)

    def every_type(self, label: str) -> list[Job]:
        """Return one job of every kind, with IDs that begin with ``label``."""
        return [
            self.service(f"{label}-service"),
            self.batch(f"{label}-batch"),
            self.system(f"{label}-system"),
            self.parameterized(f"{label}-parameterized"),
            self.periodic(f"{label}-periodic"),
        ]

    def documented(self, job_id: str) -> Job:
        """Return a service job that sets every property that the page shows, and what a server needs besides."""
        network = {"MBits": 5, "Device": "eth3", "CIDR": "10.3.0.0/16", "IP": "10.3.1.1"}
        resources = {"CPU": 177, "MemoryMB": 33, "IOPS": 1, "DiskMB": 0, "Networks": [network]}
        full = task("t", Constraints=[constraint("${attr.arch}", "amd64")], Meta={"m": "n"}, Resources=resources)
        groups = [
            group("one", Count=2, Tasks=[full, task("u")], Constraints=[constraint("${meta.x}", "y", "!=")]),
            group("two", Count=0, Meta={"elb_checks": "3"}),
        ]
        return self.service(
            job_id,
            Name=f"{job_id}-name",
            Priority=37,
            AllAtOnce=True,
            Datacenters=[f"{self.datacenter}-b", self.datacenter],
            Constraints=[constraint("${attr.kernel.os}", "windows")],
            Update={"Stagger": 3 * SECOND, "MaxParallel": 2},
            Meta={"foo": "bar"},
            TaskGroups=groups,
        )

    def rich(self, job_id: str) -> Job:
        """Return a batch job that sets every property of the tree, none of them to its zero or default."""
        update = {"Update": {"Stagger": 11 * SECOND, "MaxParallel": 3}} if self.lenient else {}
        return {
            **self._job(job_id, "batch", {}),
            **update,
            "Name": f"{job_id}-name",
            "Priority": 61,
            "AllAtOnce": True,
            "Datacenters": [self.datacenter, f"{self.datacenter}-2"],
            "Constraints": [constraint("${attr.kernel.name}", "linux"), constraint("${attr.cpu.arch}", "a<>&b", "!=")],
            "Periodic": {"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron", "ProhibitOverlap": True},
            "Meta": {"JobKey": "job value", "ünï": "çødé"},
            "StatusDescription": "said by the submitter",
            "TaskGroups": [rich_group("first"), group("second", Count=1)],
        }

    def group(self, name: str, *, Count: int, brief: bool = False, **members: Any) -> dict[str, Any]:  # noqa: N803 (as in the API)
        """Return a group that this target's driver can run; ``brief`` tasks end at once, ``members`` are the task's."""
        return group(name, Count=Count, Tasks=[task("t", Driver=self.driver, Config=self._config(brief), **members)])

    def _config(self, brief: bool) -> dict[str, Any]:
        seconds = 0 if brief else 600
        if self.driver == "mock_driver":
            return {"run_for": f"{seconds}s"}
        if self.driver in ("docker", "rkt"):
            return {"image": "busybox:1", "command": "sleep", "args": [str(seconds)]}
        return {"command": "/bin/sleep", "args": [str(seconds)]}

    def _job(self, job_id: str, type_: str, members: dict[str, Any]) -> Job:
        return {
            "Region": self.region,
            "ID": job_id,
            "Name": job_id,
            "Type": type_,
            "Priority": 50,
            "Datacenters": [self.datacenter],
            "TaskGroups": [group("g")],
            **copy.deepcopy(members),
        }


def group(name: str, **members: Any) -> dict[str, Any]:
    """Return a task group of one task ``t``."""
    return {"Name": name, "Count": 1, "Tasks": [task("t")], **members}


def task(name: str, **members: Any) -> dict[str, Any]:
    """Return a task that a real agent accepts and that asks for as little as allowed."""
    return {
        "Name": name,
        "Driver": "raw_exec",
        "Config": {"command": "/bin/sleep", "args": ["600"]},
        "Resources": {**LEAST},
        "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 1},
        **members,
    }


def constraint(left: str, right: str, operand: str = "=") -> dict[str, str]:
    """Return a constraint."""
    return {"LTarget": left, "RTarget": right, "Operand": operand}


def rich_group(name: str) -> dict[str, Any]:
    """Return a task group that sets every property."""
    return {
        "Name": name,
        "Count": 2,
        "Constraints": [constraint("${node.class}", "big")],
        "RestartPolicy": {"Attempts": 4, "Delay": 7 * SECOND, "Interval": 301 * SECOND, "Mode": "fail"},
        "EphemeralDisk": {"Sticky": True, "SizeMB": 411, "Migrate": True},
        "Meta": {"Group.Key": "group value"},
        "Tasks": [rich_task("main"), task("side")],
    }


def rich_task(name: str) -> dict[str, Any]:
    """Return a task that sets every property but Vault, which a server without one refuses."""
    return {
        "Name": name,
        "Driver": "docker",
        "User": "nobody",
        "Config": {
            "image": "busybox:1",
            "args": ["-c", "true"],
            "labels": [{"a": "b", "c": "d"}],
            "port_map": [{"http": 8080}],
            "privileged": True,
            "shm_size": 6379,
        },
        "Constraints": [constraint("${attr.driver.docker}", "1")],
        "Env": {"KEY": "value", "EMPTY": "x y"},
        "Services": [rich_service()],
        "Resources": {
            "CPU": 123,
            "MemoryMB": 57,
            "IOPS": 2,
            "Networks": [
                {
                    "Device": "eth9",
                    "CIDR": "10.0.0.0/8",
                    "IP": "10.1.2.3",
                    "MBits": 9,
                    "ReservedPorts": [{"Label": "admin", "Value": 7001}],
                    "DynamicPorts": [{"Label": "http", "Value": 0}, {"Label": "spare", "Value": 0}],
                }
            ],
        },
        "Meta": {"TASK_Key": "task value"},
        "KillTimeout": 17 * SECOND,
        "LogConfig": {"MaxFiles": 3, "MaxFileSizeMB": 4},
        "Artifacts": [
            {
                "GetterSource": "https://example.com/a.tgz",
                "GetterOptions": {"checksum": "md5:d41d8cd98f00b204e9800998ecf8427e"},
                "RelativeDest": "local/a",
            }
        ],
        "Templates": [
            {
                "SourcePath": "local/in.tpl",
                "DestPath": "local/out",
                "EmbeddedTmpl": "",
                "ChangeMode": "signal",
                "ChangeSignal": "sighup",
                "Splay": 3 * SECOND,
            },
            {"EmbeddedTmpl": "x={{ 1 }}", "DestPath": "local/two", "ChangeMode": "restart", "Splay": 5 * SECOND},
        ],
        "DispatchPayload": {"File": "input.bin"},
    }


def rich_service() -> dict[str, Any]:
    """Return a service with a check of every type."""
    timing = {"Interval": 12 * SECOND, "Timeout": 2 * SECOND}
    return {
        "Name": "web-${TASK}",
        "PortLabel": "http",
        "Tags": ["one", "two"],
        "Checks": [
            {"Name": "by-http", "Type": "http", "Path": "/health", "Protocol": "https", "PortLabel": "admin", **timing},
            {"Name": "by-tcp", "Type": "tcp", "InitialStatus": "passing", **timing},
            {"Name": "by-script", "Type": "script", "Command": "/bin/check", "Args": ["-v", "1"], **timing},
        ],
    }


def body_for(operation: str, job: Job) -> Any:
    """Return the least body that an operation on a job of this factory needs; None where it needs none."""
    return {"register": {"Job": job}, "plan": {"Job": job}, "dispatch": {"Meta": {"need": "x"}}}.get(operation)


def kind_of(job: Job) -> tuple[object, ...]:
    """Return what an update can change on a 0.5 server only: the type, and whether it is periodic or parameterized."""
    return (job["Type"], bool(job.get("Periodic")), job.get("ParameterizedJob") is not None)
