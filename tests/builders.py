"""Whole objects for tests, in the shape that travels through the mock; name only what matters."""

from typing import Any


def a_task(**known: Any) -> Any:
    """A task that runs until it is stopped."""
    return {
        "Artifacts": None,
        "Config": {"command": "/bin/server"},
        "Constraints": None,
        "DispatchPayload": None,
        "Driver": "raw_exec",
        "Env": None,
        "KillTimeout": 5_000_000_000,
        "LogConfig": {"MaxFileSizeMB": 5, "MaxFiles": 2},
        "Meta": None,
        "Name": "t",
        "Resources": {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 32, "Networks": None},
        "Services": None,
        "Templates": None,
        "User": "",
        "Vault": None,
    } | known


def a_group(*tasks: Any, **known: Any) -> Any:
    """A group of one allocation."""
    return {
        "Constraints": None,
        "Count": 1,
        "EphemeralDisk": {"Migrate": False, "SizeMB": 300, "Sticky": False},
        "Meta": None,
        "Name": "g",
        "RestartPolicy": {"Attempts": 2, "Delay": 15_000_000_000, "Interval": 60_000_000_000, "Mode": "delay"},
        "Tasks": list(tasks) or [a_task()],
    } | known


def a_job(*groups: Any, **known: Any) -> Any:
    """A canonical service job."""
    return {
        "AllAtOnce": False,
        "Constraints": None,
        "CreateIndex": 0,
        "Datacenters": ["dc1"],
        "ID": "j",
        "JobModifyIndex": 0,
        "Meta": None,
        "ModifyIndex": 0,
        "Name": known.get("ID", "j"),
        "ParameterizedJob": None,
        "ParentID": "",
        "Payload": None,
        "Periodic": None,
        "Priority": 50,
        "Region": "global",
        "Status": "",
        "StatusDescription": "",
        "TaskGroups": list(groups) or [a_group()],
        "Type": "service",
        "Update": {"MaxParallel": 0, "Stagger": 0},
        "VaultToken": "",
    } | known


def an_evaluation(**known: Any) -> Any:
    """A pending evaluation of the job ``j``."""
    return {
        "AnnotatePlan": False,
        "BlockedEval": "",
        "ClassEligibility": None,
        "CreateIndex": 0,
        "EscapedComputedClass": False,
        "FailedTGAllocs": None,
        "ID": "e1",
        "JobID": "j",
        "JobModifyIndex": 0,
        "ModifyIndex": 0,
        "NextEval": "",
        "NodeID": "",
        "NodeModifyIndex": 0,
        "PreviousEval": "",
        "Priority": 50,
        "QueuedAllocations": None,
        "SnapshotIndex": 0,
        "Status": "pending",
        "StatusDescription": "",
        "TriggeredBy": "job-register",
        "Type": "service",
        "Wait": 0,
    } | known


def an_allocation(job: Any = None, **known: Any) -> Any:
    """A freshly placed allocation of ``job``'s first group."""
    job = job or a_job()
    group = job["TaskGroups"][0]
    return {
        "AllocModifyIndex": 0,
        "ClientDescription": "",
        "ClientStatus": "pending",
        "CreateIndex": 0,
        "CreateTime": 0,
        "DesiredDescription": "",
        "DesiredStatus": "run",
        "EvalID": "e1",
        "ID": "a1",
        "Job": job,
        "JobID": job["ID"],
        "Metrics": None,
        "ModifyIndex": 0,
        "Name": f"{job['Name']}.{group['Name']}[0]",
        "NodeID": "n1",
        "PreviousAllocation": "",
        "Resources": {"CPU": 0, "DiskMB": 0, "IOPS": 0, "MemoryMB": 0, "Networks": None},
        "SharedResources": None,
        "TaskGroup": group["Name"],
        "TaskResources": {},
        "TaskStates": None,
    } | known


def a_node(**known: Any) -> Any:
    """A node in the state table; what the scheduler needs of it comes from ``nodes.simulated_nodes``."""
    return {
        "ID": "n1",
        "Name": "n1",
        "Datacenter": "dc1",
        "ComputedClass": "v1:1",
        "Drain": False,
        "Status": "ready",
    } | known
