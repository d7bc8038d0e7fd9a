"""The command ``nomad-mock``."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from mockserver import cli, serve_command
from mockserver.client import MockClient
from mockserver.settings import Settings
from mockserver.worlds import World
from tests import forked
from tests.builders import a_job
from tests.served import connect, read_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]

_DASHBOARD = r"; dashboard \1/__admin/ui"
"""How the ready line ends, the address being its first group."""
_GET = b"GET /v1/job/%b HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def _running(*arguments: str) -> Iterator[tuple[forked.Command, str]]:
    """Run the command in a process of its own, and yield it with its ready line."""
    with forked.started("mockserver.cli", "--port", "0", *arguments) as command:
        yield command, command.first_line()


def _port(ready: str) -> int:
    match = re.search(r":(\d+) ", ready)
    assert match is not None
    return int(match[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    """A signal answers waiting queries, drops half a request, and ends the command with 0 and without a word."""
    with _running("--nodes", "0") as (command, ready):
        assert re.fullmatch(rf"nomad-mock ready: (\S+:\d+) \(region global, 0 nodes\){_DASHBOARD}", ready)
        port = _port(ready)
        put = b"PUT /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
        with connect(port, _GET % b"x?index=9") as waiting, connect(port, put, b"{") as half:
            with connect(port, _GET % b"x") as seen:
                read_until(seen, b"job not found")
            os.kill(command.pid, number)
            assert read_until(waiting, b"job not found").startswith(b"HTTP/1.1 404 ")
            assert half.recv(10) == b""
        ended = command.ended(10)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{ready}\n", "")


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        ([], "(region global, 1 node)"),
        (["--nodes", "2", "--log-level", "critical"], "(region global, 2 nodes)"),
        (["--no-admin"], "(region global, 1 node)"),
        (["--federate", "eu1,us2", "--host", "localhost"], "(regions global, eu1, us2, 1 node)"),
        (["--host", "0.0.0.0"], "(region global, 1 node, reachable from other machines)"),
    ],
)
def test_the_ready_line(
    arguments: list[str], about: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ready line comes when the mock listens, and a signal right after it ends the mock cleanly."""
    say_ready = serve_command._say_ready

    def say_and_stop(world: World, port: int) -> None:
        say_ready(world, port)
        connect(port).close()
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(serve_command, "_say_ready", say_and_stop)
    assert cli.main(["--port", "0", *arguments]) == 0
    out, err = capsys.readouterr()
    dashboard = "" if "--no-admin" in arguments else _DASHBOARD
    assert re.fullmatch(rf"nomad-mock ready: (http://\S+:\d+) {re.escape(about)}{dashboard}\n", out)
    assert ("can use the control plane" in err) == ("0.0.0.0" in arguments)


def test_a_taken_port_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    """A taken port is one line and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["--port", str(port)]) == 1
    reason = "Address already in use; --port 0 takes any free one"
    assert capsys.readouterr() == ("", f"nomad-mock: cannot listen on 127.0.0.1:{port}: {reason}\n")


def test_all_options_together(tmp_path: Path) -> None:
    """Regions, nodes of a file, loaded jobs and another host are in the ready line and take effect."""
    nodes, job = tmp_path / "nodes.json", tmp_path / "job.json"
    nodes.write_text(json.dumps([{"Name": "n1"}]), "utf-8")
    job.write_text(json.dumps(a_job(ID="loaded")), "utf-8")
    options = ["--nodes", str(nodes), "--region", "eu1", "--federate", "us1, us2", "--load", str(job), "--host", "::"]
    with _running(*options, "--seed", "1", "--strict", "--mock-driver", "--log-level", "error") as (_, ready):
        about = f"regions eu1, us1, us2, nodes of {nodes}, reachable from other machines"
        assert re.fullmatch(rf"nomad-mock ready: (http://\[::\]:\d+) \({re.escape(about)}\){_DASHBOARD}", ready)
        for target, status in ((b"loaded", b"200"), (b"loaded?region=us2", b"404"), (b"loaded?region=x", b"500")):
            with connect(_port(ready), _GET % target) as client:
                assert client.recv(12) == b"HTTP/1.1 " + status


def test_an_interrupted_start(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before the mock is ready shows no traceback."""

    def interrupted(_settings: Settings) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mockserver.app.create_app", interrupted)
    assert cli.main(["--port", "0"]) == 1
    assert capsys.readouterr() == ("", "nomad-mock: interrupted\n")


