"""Completion in a shell, asked as argcomplete asks the commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("module", "line", "words"),
    [
        ("mockserver", "nomad-mock run --jo", {"--journal-on-failure", "--journal-limit", "--journal-bytes"}),
        ("mockserver", "nomad-mock --clock ", {"real", "manual"}),
        ("mockserver", "nomad-mock --load LIC", {"LICENSE"}),
        ("mockserver", "nomad-mock --seed ", set()),
        ("contract_tests.cli", "nomad-contract com", {"compare"}),
    ],
)
def test_a_shell_is_told_how_a_line_goes_on(tmp_path: Path, module: str, line: str, words: set[str]) -> None:
    """Commands, options, words and files are completed; nothing is offered where anything will do."""
    (tmp_path / "LICENSE").touch()
    answer = tmp_path / "answer"
    asking = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_STDOUT_FILENAME": str(answer)}
    environment = {**os.environ, **asking, "COMP_LINE": line, "COMP_POINT": str(len(line))}
    subprocess.run([sys.executable, "-m", module], env=environment, cwd=tmp_path, check=True)
    assert {word.strip() for word in answer.read_text("utf-8").split("\n")} - {""} == words
