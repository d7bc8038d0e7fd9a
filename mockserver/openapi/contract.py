"""The contract: the description in ``schemas/``, ready to be asked."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mockserver.gostd.json_types import GoType
from mockserver.openapi.bundle import bundle
from mockserver.openapi.checks import ReplyChecks
from mockserver.openapi.documents import Documents, SchemaNode
from mockserver.openapi.operation import Operation, PathItem, Paths
from mockserver.openapi.query import Parameter, by_precedence, parameter
from mockserver.openapi.reply_shapes import ReplyShapes, Shape
from mockserver.openapi.request_types import RequestTypes

_FILE = "openapi.json"
_VERBS = ("get", "put", "post", "delete")


@cache
def load_contract() -> "Contract":
    """Return the contract in the ``schemas`` folder beside this package; it is read once."""
    return Contract(Path(__file__).parents[2] / "schemas")


class Contract:
    """The described operations and everything the description says about them.

    ``trees`` are the beginnings of paths that an agent serves whatever follows, such as ``/v1/job/``.
    """

    def __init__(self, folder: Path) -> None:
        """Read ``openapi.json`` of ``folder``; the files it refers to are read when they are needed."""
        self._documents = Documents(folder)
        self._types = RequestTypes()
        self._replies = ReplyChecks(self._documents)
        self._nodes: dict[str, SchemaNode] = {}
        self._reply_shapes = ReplyShapes()
        self._shapes: dict[str, Shape | None] = {}
        self._operations: dict[str, Operation] = {}
        paths = self._documents.node(_FILE).items("paths")
        self._paths = Paths([(path, self._path_item(path, item)) for path, item in paths])
        self.trees = self._paths.trees
        self.operations: Mapping[str, Operation] = MappingProxyType(self._operations)

    def find(self, method: str, path: str) -> tuple[Operation, str] | None:
        """Return the operation that a request is for, and the ID in its path (a job's, a node's, …).

        None when nothing is described at this decoded path; raises MethodNotAllowed ``Invalid method``.
        """
        return self._paths.find(method, path)

    def findings(
        self,
        operation: Operation,
        status: int,
        headers: Mapping[str, str],
        body: Any,
        *,
        documented_only: bool = False,
    ) -> list[str]:
        """Say what is wrong with a reply according to the description; an empty list when nothing is.

        Checked are: the status and content type are documented, required headers are there and read as they
        should, the body (parsed JSON, or the text itself) fits its schema, and objects of fixed shape
        (``x-closed``) have no unknown properties. With ``documented_only`` what only an agent was observed to do is
        not asked for: header fields, further properties, and that there are no others.
        """
        node = self._nodes[operation.id]
        return self._replies.findings(node, status, headers, body, documented_only=documented_only)

    def reply_shape(self, operation: Operation) -> Shape | None:
        """Return the shape of the JSON that an operation answers with 200, None when it answers none."""
        if operation.id not in self._shapes:
            schema = self._nodes[operation.id].child("responses", "200", "content", "application/json", "schema")
            self._shapes[operation.id] = self._reply_shapes.of(schema) if schema.value else None
        return self._shapes[operation.id]

    @cache  # noqa: B019 - there is one of these in a process, and it lives as long
    def bundle(self) -> dict[str, Any]:
        """Return the description as one document that includes all that it refers to in other files."""
        return bundle(self._documents, _FILE)

    def zero(self, request_schema: str) -> dict[str, Any]:
        """Return a fresh zero value, in Go's sense, of the object in ``requests/<request_schema>.json``."""
        zero: dict[str, Any] = self._types.of(self._documents.node(f"requests/{request_schema}.json")).zero()
        return zero

    def _path_item(self, path: str, item: SchemaNode) -> PathItem:
        methods = {}
        for verb in _VERBS:
            if verb in item.value:
                operation = self._operation(verb.upper(), path, item, item.child(verb))
                methods[operation.method] = self._operations[operation.id] = operation
                self._nodes[operation.id] = item.child(verb)
        return PathItem(methods, any_method=bool(item.get("x-nomad-any-method")))

    def _operation(self, method: str, path: str, item: SchemaNode, node: SchemaNode) -> Operation:
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

    def _body_type(self, node: SchemaNode) -> Callable[[], GoType] | None:
        content = node.child("requestBody").get("content")
        if not content:
            return None
        schema = node.child("requestBody", "content", next(iter(content))).child("schema")
        return cache(lambda: self._types.of(schema))


def _query_parameters(nodes: Iterable[SchemaNode]) -> list[Parameter]:
    declared = (node.target() for node in nodes)
    return [parameter(one.value["name"], one.value["x-nomad-decode"]) for one in declared if one.get("in") == "query"]
