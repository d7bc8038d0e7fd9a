"""What a few everyday commands do, so that a simulated task behaves as its command line says.

Nothing is ever run. ``true``, ``false``, ``sleep 10``, ``echo``, ``sh -c "sleep 2; exit 3"`` and their like are
understood; for any other command the caller has to assume something.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from mockserver.caches import remembered
from mockserver.gostd.durations import SECOND

_AT_ONCE_AND_WELL = {
    "true",
    ":",
    "date",
    "echo",
    "printf",
    "hostname",
    "uname",
    "env",
    "printenv",
    "pwd",
    "id",
    "whoami",
    "ls",
    "test",
}
_SHELLS = {"sh", "bash", "dash", "ash", "zsh"}
_NUMBER = re.compile("[0-9]{1,18}")
_LONGEST = 1_000_000_000_000
"""Nobody waits so many seconds for the end of a command."""
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Run(NamedTuple):
    """How a command runs: for ``nanoseconds`` (None: until it is stopped), and then it exits with ``code``.

    A run that lasts beyond the year 9999 counts as one without an end.
    """

    nanoseconds: int | None
    code: int


def run_of(command: str, arguments: Sequence[str]) -> Run | None:
    """How this command would run, or None when it is not one that is understood."""
    name = _program(command)
    if name in _SHELLS:
        return _shell(arguments)
    if name in _AT_ONCE_AND_WELL:
        return Run(0, 0)
    if name == "false":
        return Run(0, 1)
    if name == "sleep":
        return _sleep(arguments)
    return None


@remembered
def _program(command: str) -> str:
    return PurePosixPath(command).name


def _sleep(arguments: Sequence[str]) -> Run:
    if arguments == ["infinity"]:
        return Run(None, 0)
    total = 0.0
    for argument in arguments:
        amount = re.fullmatch(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([smhd]?)", argument)
        if amount is None:
            return Run(0, 1)
        total += float(amount[1]) * _UNITS[amount[2]]
    if total > _LONGEST:
        return Run(None, 0)
    return Run(round(total * SECOND), 0 if arguments else 1)


def _shell(arguments: Sequence[str]) -> Run | None:
    """Return how a script runs whose commands, joined by ``;``, ``&&`` or line ends, are all understood, or None."""
    if len(arguments) < 2 or arguments[0] != "-c":
        return None
    nanoseconds, code = 0, 0
    for joint, statement in _statements(arguments[1]):
        words = statement.split()
        if joint == "&&" and code != 0:
            continue
        if words[0] == "exit":
            return Run(nanoseconds, int(words[1]) % 256 if _NUMBER.fullmatch(" ".join(words[1:2])) else code)
        run = run_of(words[1] if words[0] == "exec" and len(words) > 1 else words[0], _plain_arguments(words))
        if run is None:
            return None
        if run.nanoseconds is None:
            return run
        nanoseconds, code = nanoseconds + run.nanoseconds, run.code
    return Run(nanoseconds, code)


def _statements(script: str) -> list[tuple[str, str]]:
    parts = re.split(r"(;|&&|\n)", script)
    joints = [";", *parts[1::2]]
    return [(joint, part.strip()) for joint, part in zip(joints, parts[::2], strict=True) if part.strip()]


def _plain_arguments(words: Sequence[str]) -> list[str]:
    return list(words[2:] if words[0] == "exec" else words[1:])
