"""What the nodes do: simulated tasks that start, run, fail, are restarted and end as the clock moves."""

from mockserver.cluster.tasks.node_client import NodeClient
from mockserver.cluster.tasks.rules import Place, Rule, Rules, Selection
from mockserver.cluster.tasks.task_run import TaskRun

__all__ = ["NodeClient", "Place", "Rule", "Rules", "Selection", "TaskRun"]
