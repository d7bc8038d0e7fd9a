"""Everyday commands that simulated tasks understand."""

import pytest

from mockserver.cluster.tasks.commands import Run, run_of
from mockserver.gostd.durations import SECOND

CASES = [
    ("/bin/true", [], Run(0, 0)),
    ("false", [], Run(0, 1)),
    ("/bin/date", ["+%s"], Run(0, 0)),
    ("sleep", ["10"], Run(10 * SECOND, 0)),
    ("sleep", ["1.5m", "2"], Run(92 * SECOND, 0)),
    ("sleep", ["infinity"], Run(None, 0)),
    ("sleep", ["soon"], Run(0, 1)),
    ("sleep", [], Run(0, 1)),
    ("sleep", ["9999999999999"], Run(None, 0)),
    ("sleep", ["9" * 400 + "d"], Run(None, 0)),
    ("sleep", ["\N{ARABIC-INDIC DIGIT THREE}"], Run(0, 1)),
    ("/bin/sh", ["-c", "exit 3"], Run(0, 3)),
    ("bash", ["-c", "sleep 2; exit 300"], Run(2 * SECOND, 44)),
    ("bash", ["-c", "echo hello world && sleep 1\nfalse"], Run(1 * SECOND, 1)),
    ("sh", ["-c", "false && sleep 9; true"], Run(0, 0)),
    ("sh", ["-c", "false; exit"], Run(0, 1)),
    ("sh", ["-c", "false; exit $?"], Run(0, 1)),
    ("sh", ["-c", "exit \N{SUPERSCRIPT TWO}"], Run(0, 0)),
    ("sh", ["-c", "exit " + "9" * 5_000], Run(0, 0)),
    ("sh", ["-c", "exec sleep 4"], Run(4 * SECOND, 0)),
    ("sh", ["-c", "sleep infinity; exit 1"], Run(None, 0)),
    ("sh", ["-c", ""], Run(0, 0)),
    ("sh", ["-c", "./server --port 80"], None),
    ("sh", ["script.sh"], None),
    ("/usr/local/bin/server", ["sleep", "1"], None),
]


@pytest.mark.parametrize(("command", "arguments", "expected"), CASES)
def test_a_command_runs_as_long_and_ends_as_it_says(command: str, arguments: list[str], expected: Run | None) -> None:
    """Run time and exit code follow from the command line; None means that it is not understood."""
    assert run_of(command, arguments) == expected
