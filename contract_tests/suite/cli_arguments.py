"""Checks of a command line before anything is sent: values of options, files, globs, missing packages.

A mistake in a command line costs a second, not a whole run whose report cannot be written at the end.
"""

import argparse
import fnmatch
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from nomad_contract_spelling import advice, did_you_mean, meant, nearest

PACKAGES = ("pytest", "hypothesis", "httpcore", "httpx", "jinja2", "xdist", "schemathesis")
"""The packages of the extra ``contract``."""
OWN = "nomad-contract-"
"""What the ID of each job begins with that a run makes."""
_MOST_PATIENCE = 600
_TERM = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_OURS = "NOMAD_CONTRACT_"
"""What the variables begin with that belong to the suite alone."""
_VERSION = re.compile(r"v?[0-9]+\.[0-9]")
_OF_THE_API = re.compile(r"/v1(/|$)")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING = ("host", "content-length", "transfer-encoding", "accept-encoding", "connection")
"""The headers that say how a request is sent, which is what the suite tests."""


class Mistake(Exception):
    """The command cannot be carried out as it was given; the text says why and what to do."""


class Parser(argparse.ArgumentParser):
    """A parser, and the class of its subcommands' parsers, that takes options only as they are spelt in full."""

    def __init__(self, **more: Any) -> None:
        super().__init__(allow_abbrev=False, **more)

    def error(self, message: str) -> NoReturn:
        """End the program with the one line that matters, and where to read more."""
        self.exit(2, f"{self.prog}: error: {message}\nsee {self.prog} --help\n")

    @property
    def commands(self) -> Sequence[str]:
        """The names of the subcommands."""
        return next((list(action.choices) for action in self._actions if isinstance(action.choices, dict)), [])


def need_command(parser: Parser, words: Sequence[str]) -> None:
    """End the program, as for any other usage error, when the first word is no subcommand and no option."""
    first = words[0] if words else ""
    if first and not first.startswith("-") and first not in parser.commands:
        parser.error(f"there is no command {first!r}; {advice(first, parser.commands)}")


def filled(text: str) -> str:
    """Return a text that somebody wrote: an empty one comes from a variable that is not set, and means another run.

    Raises:
        argparse.ArgumentTypeError: It is empty.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty: leave the option out, or give it a value")
    return text


def prefix(text: str) -> str:
    """Return the beginning of the IDs of jobs that runs have made.

    Raises:
        argparse.ArgumentTypeError: Jobs of other people could begin so.
    """
    if not text.startswith(OWN):
        raise argparse.ArgumentTypeError(f"{text!r} could be jobs of others: those of a run begin with {OWN}")
    return text


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a type for argparse: one of these words, in any case; unlike ``choices`` it also judges the default."""

    def word(text: str) -> str:
        if text.lower() not in choices:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(choices)}{meant(text, choices)}")
        return text.lower()

    return word


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers(text: str) -> str:
    """Return a number of processes, or xdist's word for the number of cores, as it was given.

    Raises:
        argparse.ArgumentTypeError: The text is neither.
    """
    if text in ("auto", "logical") or (text.isascii() and text.isdigit()):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes: use 2 or 'auto'")


def whole(text: str) -> str:
    """Return a whole number as it was given.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    if text.removeprefix("-").isdecimal() and text.isascii():
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")


def version(text: str) -> str:
    """Return the version of a server as it was given, such as ``1.10.5`` or ``v0.5.4-dev``.

    Raises:
        argparse.ArgumentTypeError: It does not begin with numbers.
    """
    if not _VERSION.match(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no version: write it as 1.10 or 0.5.4")
    return text


def seconds(text: str) -> str:
    """Return how many seconds there are in a duration: a number of them, or a text as Go writes it, such as ``1m30s``.

    Raises:
        argparse.ArgumentTypeError: The text is neither, or negative.
    """
    terms = list(_TERM.finditer(text))
    if terms and "".join(term[0] for term in terms) == text:
        return f"{sum(float(term[1]) * _SECONDS[term[2]] for term in terms):g}"
    try:
        if float(text) >= 0:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not a duration: write it as 90, 90s or 1m30s")


def patience(text: str) -> str:
    """Return how many seconds, from 1 to 600, a run can wait for something.

    Raises:
        argparse.ArgumentTypeError: The text is no such duration.
    """
    if 1 <= float(length := seconds(text)) <= _MOST_PATIENCE:
        return length
    raise argparse.ArgumentTypeError(f"{text!r} is not between 1 and {_MOST_PATIENCE} seconds")


def rate(text: str) -> str:
    """Return a number of requests a second, above 0, given as ``5`` or as ``5/s``.

    Raises:
        argparse.ArgumentTypeError: The text is no such number.
    """
    number = text.removesuffix("/s")
    try:
        if 0 < float(number) < float("inf"):
            return number
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no number of requests a second: use 5 or 5/s")


def header(text: str) -> str:
    """Return a header as it was given, as ``NAME:VALUE``.

    Raises:
        argparse.ArgumentTypeError: It is none that can be sent; the value, which may be a secret, is not shown.
    """
    name, colon, value = text.partition(":")
    if not colon or not _HEADER_NAME.fullmatch(name):
        raise argparse.ArgumentTypeError("write it as NAME:VALUE")
    if name.lower() in _FRAMING:
        raise argparse.ArgumentTypeError(f"{name} is set by the suite itself")
    if not value.isascii() or not value.isprintable():
        raise argparse.ArgumentTypeError(f"the value of {name} has characters that no header can have")
    return f"{name}:{value.strip()}"


def http_auth(text: str) -> str:
    """Return a user and a password as they were given, as ``USER:PASSWORD``.

    Raises:
        argparse.ArgumentTypeError: There is no colon; the text, which may be a secret, is not shown.
    """
    if text and ":" not in text:
        raise argparse.ArgumentTypeError("write it as USER:PASSWORD")
    return text


def need_variables(names: Iterable[str], known: Sequence[str], options: Collection[str]) -> None:
    """Refuse a variable of the environment that is like one of ours, and none of them.

    Args:
        names: of the variables that there are.
        known: our variables.
        options: names of options that have no variable, which a reader of the others may expect.

    Raises:
        Mistake: There is such a variable.
    """
    words = [variable.removeprefix(_OURS) for variable in known if variable.startswith(_OURS)]
    for name in names:
        word = name.removeprefix(_OURS)
        option = word.lower().replace("_", "-")
        if word != name and option in options:
            raise Mistake(f"there is no variable {name}: this is set by the option --{option} alone")
        if word not in (name, *words) and (near := nearest(word, words)):
            raise Mistake(f"there is no variable {name}; {did_you_mean(f'{_OURS}{near}')}")


def need_packages() -> None:
    """Check that the packages of the extra ``contract`` are installed.

    Raises:
        Mistake: Some are not; the text says how to install them.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise Mistake(
            f"not installed: {', '.join(missing)}. Checking servers needs the extra 'contract': "
            "pip install '.[contract]' in a checkout, or 'nomad-contract[contract]'"
        )


