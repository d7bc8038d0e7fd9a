"""Carry out the operations of the description, here under the names that it gives them.

``READS`` can wait for a change, ``WRITES`` make jobs change, ``ASKS`` are everything else.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from mockserver.operations import (
    agent_info,
    client_files,
    client_stats,
    job_reads,
    job_writes,
    lookups,
    node_writes,
    servers,
)
from mockserver.operations.job_writes import Parse
from mockserver.operations.results import Answer, Content, Parameters, ReadOperation

if TYPE_CHECKING:
    from mockserver.operations.agent import Agent
    from mockserver.operations.file_stream import FileStream

Ask: TypeAlias = "Callable[[Agent, str, Parameters], Answer | Content | FileStream | Awaitable[Answer]]"
"""Takes the agent, the ID in the URL and the query; returns what is answered, or raises ``AgentError``.

What changes many objects is done in slices, so its answer is awaited.
"""

READS: dict[str, ReadOperation] = {
    "query": job_reads.read_job,
    "allocations": job_reads.read_job_allocations,
    "evaluations": job_reads.read_job_evaluations,
    "summary": job_reads.read_job_summary,
    "jobs": job_reads.read_all_jobs,
    "all-evaluations": lookups.read_all_evaluations,
    "evaluation": lookups.read_evaluation,
    "evaluation-allocations": lookups.read_evaluation_allocations,
    "all-allocations": lookups.read_all_allocations,
    "allocation": lookups.read_allocation,
    "nodes": lookups.read_all_nodes,
    "node": lookups.read_node,
    "node-allocations": lookups.read_node_allocations,
}

WRITES: dict[str, Parse] = {
    "register": job_writes.parse_register,
    "plan": job_writes.parse_plan,
    "dispatch": job_writes.parse_dispatch,
    "evaluate": job_writes.parse_evaluate,
    "periodic-force": job_writes.parse_periodic_force,
    "deregister": job_writes.parse_deregister,
}

ASKS: dict[str, Ask] = {
    "node-evaluate": node_writes.evaluate,
    "node-drain": node_writes.drain,
    "agent-self": agent_info.read_self,
    "agent-members": servers.members,
    "agent-servers": servers.servers,
    "agent-servers-update": servers.update_servers,
    "agent-join": servers.join,
    "agent-force-leave": servers.force_leave,
    "regions": servers.regions,
    "status-leader": servers.leader,
    "status-peers": servers.peers,
    "system-gc": servers.collect_garbage,
    "system-reconcile-summaries": servers.reconcile_summaries,
    "client-stats": client_stats.host,
    "client-allocation-stats": client_stats.allocation,
    "client-allocation": client_stats.nothing,
    "client-fs-ls": client_files.ls,
    "client-fs-stat": client_files.stat,
    "client-fs-cat": client_files.cat,
    "client-fs-readat": client_files.read_at,
    "client-fs-stream": client_files.stream,
    "client-fs-logs": client_files.logs,
    "client-fs": client_files.nothing,
}
