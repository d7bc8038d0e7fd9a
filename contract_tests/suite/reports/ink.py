"""Colour for a terminal, where there is one that shows it."""

import os
from dataclasses import dataclass
from typing import TextIO

_CODES = {"red": "31", "green": "32", "bold": "1", "dim": "2"}


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours texts, or leaves them as they are when it is off."""

    on: bool

    def of(self, colour: str, text: str) -> str:
        """Return a text in a colour: red, green, bold or dim; "" for none."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.on and colour and text else text

    def red(self, text: str) -> str:
        """Return a text about what does not hold."""
        return self.of("red", text)

    def green(self, text: str) -> str:
        """Return a text about what holds."""
        return self.of("green", text)

    def bold(self, text: str) -> str:
        """Return a heading."""
        return self.of("bold", text)

    def dim(self, text: str) -> str:
        """Return a text of less weight."""
        return self.of("dim", text)


def ink_for(stream: TextIO) -> Ink:
    """Return the ink of a stream: on a terminal, unless ``NO_COLOR`` is set or the terminal knows none."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Ink(stream.isatty() and not plain)
