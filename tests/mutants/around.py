"""Calling something else in the place of a function or a method, which is at hand there."""

from collections.abc import Callable
from typing import Any

from tests.mutants.mutant import Breakage, mutant

Broken = Callable[..., Any]
"""Takes the original, then what that would be called with."""


def around(breakage: Breakage, owner: Any, name: str, broken: Broken) -> None:
    """Have every call of an attribute of a module or class go to ``broken``."""
    breakage.wrap(owner, name, lambda whole: lambda *arguments, **options: broken(whole, *arguments, **options))


def calling(name: str, sentence: str, owner: Any, attribute: str, broken: Broken, *caught_by: str) -> None:
    """Declare a mutant in which ``broken`` is called in the place of an attribute."""
    mutant(name, sentence, *caught_by)(lambda breakage: around(breakage, owner, attribute, broken))