def test_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage is exit code 2 and the reason."""
    for arguments, reason in (
        (["--port", "65536"], "argument --port: '65536' is not a port, 0 to 65535"),
        (["--port", "http"], "argument --port: 'http' is not a port, 0 to 65535"),
        (["--connection-limit", "0"], "argument --connection-limit: '0' is not a number from 1 on"),
        (
            ["--cors", "localhost:3000"],
            "argument --cors: 'localhost:3000' is not an origin, such as http://localhost:3000",
        ),
        (["--cors", "http://a/b"], "argument --cors: 'http://a/b' is more than an origin: did you mean http://a?"),
        (["--cors", "http://["], "argument --cors: 'http://[' is not an origin"),
        (["--journal-limit", "many"], "argument --journal-limit: 'many' is not a number from 0 on"),
        (["--speed", "0"], "argument --speed: '0' is not how many times as fast"),
        (["--speed", "nan"], "argument --speed: 'nan' is not how many times as fast"),
        (["--seed", "x"], "argument --seed: 'x' is not a whole number"),
        (["--nodes=-1"], "argument --nodes: '-1' is neither a number of nodes nor a file of them"),
        (["--nodes=two"], "argument --nodes: 'two' is neither a number of nodes nor a file of them"),
        (["--region", ""], "argument --region: a name must not be empty"),
        (["--tls-cert", "x.pem"], "--tls-cert and --tls-key go together"),
        (["--federate", "global"], "name a region twice"),
        (["--nonsense"], "unrecognized arguments"),
        (["serve", "--nonsense"], "nomad-mock serve: error: unrecognized arguments: --nonsense"),
        (["--port", "0", "record"], "unrecognized arguments: record; a command comes first"),
        (["record", "--upstream", "u", "--out", "o", "--port", "65536"], "argument --port: '65536' is not a port"),
        (["replay"], "the following arguments are required: FILE"),
        (["work"], "there is no command 'work'; there are: serve, run, example-job, why, snapshot, record, replay"),
    ):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 2
        assert reason in capsys.readouterr().err


def test_a_misspelt_variable_is_told_the_nearest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A control plane that was to have a token must not be open; variables of the pytest plugin may be set, too."""
    for name in ("SEED", "NODES", "CLOCK", "SPEED", "STRICT", "OPTIONS", "ADDRESS", "PORT"):
        monkeypatch.setenv(f"NOMAD_MOCK_{name}", "1")
    assert cli.options_of(["serve"]).port == 4646
    monkeypatch.setenv("NOMAD_MOCK_ADMIN_TOKN", "s3cret")
    for command in (["--port", "0"], ["run", "--", "true"], ["why"]):
        with pytest.raises(SystemExit, match="2"):
            cli.main(command)
        said = "error: there is no variable NOMAD_MOCK_ADMIN_TOKN; did you mean NOMAD_MOCK_ADMIN_TOKEN?"
        assert said in capsys.readouterr().err


