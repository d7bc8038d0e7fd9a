"""PUT ``/v1/system/gc`` and ``/v1/system/reconcile/summaries`` (behaviour observed on 0.5.4)."""

from typing import TYPE_CHECKING

from mockserver.operations.answer import Answer, Parameters

if TYPE_CHECKING:
    from mockserver.operations.agent import Agent


def collect_garbage(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Forget everything that is over, right after the answer."""
    cluster = agent.cluster(query["region"])
    cluster.clock.call_later(0, cluster.collect_garbage)
    return Answer()


def reconcile_summaries(agent: "Agent", _target: str, query: Parameters) -> Answer:
    """Make all summaries of a region anew."""
    agent.cluster(query["region"]).state.reconcile_summaries()
    return Answer()
