"""The AllocMetric of one search for a node: who was looked at and why nodes dropped out."""

from mockserver.gostd.numbers import Float64
from mockserver.shapes import AllocMetric, Node


def new_metric() -> AllocMetric:
    """A metric with nothing counted; maps are null until something goes into them (observed)."""
    return {
        "AllocationTime": 0,
        "ClassExhausted": None,
        "ClassFiltered": None,
        "CoalescedFailures": 0,
        "ConstraintFiltered": None,
        "DimensionExhausted": None,
        "NodesAvailable": None,
        "NodesEvaluated": 0,
        "NodesExhausted": 0,
        "NodesFiltered": 0,
        "Scores": None,
    }


def filtered(metric: AllocMetric, node: Node, reason: str) -> None:
    """Count a node that may not run the group at all."""
    metric["NodesFiltered"] += 1
    _count(metric, "ClassFiltered", node["NodeClass"])
    _count(metric, "ConstraintFiltered", reason)


def exhausted(metric: AllocMetric, node: Node, dimension: str) -> None:
    """Count a node that has no room for the group."""
    metric["NodesExhausted"] += 1
    _count(metric, "ClassExhausted", node["NodeClass"])
    _count(metric, "DimensionExhausted", dimension)


def scored(metric: AllocMetric, node: Node, by: str, score: float) -> None:
    """Record one part of a node's score as ``<node ID>.<by>``."""
    metric["Scores"] = {**(metric["Scores"] or {}), f"{node['ID']}.{by}": Float64(score)}


def _count(metric: AllocMetric, field: str, key: str) -> None:
    if key:
        counts = metric[field] = metric[field] or {}
        counts[key] = counts.get(key, 0) + 1
