"""Whole paths, and trees of paths."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import MethodNotAllowed
from mockserver.openapi import Contract


def _operation(name: str) -> dict[str, Any]:
    return {"operationId": name, "x-nomad-operation": name}


DESCRIPTION = {
    "paths": {
        "/v1/things": {"get": _operation("list")},
        "/v1/thing/{id}": {"get": _operation("one")},
        "/v1/thing/{id}/ends": {"put": _operation("end")},
        "/v1/files/{rest}": {"get": _operation("no file"), "x-nomad-any-method": True},
        "/v1/files/read/{id}": {"get": _operation("read")},
        "/v1/parts/{id}/size": {"get": _operation("size")},
    }
}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    """Return a small description."""
    (tmp_path / "openapi.json").write_text(json.dumps(DESCRIPTION))
    return Contract(tmp_path)


@pytest.mark.parametrize(
    ("method", "path", "name", "found_id"),
    [
        ("GET", "/v1/things", "list", ""),
        ("GET", "/v1/thing/a", "one", "a"),
        ("GET", "/v1/thing/", "one", ""),
        ("GET", "/v1/thing/a/b", "one", "a/b"),
        ("PUT", "/v1/thing/a/ends", "end", "a"),
        ("GET", "/v1/files/read/a", "read", "a"),
        ("GET", "/v1/files/read/", "read", ""),
        ("FOO", "/v1/files/read", "no file", "read"),
        ("GET", "/v1/parts/a/size", "size", "a"),
    ],
)
def test_find(contract: Contract, method: str, path: str, name: str, found_id: str) -> None:
    """A whole path is found as it is; in a tree, the longest prefix and then the suffix decide."""
    found = contract.find(method, path)
    assert found is not None
    assert (found[0].name, found[1]) == (name, found_id)


@pytest.mark.parametrize("path", ["/v1/thing", "/v1/things/", "/v1/other", "/", "", "/v1/parts/a"])
def test_paths_that_are_not_described(contract: Contract, path: str) -> None:
    """Paths that are not described lead to no operation."""
    assert contract.find("GET", path) is None


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/things"), ("GET", "/v1/thing/a/ends")])
def test_other_methods(contract: Contract, method: str, path: str) -> None:
    """A described path refuses methods that are not described there."""
    with pytest.raises(MethodNotAllowed, match=r"^Invalid method$"):
        contract.find(method, path)


def test_trees(contract: Contract) -> None:
    """A tree inside another is no tree of its own: Go knows only the outer ones."""
    assert contract.trees == {"/v1/thing/", "/v1/files/", "/v1/parts/"}
