"""The recipes of docs/control-plane.md and the example, run as they stand."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import pytest_plugin
from mockserver.client import MockClient
from mockserver.testing import running_mock

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "control-plane.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockClient]:
    """As the page says it was started."""
    with running_mock(clock="manual") as running:
        yield running


def test_every_curl_line_works(mock: MockClient, tmp_path: Path) -> None:
    """In the order of the page, each on what those before it left."""
    mock.reset()
    environment = {**os.environ, "NOMAD_ADDR": mock.address, "TMPDIR": str(tmp_path)}
    lines = [line for block in _blocks("sh") for line in block.splitlines()]
    assert len(lines) > 20
    for line in lines:
        done = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, line, done.stdout) == (0, line, done.stdout)
    assert [each["name"] for each in mock.spaces()] == ["default"]


def _recipes() -> Iterator[Any]:
    """Each block of Python by the heading that it stands under."""
    heading = ""
    for found in re.finditer(r"^#+ ([^\n]+)$|^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        heading = found[1] or heading
        if found[2] and "pytest" not in found[2]:
            yield pytest.param(found[2], id=heading)


@pytest.mark.parametrize("block", [*_recipes()])
def test_the_python_works(mock: MockClient, block: str) -> None:
    """Each block alone, on whatever others left."""
    exec(block, {"address": mock.address})
    assert [each["name"] for each in mock.spaces()] == ["default"]


def test_every_recipe_is_found() -> None:
    """By the table of what one may want to know."""
    targets = re.findall(r"\]\(#([a-z-]+)\)", PAGE)
    headings = {
        re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", PAGE, re.M)
    }
    assert len(targets) > 10
    assert set(targets) <= headings


def test_the_marked_tests_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the page."""
    first, second = (block for block in _blocks("python") if "pytest" in block)
    _run(f"{first}    assert len(nomad_mock.nodes.list()) == 3", pytester, monkeypatch, passed=1)
    _run(second, pytester, monkeypatch, passed=1)


def test_every_setting_is_in_the_table() -> None:
    """With all three of its names."""
    for option in pytest_plugin.OPTIONS:
        assert re.search(rf"^\| `{option.flag} .*`{option.variable}=.*`{option.key} = ", PAGE, re.MULTILINE)


def test_the_example_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a test run of its own."""
    _run((ROOT / "examples" / "test_with_plugin.py").read_text("utf-8"), pytester, monkeypatch, passed=6)


def _run(source: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *, passed: int) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(source)
    arguments = ("-p", "no:nomad_mock", "-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider", "--strict-markers")
    pytester.runpytest_inprocess(*arguments).assert_outcomes(passed=passed)
