"""What docs/guides/clients.md says is true."""

import re
import shlex
from pathlib import Path

from mockserver.cli import options_of

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "guides" / "clients.md").read_text("utf-8")


def _block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert found
    return "".join(found)


def test_the_files_it_names_are_there() -> None:
    """Every example and test that the page names exists."""
    named = set(re.findall(r"(?:examples|tests)/[\w./-]+\.\w+", TEXT))
    assert len(named) >= 2
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_ways_to_run_tests_are_known() -> None:
    """Every ``nomad-mock run`` of the page is accepted, with a command behind it."""
    lines = [line for line in _block("sh").splitlines() if line.startswith("nomad-mock run ")]
    assert len(lines) == 8
    assert [options_of(shlex.split(line)[1:]).behind[0] for line in lines] == [
        *("npm", "go", "mvn", "npx"),
        *("go", "mvn", "node", "cargo"),
    ]
