"""Runs that are interrupted leave no jobs on the server."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.settings import Settings
from tests import forked
from tests.contract_suite.test_cli import run
from tests.served import serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ASKED = ("--profile", "smoke", "--only", "common.blocking.*")
"""Tests whose jobs stay for a while."""


@pytest.fixture
def address() -> Iterator[str]:
    """Serve a mock and return its address."""
    with serving(Settings()) as port:
        yield f"http://127.0.0.1:{port}"


def left(address: str) -> list[str]:
    """Return the IDs of the jobs that are there."""
    return [job["ID"] for job in httpx.get(f"{address}/v1/jobs").json()]


def ended_by(number: int, address: str, *arguments: str, everyone: bool) -> "subprocess.CompletedProcess[str]":
    """Start a run, send it this signal once it has registered a job, and return how it ended.

    The signal goes to the command's own process, or to ``everyone`` of its processes, as from a terminal.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NOMAD_", "PYTEST_"))}
    asked = ("check", "--address", address, *ASKED, *arguments)
    with forked.started("contract_tests.cli", *asked, folder=ROOT, environment=environment) as command:
        index = 0
        while not left(address):
            asked_for = {"index": str(max(index, 1)), "wait": "30s"}  # a query with index 0 does not wait
            reply = httpx.get(f"{address}/v1/jobs", params=asked_for, timeout=40)
            index = int(reply.headers["X-Nomad-Index"])
        (os.killpg if everyone else os.kill)(command.pid, number)
        return command.ended(60)


@pytest.mark.parametrize(
    ("number", "everyone", "workers"),
    [(signal.SIGINT, True, ("-n", "2")), (signal.SIGINT, False, ()), (signal.SIGTERM, False, ("-n", "2"))],
    ids=["terminal-workers", "int-alone", "term-workers"],
)
def test_an_interrupted_run_leaves_nothing(address: str, number: int, everyone: bool, workers: tuple[str, ...]) -> None:
    """Ctrl-C and SIGTERM deregister the run's jobs, and the exit status says that nothing was checked."""
    done = ended_by(number, address, *workers, everyone=everyone)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr == "nomad-contract: interrupted\n"
    assert left(address) == []


def test_what_a_killed_run_leaves_is_cleaned_up(address: str) -> None:
    """Jobs that a killed run left are removed by ``nomad-contract cleanup``."""
    mine = {
        "ID": "mine",
        "Name": "mine",
        "Type": "batch",
        "Priority": 50,
        "Datacenters": ["nowhere"],
        "Region": "global",
    }
    task = {"Name": "t", "Driver": "exec", "Config": {"command": "x"}, "Resources": {"CPU": 20, "MemoryMB": 10}}
    group = {"Name": "g", "Tasks": [{**task, "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 1}}]}
    done = ended_by(signal.SIGKILL, address, everyone=True)
    assert httpx.put(f"{address}/v1/job/mine", json={"Job": {**mine, "TaskGroups": [group]}}).status_code == 200
    assert done.returncode == -signal.SIGKILL
    assert len(left(address)) > 1
    cleaned = run("cleanup", "--address", address)
    assert (cleaned.returncode, cleaned.stdout[-7:]) == (0, "0 left\n"), cleaned.stderr
    assert left(address) == ["mine"]
