"""What docs/guides/clients.md says is true."""

import re
from pathlib import Path

import pytest

from mockserver.settings import Settings
from tests.served import serving

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "guides" / "clients.md").read_text("utf-8")


def _block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_python_lines_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The Python lines wait for the mock, register the page's job and read its summary."""
    monkeypatch.chdir(ROOT)
    with serving(Settings(strict=True)) as port:
        exec(compile(_block("python").replace("4646", str(port)), "clients.md", "exec"), {})
    assert "binstore-storagelocker" in capsys.readouterr().out


def test_the_files_it_names_are_there() -> None:
    """Every example and test that the page names exists."""
    named = set(re.findall(r"(?:examples|tests)/[\w./-]+\.\w+", TEXT))
    assert len(named) >= 2
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_client_has_its_lines() -> None:
    """Each client has a block in its language, with the port that clients try by default."""
    for language in ("sh", "python", "go", "java", "hcl"):
        assert "4646" in _block(language)
