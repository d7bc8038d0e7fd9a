"""A pytest plugin with which the suite waits for every reply, and for everything else, as long as for the first.

Patience does not shrink, and whatever hangs is asked again each time.
"""

import pytest

from contract_tests.client.patience import Patience, Silence


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Let nothing be learnt from what did not come."""
    for learner, lesson in ((Patience, "hung"), (Patience, "in_vain"), (Patience, "learn"), (Silence, "missed")):
        setattr(learner, lesson, _unmoved)


def _unmoved(*_: object) -> None:
    pass
