"""Counts of nodes in an AllocMetric."""

import json
from pathlib import Path

from mockserver.cluster.scheduler.outcome import exhausted, new_metric, scored
from tests.builders import a_node

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"


def test_a_metric_has_the_fields_of_a_recorded_one() -> None:
    """A metric has the eleven fields of a recorded FailedTGAllocs."""
    steps = json.loads((RECORDINGS / "plan-exhausted-dev.json").read_text("utf-8"))["steps"]
    recorded = steps[0]["response"]["json"]["FailedTGAllocs"]["g"]
    metric = new_metric()
    assert metric.keys() == recorded.keys()
    assert {name: type(value) for name, value in metric.items() if value is not None} == {
        name: int for name in metric if isinstance(recorded[name], int)
    }


def test_nodes_of_no_class_are_not_counted_by_class() -> None:
    """The maps stay null until there is something to count."""
    metric = new_metric()
    exhausted(metric, a_node(NodeClass=""), "cpu exhausted")
    assert (metric["ClassExhausted"], metric["DimensionExhausted"]) == (None, {"cpu exhausted": 1})
    exhausted(metric, a_node(NodeClass="big"), "cpu exhausted")
    assert (metric["ClassExhausted"], metric["DimensionExhausted"]) == ({"big": 1}, {"cpu exhausted": 2})


def test_scores_are_named_by_node() -> None:
    """A score is named ``<node ID>.<by>``."""
    metric = new_metric()
    scored(metric, a_node(ID="n"), "binpack", 1.5)
    scored(metric, a_node(ID="n"), "job-anti-affinity", -10.0)
    assert metric["Scores"] == {"n.binpack": 1.5, "n.job-anti-affinity": -10.0}
