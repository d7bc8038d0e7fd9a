"""A pytest plugin that tells how long a process of a check waited for a processor.

Each process appends a line to the file that ``CONTENTION`` names. Needs Linux (``/proc``).
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

FILE = "CONTENTION"
"""The environment variable that names the file."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process of a check had of the processors."""

    tests: bool
    """Whether it is one of the processes that run the tests, not the one that begins and ends the check."""
    queued: float
    """Seconds that its main thread was ready to run and waited for a processor."""


def pytest_unconfigure(config: pytest.Config) -> None:
    """Append what this process had."""
    share = Share(hasattr(config, "workerinput"), _queued())
    with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(asdict(share))}\n")


def shares(file: Path) -> list[Share]:
    """Return what the processes of a check told, nothing of one that was refused before it began."""
    return [Share(**json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def contention(told: list[Share]) -> float:
    """Return the seconds by which a busy machine made a check longer.

    The processes that test run side by side, so only the one that was kept longest counts.
    """
    first = sum(share.queued for share in told if not share.tests)
    return first + max((share.queued for share in told if share.tests), default=0.0)


def _queued() -> float:
    _, waiting, _ = Path("/proc/self/schedstat").read_text("ascii").split()
    return int(waiting) / 1e9
