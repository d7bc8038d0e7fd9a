"""The job that all benchmarks use: the example of the documentation page: one group with two tasks, 1.2 kB of JSON."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from benchmarks.client import request

_PAGE = Path(__file__).parents[1] / "examples" / "binstore-storagelocker.json"
_MARK = "the-id-goes-here"


def register_body(job_id: str) -> bytes:
    """The body that registers the example under another ID; its datacenter is the one that a mock has."""
    return _TEMPLATE.replace(_MARK.encode(), job_id.encode())


def plan_body(job_id: str) -> bytes:
    """The body that plans a change of it: another image, and one more of the group."""
    job = json.loads(register_body(job_id))["Job"]
    group = job["TaskGroups"][0]
    group["Count"] += 1
    group["Tasks"][0]["Config"]["image"] += ":2"
    return json.dumps({"Job": job, "Diff": True}).encode()


def registrations(prefix: str, number: int) -> Iterator[bytes]:
    """Requests that register ``number`` different jobs."""
    for name in ids(prefix, number):
        yield request("PUT", f"/v1/job/{name}", register_body(name))


def ids(prefix: str, number: int, first: int = 0) -> Iterator[str]:
    """``number`` different job IDs, none of which is the beginning of another."""
    numbers = count(first)
    for _ in range(number):
        yield f"{prefix}-{next(numbers):07}"


def _template() -> bytes:
    job = json.loads(_PAGE.read_bytes())["Job"]
    job |= {"ID": _MARK, "Name": _MARK, "Datacenters": ["dc1"], "Constraints": []}
    return json.dumps({"Job": job}).encode()


_TEMPLATE = _template()
