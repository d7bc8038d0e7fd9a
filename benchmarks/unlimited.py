"""A pytest plugin with which the suite waits for every reply, and for everything else, as long as for the first.

Patience does not shrink, whatever hangs is asked again each time, and no time limit ends the run.
"""

import pytest

from contract_tests.client.patience import Patience, Silence, TimeLimit


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Let nothing be learnt from what did not come."""
    for learner, lesson in ((Patience, "hung"), (Patience, "in_vain"), (Patience, "learn"), (Silence, "missed")):
        setattr(learner, lesson, _unmoved)
    TimeLimit.counts = property(lambda _: False)  # type: ignore[assignment, method-assign] # that it counts


def _unmoved(*_: object) -> None:
    pass
