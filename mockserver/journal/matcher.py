"""Match requests: say whether a request fits a description, or where it differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from mockserver.http.requests import Request
from mockserver.journal.difference import Difference, differences_in

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Matcher:
    """Conditions on a request, all of which have to hold.

    ``method`` and ``operation`` (register, plan, …) are one of several. ``path`` is a glob over the decoded path in
    which ``*`` also matches slashes, as job IDs may have them. ``query`` and ``headers`` map names to globs over their
    first value. ``body`` is JSON that the body has to contain: objects may have more members, everything else is equal.
    """

    method: tuple[str, ...] = ()
    path: str | None = None
    operation: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Matcher":
        """Read a ``Match`` of the description."""
        return cls(
            method=tuple(method.upper() for method in _several(document.get("method"))),
            path=document.get("path"),
            operation=_several(document.get("operation")),
            query=document.get("query", {}),
            headers=document.get("headers", {}),
            body=document.get("body"),
        )

    @property
    def document(self) -> dict[str, Any]:
        """The same as JSON, without what may be anything."""
        whole = {
            "method": list(self.method),
            "path": self.path,
            "operation": list(self.operation),
            "query": dict(self.query),
            "headers": dict(self.headers),
            "body": self.body,
        }
        return {name: value for name, value in whole.items() if value not in (None, [], {})}

    def fits(self, request: Request) -> bool:
        """Return whether a request meets the conditions."""
        return next(self.differences(request), None) is None

    def differences(self, request: Request) -> Iterator[Difference]:
        """Yield the differences of a request, the most telling ones first."""
        if self.operation and request.operation_name not in self.operation:
            yield Difference("operation", _one_of(self.operation), request.operation_name)
        if self.method and request.method not in self.method:
            yield Difference("method", _one_of(self.method), request.method)
        if self.path is not None and not fits_glob(request.path, self.path):
            yield Difference("path", self.path, request.path)
        for name, glob in self.query.items():
            yield from _value(f"query {name}", glob, request.parameters.get(name))
        for name, glob in self.headers.items():
            yield from _value(f"header {name}", glob, request.header(name))
        if self.body is not None:
            yield from differences_in("body", self.body, request.json)


def fits_glob(text: str, glob: str) -> bool:
    """Return whether a text fits a glob: ``*`` stands for any characters, ``?`` for one, ``[…]`` for one of these."""
    return fnmatchcase(text, glob) if not _WILD.isdisjoint(glob) else text == glob


def _several(value: str | Sequence[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _one_of(values: Sequence[str]) -> str:
    return " or ".join(values)


def _value(place: str, glob: str, actual: str | None) -> Iterator[Difference]:
    if actual is None or not fits_glob(actual, glob):
        yield Difference(place, glob, actual)
