"""docs/reference/faults.md has every kind and every preset."""

import re
from pathlib import Path

from mockserver.faults import PRESETS
from mockserver.faults.kinds import KINDS
from mockserver.openapi import load_control

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "faults.md").read_text("utf-8")


def test_every_kind_is_described() -> None:
    """The schema and the page have every kind with every parameter."""
    schemas = load_control().bundle()["components"]["schemas"]
    assert tuple(schemas["FaultEffect"]["properties"]["kind"]["enum"]) == KINDS
    for kind in KINDS:
        row = re.search(rf"^\| `{kind}` \|([^|]*)\|[^|]*\|$", PAGE, re.MULTILINE)
        assert row is not None
        for parameter in schemas[f"Fault-{kind}"]["properties"]:
            assert parameter == "kind" or f"`{parameter}`" in row[1]


def test_every_preset_is_on_the_page() -> None:
    """The page has a row for every preset."""
    for name in PRESETS:
        assert f"| `{name}` |" in PAGE
