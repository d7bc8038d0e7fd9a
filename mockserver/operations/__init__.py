"""One module per section of the description; here the operations have the names that it gives them."""

from mockserver.operations import (
    agent_self,
    allocation,
    allocations,
    client_stats,
    deregister,
    dispatch,
    evaluate,
    evaluation,
    evaluations,
    files,
    jobs,
    membership,
    node_changes,
    nodes,
    periodic_force,
    plan,
    query,
    register,
    status,
    summary,
    system,
)
from mockserver.operations.answer import Ask
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

ASKS: dict[str, Ask] = {
    "node-evaluate": node_changes.evaluate,
    "node-drain": node_changes.drain,
    "agent-self": agent_self.read,
    "agent-members": membership.members,
    "agent-servers": membership.servers,
    "agent-servers-update": membership.update_servers,
    "agent-join": membership.join,
    "agent-force-leave": membership.force_leave,
    "regions": status.regions,
    "status-leader": status.leader,
    "status-peers": status.peers,
    "system-gc": system.collect_garbage,
    "system-reconcile-summaries": system.reconcile_summaries,
    "client-stats": client_stats.host,
    "client-allocation-stats": client_stats.allocation,
    "client-allocation": client_stats.nothing,
    "client-fs-ls": files.ls,
    "client-fs-stat": files.stat,
    "client-fs-cat": files.cat,
    "client-fs-readat": files.read_at,
    "client-fs-stream": files.stream,
    "client-fs-logs": files.logs,
    "client-fs": files.nothing,
}
