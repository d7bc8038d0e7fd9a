"""The examples in other languages than Python pass, each in its own test runner; ``nox -s examples`` runs them all.

What is fetched and compiled stays in the caches of the tools, or in a folder of ours among the user's caches.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from mockserver.cli import main

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
GUIDE = (ROOT / "docs" / "guides" / "clients.md").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Example:
    """An example and how its tests are run.

    Attributes:
        folder: its name in ``examples``.
        command: that the guide gives for its tests.
        is_for_later: whether it is made with a client of later releases, which sends what 0.5 drops.
    """

    folder: str
    command: str
    is_for_later: bool = False


FETCHED = (
    Example("go", "go test ./...", is_for_later=True),
    Example("java", "mvn --batch-mode test", is_for_later=True),
    Example("rust", "cargo test"),
)
_FETCHING = (pytest.mark.exhaustive, pytest.mark.slow)
NODE = Example("node", "node --test")


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(NODE, id="node"),
        *(pytest.param(one, id=one.folder, marks=_FETCHING) for one in FETCHED),
    ],
)
def test_an_example_passes(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tests pass, and for each field and parameter of a later release the journal names that release."""
    words = example.command.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"the example in {example.folder} is not tested: there is no program {words[0]}")
    there = shutil.copytree(EXAMPLES / example.folder, tmp_path / "example", ignore=shutil.ignore_patterns("target"))
    monkeypatch.chdir(there)
    monkeypatch.setenv("CARGO_TARGET_DIR", os.environ.get("CARGO_TARGET_DIR", str(_cache() / "rust")))
    report = tmp_path / "report.json"
    assert main(["run", "--strict", "--journal-on-failure", "--report", str(report), "--", *words]) == 0
    found = [
        text
        for exchange in json.loads(report.read_text("utf-8"))["exchanges"]
        for text in exchange["findings"]["request"]
    ]
    assert [text for text in found if "; it came with Nomad " not in text] == []
    assert bool(found) == example.is_for_later


def _cache() -> Path:
    """Return our folder among the user's caches."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nomad-contract"


def test_the_guide_shows_every_example() -> None:
    """The guide shows each source file of each example, and tells the command that runs its tests."""
    for example in (*FETCHED, NODE):
        assert f"nomad-mock run --journal-on-failure -- {example.command}\n" in GUIDE
    shown = {name for line in GUIDE.splitlines() for name in line.split() if name.startswith("../../examples/")}
    sources = {
        f"../../{file.relative_to(ROOT)}"
        for folder in ("python", "go", "java", "node", "rust")
        for file in (EXAMPLES / folder).rglob("*")
        if file.suffix in {".py", ".go", ".java", ".js", ".rs"} and "target" not in file.parts
    }
    assert shown == sources