def need_address(address: str) -> None:
    """Check the address of a server; a path before ``/v1`` is part of it, as behind some proxies.

    Raises:
        Mistake: It is no http or https URL with a host, or goes on into the API.
    """
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port, or half an IPv6 address
        sound = False
    if not sound:
        raise Mistake(f"{shown(address)!r} is not the address of a server: write it as http://127.0.0.1:4646")
    if _OF_THE_API.match(parts.path):
        right = shown(f"{parts.scheme}://{parts.netloc}")
        raise Mistake(f"{shown(address)!r} is the address of an endpoint: {did_you_mean(right)}")


def shown(address: str) -> str:
    """Return an address, or the name of a file, without a user and a password in it."""
    return re.sub(r"^(\w+://)[^/@]*@", r"\1", address)


def hint(unknown: Sequence[str], usage: str) -> str:
    """Return what was probably meant by unknown words of a command with this usage; "" when nothing is like them."""
    options = re.findall(r"--[a-z-]+", usage)
    names = [word.partition("=")[0] for word in unknown if word.startswith("-")]
    near = [one for name in names if (one := nearest(name, options))]
    if near:
        return f"; {did_you_mean(*near)}"
    if "--address" in options and "://" in unknown[0]:
        return f"; {did_you_mean(f'--address {shown(unknown[0])}')}"
    return "; the command to run comes behind --" if "-- COMMAND" in usage and not unknown[0].startswith("-") else ""


def need_globs(globs: Sequence[str]) -> None:
    """Check that every glob matches the id of a statement; one that matches none is a ``Mistake``."""
    from contract_tests.statements import catalogue

    matching(globs, list(catalogue()), "statement", listing="'nomad-contract list' prints them all")


def matching(globs: Iterable[str], ids: Sequence[str], kind: str, *, listing: str = "") -> list[str]:
    """Return the ids that match any of these globs; ``listing`` says how to see all ids.

    Raises:
        Mistake: A glob matches none of them; the text names the id or section that is most like it.
    """
    found: list[str] = []
    for glob in globs:
        those = [each for each in ids if fnmatch.fnmatchcase(each, glob)]
        if not those:
            sections = {f"{each.rpartition('.')[0]}.*" for each in ids}
            near = nearest(glob, [*ids, *sections])
            question = did_you_mean(near) if near else ""
            others = listing or ("" if near else f"there are: {', '.join(ids)}")
            raise Mistake(f"no {kind} is like {glob!r}; {' '.join(filter(None, (question, others)))}")
        found += those
    return found


def need_files(**files: str | None) -> None:
    """Check files that are to be read, each by the name of its option.

    Raises:
        Mistake: There is no such file.
    """
    for name, file in files.items():
        if file and not Path(file).is_file():
            raise Mistake(f"{_option(name)}: there is no file {file!r}")


def need_room(**files: str | None) -> None:
    """Make the folders of files that are to be written, each by the name of its option.

    Raises:
        Mistake: One of the files cannot be written.
    """
    for name, file in files.items():
        if not file:
            continue
        path = Path(file)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise Mistake(f"{_option(name)}: cannot write {file!r}: {problem.strerror}") from None
        if path.is_dir():
            raise Mistake(f"{_option(name)}: {file!r} is a folder, not a file")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise Mistake(f"{_option(name)}: cannot write {file!r}: Permission denied")


def need_alike(reports: Iterable[tuple[str, Any]]) -> None:
    """Check that reports, each with its name, are all on clients or all on servers; None is that of a server to check.

    Raises:
        Mistake: There are both.
    """
    from contract_tests.suite.reports.subject import is_of_client

    kinds = {each is not None and is_of_client(each): shown(name) for name, each in reports}
    if len(kinds) > 1:
        raise Mistake(f"{kinds[True]!r} is about a client and {kinds[False]!r} about a server: compare like with like")


def report(name: str) -> Any:
    """Return the JSON report in a file, on a server or a client.

    Raises:
        Mistake: The file cannot be read, or holds no report.
    """
    from contract_tests.suite.reports.json import flaw

    try:
        found = json.loads(Path(name).read_text(encoding="utf-8"))
        wrong = flaw(found)
    except OSError as problem:
        raise Mistake(f"cannot read {name!r}: {problem.strerror}") from None
    except (ValueError, RecursionError):
        wrong = "it is not JSON"
    if wrong:
        raise Mistake(f"{name!r} is no report, as check and client write it with --report-json FILE: {wrong}")
    return found


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
