"""A mutant: the mock with exactly one deviation, and the statements that have to notice it."""

import copy
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mockserver.slices import Steps, finish

Scope: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[[Scope, Any, Any], Any]
Middleware: TypeAlias = Callable[[Application], Application]


class Breakage:
    """The changes that make a mutant, in this process; ``undo`` takes them back."""

    def __init__(self) -> None:
        self.middleware: list[Middleware] = []
        self._undo: list[Callable[[], None]] = []

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Put ``value`` in place of an existing attribute; raises ``AttributeError`` when there is none."""
        original = vars(owner)[name] if isinstance(owner, type) else getattr(owner, name)
        set_ = object.__setattr__ if hasattr(owner, "__dataclass_fields__") and not isinstance(owner, type) else setattr
        set_(owner, name, value)
        self._undo.append(lambda: set_(owner, name, original))

    def wrap(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put what ``make`` makes of an attribute in its place."""
        self.replace(owner, name, make(getattr(owner, name)))

    def wrap_steps(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Wrap a function that works in steps; ``make`` gets, and returns, a function that works at once."""

        def in_steps(whole: Any) -> Any:
            broken = make(lambda *arguments, **options: finish(whole(*arguments, **options)))

            def steps(*arguments: Any, **options: Any) -> Steps[Any]:
                yield from ()
                return broken(*arguments, **options)

            return steps

        self.wrap(owner, name, in_steps)

    def wrap_item(self, table: MutableMapping[str, Any], key: str, make: Callable[[Any], Any]) -> None:
        """Put what ``make`` makes of an entry of a table in its place."""
        original = table[key]
        table[key] = make(original)
        self._undo.append(lambda: table.__setitem__(key, original))

    def around(self, middleware: Middleware) -> None:
        """Put an ASGI application around that of the mock."""
        self.middleware.append(middleware)

    @property
    def changes(self) -> int:
        """Return how many things were changed."""
        return len(self._undo) + len(self.middleware)

    def undo(self) -> None:
        """Undo every change, the last one first."""
        while self._undo:
            self._undo.pop()()
        self.middleware.clear()


Deviation: TypeAlias = Callable[[Breakage], None]
"""Breaks the mock of this process."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One deviation.

    ``caught_by`` are globs of statement ids: the first names the statement that should catch the mutant, the others
    name those that it breaks as well. ``apply`` breaks the mock.
    """

    name: str
    sentence: str
    caught_by: tuple[str, ...]
    apply: Deviation


CATALOGUE: dict[str, Mutant] = {}
"""Every mutant by its name, in the order of declaration."""


def mutant(name: str, sentence: str, *caught_by: str) -> Callable[[Deviation], None]:
    """Declare the function below as a mutant; raises ``ValueError`` for a name that is taken."""

    def declare(apply: Deviation) -> None:
        if name in CATALOGUE:
            raise ValueError(f"two mutants are named {name}")
        CATALOGUE[name] = Mutant(name, sentence, caught_by, apply)

    return declare


def changed(change: Callable[[Any], Any], value: Any) -> Any:
    """Return a copy of ``value`` after ``change``, which changes the copy in place or returns another one."""
    fresh = copy.deepcopy(value)
    result = change(fresh)
    return fresh if result is None else result
