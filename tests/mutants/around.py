"""Calling something else in place of a function or method, with the original at hand."""

from collections.abc import Callable
from typing import Any

from tests.mutants.mutant import Breakage, mutant

Broken = Callable[..., Any]
"""Takes the original, then what that would be called with."""


def around(breakage: Breakage, owner: Any, name: str, broken: Broken) -> None:
    """Send every call of an attribute of a module or class to ``broken``."""
    breakage.wrap(owner, name, lambda whole: lambda *arguments, **options: broken(whole, *arguments, **options))


def calling(name: str, sentence: str, owner: Any, attribute: str, broken: Broken, *caught_by: str) -> None:
    """Declare a mutant that calls ``broken`` in place of an attribute."""
    mutant(name, sentence, *caught_by)(lambda breakage: around(breakage, owner, attribute, broken))
