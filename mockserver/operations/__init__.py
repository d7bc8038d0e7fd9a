"""One module per section of the description; here the operations have the names that it gives them."""

from mockserver.operations import (
    allocation,
    allocations,
    deregister,
    dispatch,
    evaluate,
    evaluation,
    evaluations,
    jobs,
    nodes,
    periodic_force,
    plan,
    query,
    register,
    summary,
)
from mockserver.operations.read import ReadOperation
from mockserver.operations.write import Parse

READS: dict[str, ReadOperation] = {
    "query": query.read,
    "allocations": allocations.read,
    "evaluations": evaluations.read,
    "summary": summary.read,
    "jobs": jobs.read,
    "all-evaluations": evaluation.read_all,
    "evaluation": evaluation.read,
    "evaluation-allocations": evaluation.read_allocations,
    "all-allocations": allocation.read_all,
    "allocation": allocation.read,
    "nodes": nodes.read_all,
    "node": nodes.read,
    "node-allocations": nodes.read_allocations,
}

WRITES: dict[str, Parse] = {
    "register": register.parse,
    "plan": plan.parse,
    "dispatch": dispatch.parse,
    "evaluate": evaluate.parse,
    "periodic-force": periodic_force.parse,
    "deregister": deregister.parse,
}
