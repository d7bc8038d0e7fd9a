"""What docs/guides/clients.md says is true."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from mockserver.cli import main, options_of
from mockserver.settings import Settings
from tests.served import serving

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "guides" / "clients.md").read_text("utf-8")


def _block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert found
    return "".join(found)


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


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_node_lines_run(tmp_path: Path) -> None:
    """The Node lines pass as a test, run as the page says."""
    (tmp_path / "jobs.test.mjs").write_text(_block("js"), "utf-8")
    words = ["run", "--clock", "manual", "--journal-on-failure", "--", "node", "--test"]
    assert f"`nomad-mock {' '.join(words)} jobs.test.mjs`" in TEXT
    assert main(["run", "--strict-clients", *words[1:], str(tmp_path / "jobs.test.mjs")]) == 0


def test_the_ways_to_run_tests_are_known() -> None:
    """Every ``nomad-mock run`` of the page is accepted, with a command behind it."""
    lines = [line for line in _block("sh").splitlines() if line.startswith("nomad-mock run ")]
    assert len(lines) == 4
    assert [options_of(shlex.split(line)[1:]).behind[0] for line in lines] == ["npm", "go", "mvn", "npx"]


def test_every_client_has_its_lines() -> None:
    """Each client has a block in its language, with the port that clients try by default."""
    for language in ("sh", "python", "go", "java", "js", "hcl"):
        assert "4646" in _block(language)
