"""How the package index shows the README: there is no repository beside it, so links to files become names of files."""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"\[([^]]+)\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


class Readme(MetadataHookInterface):
    """Makes the ``readme`` of the project's metadata."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": _LINK.sub(_named, text)}


def _named(link: re.Match[str]) -> str:
    text, file = link.groups()
    return f"`{file}`" if text.strip("`") == file else f"{text} (`{file}`)"
