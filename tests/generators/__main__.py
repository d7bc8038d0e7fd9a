"""Try every tool, and print the table: ``python -m tests.generators``.

The tools are installed into ``build/tools`` by npm and pip. ``--write`` puts the table into the documentation's page.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.generators.table import PAGE, TOOLS, row, table, written
from tests.generators.toolbox import Toolbox, ToolFailed

BUILD = Path(__file__).parents[2] / "build" / "tools"


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the tools named, or all; return 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.generators", description="Try other people's tools.")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help="the tools to try; by default all")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    given = parser.parse_args(arguments)
    if unknown := set(given.tools) - TOOLS.keys():
        parser.error(f"there is no tool {', '.join(sorted(unknown))}; there are {', '.join(TOOLS)}")
    tools = Toolbox(BUILD)
    tools.install()
    rows, failed = [], False
    for name in given.tools or TOOLS:
        try:
            result = TOOLS[name](tools)
        except ToolFailed as reason:
            sys.stderr.write(f"{name}: {reason}\n")
            result, failed = "**failed**", True
        rows.append(row(name, result))
    text = table(rows)
    sys.stdout.write(text)
    if given.write and not given.tools and not failed:
        PAGE.write_text(written(PAGE.read_text("utf-8"), text), "utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
