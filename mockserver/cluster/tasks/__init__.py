"""What the nodes do: simulated tasks that start, run, fail, are restarted and end as the clock moves."""

from mockserver.cluster.tasks.node_client import NodeClient
from mockserver.cluster.tasks.rules import Rule, Rules, TaskAddress, TaskSelector
from mockserver.cluster.tasks.task_run import TaskRun

__all__ = ["NodeClient", "Rule", "Rules", "TaskAddress", "TaskRun", "TaskSelector"]
