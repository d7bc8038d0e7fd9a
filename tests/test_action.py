"""The GitHub action and the recipes for CI: what their steps do, run with bash as a runner does."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped] # ships no type information

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"] if "id" in step}
PROGRAMS = {"nomad-mock": "mockserver", "nomad-contract": "contract_tests.cli"}

pytestmark = pytest.mark.slow


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a runner, in whose environment the commands are installed."""
    programs = tmp_path / "nomad-contract" / "bin"
    programs.mkdir(parents=True)
    for name, module in PROGRAMS.items():
        (programs / name).write_text(
            f'#!/bin/sh\necho $$ > {tmp_path}/{name}.pid\nexec {sys.executable} -m {module} "$@"\n', "utf-8"
        )
        (programs / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "NOMAD_"))}
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_ENV")}
    return {**kept, **files, "RUNNER_TEMP": str(tmp_path), "PYTHONPATH": str(ROOT)}


def run(step: str, runner: dict[str, str], **variables: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a step in the folder of the runner, as GitHub does; what it starts may outlive it."""
    assert set(variables) == set(STEPS[step]["env"])
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]]
    with Path(runner["RUNNER_TEMP"], "log").open("wb") as log:
        return subprocess.run(
            command, env={**runner, **variables}, cwd=runner["RUNNER_TEMP"], stdout=log, check=False, timeout=120
        )


@pytest.fixture
def mock(runner: dict[str, str]) -> Iterator[str]:
    """Yield the address of a mock that the action started, and end it."""
    assert run("mock", runner, PORT="0", OPTIONS="--nodes 2 --seed 1").returncode == 0
    address = Path(runner["GITHUB_OUTPUT"]).read_text("utf-8").strip().removeprefix("address=")
    yield address
    os.kill(int(Path(runner["RUNNER_TEMP"], "nomad-mock.pid").read_text("utf-8")), signal.SIGTERM)


def test_a_mock_runs_for_the_rest_of_the_job(runner: dict[str, str], mock: str) -> None:
    """The mock answers after its step, with the options given, and later steps know its address."""
    assert len(httpx.get(f"{mock}/v1/nodes").json()) == 2
    assert Path(runner["GITHUB_ENV"]).read_text("utf-8") == f"NOMAD_ADDR={mock}\n"


def test_a_mock_that_does_not_start_fails_the_step(runner: dict[str, str]) -> None:
    """The step fails at once, and its annotation says why."""
    assert run("mock", runner, PORT="0", OPTIONS="--nods 2").returncode == 1
    said = Path(runner["RUNNER_TEMP"], "log").read_text("utf-8")
    assert said.startswith("::error::the mock did not start: ")
    assert "--nods" in said


def test_a_check_writes_its_reports(runner: dict[str, str], mock: str) -> None:
    """A glob stays a glob, the exit status is that of the command, and the output names the report."""
    options = "--profile smoke --only job.summary.reply-is-j*"
    assert run("check", runner, ADDRESS=mock, OPTIONS=options, REPORTS="out").returncode == 0
    folder = Path(runner["RUNNER_TEMP"], "out")
    assert {file.name for file in folder.iterdir()} == {"report.html", "report.json", "junit.xml"}
    assert "report=out/report.json\n" in Path(runner["GITHUB_OUTPUT"]).read_text("utf-8")
    assert run("check", runner, ADDRESS="http://127.0.0.1:9", OPTIONS="", REPORTS="out").returncode == 2


def test_inputs_never_become_part_of_a_script() -> None:
    """What a workflow passes on reaches a script as a variable, so that it cannot become a command."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_recipes_use_inputs_that_there_are() -> None:
    """Each recipe for GitHub Actions is a whole workflow, and passes the action only what it takes."""
    text = (ROOT / "docs" / "guides" / "ci.md").read_text("utf-8")
    recipes = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]
    workflows = [recipe for recipe in recipes if isinstance(recipe, dict) and "jobs" in recipe]
    steps = [step for workflow in workflows for job in workflow["jobs"].values() for step in job["steps"]]
    uses = [step for step in steps if step.get("uses") == "./nomad-contract"]
    assert len(workflows) == 4
    assert len(uses) == 2
    assert {name for step in uses for name in step["with"]} <= set(ACTION["inputs"])
