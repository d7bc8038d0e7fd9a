"""The table of tools and results, and the page that shows it."""

import json
from collections.abc import Callable, Iterable

from tests.generators.checkers import CHECKERS
from tests.generators.makers import MAKERS
from tests.generators.toolbox import HERE, Toolbox

PAGE = HERE.parents[1] / "docs" / "reference" / "tools.md"
TOOLS: dict[str, Callable[[Toolbox], str]] = {**MAKERS, **CHECKERS}
_PACKAGES = {
    "Spectral": "@stoplight/spectral-cli",
    "Redocly": "@redocly/cli",
    "swagger-parser": "@apidevtools/swagger-parser",
    "Swagger UI": "swagger-ui-dist",
    "Prism": "@stoplight/prism-cli",
}
"""The package of each tool that has another name."""

_HEAD = "| tool | version | tried | result |\n| --- | --- | --- | --- |\n"


def row(name: str, result: str) -> str:
    """Return the row of a tool."""
    used = (TOOLS[name].__doc__ or "").removeprefix("Try ").rstrip(".")
    return f"| {name} | {versions()[_PACKAGES.get(name, name)]} | {used} | {result} |\n"


def table(rows: Iterable[str]) -> str:
    """Return the table."""
    return _HEAD + "".join(rows)


def written(page: str, text: str) -> str:
    """Return the page with another table."""
    before, _, rest = page.partition(_HEAD)
    after = rest.partition("\n\n")[2]
    return f"{before}{text}\n{after}"


def versions() -> dict[str, str]:
    """Return the versions of the packages, as they are installed."""
    node: dict[str, str] = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    pinned = (line.partition("==") for line in (HERE / "requirements.txt").read_text("utf-8").splitlines())
    return {**node, **{name: version for name, _, version in pinned}}
