"""What the nodes do: simulated tasks that start, run, fail, are restarted and end as the clock moves."""

from mockserver.cluster.tasks.client import Client

__all__ = ["Client"]
