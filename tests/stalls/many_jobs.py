"""A region in which one node runs many jobs while many others wait for room, made without scheduling them."""

from typing import Any
from uuid import UUID

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from tests.builders import a_job, an_allocation, an_evaluation

INDEX = 100_000
"""The index of the region, above all others."""

_TABLES = ("jobs", "job_summary", "evals", "allocs", "nodes")


def busy_region(jobs: int) -> Cluster:
    """Return a region with so many running batch jobs of one allocation on one node, and as many blocked jobs."""
    ids = RandomSource(1)
    (node,) = simulated_nodes(1, ids=ids)
    running = [_job(f"r{number}", number, "running") for number in range(jobs)]
    blocked = [_job(f"b{number}", number, "pending") for number in range(jobs)]
    allocations = [_allocation(job, node["ID"], number) for number, job in enumerate(running)]
    waiting = [
        an_evaluation(ID=f"b{number}", JobID=job["ID"], Status="blocked", Type="batch")
        for number, job in enumerate(blocked)
    ]
    state = {
        "index": INDEX,
        "table_indexes": dict.fromkeys(_TABLES, INDEX),
        "jobs": [*running, *blocked],
        "summaries": [*(_summary(job, 1) for job in running), *(_summary(job, 0) for job in blocked)],
        "evaluations": waiting,
        "allocations": allocations,
        "nodes": [node],
    }
    cluster = Cluster(region="global", clock=ManualClock(), ids=ids)
    cluster.restore(
        {
            "region": "global",
            "state": state,
            "scheduler": {"blocked": waiting, "waiting": []},
            "clients": {"allocations": [], "noticed": [], "unreported": []},
            "periodic": [],
            "garbage": {"witnessed": [], "next": None},
        }
    )
    return cluster


def _job(job_id: str, number: int, status: str) -> Any:
    index = 5 + number
    return a_job(ID=job_id, Type="batch", Status=status, CreateIndex=index, ModifyIndex=index + 1, JobModifyIndex=index)


def _allocation(job: Any, node_id: str, number: int) -> Any:
    known = {"ID": str(UUID(int=number)), "EvalID": f"r{number}", "NodeID": node_id, "ClientStatus": "running"}
    return an_allocation(job, **known)


def _summary(job: Any, running: int) -> Any:
    counters = {"Complete": 0, "Failed": 0, "Lost": 0, "Queued": 1 - running, "Running": running, "Starting": 0}
    index = job["CreateIndex"]
    return {
        "Children": {"Dead": 0, "Pending": 0, "Running": 0},
        "CreateIndex": index,
        "JobID": job["ID"],
        "ModifyIndex": index,
        "Summary": {"g": counters},
    }
