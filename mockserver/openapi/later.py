"""What releases of Nomad after 0.5.4 added to what a client sends (``schemas/later.toml``)."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.caches import remembered
from mockserver.gostd.json_containers import fold

_ANY = "any"
_LONGEST_PATH = 2048
"""Characters of a path that is compared; longer ones are no endpoint's."""


@dataclass(frozen=True, slots=True)
class _Endpoint:
    methods: frozenset[str]
    pattern: str
    release: str

    def has(self, method: str, path: str) -> bool:
        return ("*" in self.methods or method in self.methods) and fnmatchcase(path, self.pattern)


@remembered
def endpoint(method: str, path: str) -> str:
    """Say that 0.5 lacks an endpoint that a later release has; empty for any other.

    Args:
        method: as it came.
        path: without its escapes.
    """
    if len(path) > _LONGEST_PATH:
        return ""
    found = next((one for one in _endpoints() if one.has(method, path)), None)
    return "" if found is None else f"Nomad 0.5 has no endpoint {found.pattern}{_came_with(found.release)}"


def parameter(operation: str, name: str) -> str:
    """Return ``; it came with Nomad 0.7`` for a query parameter of an operation, empty when no release has it."""
    parameters = _data()["parameters"]
    return _came_with(parameters.get(operation, {}).get(name) or parameters[_ANY].get(name))


def header(name: str) -> str:
    """Return ``; it came with Nomad 0.7`` for a header field."""
    return _came_with(_data()["headers"].get(name))


def body(operation: str) -> str:
    """Return ``; it came with Nomad 0.8`` for the body of an operation that reads none in 0.5."""
    return _came_with(_data()["bodies"].get(operation))


def field(struct: str, name: str) -> str:
    """Return ``; it came with Nomad 0.7`` for a field of a Go type (``structs.Job``), in any letter case."""
    return _came_with(_fields().get(struct, {}).get(fold(name)))


def _came_with(release: str | None) -> str:
    return f"; it came with Nomad {release}" if release else ""


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parents[2] / "schemas" / "later.toml").read_text("utf-8"))


@cache
def _endpoints() -> tuple[_Endpoint, ...]:
    def read() -> Iterator[_Endpoint]:
        for key, release in _data()["endpoints"].items():
            methods, pattern = key.split(" ")
            yield _Endpoint(frozenset(methods.split(",")), pattern, release)

    return tuple(read())


@cache
def _fields() -> Mapping[str, Mapping[str, str]]:
    return {
        f"structs.{struct}": {fold(name): release for name, release in fields.items()}
        for struct, fields in _data()["fields"].items()
    }
