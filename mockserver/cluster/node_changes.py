"""What follows from a change of a node: which jobs have to be looked at again (behaviour observed on 0.5.4)."""

from collections.abc import Iterator
from dataclasses import dataclass

from mockserver.cluster import evaluations
from mockserver.cluster.ids import Ids
from mockserver.cluster.tables import Tables
from mockserver.shapes import Evaluation, Job


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """What a change did: the index of the node's change, and the evaluations with theirs; 0 and none where nothing."""

    node_index: int
    evaluation_ids: tuple[str, ...]
    evaluation_index: int


def node_evaluations(tables: Tables, node_id: str, *, node_index: int, ids: Ids) -> list[Evaluation]:
    """One evaluation for each job that has or had an allocation on the node, and for each system job.

    The former are evaluated as they were when the allocation was placed. ``node_index`` is the index of the
    change, 0 when nothing was changed.
    """
    jobs: dict[str, Job] = {}
    for job in _affected(tables, node_id):
        jobs.setdefault(job["ID"], job)
    return [evaluations.for_node(job, node_id, node_index=node_index, ids=ids) for job in jobs.values()]


def _affected(tables: Tables, node_id: str) -> Iterator[Job]:
    for allocation in tables.allocations_of_node(node_id):
        yield allocation["Job"]
    for job in tables.jobs():
        if job["Type"] == "system":
            yield job
