"""The suite stands apart from the mock; ``tests/test_architecture.py`` checks the imports within it."""

import ast
from pathlib import Path

import pytest

SUITE = Path(__file__).parents[2] / "contract_tests"


@pytest.mark.slow
def test_the_suite_does_not_import_the_mock() -> None:
    """The suite starts the mock as a program, and knows it by HTTP only."""
    for module in SUITE.rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in names if name.split(".")[0] == "mockserver"], module
