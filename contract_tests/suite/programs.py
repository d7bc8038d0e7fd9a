"""Programs of ``mockserver``, started as others are: the suite imports nothing of it."""

import os
import subprocess
import sys
from collections.abc import Sequence


def command(module: str, words: Sequence[str]) -> list[str]:
    """Return the command that runs a module with this Python."""
    # -P, because where the command runs there may be a package mockserver that is not ours.
    return [sys.executable, "-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """Return the environment in which that command finds what this process finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def validate(words: Sequence[str]) -> int:
    """Hand ``nomad-contract validate`` over to the judge of job files; return its exit status."""
    try:
        return subprocess.run(command("mockserver.judge", words), env=environment(), check=False).returncode
    except KeyboardInterrupt:  # the judge got it, too, and says so
        return 2
