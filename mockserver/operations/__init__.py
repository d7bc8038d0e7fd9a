"""One module per documented section; here they have the names that the description gives them."""

from mockserver.operations import (
    allocations,
    deregister,
    dispatch,
    evaluate,
    evaluations,
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
}

WRITES: dict[str, Parse] = {
    "register": register.parse,
    "plan": plan.parse,
    "dispatch": dispatch.parse,
    "evaluate": evaluate.parse,
    "periodic-force": periodic_force.parse,
    "deregister": deregister.parse,
}
