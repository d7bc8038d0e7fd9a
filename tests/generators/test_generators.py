"""Every tool can use the descriptions, and the page says so."""

import shutil
from collections.abc import Sequence

import pytest

from tests.generators import __main__ as command
from tests.generators.checkers import CHECKERS
from tests.generators.makers import MAKERS
from tests.generators.table import PAGE, TOOLS, row, table, written
from tests.generators.toolbox import Toolbox, ToolFailed


@pytest.fixture(scope="session")
def tools() -> Toolbox:
    """Return the folder with the tools installed; skip where Node is not."""
    if not shutil.which("npm"):
        pytest.skip("Node is not installed")
    installed = Toolbox(command.BUILD)
    installed.install()
    return installed


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_can_use_the_description(tools: Toolbox, name: str) -> None:
    """Each generated client registers, reads, plans and dispatches; each linter and viewer finds nothing."""
    assert row(name, TOOLS[name](tools)) in PAGE.read_text("utf-8")


def test_the_page_has_a_row_and_a_section_for_each_tool() -> None:
    """The page names each tool with the version that was tried, and says what to know of it."""
    page = PAGE.read_text("utf-8")
    for name in TOOLS:
        assert row(name, "").removesuffix(" |\n") in page
        assert f"\n**{name}**" in page


def _finds_nothing(_: Toolbox) -> str:
    """Try nothing."""
    return "no finding"


def _fails(_: Toolbox) -> str:
    """Try what fails."""
    raise ToolFailed("its own words")


@pytest.mark.parametrize(
    ("arguments", "code", "result"),
    [(["Spectral"], 0, "no finding"), (["Prism"], 1, "**failed**"), (["--write"], 1, "no finding")],
)
def test_the_command_prints_the_table(
    arguments: Sequence[str],
    code: int,
    result: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command prints a row for each tool; what a failed one said goes to standard error, and nothing is written."""
    monkeypatch.setattr(Toolbox, "install", lambda _: None)
    for name in {**MAKERS, **CHECKERS}:
        monkeypatch.setitem(TOOLS, name, _fails if name == "Prism" else _finds_nothing)
    before = PAGE.read_text("utf-8")
    assert command.main(arguments) == code
    told = capsys.readouterr()
    assert told.out.startswith("| tool | version |")
    assert f"| {result} |" in told.out
    assert ("Prism: its own words" in told.err) == (code == 1)
    assert PAGE.read_text("utf-8") == before


def test_an_unknown_tool_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no tool has is refused with the names that there are."""
    with pytest.raises(SystemExit):
        command.main(["Prisma"])
    assert "there is no tool Prisma; there are openapi-python-client" in capsys.readouterr().err


def test_the_table_takes_the_place_of_the_old_one() -> None:
    """Writing puts the table where the old one stood, and leaves the rest of the page."""
    old, new = table(["| old |\n"]), table(["| new |\n"])
    assert written(f"# Page\n\n{old}\nRest.\n", new) == f"# Page\n\n{new}\nRest.\n"
