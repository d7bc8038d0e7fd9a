"""The fixture ``nomad_contract``: the contract check within a test run of one's own.

::

    def test_my_server_conforms(nomad_contract):
        nomad_contract("http://127.0.0.1:4646", profile="smoke", only="job.register.*", companion=True)

The check runs in a process of its own, so that neither run disturbs the other.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import pytest

Value: TypeAlias = str | int | float | Path | Sequence[str] | None
"""The value of an option. A switch is True or False; an option that may be repeated takes one text or several."""

_COULD_NOT_CHECK = 2
_OF_THE_JOB = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY")
"""Variables that make the command tell a CI job its findings; here the test does that."""

_FILES = re.compile(r"report_\w+|junit|badge|cacert|client_(cert|key)")
"""The options that name files: a relative one is relative to where pytest runs."""


class ContractCheck(Protocol):
    """Checks a server, or the mock when there is no address."""

    def __call__(
        self, address: str = "", *, profile: str = "smoke", only: str | Sequence[str] = (), **options: Value
    ) -> dict[str, Any]:
        """Return the JSON report when every statement holds.

        Args:
            address: of the server; "" starts the mock and checks it.
            profile: ``smoke``, ``default`` or ``deep``.
            only: globs of statement ids, or one.
            options: any other option of ``nomad-contract check``, with underscores: ``seed=7``, ``companion=True``.

        Raises:
            pytest.fail.Exception: Statements do not hold, or the server could not be checked; the message says which.
        """


@pytest.fixture
def nomad_contract(tmp_path: Path) -> ContractCheck:
    """Return a function that checks a server and fails the test when a statement does not hold."""

    def check(
        address: str = "", *, profile: str = "smoke", only: str | Sequence[str] = (), **options: Value
    ) -> dict[str, Any]:
        report = Path(str(options.setdefault("report_json", tmp_path / "contract.json"))).absolute()
        given = {"address": address or None, "profile": profile, "only": only, **options}
        command = [sys.executable, "-m", "contract_tests.cli", "check", *_words(given)]
        environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_JOB}
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        if run.returncode >= _COULD_NOT_CHECK:
            pytest.fail(f"the contract could not be checked:\n{_in_python(run.stderr or run.stdout)}", pytrace=False)
        if run.returncode:
            pytest.fail(f"the contract does not hold:\n{run.stdout}", pytrace=False)
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return found

    return check


def _words(options: Mapping[str, Value]) -> Iterator[str]:
    """Yield the words of the command line for options by their Python names."""
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            yield option
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from (f"{option}={one}" for one in value)
        elif value is not None and value is not False:
            yield f"{option}={Path(str(value)).absolute() if _FILES.fullmatch(name) else value}"


def _in_python(said: str) -> str:
    """Return what the command said of its options, with their names as they are spelt in Python."""
    lines = [line for line in said.splitlines() if not line.startswith(("usage: ", " "))]
    return "\n".join(re.sub(r"--([a-z][a-z-]+)", lambda option: option[1].replace("-", "_"), line) for line in lines)
