"""The contract: the description in ``schemas/``, ready to be asked."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mockserver.contract.documents import Documents, Node
from mockserver.contract.gotypes import GoType
from mockserver.contract.operation import Operation
from mockserver.contract.query import Parameter, by_precedence, parameter
from mockserver.contract.replies import ReplyChecks
from mockserver.contract.requests import RequestTypes
from mockserver.errors import MethodNotAllowed

_ROOT = "/v1/job/{"
_VERBS = ("get", "put", "post", "delete")


@cache
def load_contract() -> "Contract":
    """The contract in the ``schemas`` folder that lies beside this package. Read once."""
    return Contract(Path(__file__).parents[2] / "schemas")


class Contract:
    """The operations on ``/v1/job`` and everything the description says about them."""

    def __init__(self, folder: Path) -> None:
        """Read ``openapi.json`` of ``folder``; the files it refers to are read when they are needed."""
        self._documents = Documents(folder)
        self._types = RequestTypes()
        self._replies = ReplyChecks(self._documents)
        self._nodes: dict[str, Node] = {}
        self._by_suffix: dict[str, dict[str, Operation]] = {}
        self._any_method: set[str] = set()
        for path, item in self._documents.node("openapi.json").items("paths"):
            if path.startswith(_ROOT):
                self._add_path(path, item)
        self.operations: Mapping[str, Operation] = MappingProxyType(
            {one.id: one for methods in self._by_suffix.values() for one in methods.values()}
        )

    def find(self, method: str, rest: str) -> tuple[Operation, str]:
        """The operation that a request is for, and its job ID.

        ``rest`` is the decoded path after ``/v1/job/``. Only its end decides; what remains is the job ID, which
        may contain slashes or be empty. Raises MethodNotAllowed ``Invalid method``.
        """
        suffix = next((s for s in self._by_suffix if s and rest.endswith(s)), "")
        methods = self._by_suffix[suffix]
        operation = methods.get("GET" if suffix in self._any_method else method)
        if operation is None:
            raise MethodNotAllowed("Invalid method")
        return operation, rest.removesuffix(suffix)

    def findings(self, operation: Operation, status: int, headers: Mapping[str, str], body: Any) -> list[str]:
        """What is wrong with a reply according to the description, in words; empty when nothing is.

        Checked are: the status and content type are documented, required headers are there and read as they
        should, the body (parsed JSON, or the text itself) fits its schema, and objects of fixed shape
        (``x-closed``) have no unknown properties.
        """
        return self._replies.findings(self._nodes[operation.id], status, headers, body)

    def zero(self, request_schema: str) -> dict[str, Any]:
        """A fresh zero value, in Go's sense, of the object in ``requests/<request_schema>.json``."""
        zero: dict[str, Any] = self._types.of(self._documents.node(f"requests/{request_schema}.json")).zero()
        return zero

    def _add_path(self, path: str, item: Node) -> None:
        suffix = path.partition("}")[2]
        if item.get("x-nomad-any-method"):
            self._any_method.add(suffix)
        methods = self._by_suffix.setdefault(suffix, {})
        for verb in _VERBS:
            if verb in item.value:
                operation = self._operation(verb.upper(), path, item, item.child(verb))
                methods[operation.method] = operation
                self._nodes[operation.id] = item.child(verb)

    def _operation(self, method: str, path: str, item: Node, node: Node) -> Operation:
        parameters = by_precedence(_query_parameters([*item.members("parameters"), *node.members("parameters")]))
        return Operation(
            id=node.value["operationId"],
            name=node.value["x-nomad-operation"],
            method=method,
            path=path,
            suffix=path.partition("}")[2],
            reads=method == "GET",
            parameters=parameters,
            defaults=MappingProxyType({one.name: one.decode(None) for one in parameters}),
            body_type=self._body_type(node),
        )

    def _body_type(self, node: Node) -> Callable[[], GoType] | None:
        content = node.child("requestBody").get("content")
        if not content:
            return None
        schema = node.child("requestBody", "content", next(iter(content))).child("schema")
        return cache(lambda: self._types.of(schema))


def _query_parameters(nodes: Iterable[Node]) -> list[Parameter]:
    declared = (node.target() for node in nodes)
    return [parameter(one.value["name"], one.value["x-nomad-decode"]) for one in declared if one.get("in") == "query"]
