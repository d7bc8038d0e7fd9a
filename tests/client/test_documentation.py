"""The recipes of the guides and the example work as they stand."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import pytest_options
from mockserver.client import MockClient
from mockserver.testing import running_mock

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
CURL = ("conduct", "curl", "faults", "what-was-sent")
"""The guides whose shell lines use a mock with a manual clock at ``NOMAD_ADDR``."""
PYTHON = ("faults", "what-was-sent", "conduct", "python", "recipes")
"""The guides whose Python uses a mock at ``address``."""


def _page(guide: str) -> str:
    return (GUIDES / f"{guide}.md").read_text("utf-8")


def _blocks(guide: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _page(guide), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockClient]:
    """Run a mock as the guides say it was started."""
    with running_mock(clock="manual") as running:
        yield running


@pytest.mark.parametrize(("guide", "fewest"), [("curl", 20), ("faults", 7), ("what-was-sent", 10), ("conduct", 1)])
def test_every_curl_line_works(mock: MockClient, tmp_path: Path, guide: str, fewest: int) -> None:
    """The lines of the page work one after the other."""
    mock.reset()
    environment = {**os.environ, "NOMAD_ADDR": mock.address, "TMPDIR": str(tmp_path)}
    lines = [line for block in _blocks(guide, "sh") for line in block.splitlines()]
    assert len(lines) >= fewest
    for line in lines:
        done = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, line, done.stdout) == (0, line, done.stdout)
    assert [each["name"] for each in mock.spaces()] == ["default"]


def _recipes() -> Iterator[Any]:
    """Yield each block of Python with its guide and the heading that it stands under."""
    for guide in PYTHON:
        heading = ""
        for found in re.finditer(r"^#+ ([^\n]+)$|^```python\n(.*?)^```", _page(guide), re.DOTALL | re.MULTILINE):
            heading = found[1] or heading
            if found[2]:
                yield pytest.param(found[2], id=f"{guide}: {heading}")


def test_no_recipe_is_missing() -> None:
    """The guides have the recipes that the tests below run, and no other guide has shell lines for a mock."""
    assert len([*_recipes()]) == 20
    others = {path.stem for path in GUIDES.glob("*.md")} - set(CURL) - {"persistence"}
    assert [guide for guide in others if "$NOMAD_ADDR" in _page(guide)] == []


@pytest.mark.parametrize("block", [*_recipes()])
def test_the_python_works(mock: MockClient, block: str) -> None:
    """Each block works alone."""
    exec(block, {"address": mock.address})
    assert [each["name"] for each in mock.spaces()] == ["default"]


def test_the_marked_tests_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests on the page about pytest pass."""
    first, *others = _blocks("pytest", "python")
    first = f"{first}    assert len(nomad_mock.nodes.list()) == 3"
    _run("\n\n".join([first, *others]), pytester, monkeypatch, passed=5)


def test_every_setting_is_in_the_table() -> None:
    """The page about configuration has each setting of pytest with all three of its names."""
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")
    for option in pytest_options.OPTIONS:
        assert re.search(rf"^\| `{option.flag} .*`{option.variable}=.*`{option.key} = ", page, re.MULTILINE)


def test_the_example_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's tests pass in a test run of their own."""
    _run((ROOT / "examples" / "test_with_plugin.py").read_text("utf-8"), pytester, monkeypatch, passed=7)


def _run(source: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *, passed: int) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(source)
    arguments = ("-p", "no:nomad_mock", "-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider", "--strict-markers")
    pytester.runpytest_inprocess(*arguments).assert_outcomes(passed=passed)
