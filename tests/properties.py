"""How many examples a property is tried with: few in every run of the tests, many by ``nox -s properties``.

Both keep what else Hypothesis's own profile says: in CI, a run with few draws the same examples each time.
"""

from typing import Any

from hypothesis import settings

FEW, MANY = "few", "many"
"""The names of the profiles."""
settings.register_profile(FEW, max_examples=30, deadline=None)
settings.register_profile(MANY, max_examples=1000, deadline=None, derandomize=False)


def examples(share: float, **more: Any) -> settings:
    """Return settings with a share of the profile's examples, for a property of which each example takes long."""
    return settings(max_examples=max(1, round(share * settings().max_examples)), **more)
