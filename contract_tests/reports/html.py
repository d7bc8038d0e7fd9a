"""The HTML report: one self-contained file, for one server or for several side by side."""

import html
import json
from typing import Any


def render(reports: list[dict[str, Any]]) -> str:
    """Return the page for one or more reports."""
    return f"<!doctype html><pre>{html.escape(json.dumps(reports, indent=1))}</pre>"
