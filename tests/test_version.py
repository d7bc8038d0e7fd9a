"""What is released has one version."""

import re
import tomllib
from pathlib import Path

from contract_tests.suite.version import suite_version
from mockserver.version import mock_version

ROOT = Path(__file__).parents[1]


def test_commands_and_changelog_agree() -> None:
    """The project, ``--version`` of both commands and the newest release in the changelog have the same version."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    newest = re.findall(r"^## (\d\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0]
    assert newest == version
    assert {mock_version(), suite_version()} == {version}
