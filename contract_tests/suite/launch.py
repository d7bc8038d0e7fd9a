"""The mock server as a program of its own, started when no address is given."""

import re
import subprocess
import tempfile
from typing import Self

from contract_tests.client.identity import Unreachable
from contract_tests.suite import programs

OTHER_REGION = "eu1"
"""The second region of the mock."""
READY = re.compile(r"nomad-mock ready: (https?://\S+)")


_TOKEN = "NOMAD_MOCK_ADMIN_TOKEN"
"""With this variable a mock would ask for a token; this one is nobody else's."""


class Mock:
    """``python -m mockserver`` on a free port, started at once; it ends with the block.

    ``options`` are those of ``nomad-mock``; without any it has a second region.
    """

    def __init__(self, *options: str) -> None:
        given = options or ("--federate", OTHER_REGION)
        command = programs.command("mockserver", ["--port", "0", "--nodes", "1", *given])
        environment = {name: value for name, value in programs.environment().items() if name != _TOKEN}
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 # closed by __exit__
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True, env=environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._log.closed:
            self._process.terminate()
            self._process.communicate()
            self._log.close()

    @property
    def address(self) -> str:
        """Its address, once it listens.

        Raises:
            Unreachable: The mock ended instead; the text is the last line that it printed.
        """
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if ready := READY.search(line):
                return ready.group(1)
        self._log.seek(0)
        trouble = self._log.read().strip().splitlines()
        raise Unreachable(f"the mock server did not start: {trouble[-1] if trouble else 'it said nothing'}")
