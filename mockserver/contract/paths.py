"""From a path to what the description has there: whole paths, and trees where an ID stands inside the path.

In a tree the end of the path decides and what remains is the ID, so an ID may contain slashes or be empty
(``/v1/job/a/b/plan`` is a plan of ``a/b``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockserver.contract.operation import Operation
from mockserver.errors import MethodNotAllowed


@dataclass(frozen=True, slots=True)
class Place:
    """One path template: its operations by method; with ``any_method`` every method does what GET does."""

    methods: Mapping[str, Operation]
    any_method: bool = False

    def operation(self, method: str) -> Operation:
        """What this method does here. Raises MethodNotAllowed ``Invalid method``."""
        operation = self.methods.get("GET" if self.any_method else method)
        if operation is None:
            raise MethodNotAllowed("Invalid method")
        return operation


class Paths:
    """All described paths."""

    def __init__(self, places: Iterable[tuple[str, Place]]) -> None:
        self._whole: dict[str, Place] = {}
        self._trees: dict[str, dict[str, Place]] = {}
        for template, place in places:
            prefix, parameter, rest = template.partition("{")
            if parameter:
                self._trees.setdefault(prefix, {})[rest.partition("}")[2]] = place
            else:
                self._whole[template] = place
        self._prefixes = sorted(self._trees, key=len, reverse=True)
        self.trees = frozenset(one for one in self._trees if not any(_is_below(one, other) for other in self._trees))

    def find(self, method: str, path: str) -> tuple[Operation, str] | None:
        """The operation that a request for a decoded path is for, and the ID in the path; None for other paths.

        Raises MethodNotAllowed ``Invalid method``.
        """
        place = self._whole.get(path)
        if place is not None:
            return place.operation(method), ""
        prefix = next(filter(path.startswith, self._prefixes), None)
        if prefix is None:
            return None
        rest, places = path[len(prefix) :], self._trees[prefix]
        suffix = next((one for one in places if one and rest.endswith(one)), "")
        place = places.get(suffix)
        return None if place is None else (place.operation(method), rest.removesuffix(suffix))


def _is_below(prefix: str, other: str) -> bool:
    return prefix != other and prefix.startswith(other)
