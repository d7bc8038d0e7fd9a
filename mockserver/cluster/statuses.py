"""What counts as over: evaluations, allocations, and a job's status from both (behaviour observed on 0.5.4)."""

from mockserver.shapes import Allocation, Evaluation

_OPEN_EVALUATION = {"pending", "blocked"}
_LIVE_CLIENT = {"pending", "running"}


def is_open(evaluation: Evaluation) -> bool:
    """Whether the scheduler still has to do something for this evaluation."""
    return evaluation["Status"] in _OPEN_EVALUATION


def is_live(allocation: Allocation) -> bool:
    """Whether this allocation holds resources: wanted, and waiting to start or running."""
    return allocation["DesiredStatus"] == "run" and allocation["ClientStatus"] in _LIVE_CLIENT
