"""The README's links, options, commands and examples work."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from contract_tests.cli import _parser as check_parser
from contract_tests.suite.cli_arguments import PACKAGES
from mockserver.cli import main
from mockserver.testing import running_mock

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def shell_lines() -> list[str]:
    """Return every line of every shell block."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_every_file_it_names_is_there() -> None:
    """Every link and every path in a command leads to a file."""
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    named = [word for line in shell_lines() for word in shlex.split(line) if word.lstrip("@").startswith("examples/")]
    assert linked
    assert [path for path in (*linked, *named) if not (ROOT / path.lstrip("@")).exists()] == []


def test_every_option_it_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of nomad-mock knows every option in the table."""
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out))
    table = [line for line in README.splitlines() if line.startswith("| `--")]
    assert table
    assert {option for line in table for option in re.findall(r"--[a-z][a-z-]+", line)} <= known


def test_the_first_job_runs() -> None:
    """The example program runs a job, and prints why the page's own waits, also where a proxy leads to the world."""
    environment = {**os.environ, "http_proxy": "http://127.0.0.1:9", "no_proxy": "", "NO_PROXY": ""}
    command = [sys.executable, "examples/first_job.py"]
    run = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    assert "example.g[1] is running" in run.stdout
    assert (
        "binstore-storagelocker is pending: 5 allocations of group binsl can't be placed: there is no node"
        in run.stdout
    )


def test_the_check_is_known_to_the_command() -> None:
    """The command accepts the README's line that checks a server."""
    (line,) = [line for line in shell_lines() if line.startswith("nomad-contract check")]
    arguments = check_parser().parse_args(shlex.split(line)[1:])
    assert (arguments.address, arguments.report_html) == ("http://127.0.0.1:4646", "report.html")


def test_the_extra_that_checking_needs_is_there() -> None:
    """The lines before the check and the trial install the extra that they need."""
    lines = shell_lines()
    installed = [lines[place + 1].split()[:2] for place, line in enumerate(lines) if "[contract]" in line]
    assert installed == [["nomad-contract", "check"], ["nomad-contract", "client"]]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = {re.split("[>=]", requirement)[0] for requirement in extras["contract"]}
    assert {name.replace("xdist", "pytest-xdist") for name in PACKAGES} == named


def test_the_pytest_example_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pytest example passes as it stands, with the package's own plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    pytester.makepyfile(example.replace("examples/", f"{ROOT}/examples/"))
    pytester.runpytest_inprocess("-p", "no:nomad_mock", "-p", "mockserver.pytest_plugin").assert_outcomes(passed=1)


def test_the_lines_about_jobs_work_as_they_stand() -> None:
    """A mock in strict mode accepts and answers the lines that register jobs, read them and ask why one waits."""
    lines = [line for line in shell_lines() if line.startswith(("curl ", "nomad-mock example-job", "nomad-mock why"))]
    assert len(lines) == 4
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with running_mock(clock="manual", strict=True) as mock:
        environment = {**os.environ, "PATH": path, "NOMAD_ADDR": mock.address}
        said = []
        for line in lines:
            command = line.replace("http://127.0.0.1:4646", mock.address).replace("curl", "curl -fsS")
            run = subprocess.run(["sh", "-c", command], cwd=ROOT, env=environment, capture_output=True, check=True)
            mock.clock.advance("1s")
            said.append(run.stdout.decode())
    assert '"ClientStatus": "running"' in said[1]
    assert said[3].startswith("binstore-storagelocker is pending. 5 allocations of group binsl can't be placed: ")
