"""Read command lines: types of arguments, and errors that name the word that was probably meant."""

import argparse
import os
import re
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, NoReturn

from mockserver.origins import read_origin
from nomad_contract_spelling import advice, did_you_mean, meant, nearest, shown

_OPTION = re.compile(r"--[a-z][a-z-]*")
_UNRECOGNIZED = "unrecognized arguments"
_BAD_USAGE = 2
"""The exit code for a command line that can't be read."""
_LONGEST_NUMBER = 18
_LARGEST_PORT = 65535
_SLOWEST = 0.000_001
_FASTEST = 1_000_000


SPACE, TOKEN = "NOMAD_MOCK_SPACE", "NOMAD_MOCK_ADMIN_TOKEN"
"""The variables of the commands: the space that they ask about, and the token of the control plane."""
_OURS = "NOMAD_MOCK_"


def need_variables(parser: argparse.ArgumentParser) -> None:
    """End the process where a variable is like one of ours and none of them: a mock would have no token."""
    words = [name.removeprefix(_OURS) for name in (SPACE, TOKEN)]
    for name in os.environ:
        word = name.removeprefix(_OURS)
        if word not in (name, *words) and (near := nearest(word, words)):
            parser.error(f"there is no variable {shown(name)}; {did_you_mean(f'{_OURS}{near}')}")


class Parser(argparse.ArgumentParser):
    """A parser, and the class of its subcommands' parsers, whose errors are the one line that matters."""

    _words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return the options on a command line and the words that are none, as any parser does."""
        self._words = sys.argv[1:] if args is None else list(args)
        return super().parse_known_args(self._words, namespace)

    def error(self, message: str) -> NoReturn:
        """End the process with what is wrong, and where to read more.

        A misspelt option is named before anything that is wrong because of it, such as its value being in the place of
        an argument.
        """
        if not message.startswith(_UNRECOGNIZED) and (unknown := self._misspelt()) is not None:
            message = _unrecognized([unknown], self)
        self.exit(_BAD_USAGE, f"{self.prog}: error: {message}\nsee {self.prog} --help\n")

    def _misspelt(self) -> str | None:
        """Return the first word of the command line that has the form of an option and is none, nor begins one."""
        options = _OPTION.findall(self.format_help())
        for word in takewhile(lambda each: each != "--", self._words):
            name = word.partition("=")[0]
            if _OPTION.fullmatch(name) and not any(option.startswith(name) for option in options):
                return word
        return None


def parsed(
    parser: argparse.ArgumentParser, arguments: Sequence[str], commands: Collection[str] = ()
) -> argparse.Namespace:
    """Return the options on a command line; end the process where one is not known.

    ``commands`` are words that can only come first. A subparser puts itself into the namespace as ``parser``, so that
    the message is about its options.
    """
    options, unknown = parser.parse_known_args(arguments)
    inner: argparse.ArgumentParser = getattr(options, "parser", parser)
    if unknown:
        inner.error(_unrecognized(unknown, inner, commands))
    return options


def _unrecognized(unknown: Sequence[str], parser: argparse.ArgumentParser, commands: Collection[str] = ()) -> str:
    """Return what is wrong with words that are no options of a parser."""
    word = unknown[0].partition("=")[0]
    hint = "; a command comes first" if word in commands else meant(word, _OPTION.findall(parser.format_help()))
    return f"{_UNRECOGNIZED}: {' '.join(map(shown, unknown))}{hint}"


@dataclass(frozen=True)
class OneOf:
    """A type for argparse: one of these words."""

    words: Sequence[str]

    def __call__(self, text: str) -> str:
        """Return the word.

        Raises:
            argparse.ArgumentTypeError: It is none of them.
        """
        if text not in self.words:
            raise argparse.ArgumentTypeError(f"{shown(text)!r} is unknown; {advice(text, self.words)}")
        return text


def one_of(*words: str) -> OneOf:
    """Return a type for argparse: one of these words."""
    return OneOf(words)


def port(text: str) -> int:
    """Return a port, 0 to 65535.

    Raises:
        argparse.ArgumentTypeError: The text is something else.
    """
    number = _number(text, "a port, 0 to 65535")
    if number > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return number


def from_zero(text: str) -> int:
    """Return a whole number that is not negative; anything else raises ``argparse.ArgumentTypeError``."""
    return _number(text, "a number from 0 on")


def from_one(text: str) -> int:
    """Return a whole number above 0.

    Raises:
        argparse.ArgumentTypeError: The text is something else.
    """
    number = _number(text, "a number from 1 on")
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return number


def integer(text: str) -> int:
    """Return a whole number; anything else raises ``argparse.ArgumentTypeError``."""
    sign = -1 if text.startswith("-") else 1
    return sign * _number(text.removeprefix("-"), "a whole number")


def speed(text: str) -> float:
    """Return how many seconds of a clock pass in one real second.

    Raises:
        argparse.ArgumentTypeError: The text is not a number from 0.000001 to 1000000.
    """
    with suppress(ValueError):
        if _SLOWEST <= (number := float(text)) <= _FASTEST:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is not how many times as fast, such as 60 or 0.5; up to {_FASTEST}")


def filled(text: str) -> str:
    """Return a text that somebody wrote.

    Raises:
        argparse.ArgumentTypeError: The text is empty, as a variable that is not set gives it.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty: leave the option out, or give it a value")
    return text


def path(text: str) -> Path:
    """Return the path of a file or folder; an empty one raises ``argparse.ArgumentTypeError``."""
    return Path(filled(text))


def name(text: str) -> str:
    """Return a name.

    Raises:
        argparse.ArgumentTypeError: The text is empty.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("a name must not be empty")
    return text


def origin(text: str) -> str:
    """Return the origin of a page as browsers write it, or ``*``.

    Raises:
        argparse.ArgumentTypeError: The text is something else, such as an address with a path.
    """
    try:
        return read_origin(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def names(text: str) -> tuple[str, ...]:
    """Return names that commas separate; empty ones do not count."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def numbers(text: str) -> tuple[int, ...]:
    """Return numbers above 0 that commas separate; anything else raises ``argparse.ArgumentTypeError``."""
    return tuple(from_one(number) for number in names(text))


def _number(text: str, expected: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise argparse.ArgumentTypeError(f"{text!r} is not {expected}")
    return int(text)
