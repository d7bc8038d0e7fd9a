"""What is planned for a cluster that was only seen from outside."""

from typing import Any

import pytest

from mockserver.worlds.observed import Observed, _planned, _run
from tests.builders import a_group, a_job, a_node, a_task, an_allocation, an_evaluation

NOW = 1_500_000_000 * 10**9


def _state(state: str, *, failed: bool = False, started: int | None = None) -> dict[str, Any]:
    events = [] if started is None else [{"Type": "Started", "Time": started}]
    return {"State": state, "Failed": failed, "Events": events}


@pytest.mark.parametrize(
    ("states", "wish", "steps"),
    [
        (None, "run", [("prepare", 15), ("prepare", 15)]),
        ({"a": _state("running"), "b": _state("running", started=NOW - 10**9)}, "run", [None, ("end", 9000)]),
        ({"a": _state("running"), "b": _state("running", started=NOW - 10**11)}, "run", [None, ("end", 0)]),
        ({"a": _state("running"), "b": _state("pending")}, "stop", [("killed", 20), ("killed", 20)]),
        ({"a": _state("dead", failed=True), "b": _state("running")}, "run", [None, ("killed", 20)]),
    ],
)
def test_tasks_go_on(states: Any, wish: str, steps: list[Any]) -> None:
    """A running task runs on or ends as its command says; one that waits starts; what is to stop is stopped."""
    sleeps = a_task(Name="b", Config={"command": "sleep", "args": ["10"]})
    job = a_job(a_group(a_task(Name="a"), sleeps), Type="batch")
    run = _run(an_allocation(job, TaskStates=states, DesiredStatus=wish), NOW, iter(range(9)))
    planned = [each["next"] and (each["next"]["step"], (each["next"]["when"] - NOW) // 10**6) for each in run["tasks"]]
    assert planned == steps
    assert run["failed"] == ("a" if states and states["a"]["Failed"] else "")


def test_evaluations_and_nodes_that_are_down() -> None:
    """Evaluations wait for room or for their time; on a node that is down nothing runs."""
    evaluations = [
        an_evaluation(ID="b", Status="blocked"),
        an_evaluation(ID="p", Wait=5),
        an_evaluation(ID="ready"),
    ]
    observed = Observed(
        region="global",
        jobs=[a_job()],
        summaries=[],
        evaluations=evaluations,
        allocations=[an_allocation(NodeID="n1"), an_allocation(ID="a2", ClientStatus="complete", NodeID="n2")],
        nodes=[a_node(Status="down"), a_node(ID="n2")],
        indexes={"jobs": 5},
    )
    planned = _planned(observed, NOW)
    assert planned["scheduler"] == {
        "blocked": [evaluations[0]],
        "waiting": [{"evaluation": "p", "when": NOW + 5, "order": 1}],
    }
    assert (planned["clients"]["allocations"], planned["periodic"]) == ([], [])
