"""The parts of the site that are made from the code and the data, so that they cannot be out of date."""

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FIXTURES = ("mockserver/pytest_plugin.py", "contract_tests/top_level/nomad_contract_pytest.py")
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nomad-mock": ("mockserver", ("", "serve", "run", "example-job", "why", "snapshot", "record", "replay")),
    "nomad-contract": ("contract_tests.cli", ("", "check", "client", "validate", "list", "cleanup", "compare", "diff")),
}
"""The module of each command, and its subcommands; the empty one is the command itself."""


def write(folder: Path) -> None:
    """Write every generated part as a Markdown file into ``folder``."""
    folder.mkdir(exist_ok=True)
    description = json.loads((ROOT / "schemas" / "admin.json").read_text("utf-8"))
    parts = {
        "admin": requests(description),
        "world-settings": settings(description),
        "statements": statements("statements"),
        "conduct": statements("conduct"),
        "freedoms": freedoms(),
        "contract-variables": variables(),
        "client": client(),
        "fixtures": fixtures(),
        "decisions": decisions(),
        **{name: help_texts(name) for name in COMMANDS},
    }
    for name, text in parts.items():
        (folder / f"{name}.md").write_text(text, "utf-8")


def help_texts(name: str) -> str:
    """Return what a command and each of its subcommands print for ``--help``."""
    module, subcommands = COMMANDS[name]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    blocks = []
    for subcommand in subcommands:
        words = [*subcommand.split(), "--help"]
        run = subprocess.run(
            [sys.executable, "-m", module, *words], env=environment, capture_output=True, text=True, check=True
        )
        blocks.append(f"## {name} {subcommand}".rstrip() + f"\n\n```text\n{run.stdout.rstrip()}\n```\n")
    return "\n".join(blocks)


def requests(description: dict[str, Any]) -> str:
    """Return a table of the control plane's requests for each of its tags."""
    rows: dict[str, list[Sequence[str]]] = {}
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "operationId" in operation:
                request = f"`{method.upper()} {path.removeprefix('/__admin') or '/'}`"
                rows.setdefault(operation["tags"][0], []).append((request, _sentence(operation)))
    titles = {tag["name"]: tag.get("description", "") for tag in description["tags"]}
    return "\n".join(
        f"### {tag.capitalize()}\n\n{titles.get(tag, '')}\n\n{_table(('request', 'what it does'), found)}"
        for tag, found in rows.items()
    )


def settings(description: dict[str, Any]) -> str:
    """Return a table of the settings of a world."""
    properties = description["components"]["schemas"]["WorldSettings"]["properties"]
    return _table(("setting", "meaning"), ((f"`{name}`", one["description"]) for name, one in properties.items()))


def statements(catalogue: str) -> str:
    """Return the statements of a catalogue, one table for each section; with advice where the catalogue has it."""
    entries = tomllib.loads((ROOT / "schemas" / f"{catalogue}.toml").read_text("utf-8"))["statement"]
    columns = [name for name in ("level", "text", "advice", "source") if name in entries[0]]
    sections: dict[str, list[Sequence[str]]] = {}
    for one in entries:
        sections.setdefault(one["section"], []).append((f"`{one['id']}`", *(one[name] for name in columns)))
    return f"There are {len(entries)} statements.\n\n" + "\n".join(
        f"## {section}\n\n{_table(('statement', *columns), found)}" for section, found in sections.items()
    )


_HEADINGS = {
    "json": "JSON",
    "fields": "Fields",
    "list": "Lists",
    "index": "Indexes",
    "blocking": "Blocking queries",
    "evaluation": "Evaluations",
    "allocation": "Allocations",
    "text": "Texts",
    "time": "Times",
    "header": "Header fields",
    "stale": "Stale reads",
    "status": "Status lines",
    "framing": "Framing",
    "compression": "Compression",
    "timing": "Timing",
    "weather": "Weather",
}


def freedoms() -> str:
    """Return the catalogue of freedoms, one table for each kind."""
    entries = tomllib.loads((ROOT / "schemas" / "freedoms.toml").read_text("utf-8"))["freedom"]
    kinds: dict[str, list[Sequence[str]]] = {}
    for one in entries:
        contradicted = ", ".join(f"`{each}`" for each in one.get("contradicts", ())) or "–"
        row = (f"`{one['id']}`", one["text"], one["why"], one["source"], contradicted)
        kinds.setdefault(_HEADINGS[one["id"].partition(".")[0]], []).append(row)
    columns = ("freedom", "what a server may do", "why", "source", "observed statements that it contradicts")
    return f"There are {len(entries)}.\n\n" + "\n".join(
        f"## {kind}\n\n{_table(columns, found)}" for kind, found in kinds.items()
    )


def variables() -> str:
    """Return a table of the environment variables that ``nomad-contract check`` reads."""
    from contract_tests.suite.options import OPTIONS, SWITCHES

    named = {name: (variable, text) for name, (variable, _, text) in OPTIONS.items()} | SWITCHES
    rows = ((f"`{variable}`", f"`--{name}`", text) for name, (variable, text) in named.items() if variable)
    return _table(("variable", "option", "meaning"), rows)


def client() -> str:
    """Return the directives that document the parts of a ``MockClient``, and the time that its clock returns."""
    from mockserver.client import MockClient, Time

    parts = {name: type(part) for name, part in vars(MockClient("http://127.0.0.1")).items() if name[0] != "_"}
    documented = [part for part in parts.values() if part.__module__.startswith("mockserver.")]
    directives = "\n".join(
        f".. autoclass:: {one.__module__}.{one.__name__}\n   :members:\n" for one in [*documented, Time]
    )
    return f"```{{eval-rst}}\n{directives}```\n"


def fixtures() -> str:
    """Return a table of the pytest fixtures that the package brings."""
    return _table(("fixture", "what it is"), _fixtures())


def decisions() -> str:
    """Return a table of contents of the decision records, for a page in a folder beside them."""
    records = sorted(path.stem for path in (ROOT / "docs" / "adr").glob("*.md"))
    lines = [f"../adr/{record}" for record in records]
    return "\n".join(["```{toctree}", ":maxdepth: 1", "", *lines, "```", ""]) if records else ""


def _fixtures() -> Iterator[Sequence[str]]:
    for file in FIXTURES:
        for node in ast.parse((ROOT / file).read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                decorators = {ast.unparse(each).split("(")[0] for each in node.decorator_list}
                if "pytest.fixture" in decorators:
                    yield f"`{node.name}`", " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


def _sentence(operation: dict[str, Any]) -> str:
    parts = (operation["summary"], operation.get("description", ""))
    return " ".join(part.strip().rstrip(".") + "." for part in parts if part)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    """Return a text as Markdown has it in a table, with the names that it has in angle brackets."""
    if text.startswith("`"):
        return text
    escaped = " ".join(text.split()).replace("\\", "\\\\")
    for character in "|<>*_[]$":
        escaped = escaped.replace(character, f"\\{character}")
    return escaped
