"""Which evaluation is processed next, and which wait for capacity."""

from mockserver.cluster.blocked_evals import BlockedEvals
from mockserver.cluster.eval_broker import EvalBroker
from tests.builders import an_evaluation


def test_higher_priority_comes_first_then_the_older_one() -> None:
    """Evaluations are processed by priority, and by index within one priority."""
    ready = EvalBroker()
    for evaluation_id, priority, index in (("low", 10, 1), ("late", 50, 3), ("early", 50, 2), ("high", 90, 4)):
        ready.add(an_evaluation(ID=evaluation_id, Priority=priority, CreateIndex=index))
    order = []
    while ready:
        evaluation = ready.pop()
        assert evaluation is not None
        order.append(evaluation["ID"])
    assert order == ["high", "early", "late", "low"]
    assert ready.pop() is None


def test_a_job_blocks_once() -> None:
    """A second blocked evaluation of a job is a duplicate while the first one is blocked."""
    blocked = BlockedEvals()
    assert blocked.add(an_evaluation(ID="first"))
    assert not blocked.add(an_evaluation(ID="second"))
    blocked.forget("j")
    assert blocked.add(an_evaluation(ID="third"))


def test_capacity_unblocks_what_may_fit_on_that_class() -> None:
    """Evaluations that can't fit a node class stay blocked; for unknown classes and escaped ones they are tried."""
    blocked = BlockedEvals()
    blocked.add(an_evaluation(ID="fits", JobID="a", ClassEligibility={"v1:1": True}))
    blocked.add(an_evaluation(ID="never", JobID="b", ClassEligibility={"v1:1": False}))
    blocked.add(an_evaluation(ID="unknown", JobID="c", ClassEligibility={"v1:2": False}))
    blocked.add(an_evaluation(ID="escaped", JobID="d", EscapedComputedClass=True))
    taken_out = [each["ID"] for each in tuple(blocked) if blocked.unblock(each, "v1:1")]
    assert taken_out == ["fits", "unknown", "escaped"]
    assert [each["ID"] for each in blocked] == ["never"]
