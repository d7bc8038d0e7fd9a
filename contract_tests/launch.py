"""Starting the mock server as a program of its own, for when no address is given."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import IO

from contract_tests.target import Unreachable

READY = re.compile(r"nomad-mock ready: (https?://\S+)")


@contextlib.contextmanager
def mock(*arguments: str) -> Iterator[str]:
    """Start ``python -m mockserver`` on a free port and yield its address; it ends with the block."""
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--nodes", "1", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment) as process,
    ):
        try:
            yield _address(process, log)
        finally:
            process.terminate()


def _address(process: "subprocess.Popen[str]", log: IO[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if ready := READY.search(line):
            return ready.group(1)
    log.seek(0)
    trouble = log.read().strip().splitlines()
    raise Unreachable(f"the mock server did not start: {trouble[-1] if trouble else 'it said nothing'}")
