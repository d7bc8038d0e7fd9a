"""GET ``/v1/job/<ID>/evaluations``: evaluations whose job ID starts with this one (documentation: "Query")."""

from typing import TYPE_CHECKING

from mockserver.operations.read import Query, Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


def read(cluster: "Cluster", job_id: str, _query: Query) -> Read:
    """The evaluations, those of children and of other jobs with this prefix too (observed).

    Ordered by job ID, status, ID. The index is that of the whole table, whoever changed it.
    """
    state = cluster.state
    return Read(state.evaluations_of(job_id), state.table_index("evals"), ("evaluations", job_id))
