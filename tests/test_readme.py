"""The README's links, options, commands and examples work."""

import re
import shlex
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

from contract_tests.cli import _parser as check_parser
from contract_tests.suite.cli_arguments import PACKAGES
from mockserver.cli import main

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


def test_the_first_job_is_registered_and_read_back() -> None:
    """The example program registers the job and prints what it read back."""
    run = subprocess.run(
        [sys.executable, "examples/first_job.py"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "nomad-mock ready: http://127.0.0.1:" in run.stdout
    assert "read back: binstore-storagelocker (service, 5 x binsl), status pending" in run.stdout


def test_the_check_is_known_to_the_command() -> None:
    """The command accepts the README's line that checks a server."""
    (line,) = [line for line in shell_lines() if line.startswith("nomad-contract check")]
    arguments = check_parser().parse_args(shlex.split(line)[1:])
    assert (arguments.address, arguments.report_html) == ("http://127.0.0.1:4646", "report.html")


def test_the_extra_that_checking_needs_is_there() -> None:
    """The line before the check installs the extra that it needs."""
    lines = shell_lines()
    (install,) = [line for line in lines if "[contract]" in line]
    assert lines[lines.index(install) + 1].startswith("nomad-contract check")
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


def test_the_curl_lines_work_as_they_stand() -> None:
    """A mock in strict mode accepts and answers both curl lines."""
    curls = [shlex.split(line) for line in shell_lines() if line.startswith("curl ")]
    assert len(curls) == 2
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--strict"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as mock:
        try:
            assert mock.stdout is not None
            address = mock.stdout.readline().split()[2]
            for words in curls:
                url = words[-1].replace("http://127.0.0.1:4646", address)
                body = (ROOT / words[words.index("--data") + 1][1:]).read_bytes() if "--data" in words else None
                method = words[words.index("-X") + 1] if "-X" in words else "GET"
                with urllib.request.urlopen(urllib.request.Request(url, body, method=method)) as reply:
                    assert reply.status == 200
        finally:
            mock.terminate()
