"""Completion in a shell, with argcomplete (the extra ``completion``)."""

import argparse
from collections.abc import Iterable
from typing import Any

import argcomplete
from argcomplete.completers import BaseCompleter, FilesCompleter


def complete(parser: argparse.ArgumentParser) -> None:
    """Tell the shell how its line could go on, and end the process."""
    argcomplete.autocomplete(parser, default_completer=_Values())


class _Values(BaseCompleter):
    """Values of options: words where only some will do, and files and folders."""

    def __call__(self, *, prefix: str, action: argparse.Action, **_: Any) -> Iterable[str]:
        words: Iterable[str] | None = getattr(action.type, "words", None)
        if words is not None:
            return words
        takes_path = any(part in str(action.metavar) for part in ("FILE", "DIR"))
        return FilesCompleter()(prefix) if takes_path else ()
