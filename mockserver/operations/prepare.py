"""From a decoded job to one that can be stored: defaults, implicit constraints, validation."""

from functools import partial
from typing import TYPE_CHECKING

from mockserver.cluster.scheduler.feasibility import values_on
from mockserver.jobs import canonicalize, validate
from mockserver.jobs.operand_limits import check_operands

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.shapes import Job


def prepare(cluster: "Cluster", job: "Job") -> "Job":
    """The job as register and plan see it; raises ``Refused`` with all that is wrong with it.

    Lists that are empty stay as sent here: a plan compares them so, and the state drops them when the status changes.
    """
    canonicalize.check_null_elements(job)
    job = canonicalize.add_implicit_constraints(canonicalize.with_defaults(job))
    nodes = tuple(cluster.state.nodes())  # in one step, for a large job is prepared on a thread
    check_operands(job, partial(values_on, nodes))
    validate.validate(job, drivers=cluster.drivers)
    canonicalize.check_counts(job)
    return job