def test_what_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unreadable file of jobs, nodes or keys is named, with exit code 1."""
    missing = str(tmp_path / "missing")
    for arguments in (["--load", missing], ["--nodes", missing], ["--tls-cert", missing, "--tls-key", missing]):
        assert cli.main(["--port", "0", *arguments]) == 1
        said = capsys.readouterr().err
        assert re.fullmatch(r"nomad-mock: .*No such file or directory.*\n", said)
        assert missing in said
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000, "utf-8")
    assert cli.main(["--port", "0", "--nodes", str(deep)]) == 1
    assert capsys.readouterr().err.startswith(f"nomad-mock: {deep}: not JSON that can be read: it is nested too")


def test_a_list_of_jobs_is_loaded(tmp_path: Path) -> None:
    """A file may hold a list of jobs, as the control plane accepts it."""
    jobs = tmp_path / "jobs.json"
    jobs.write_text(json.dumps([a_job(ID="one"), {"Job": a_job(ID="two")}]), "utf-8")
    with _running("--load", str(jobs)) as (_, ready):
        for target in (b"one", b"two"):
            with connect(_port(ready), _GET % target) as client:
                assert client.recv(12) == b"HTTP/1.1 200"


def test_the_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """``--version`` shows the version of the installed distribution, if there is one."""

    def nothing_installed(_name: str) -> str:
        raise PackageNotFoundError

    for installed, text in ((lambda _name: "9.8.7", "9.8.7"), (nothing_installed, "unknown")):
        monkeypatch.setattr("importlib.metadata.version", installed)
        with pytest.raises(SystemExit, match="0"):
            cli.main(["--version"])
        assert capsys.readouterr().out == f"nomad-mock {text}\n"


def test_the_help_of_the_command_and_of_each_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    """The command's help has all subcommands and the options of serve; the others have a help of their own."""
    said = {}
    for arguments in (["--help"], ["serve", "-h"], ["record", "--help"], ["replay", "--help"]):
        with pytest.raises(SystemExit, match="0"):
            cli.main(arguments)
        said[arguments[0]] = capsys.readouterr().out
    for word in ("  serve ", "  record ", "  replay ", "the cluster:", "--nodes N|FILE"):
        assert word in said["--help"]
    assert {"--nodes", "--upstream", "--timed"} & set(said["serve"].split()) == {"--nodes"}
    assert {"--nodes", "--upstream", "--timed"} & set(said["record"].split()) == {"--upstream"}
    assert {"--nodes", "--upstream", "--timed"} & set(said["replay"].split()) == {"--timed"}


def test_usage_is_told_without_what_serves(tmp_path: Path) -> None:
    """Help and bad usage import nothing of the mock itself, and so come at once."""
    heavy = (
        "starlette",
        "uvicorn",
        "asyncio",
        "orjson",
        "jsonschema_rs",
        "mockserver.app",
        "mockserver.recorder.command",
    )
    program = (
        "import sys\n"
        "from mockserver.cli import main\n"
        "try: main(sys.argv[1:])\n"
        f"except SystemExit: print([name for name in {heavy} if name in sys.modules], file=sys.stderr)\n"
    )
    for arguments in (["--help"], ["--version"], ["--nods", "1"], ["reocrd"]):
        command = [sys.executable, "-c", program, *arguments]
        run = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        assert run.stderr.splitlines()[-1] == "[]"


def test_tls(tmp_path: Path) -> None:
    """With a certificate the mock speaks HTTPS, and its ready line says so."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    with _running("--nodes", "0", "--tls-cert", str(cert), "--tls-key", str(key), "--host", "localhost") as (_, ready):
        assert ready.startswith("nomad-mock ready: https://localhost:")
        assert "reachable" not in ready
        with connect(_port(ready), b"GET / HTTP/1.1\r\n\r\n") as plain:
            assert not plain.recv(100).startswith(b"HTTP")
        trusted = MockClient(f"https://localhost:{_port(ready)}", tls=ssl.create_default_context(cafile=cert))
        other = trusted.create_space()
        assert other.url.startswith("https://localhost:")
        assert other.health()["space"] == other.space
        with other.events() as events:
            other.clock.manual()
            assert events.until("clock").data["speed"] == 0
        assert trusted.requests.har()["log"]["entries"] == []
