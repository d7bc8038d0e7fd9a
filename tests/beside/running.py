"""Lives with tasks that run: jobs that fit the agent's node are registered, changed and stopped; the node is drained.

The agent really starts their programs (``sleep``, ``true`` and ``false``), with its driver ``raw_exec``.
"""

import copy
import json
import random
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.attack.steps import Life, Request
from tests.attack.verdicts import Reply
from tests.beside.likeness import LikenessOfTasks
from tests.beside.lives import HERE, TOKEN, reads_after
from tests.beside.playing import Over, Pair
from tests.beside.servers import PREFIX
from tests.builders import a_group, a_job, a_task

_JOBS = [f"{PREFIX}{TOKEN}-{each}" for each in "pq"]
_STEPS = {"register": 6.0, "plan": 4.0, "deregister": 1.5, "evaluate": 1.0, "dispatch": 1.0, "force": 0.5, "drain": 0.7}
_RUNS = ("/bin/sleep", ["1000"])
_ENDS: list[tuple[str, list[str]]] = [("/bin/true", []), ("/bin/false", [])]
_PATIENCE = 25.0
"""Seconds in which tasks start or stop."""
_REPORTED = 0.35
"""Seconds within which a client reports what happened to a task: it does so five times a second."""


def life(seed: int, number: int) -> Life:
    """Return the life of this number."""
    rng = random.Random(f"tasks/{seed}/{number}")
    jobs: dict[str, Any] = {}
    steps = tuple(_step(rng, jobs) for _ in range(rng.choice((4, 8, 12))))
    return Life(f"{seed}/{number}", 1, ("global",), False, False, steps)


def _step(rng: random.Random, jobs: dict[str, Any]) -> Request:
    """Return the next request; ``jobs`` are those that were registered so far."""
    job_id = rng.choice(_JOBS)
    kind = rng.choices(list(_STEPS), list(_STEPS.values()))[0]
    path = f"/v1/job/{job_id}"
    if kind in ("register", "plan"):
        job = _changed(rng, jobs[job_id]) if job_id in jobs and rng.random() < 0.85 else _job(rng, job_id)
        if kind == "plan":
            return Request("PUT", f"{path}/plan", body=json.dumps({"Job": job, "Diff": True}).encode())
        jobs[job_id] = job
        return Request("PUT", path, body=json.dumps({"Job": job}).encode())
    if kind == "deregister":
        jobs.pop(job_id, None)
        return Request("DELETE", path)
    if kind == "dispatch":
        return Request("PUT", f"{path}/dispatch", body=json.dumps({"Meta": {"a": "1"}}).encode())
    if kind == "drain":
        return Request("PUT", f"/v1/node/{{node:0}}/drain?enable={rng.choice(('true', 'false'))}")
    return Request("PUT", f"{path}/{'evaluate' if kind == 'evaluate' else 'periodic/force'}")


def _job(rng: random.Random, job_id: str) -> Any:
    kind = rng.choice(("service", "service", "service", "batch", "batch", "system"))
    groups = [_group(rng, name, kind) for name in rng.sample(("a", "b"), rng.choice((1, 1, 2)))]
    where = rng.choice(([HERE], [HERE], [HERE], [HERE], ["dc1"], [HERE, "dc1"]))
    job = a_job(*groups, ID=job_id, Type=kind, Priority=rng.choice((50, 50, 70)), Datacenters=where)
    if kind == "batch" and rng.random() < 0.25:
        job["ParameterizedJob"] = {"MetaOptional": ["a"]}
    elif kind == "batch" and rng.random() < 0.2:
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


class PairWithTasks(Pair):
    """Two servers on which tasks run."""

    def clean(self) -> None:
        """Remove our jobs from the agent, and wait until their tasks have ended."""
        node = self.agent.read("/v1/nodes")[0]
        if node["Drain"]:
            self.agent.ask(Request("PUT", f"/v1/node/{node['ID']}/drain?enable=false"))
        self.agent.deregister(PREFIX)
        self._wait()
        self.agent.collect_garbage()

    def _begin(self) -> None:
        super()._begin()
        self._likenesses = LikenessOfTasks(0), LikenessOfTasks(0)

    def _settle(self) -> None:
        if not self._wait():
            raise Over("lives that did not come to rest")

    def _afterwards(self, _request: Request) -> Iterator[tuple[Request, Reply, Reply]]:
        for job_id in _JOBS:
            path = f"/v1/job/{quote(job_id.replace(TOKEN, self.token))}"
            yield from map(self._both, reads_after(Request("PUT", path)))

    def _wait(self) -> bool:
        """Wait until no task starts or stops, as far as the servers know, and return whether that came about."""
        until = time.monotonic() + _PATIENCE
        for server in (self.mock, self.agent):
            entries, before = -1, -2
            while not server.is_still() or entries != before:
                if time.monotonic() > until:
                    return False
                time.sleep(_REPORTED)
                entries, before = server.applied(), entries
        return True
