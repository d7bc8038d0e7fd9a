"""The files of ``schemas/``, read when first asked for, and the references between them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any


class Documents:
    """A folder of JSON files that refer to each other by relative ``$ref``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Any] = {}

    def load(self, file: str) -> Any:
        """Return the content of a file, named relative to the folder with ``/``; raises FileNotFoundError."""
        if file not in self._read:
            self._read[file] = json.loads((self._folder / file).read_bytes())
        return self._read[file]

    def node(self, file: str, *path: str) -> "SchemaNode":
        """Return the object at ``path`` in a file."""
        value = self.load(file)
        for step in path:
            value = value[int(step)] if isinstance(value, list) else value[step]
        return SchemaNode(self, file, value)


@dataclass(frozen=True, slots=True)
class SchemaNode:
    """A JSON object of the description together with the file it stands in, which its references start from."""

    documents: Documents
    file: str
    value: dict[str, Any]

    def get(self, key: str) -> Any:
        """Return the plain value of a keyword, None when it is absent."""
        return self.value.get(key)

    def child(self, *path: str) -> "SchemaNode":
        """Return the object under ``path`` and follow references on the way; an empty node when there is none."""
        node = self
        for step in path:
            node = SchemaNode(self.documents, node.file, node.value.get(step, {})).target()
        return node

    def items(self, key: str) -> Iterator[tuple[str, "SchemaNode"]]:
        """Yield the named objects under ``key``, not followed: keywords beside a ``$ref`` count in JSON Schema."""
        for name, value in self.value.get(key, {}).items():
            yield name, SchemaNode(self.documents, self.file, value)

    def members(self, key: str) -> Iterator["SchemaNode"]:
        """Yield the objects of the list under ``key``, not followed."""
        for value in self.value.get(key, []):
            yield SchemaNode(self.documents, self.file, value)

    def target(self) -> "SchemaNode":
        """Follow a ``$ref`` to its end; return the node itself when it has none."""
        node = self
        while (reference := node.referred()) is not None:
            node = reference
        return node

    def referred(self) -> "SchemaNode | None":
        """Return the node that the ``$ref`` of this very object names."""
        reference = self.value.get("$ref")
        if reference is None:
            return None
        file, _, pointer = reference.partition("#")
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        return self.documents.node(self._beside(file) if file else self.file, *steps)

    def _beside(self, relative: str) -> str:
        parts: list[str] = []
        for part in (PurePosixPath(self.file).parent / relative).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        return "/".join(parts)
