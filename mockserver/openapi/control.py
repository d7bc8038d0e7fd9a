"""The control plane's own contract: ``schemas/admin.json``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from mockserver.openapi.bundle import bundle
from mockserver.openapi.checks import SchemaChecks
from mockserver.openapi.documents import Documents, SchemaNode

_FILE = "admin.json"
HCL = "application/hcl"
"""The media type of a job in HCL."""
_MOST = 10
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class ControlOperation:
    """One operation: ``body`` points at the schema of its request body, "" when it takes none.

    ``parameters`` are those of the query; each name points at its schema. ``example`` is a body that is right, or None.
    ``takes_hcl`` says that the body may be HCL, too.
    """

    id: str
    method: str
    path: str
    status: int
    body: str
    body_required: bool
    example: Any
    takes_hcl: bool
    parameters: Mapping[str, str]


@cache
def load_control() -> "Control":
    """Return the control plane's contract in the ``schemas`` folder beside this package; it is read once."""
    return Control(Path(__file__).parents[2] / "schemas")


class Control:
    """The operations of the control plane by their IDs, and checks of what is sent to them."""

    def __init__(self, folder: Path) -> None:
        self._documents = Documents(folder)
        self._checks = SchemaChecks(self._documents)
        self.operations: Mapping[str, ControlOperation] = {one.id: one for one in self._read()}

    def findings(self, operation: ControlOperation, body: Any) -> list[str]:
        """Say what is wrong with a request body: the first few findings, each of bounded length."""
        return self.findings_as(operation.body, body)

    def findings_in_parts(self, operation: ControlOperation, body: Any) -> list[str]:
        """Say the same; of long lists a few members are checked at a time, so that other threads have their turn."""
        return _first(self._checks.findings_in_parts(_FILE, operation.body, body, "body"), "body")

    def findings_as(self, pointer: str, value: Any, place: str = "body") -> list[str]:
        """Say what is wrong with a value according to the schema that ``pointer`` leads to."""
        return _first(self._checks.findings_at(_FILE, pointer, value, place), place)

    @cache  # noqa: B019 - as below
    def is_integer(self, pointer: str) -> bool:
        """Say whether the schema that ``pointer`` leads to is that of a whole number."""
        steps = (step.replace("~1", "/") for step in pointer.split("/")[1:])
        return bool(self._documents.node(_FILE, *steps).target().get("type") == "integer")

    @cache  # noqa: B019 - there is one of these in a process, and it lives as long
    def bundle(self) -> dict[str, Any]:
        """Return the description as one document that includes all that it refers to in other files."""
        return bundle(self._documents, _FILE)

    def _read(self) -> Iterator[ControlOperation]:
        for path, item in self._documents.node(_FILE).items("paths"):
            for method in item.value:
                yield _operation(method.upper(), path, item.child(method))


def _first(found: Iterator[str], place: str) -> list[str]:
    try:
        return [text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in islice(_distinct(found), _MOST)]
    except ValueError as error:  # the checker has a limit of depth
        return [f"{place}: {error}"]


def _distinct(found: Iterator[str]) -> Iterator[str]:
    """Yield each text once: every alternative of a schema that a value does not fit may say the same of it."""
    seen = set[str]()
    for text in found:
        if text not in seen:
            seen.add(text)
            yield text


def _operation(method: str, path: str, node: SchemaNode) -> ControlOperation:
    body = node.child("requestBody")
    content = body.child("content").value
    media = content.get("application/json", {})
    return ControlOperation(
        id=node.value["operationId"],
        method=method,
        path=path,
        status=int(next(iter(node.value["responses"]))),
        body=media.get("schema", {}).get("$ref", "").removeprefix("#"),
        body_required=bool(body.get("required")),
        example=media.get("example"),
        takes_hcl=HCL in content,
        parameters=dict(_parameters(method, path, node)),
    )


def _parameters(method: str, path: str, node: SchemaNode) -> Iterator[tuple[str, str]]:
    escaped = path.replace("/", "~1")
    for number, parameter in enumerate(node.get("parameters") or ()):
        if parameter["in"] == "query":
            yield parameter["name"], f"/paths/{escaped}/{method.lower()}/parameters/{number}/schema"
