"""Imports of the suite go one way: chapters, then the run, then inputs and client, then the oracle, then the ground."""

import ast
from pathlib import Path

import pytest

SUITE = Path(__file__).parents[2] / "contract_tests"
GROUND = {"durations", "statements", "findings"}
CHAPTERS = {"job", "common", "companion"}
ALLOWED: dict[str, set[str]] = {
    "oracle": {"oracle"},
    "client": {"client", "oracle"},
    "strategies": {"strategies", "client"},
    "suite": {"suite", "client", "oracle"},
    **{chapter: {*CHAPTERS, "suite", "strategies", "client", "oracle"} for chapter in CHAPTERS},
}
"""The rooms whose modules each room may import, besides the ground floor."""


def imported(module: Path) -> set[str]:
    """The rooms, and modules of the ground floor, that a module imports."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {name.split(".")[1] for name in names if name.startswith("contract_tests.")}


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    """No import runs back up."""
    wrong = {
        str(module.relative_to(SUITE)): more
        for module in (SUITE / room).rglob("*.py")
        if (more := imported(module) - ALLOWED[room] - GROUND)
    }
    assert wrong == {}


def test_the_suite_does_not_import_the_mock() -> None:
    """The suite knows a server by HTTP only; it starts the mock as a program."""
    for module in SUITE.rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in names if name.split(".")[0] == "mockserver"], module
