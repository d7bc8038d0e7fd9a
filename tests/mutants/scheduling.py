"""Changing what the scheduler decides."""

import dataclasses
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.mutants.mutant import Breakage


def scheduled(breakage: Breakage, asked_by: ModuleType, change: Callable[[Any], dict[str, Any]]) -> None:
    """Replace members of the outcome that a module gets from the scheduler."""

    def make(schedule: Any) -> Any:
        def broken(*arguments: Any, **options: Any) -> Any:
            outcome = yield from schedule(*arguments, **options)
            return dataclasses.replace(outcome, **change(outcome))

        return broken

    breakage.wrap(asked_by, "schedule", make)
