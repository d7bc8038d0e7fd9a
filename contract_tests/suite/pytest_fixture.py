"""The fixture ``nomad_contract``: the contract check within a test run of one's own.

::

    def test_my_server_conforms(nomad_contract):
        nomad_contract("http://127.0.0.1:4646", profile="smoke", only=["job.register.*"])

The check runs in a process of its own, so that neither run disturbs the other.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

_COULD_NOT_CHECK = 2


class ContractCheck(Protocol):
    """Checks a server, or the mock when there is no address."""

    def __call__(
        self, address: str = "", *, profile: str = "smoke", level: str = "", only: Sequence[str] = (), **options: str
    ) -> dict[str, Any]:
        """Return the JSON report when every statement holds.

        Args:
            address: of the server; "" starts the mock and checks it.
            profile: ``smoke``, ``default`` or ``deep``.
            level: the lowest level that can fail; by default it follows the server's version.
            only: globs of statement ids.
            options: any other option of ``nomad-contract check``, with underscores: ``seed="7"``.

        Raises:
            pytest.fail.Exception: Statements do not hold, or the server could not be checked; the message says which.
        """


@pytest.fixture
def nomad_contract(tmp_path: Path) -> ContractCheck:
    """Return a function that checks a server and fails the test when a statement does not hold."""

    def check(
        address: str = "", *, profile: str = "smoke", level: str = "", only: Sequence[str] = (), **options: str
    ) -> dict[str, Any]:
        report = tmp_path / "contract.json"
        given = {"address": address, "profile": profile, "level": level, "report-json": str(report)}
        given |= {name.replace("_", "-"): value for name, value in options.items()}
        arguments = [word for name, value in given.items() if value for word in (f"--{name}", value)]
        arguments += [word for glob in only for word in ("--only", glob)]
        command = [sys.executable, "-m", "contract_tests.cli", "check", *arguments]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        if run.returncode >= _COULD_NOT_CHECK:
            pytest.fail(f"the contract could not be checked:\n{run.stderr or run.stdout}", pytrace=False)
        if run.returncode:
            pytest.fail(f"the contract does not hold:\n{run.stdout}", pytrace=False)
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return found

    return check
