"""The examples of CONTRIBUTING.md work: they are applied to a copy of the repository and run there."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the packages and the mutants, with every example in the file that it names."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in ("schemas", "mockserver", "contract_tests", "tests/mutants", "tests/conduct", "examples"):
        shutil.copytree(ROOT / folder, copy / folder)
    shutil.copy(ROOT / "tests" / "__init__.py", copy / "tests" / "__init__.py")
    examples = re.findall(r"^```\w+ (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert examples
    for file, text in examples:
        insert(copy / file, text)
    return copy


def insert(file: Path, text: str) -> None:
    """Put an example where it belongs: among the paths of a description, or at the end of any other file."""
    if file.suffix == ".json":
        description = json.loads(file.read_text("utf-8"))
        description["paths"] |= json.loads(f"{{{text}}}")
        file.write_text(json.dumps(description), "utf-8")
    else:
        file.write_text(f"{file.read_text('utf-8')}\n\n{text}", "utf-8")


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the copy in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_the_statement_holds_on_the_mock(copy: Path) -> None:
    """The command checks the new statement, which passes."""
    (line,) = re.findall(r"^nomad-contract (check .*)$", PAGE, re.MULTILINE)
    checked = run(copy, "contract_tests.cli", *line.split())
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 pass" in checked.stdout


def test_the_mutant_is_caught_by_the_statement(copy: Path) -> None:
    """The new statement catches the new mutant."""
    (line,) = re.findall(r"^python -m (tests\.mutants .*)$", PAGE, re.MULTILINE)
    ran = run(copy, *line.split())
    assert "1 of 1 caught" in ran.stdout, ran.stdout + ran.stderr


def test_the_wrong_client_is_caught(copy: Path) -> None:
    """The new statement of conduct catches the new client."""
    (line,) = re.findall(r"^python -m (pytest tests/conduct/.*)$", PAGE, re.MULTILINE)
    ran = run(copy, *line.split(), "-p", "no:cacheprovider", "-p", "no:schemathesis")
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_the_endpoint_answers_in_strict_mode(copy: Path) -> None:
    """The new endpoint answers as described, and refuses other methods."""
    (path,) = re.findall(r"^curl -i http://127\.0\.0\.1:4646(\S+)$", PAGE, re.MULTILINE)
    command = [sys.executable, "-m", "mockserver", "--strict", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    with subprocess.Popen(command, cwd=copy, env=environment, stdout=subprocess.PIPE, text=True) as mock:
        try:
            assert mock.stdout is not None
            address = mock.stdout.readline().split()[2]
            with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(f"{address}{path}"):
                pass
            with refused.value as reply:
                assert (reply.status, reply.read()) == (500, b"1/1 nodes reported failure")
        finally:
            mock.terminate()


def test_every_task_of_the_table_exists() -> None:
    """Every command in the table is a task of the noxfile."""
    named = set(re.findall(r"nox -s ([a-z ]+)", PAGE.replace("nox -s\nlock", "nox -s lock")))
    tasks = {task for words in named for task in words.split()}
    defined = set(re.findall(r"^def (\w+?)_?\(session", (ROOT / "noxfile.py").read_text("utf-8"), re.MULTILINE))
    assert tasks
    assert tasks <= defined


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", *(f"docs/adr/{path.name}" for path in RECORDS)])
def test_every_file_that_a_page_names_exists(page: str) -> None:
    """Every path in the code font exists in this repository."""
    named = re.findall(
        r"`((?:schemas|mockserver|contract_tests|tests|docs|\.ci)/[\w./-]*)`", (ROOT / page).read_text("utf-8")
    )
    assert [path for path in named if not (ROOT / path).exists()] == []
