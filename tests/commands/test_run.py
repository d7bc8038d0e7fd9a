"""``nomad-mock run``."""

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import cli
from mockserver.commands import run
from mockserver.settings import Settings

ASK = "import os, urllib.request; urllib.request.urlopen(os.environ['NOMAD_ADDR'] + '/v1/jobs?prety').read()"


def test_the_command_finds_the_mock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The command has the mock's address and space in its variables, and its exit status is ours; no more is said."""
    monkeypatch.setenv("NOMAD_TOKEN", "of another server")
    known = "print(os.environ['NOMAD_MOCK_SPACE'], os.environ['NOMAD_MOCK_ADMIN_TOKEN'], 'NOMAD_TOKEN' in os.environ)"
    report = tmp_path / "report.json"
    given = ["run", "--seed", "7", "--admin-token", "t", "--report", str(report), "--journal-on-failure"]
    assert cli.main([*given, "--", sys.executable, "-c", f"{ASK}; {known}"]) == 0
    assert capfd.readouterr() == ("default t False\n", "")
    told = json.loads(report.read_text("utf-8"))
    assert (told["command"], told["exit_status"], told["settings"]["seed"]) == (sys.executable, 0, 7)
    assert [(each["path"], each["status"]) for each in told["exchanges"]] == [("/v1/jobs", 200)]


def test_a_failure_shows_the_exchanges(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With --journal-on-failure a command that fails shows its exchanges, with what was found about them."""
    report = tmp_path / "report.json"
    command = [sys.executable, "-c", f"{ASK}; os.remove({str(report)!r}); os.mkdir({str(report)!r}); os._exit(3)"]
    assert cli.main(["run", "--journal-on-failure", "--report", str(report), "--", *command]) == 3
    first, *lines, last = capfd.readouterr().err.splitlines()
    assert first.endswith("ended with exit status 3; 1 exchange with the mock, the newest last:")
    assert lines[0].startswith("  #1 GET /v1/jobs?prety -> 200")
    assert lines[1] == "      !! request: query parameter prety is ignored; did you mean pretty?"
    assert last == f"nomad-mock: cannot write {report}: Is a directory"


def test_only_the_newest_exchanges_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Of many exchanges the newest are printed, and how many came before; of none it is said that none came."""
    one = {"method": "GET", "pending": False, "reply": None, "duration": None, "faults": [], "freedoms": []}
    none: dict[str, list[str]] = {"request": [], "reply": []}
    many = [{**one, "number": n, "request": {"target": f"/{n}"}, "findings": none} for n in range(run._SHOWN + 2)]
    run._print_exchanges("it failed", many)
    lines = capsys.readouterr().err.splitlines()
    assert (lines[1], len(lines)) == ("  (2 earlier exchanges; --report FILE has all)", run._SHOWN + 2)
    run._print_exchanges("it failed", [])
    assert capsys.readouterr().err == "nomad-mock: it failed; no request came to the address in NOMAD_ADDR\n"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["no-such-command"], 127, "nomad-mock: cannot run 'no-such-command': No such file or directory\n"),
        (["/"], 126, "nomad-mock: cannot run '/': Permission denied\n"),
        (["echo hi"], 127, "; a line for a shell is given as: -- sh -c 'echo hi'\n"),
    ],
)
def test_a_command_that_cannot_be_run(
    words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that can't be run has the exit status of a shell, and says why."""
    assert run._run(words, os.environ) == status
    assert capsys.readouterr().err.endswith(said)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["run"], 2, "say what to run, behind --: nomad-mock run -- npm test"),
        (["run", "--seed", "7", "go", "test", "-v", "a b"], 2, "behind --: nomad-mock run -- go test -v 'a b'\n"),
        (["run", "--sed", "7", "npm", "test"], 2, "unrecognized arguments: --sed"),
        (["run", "--no-admin", "--journal-on-failure", "--", "true"], 2, "do not go with --no-admin"),
        (
            ["run", "--journal-limit", "0", "--journal-on-failure", "--", "true"],
            2,
            "does not go with --journal-limit 0",
        ),
        (["run", "--load", "/no/such", "--", "true"], 125, "nomad-mock: /no/such: No such file or directory"),
        (["serve", "--", "true"], 2, "unrecognized arguments: "),
    ],
)
def test_without_a_mock_nothing_is_run(
    words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bad usage is exit status 2; a mock that can't be served is 125."""
    try:
        ended = cli.main(words)
    except SystemExit as usage:
        ended = int(usage.code or 0)
    assert ended == status
    assert said in capsys.readouterr().err


_KILLS_ITS_PARENT = """
import os, signal, sys
signal.signal(signal.{0}, lambda *_: sys.exit(5))
os.kill(os.getppid(), signal.{0})
while True:
    signal.pause()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_is_passed_on(name: str) -> None:
    """A signal goes to the command, whose end counts; without a terminal this is so of a keyboard's signals, too."""
    words = [sys.executable, "-c", _KILLS_ITS_PARENT.format(name)]
    code = f"import os, sys; from mockserver.commands.run import _run; sys.exit(_run({words!r}, os.environ))"
    assert subprocess.run([sys.executable, "-c", code], check=False, start_new_session=True).returncode == 5


def test_a_command_that_a_signal_ends() -> None:
    """A command that a signal ends has the exit status that a shell gives it."""
    assert run._run(["sh", "-c", "kill -KILL $$"], os.environ) == 128 + signal.SIGKILL


def test_a_certificate_is_handed_on(tmp_path: Path) -> None:
    """With HTTPS the command is told the certificate, and the journal is read whatever name that is for."""
    settings = Settings(tls_cert=tmp_path / "cert.pem")
    address = run._address(settings, 1)
    assert address == "https://127.0.0.1:1"
    assert run._environment(address, settings)["NOMAD_CACERT"] == str(tmp_path / "cert.pem")
    context = run._trusting(settings)
    assert context is not None
    assert context.verify_mode == ssl.CERT_NONE


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:1"), ("::", "http://[::1]:1"), ("localhost", "http://localhost:1")],
)
def test_the_address_is_one_that_can_be_reached(host: str, address: str) -> None:
    """A mock that listens everywhere is reached over the loopback address."""
    assert run._address(Settings(host=host), 1) == address
