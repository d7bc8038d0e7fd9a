"""The documentation's links lead somewhere, its tutorial works, and its generated parts are made and used."""

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contract_tests.cli import _parser as check_parser
from mockserver.openapi import load_control
from mockserver.testing import running_mock
from tests import forked

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_generated" not in path.parts and path.name[0] != "m")
TUTORIAL = (DOCS / "tutorial" / "first-job.md").read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the contents of the blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: those of its headings, and explicit ones."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Each link to a file finds the file, and each link to a heading finds the heading."""
    broken = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        file = page if not path else (page.parent / path).resolve()
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_file_shown_is_there() -> None:
    """A page that shows a file of the repository names one that exists."""
    shown = [
        page.parent / name
        for page in PAGES
        for name in re.findall(r"\{(?:literalinclude|include)\} (\S+)", page.read_text("utf-8"))
        if "_generated" not in name
    ]
    assert len(shown) == 15
    assert [file for file in shown if not file.exists()] == []


def test_every_page_is_in_the_table_of_contents() -> None:
    """Every page is in the table of contents; the decision records have a table of their own."""
    listed = re.findall(r"^([a-z-]+(?:/[a-z-]+)?)$", (DOCS / "index.md").read_text("utf-8"), re.MULTILINE)
    pages = {str(page.relative_to(DOCS).with_suffix("")) for page in PAGES if page.parent.name != "adr"}
    assert set(listed) == pages - {"index"}


def test_the_tutorial_shows_what_happens(tmp_path: Path) -> None:
    """Each command of the tutorial prints exactly what the page shows, and a job runs at its end."""
    (job,) = blocks(TUTORIAL, "json")
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    (tmp_path / "web.json").write_text(job, "utf-8")
    shown = "".join(blocks(TUTORIAL, "console"))
    with running_mock(clock="manual", seed=7) as mock:
        happened = ""
        for command in re.findall(r"^\$ (.*)$", shown, re.MULTILINE):
            line = command.replace("http://127.0.0.1:4646", mock.address)
            run = subprocess.run(
                ["sh", "-c", line],
                env={**os.environ, "PATH": commands, "NOMAD_ADDR": mock.address},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=True,
            )
            happened += f"$ {command}\n{run.stdout}" + ("" if run.stdout.endswith("\n") or not run.stdout else "\n")
    assert happened == shown
    assert '"ClientStatus": "running"' in shown


def test_the_tutorial_starts_the_mock_with_known_options() -> None:
    """The tutorial's line that starts the mock has the options that the test above uses."""
    (start,) = [
        line for block in blocks(TUTORIAL, "sh") for line in block.splitlines() if line.startswith("nomad-mock")
    ]
    assert shlex.split(start) == ["nomad-mock", "--port", "4646", "--clock", "manual", "--seed", "7", "&"]


def test_the_checks_are_known_to_the_command() -> None:
    """Every ``nomad-contract check`` of the guides is accepted by the command as it stands."""
    lines = []
    for guide in (DOCS / "guides").glob("*.md"):
        for block in re.findall(r"^```\w+\n(.*?)^```", guide.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            for found in re.finditer(r"nomad-contract (check .*?)(?:'$|\n\S|\n +(?!--)|\n\n|\Z)", block, re.DOTALL):
                lines.append(found[1])
    assert len(lines) >= 5
    for line in lines:
        check_parser().parse_args(shlex.split(line.replace("'", "")))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the parts of the site that are made from the code and the data, by name."""
    folder = tmp_path_factory.mktemp("site") / "generated"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        pages = importlib.import_module("pages")
        patch.setattr(pages, "subprocess", SimpleNamespace(run=forked.run_program))
        pages.write(folder)
    return {path.stem: path.read_text("utf-8") for path in folder.iterdir()}


@pytest.mark.slow
def test_every_part_is_made_and_used(generated: dict[str, str]) -> None:
    """Every generated part that pages include is made, and every one that is made is included."""
    included = {
        name
        for page in PAGES
        for name in re.findall(r"\{include\} \.\./_generated/([\w-]+)\.md", page.read_text("utf-8"))
    }
    assert included == set(generated)


@pytest.mark.slow
@pytest.mark.parametrize("catalogue", ["statements", "conduct", "freedoms"])
def test_every_statement_is_listed(generated: dict[str, str], catalogue: str) -> None:
    """The page of a catalogue has a row for each of its entries."""
    ids = re.findall(r'^id = "(.*)"$', (ROOT / "schemas" / f"{catalogue}.toml").read_text("utf-8"), re.MULTILINE)
    assert re.findall(r"^\| `([^`]+)`", generated[catalogue], re.MULTILINE) == ids


@pytest.mark.slow
def test_every_request_is_listed(generated: dict[str, str]) -> None:
    """The reference of the control plane has every request of its description."""
    paths: dict[str, Any] = load_control().bundle()["paths"]
    for path, item in paths.items():
        for method in item.keys() & {"get", "put", "post", "patch", "delete"}:
            assert f"| `{method.upper()} {path.removeprefix('/__admin')}` |" in generated["admin"]


@pytest.mark.slow
def test_help_texts_are_whole(generated: dict[str, str]) -> None:
    """The reference of the commands has each subcommand with its help."""
    assert "--data-dir" in generated["nomad-mock"]
    assert "--upstream" in generated["nomad-mock"]
    for command in ("check", "list", "cleanup", "compare"):
        assert f"## nomad-contract {command}\n" in generated["nomad-contract"]
    assert "--report-html" in generated["nomad-contract"]
