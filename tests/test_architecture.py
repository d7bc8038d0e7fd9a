"""What docs/architecture.md says about the code is true."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PACKAGES = ("mockserver", "contract_tests")


def section(heading: str) -> str:
    """Return the text under a heading, up to the next one of its level."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def quoted(text: str) -> list[str]:
    """Return the words in backticks."""
    return re.findall(r"`([^`]+)`", text)


def rules(package: str) -> list[tuple[list[str], set[str]]]:
    """Return each row of a package's table: the rooms it is about, and the rooms they may import."""
    return [(quoted(rooms), set(quoted(allowed))) for rooms, _, allowed in rows(f"The rooms of `{package}/`")]


def ground_floor() -> set[str]:
    """Return the modules of mockserver that every room may import."""
    found = re.search(r"The ground floor is (.*?)\.", section("The rooms of `mockserver/`"), re.DOTALL)
    assert found is not None
    return set(quoted(found[1])) - {"fmt"}


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """Yield each module's room and file; ``__init__`` of the package itself is in no room."""
    for file in sorted((ROOT / package).rglob("*.py")):
        first, *_ = file.relative_to(ROOT / package).parts
        if first != "__init__.py":
            yield first.removesuffix(".py"), file


def statements(module: ast.Module) -> Iterator[ast.AST]:
    """Yield the statements of a module at any depth; to look into expressions, too, would take three times as long."""
    found: list[ast.AST] = [module]
    for node in found:
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            found += getattr(node, block, ())


@cache
def imported(file: Path) -> set[tuple[str, str]]:
    """Return what a file imports of our packages, in functions too: (package, room)."""
    found = set()
    for node in statements(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {(parts[0], parts[1]) for name in names if (parts := name.split("."))[0] in PACKAGES and parts[1:]}
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_has_a_row(package: str) -> None:
    """The tables name each room once, and no room that is not there."""
    named = [room for rooms, _ in rules(package) for room in rooms]
    assert sorted(named) == sorted({room for room, _ in modules(package)} - ground_floor())


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_what_their_row_allows(package: str) -> None:
    """A room imports from itself, from the rooms in its row and from the ground floor, and from nothing else."""
    ground = ground_floor()
    allowed = {room: {room, *others, *ground} for rooms, others in rules(package) for room in rooms}
    allowed |= dict.fromkeys(ground, ground)
    wrong = {
        f"{file.relative_to(ROOT)} imports {other}.{wanted}"
        for room, file in modules(package)
        for other, wanted in imported(file)
        if other != package or wanted not in allowed[room]
    }
    assert wrong == set()


def test_the_packages_never_import_each_other() -> None:
    """The suite starts the mock as a program, and knows it by HTTP only; what both import knows neither."""
    files = {file: {package} for package in PACKAGES for file in (ROOT / package).rglob("*.py")}
    files |= {file: set() for file in (ROOT / "contract_tests" / "top_level").glob("*.py")}
    assert {
        str(file.relative_to(ROOT)): others
        for file, allowed in files.items()
        if (others := {other for other, _ in imported(file)} - allowed)
    } == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_row_allows_what_no_module_needs(package: str) -> None:
    """The table has no permission that no module uses."""
    used: dict[str, set[str]] = {}
    for room, file in modules(package):
        used.setdefault(room, set()).update(wanted for _, wanted in imported(file))
    unused = {
        (*rooms, other)
        for rooms, others in rules(package)
        for other in others
        if not any(other in used[room] for room in rooms)
    }
    assert unused == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_rows_name_only_rows_above(package: str) -> None:
    """Rows name only rows above them, so rooms never import each other in a circle."""
    above: set[str] = set()
    for rooms, others in rules(package):
        assert others <= above | set(rooms)
        above |= set(rooms)


def test_every_file_and_name_is_there() -> None:
    """Each path in backticks exists, and each name right behind a path is defined in that file."""
    for row in PAGE.splitlines():
        base = ""
        for word in quoted(row):
            if re.fullmatch(r"[\w./]+(\.py|\.toml|/)", word):
                places = [ROOT / word, *(ROOT / package / word for package in PACKAGES)]
                files = [place for place in places if place.exists()]
                assert files, f"docs/architecture.md names {word}"
                base = files[0].read_text("utf-8") if files[0].is_file() else ""
            elif base and re.fullmatch(r"[A-Za-z_]+", word) and f"` `{word}`" in row:
                assert re.search(rf"\b(class|def) {word}\b", base), f"docs/architecture.md names {word}"


def test_the_statement_is_where_the_page_says() -> None:
    """The statement of the third question is checked where the page says."""
    where = ROOT / "contract_tests" / "job" / "test_register.py"
    assert '@states("job.register.updates"' in where.read_text("utf-8")
    assert "`contract_tests/job/test_register.py`" in section("Three first questions")
