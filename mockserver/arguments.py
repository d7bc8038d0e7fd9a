"""Command lines whose misspelt words are answered with the word that was probably meant."""

import argparse
import re
from collections.abc import Callable, Sequence

from mockserver.nearest import advice, meant, shown

_OPTION = re.compile(r"--[a-z][a-z-]*")


def one_of(*words: str) -> Callable[[str], str]:
    """A type for argparse: one of these words."""

    def word(text: str) -> str:
        if text not in words:
            raise argparse.ArgumentTypeError(f"{shown(text)!r} is unknown; {advice(text, words)}")
        return text

    return word


def parsed(
    parser: argparse.ArgumentParser, arguments: Sequence[str], commands: Sequence[str] = ()
) -> argparse.Namespace:
    """The options; ends the process with a usage message where something is not known.

    ``commands`` are words that can come first. A parser that an option ``parser`` names knows what was given to it.
    """
    options, unknown = parser.parse_known_args(arguments)
    inner: argparse.ArgumentParser = getattr(options, "parser", parser)
    if unknown:
        known = [*_OPTION.findall(inner.format_help()), *commands]
        inner.error(f"unrecognized arguments: {' '.join(map(shown, unknown))}{meant(unknown[0].split('=')[0], known)}")
    return options
