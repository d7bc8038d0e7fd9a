"""Jobs that a server takes, and changes of them: the requests about a few jobs one after the other."""

import copy
import json
import random
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from tests.attack.steps import Request
from tests.beside.names import HERE
from tests.builders import a_group, a_job, a_task

_KINDS = {"register": 6.0, "plan": 4.0, "deregister": 1.5, "evaluate": 1.0, "dispatch": 1.0, "force": 0.5}
"""How often a kind of request is made."""
_RUNS = ("/bin/sleep", ["1000"])
_ENDS: list[tuple[str, list[str]]] = [("/bin/true", []), ("/bin/false", [])]


class Jobs:
    """An endless supply of requests about jobs with these IDs, most of which a server takes."""

    def __init__(self, rng: random.Random, job_ids: Sequence[str]) -> None:
        self._rng = rng
        self._ids = job_ids
        self._registered: dict[str, Any] = {}

    def request(self) -> Request:
        """Return the next request."""
        rng = self._rng
        job_id = rng.choice(self._ids)
        known = self._registered.get(job_id)
        kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
        if known and known["Type"] == "batch" and rng.random() < 0.4:
            kind = "dispatch" if known["ParameterizedJob"] else "force" if known["Periodic"] else kind
        path = f"/v1/job/{quote(job_id)}"
        if kind in ("register", "plan"):
            job = _changed(rng, known) if known and rng.random() < 0.85 else _job(rng, job_id)
            if kind == "plan":
                return Request("PUT", f"{path}/plan", body=json.dumps({"Job": job, "Diff": True}).encode())
            self._registered[job_id] = job
            return Request("PUT", path, body=json.dumps({"Job": job}).encode())
        if kind == "deregister":
            self._registered.pop(job_id, None)
            return Request("DELETE", path)
        if kind == "dispatch":
            return Request("PUT", f"{path}/dispatch", body=json.dumps({"Meta": {"a": "1"}}).encode())
        return Request("PUT", f"{path}/{'evaluate' if kind == 'evaluate' else 'periodic/force'}")


def _job(rng: random.Random, job_id: str) -> Any:
    kind = rng.choice(("service", "service", "service", "batch", "batch", "system"))
    groups = [_group(rng, name, kind) for name in rng.sample(("a", "b"), rng.choice((1, 1, 2)))]
    where = rng.choice(([HERE], [HERE], [HERE], [HERE], ["dc1"], [HERE, "dc1"]))
    job = a_job(*groups, ID=job_id, Type=kind, Priority=rng.choice((50, 50, 70)), Datacenters=where)
    if kind == "batch" and rng.random() < 0.35:
        job["ParameterizedJob"] = {"MetaOptional": ["a"]}
    elif kind == "batch" and rng.random() < 0.35:
        job["Periodic"] = {"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 *"}
    return job


def _group(rng: random.Random, name: str, kind: str) -> Any:
    tasks = [_task(rng, each, kind) for each in rng.sample(("t1", "t2"), rng.choice((1, 1, 2)))]
    wanted = rng.choice((None, None, None, {"Operand": "distinct_hosts"}, _constraint(rng, "attr.kernel.name")))
    return a_group(
        *tasks,
        Name=name,
        Count=rng.choice((0, 1, 1, 1, 2, 3)) if kind != "system" else rng.choice((0, 1, 1)),
        RestartPolicy={"Attempts": 0, "Interval": 60_000_000_000, "Delay": 15_000_000_000, "Mode": "fail"},
        Constraints=[wanted] if wanted and kind != "system" else None,
        Meta=rng.choice((None, None, {"g": rng.choice("12")})),
        EphemeralDisk={"SizeMB": rng.choice((10, 300)), "Sticky": rng.random() < 0.1, "Migrate": False},
    )


def _task(rng: random.Random, name: str, kind: str) -> Any:
    command, arguments = rng.choice((_RUNS, *_ENDS)) if kind == "batch" else _RUNS
    return a_task(
        Name=name,
        Config={"command": command, "args": arguments},
        Env=rng.choice((None, {"A": rng.choice("12")})),
        KillTimeout=1_000_000_000,
        Resources={"CPU": rng.choice((50, 50, 60)), "MemoryMB": 10, "IOPS": 0},
        LogConfig={"MaxFiles": 1, "MaxFileSizeMB": 1},
        Services=rng.choice((None, None, None, [{"Name": rng.choice("xy"), "Tags": ["t"]}])),
        Meta=rng.choice((None, {"m": rng.choice("12")})),
        Constraints=rng.choice((None, None, None, None, [_constraint(rng, "attr.cpu.arch")])),
    )


def _constraint(rng: random.Random, target: str) -> Any:
    return {"LTarget": f"${{{target}}}", "RTarget": rng.choice(("linux", "amd64", "arm64")), "Operand": "="}


def _changed(rng: random.Random, job: Any) -> Any:
    """Return a job with one change, as an update in place, a destructive one, or of the number of allocations."""
    job, other = copy.deepcopy(job), _job(rng, job["ID"])
    group = rng.choice(job["TaskGroups"])
    task = rng.choice(group["Tasks"])
    change = rng.randrange(6)
    if change == 0:
        group["Count"] = rng.choice((0, 1, 2, 3)) if job["Type"] != "system" else 1
    elif change == 1 and other["Type"] == job["Type"]:
        job["TaskGroups"] = other["TaskGroups"]
    elif change == 2:
        task["Env"] = {"A": str(rng.randrange(9))}
    elif change == 3:
        task["Services"] = [{"Name": "zz", "Tags": [str(rng.randrange(9))]}]
    elif change == 4:
        job |= {"Priority": rng.choice((40, 60)), "Datacenters": other["Datacenters"]}
    else:
        group["Meta"] = {"g": str(rng.randrange(9))}
    return job
