"""The command ``nomad-contract``, run as a program against a mock on a socket."""

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import jsonschema
import pytest

from contract_tests import cli
from contract_tests.client.jobs import JobFactory
from contract_tests.statements import catalogue
from contract_tests.suite import cli_arguments
from contract_tests.suite.example_database import example_database
from contract_tests.suite.options import OF_A_SERVER
from mockserver.settings import Settings
from tests import forked
from tests.contract_suite.test_comparing import closed
from tests.served import serving

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]

ROOT = Path(__file__).parents[2]
REPORT_SCHEMA = json.loads((ROOT / "schemas" / "report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve a mock and return its address."""
    with serving(Settings()) as port:
        yield f"http://127.0.0.1:{port}"


def run(
    *arguments: str, folder: Path | None = None, seconds: float = 120, before: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run the command in a folder of its own, without settings from outside, after the program ``before`` if given."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NOMAD_", "PYTEST_"))}
    environment["PYTHONPATH"] = str(ROOT)
    if not before:
        return forked.run("contract_tests.cli", *arguments, folder=folder, environment=environment, seconds=seconds)
    command = [sys.executable, "-c", before, sys.executable, "-m", "contract_tests.cli", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def test_a_sound_server_passes(address: str, tmp_path: Path) -> None:
    """On a sound server every selected statement holds, reports are written, and no job is left."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    files = {name: tmp_path / name for name in ("r.json", "r.html", "badge.json", "junit.xml")}
    done = run(
        *("check", "--address", address, "--profile", "smoke", "--only", "job.evaluate.*", "--level", "should"),
        *("--report-json", str(files["r.json"]), "--report-html", str(files["r.html"]), "--seed", "7"),
        *("--badge", str(files["badge.json"]), "--junit", str(files["junit.xml"])),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(files["r.json"].read_text(encoding="utf-8"))
    jsonschema.validate(report, closed(REPORT_SCHEMA))
    asked = {one["id"] for one in report["statements"] if one["outcome"] == "pass"}
    assert asked == {one for one in catalogue() if one.startswith("job.evaluate.")}
    assert report["settings"]["seed"] == "7"
    assert json.loads(files["badge.json"].read_text(encoding="utf-8"))["color"] == "green"
    assert files["r.html"].read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert "<testsuite " in files["junit.xml"].read_text(encoding="utf-8")
    assert f"{len(asked)} pass" in done.stdout
    assert httpx.get(f"{address}/v1/jobs", params={"prefix": "nomad-contract"}).json() == []


def test_a_broken_server_fails(address: str, tmp_path: Path) -> None:
    """A server that loses a field fails, with the statement, expected and actual values, and a curl line."""
    with _forwarding(address) as broken:
        report = tmp_path / "r.json"
        done = run(
            *("check", "--address", broken, "--profile", "smoke", "--only", "job.evaluate.*"),
            *("--level", "must", "--report-json", str(report)),
        )
    assert done.returncode == 1, done.stdout + done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    jsonschema.validate(found, closed(REPORT_SCHEMA))
    failed = {one["id"]: one for one in found["statements"] if one["outcome"] == "fail"}
    assert set(failed) == {"job.evaluate.reply-has-documented-fields"}
    failure = failed["job.evaluate.reply-has-documented-fields"]["failure"]
    assert failure["exchange"]["curl"].startswith(f"NOMAD_ADDR=${{NOMAD_ADDR:-{broken}}}\n")
    assert "such as job.evaluate.reply-has-documented-fields (MUST)" in done.stdout
    assert "no such field" in failure["actual"] or "only" in failure["actual"]


def _forwarding(address: str) -> "Broken":
    return Broken(address)


class Broken:
    """A server that forwards to a mock and drops EvalCreateIndex from every reply to /evaluate."""

    def __init__(self, address: str) -> None:
        client = httpx.Client(base_url=address)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                reply = client.request(self.command, self.path, content=body, headers={"Accept-Encoding": "identity"})
                content = reply.content
                if self.path.endswith("/evaluate") and reply.status_code == 200:
                    lost = {name: value for name, value in reply.json().items() if name != "EvalCreateIndex"}
                    content = json.dumps(lost).encode()
                kept = {
                    name: value
                    for name, value in reply.headers.items()
                    if name.startswith(("x-nomad", "vary", "content-t"))
                }
                head = "".join(
                    f"{name}: {value}\r\n" for name, value in {**kept, "Content-Length": str(len(content))}.items()
                )
                self.wfile.write(f"HTTP/1.1 {reply.status_code} X\r\n{head}\r\n".encode() + content)

            do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 (names that the standard library looks for)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._client = client
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._client.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:9", "does not answer: [Errno 111] Connection refused"),
        ("127.0.0.1:4646", "write it as http://127.0.0.1:4646"),
        ("ftp://x", "is not the address of a server"),
        ("http://[::1", "is not the address of a server"),
        ("http://127.0.0.1:99999", "is not the address of a server"),
    ],
)
def test_an_unreachable_server_is_said_in_one_line(address: str, words: str) -> None:
    """An unreachable server is exit status 2 and one line, without a traceback."""
    done = run("check", "--address", address)
    assert done.returncode == 2
    said = (done.stdout + done.stderr).strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith("nomad-contract: ")
    assert words in said[0]


def test_tls_where_none_is_spoken_is_told(address: str) -> None:
    """https:// to a server that speaks http:// is reported as such."""
    done = run("check", "--address", address.replace("http:", "https:"))
    assert done.returncode == 2
    assert "it seems to speak http://, not https://" in done.stderr


def test_a_region_that_is_not_known_is_told(address: str) -> None:
    """In a region that the server does not know, nothing is checked."""
    done = run("check", "--address", address, "--region", "nowhere")
    assert done.returncode == 2
    assert done.stderr == f"nomad-contract: {address} has no region 'nowhere'; it knows global\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "job.summary.*", "--only", "job.sumary.*"], "no statement is like 'job.sumary.*'"),
        (["--only", "job.sumary.*"], "did you mean job.summary.*?"),
        (["--only", "job.register.update"], "did you mean job.register.updates?"),
        (["--only", "xyz"], "no statement is like 'xyz'; 'nomad-contract list' prints them all"),
        (["--adress", "x"], "unrecognized arguments: --adress x; did you mean --address?"),
        (["--levell=must", "--zzz"], "unrecognized arguments: --levell=must --zzz; did you mean --level?"),
        (["--profil", "smoke"], "unrecognized arguments: --profil smoke; did you mean --profile?"),
        (["--zzz"], "unrecognized arguments: --zzz\n"),
        (["--cacert", "none.pem"], "--cacert: there is no file 'none.pem'"),
        (["--report-html", "."], "--report-html: '.' is a folder, not a file"),
        (["--badge", "/dev/null/b.json"], "--badge: cannot write '/dev/null/b.json': "),
        (["--profile", "huge"], "argument --profile: 'huge' is not one of smoke, default, deep"),
        (["--profile", "smok"], "'smok' is not one of smoke, default, deep; did you mean smoke?"),
        (["--level", "most"], "argument --level: 'most' is not one of must, should, may"),
        (["--time-limit", "soon"], "argument --time-limit: 'soon' is not a duration: write it as 90, 90s or 1m30s"),
        (["--time-limit", "-1"], "argument --time-limit: '-1' is not a duration"),
        (["--patience", "0"], "argument --patience: '0' is not between 1 and 600 seconds"),
        (["-n", "two"], "argument -n/--workers: 'two' is not a number of processes"),
        (["--address", ""], "argument --address: it is empty: leave the option out, or give it a value"),
        (["--baseline", ""], "argument --baseline: it is empty"),
        (
            ["--server-version", "banana"],
            "argument --server-version: 'banana' is no version: write it as 1.10 or 0.5.4",
        ),
        (["--report-html", ""], "argument --report-html: it is empty"),
        (["--address", "http://a:b@x:1/v1/jobs"], "'http://x:1/v1/jobs' is the address of an endpoint: did you mean"),
        (["http://127.0.0.1:9"], "unrecognized arguments: http://127.0.0.1:9; did you mean --address http://127.0"),
    ],
)
def test_a_mistake_costs_no_run(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in the options is exit status 2 and one line, before anything is sent."""
    try:
        status: object = cli.main(["check", "--address", "http://127.0.0.1:9", *arguments])
    except SystemExit as usage:
        status = usage.code
    assert status == 2
    said = capsys.readouterr().err
    assert words in said
    assert "does not answer" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], "there is no command 'chek'; did you mean check?"),
        (["x"], "there is no command 'x'; there are: check, client, validate, list, cleanup, compare, diff"),
    ],
)
def test_a_misspelt_command_is_told_the_nearest(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused like any other mistake in a command line."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(words)
    assert said in capsys.readouterr().err


def test_a_missing_address_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever meant a server of their own, in a script perhaps, learns that the suite checks its mock."""
    monkeypatch.delenv("NOMAD_ADDR", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the command sets it
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(pytest, "main", lambda _: 0)
    assert cli.main(["check"]) == 0
    assert "there is no --address and no NOMAD_ADDR: the suite checks a mock" in capsys.readouterr().err
    assert cli.main(["check", "--address", "http://127.0.0.1:9"]) == 0
    assert capsys.readouterr().err == ""


def test_variables_of_a_server_do_not_count_for_the_mock(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a cluster, but no address of it at hand, checks the mock; an option and the suite's own count."""
    of_a_user = {"REGION": "eu", "NAMESPACE": "prod", "TOKEN": "secret", "HTTP_AUTH": "u:p", "CACERT": "/no/ca.pem"}
    for name, value in {**of_a_user, "CLIENT_CERT": "/no/c.pem", "CONTRACT_RATE_LIMIT": "5/s"}.items():
        monkeypatch.setenv(f"NOMAD_{name}", value)
    monkeypatch.delenv("NOMAD_ADDR", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the command sets it
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    run = Mock(return_value=0)
    monkeypatch.setattr(pytest, "main", run)
    assert cli.main(["check", "--namespace", "mine"]) == 0
    (words,) = run.call_args.args
    expected = {**dict.fromkeys(OF_A_SERVER, ""), "namespace": "mine", "rate-limit": "5"}
    assert {f"--nomad-{name}={value}" for name, value in expected.items()} <= {*words}
    assert cli.main(["check", "--address", "http://127.0.0.1:9"]) == 2
    assert "--cacert: there is no file '/no/ca.pem'" in capsys.readouterr().err


@pytest.mark.parametrize("prefix", ["", "web", "nomad-contract"])
def test_only_jobs_of_runs_are_cleaned_up(prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A prefix that jobs of other people may have, such as an empty one, is refused before anything is sent."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(["cleanup", "--address", "http://127.0.0.1:9", "--prefix", prefix])
    assert f"{prefix!r} could be jobs of others: those of a run begin with nomad-contract-" in capsys.readouterr().err


def test_settings_from_the_environment_are_judged_like_options(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable is checked as the option is, and its words may be in any case."""
    monkeypatch.setenv("NOMAD_CONTRACT_LEVEL", "MUST")
    monkeypatch.setenv("NOMAD_CONTRACT_PROFILE", "bogus")
    with pytest.raises(SystemExit, match="2"):
        cli.main(["check"])
    assert "argument --profile: 'bogus' is not one of" in capsys.readouterr().err


def test_a_misspelt_variable_is_told_the_nearest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is like one of ours would count for nothing; one that is like none is somebody else's."""
    monkeypatch.setenv("NOMAD_CONTRACT_LEVLE", "must")
    assert cli.main(["list"]) == 2
    said = "nomad-contract: there is no variable NOMAD_CONTRACT_LEVLE; did you mean NOMAD_CONTRACT_LEVEL?\n"
    assert capsys.readouterr().err == said
    monkeypatch.delenv("NOMAD_CONTRACT_LEVLE")
    monkeypatch.setenv("NOMAD_CONTRACT_X", "1")
    assert cli.main(["list", "--only", "job.summary.names-the-job"]) == 0


def test_a_variable_for_an_option_that_has_none_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some options have a variable and some have none; a variable for one of these would count for nothing."""
    for name, option in (("SEED", "--seed"), ("TIME_LIMIT", "--time-limit"), ("COMPANION", "--companion")):
        with monkeypatch.context() as patched:
            patched.setenv(f"NOMAD_CONTRACT_{name}", "7")
            assert cli.main(["list"]) == 2
        assert f"no variable NOMAD_CONTRACT_{name}: this is set by the option {option} alone" in capsys.readouterr().err
    monkeypatch.setenv("NOMAD_SKIP_VERIFY", "ture")
    assert cli.main(["list"]) == 2
    assert capsys.readouterr().err == "nomad-contract: NOMAD_SKIP_VERIFY: 'ture' is neither true nor false\n"


def test_where_jobs_can_run_goes_with_placement(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option that would count for nothing is refused; a variable may be meant for other runs."""
    nobody = ["check", "--address", "http://127.0.0.1:9"]
    for option in ("--driver", "--datacenter"):
        assert cli.main([*nobody, option, "x"]) == 2
        assert f"nomad-contract: {option} goes with --allow-placement" in capsys.readouterr().err
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the command sets it
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(pytest, "main", lambda _: 0)
    monkeypatch.setenv("NOMAD_CONTRACT_DATACENTER", "x")
    for words in ("--driver docker --allow-placement", "--driver raw_exec", ""):
        assert cli.main([*nobody, *words.split()]) == 0


def test_a_seed_is_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt number would be a seed that no other command takes."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(["check", "--seed", "1O"])
    assert "argument --seed: '1O' is not a whole number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "said"),
    [("ftp://x", "is no redis:// URL; a folder and github:"), ("github:x", "github:OWNER/REPOSITORY")],
)
def test_a_place_for_counterexamples_is_one(place: str, said: str) -> None:
    """What looks like the address of a store that is not known is no folder."""
    with pytest.raises(ValueError, match=re.escape(said)):
        example_database(place)


def test_a_place_for_reports_is_made(address: str, tmp_path: Path) -> None:
    """Missing folders of reports are created."""
    done = run(
        *("check", "--address", address, "--profile", "smoke", "--only", "job.summary.reply-is-json"),
        *("--badge", "a/b/badge.json", "--junit", "c/junit.xml"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "a" / "b" / "badge.json").is_file()
    assert (tmp_path / "c" / "junit.xml").is_file()


def test_missing_packages_are_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the command says how to install it, and --version works."""
    monkeypatch.setattr(cli_arguments, "find_spec", lambda name: None if name in ("pytest", "xdist") else name)
    assert cli.main(["list"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("nomad-contract: not installed: pytest, xdist. ")
    assert "pip install '.[contract]'" in said
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out.startswith("nomad-contract ")


def test_the_command_loads_nothing_before_it_knows_what_to_do() -> None:
    """The command's module and its help need no extra."""
    heavy = "{'pytest', 'hypothesis', 'httpx', 'schemathesis'} & set(__import__('sys').modules)"
    program = f"import contract_tests.cli; print({heavy})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_terminal_that_knows_ascii_only_is_no_obstacle() -> None:
    """Statements are listed on a terminal that shows only ASCII."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "contract_tests.cli", "list"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == len(catalogue())
    assert done.stderr == ""


def test_a_python_without_assertions_checks_a_server(address: str) -> None:
    """The verdicts do not come from assertions, of which PYTHONOPTIMIZE makes nothing."""
    asked = ("check", "--address", address, "--profile", "smoke", "--only", "job.summary.reply-is-json")
    environment = {**os.environ, "PYTHONOPTIMIZE": "2", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "contract_tests.cli", *asked]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_reader_may_leave() -> None:
    """``nomad-contract list | head`` shows no traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "contract_tests.cli", "list"]
    done = subprocess.run(command, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interrupt_is_said_in_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C shows no traceback."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_arguments, "need_packages", interrupted)
    assert cli.main(["list"]) == 2
    assert capsys.readouterr().err == "nomad-contract: interrupted\n"


@pytest.mark.parametrize(("allowed", "status"), [((), 1), (("--allow-incomplete",), 2)])
def test_a_run_without_enough_time_says_what_it_left(address: str, allowed: tuple[str, ...], status: int) -> None:
    """A time limit that leaves a MUST unchecked is a failure; where that is allowed, nothing checked is still none."""
    asked = ("--only", "job.summary.*", "--profile", "smoke", "--time-limit", "0.01", *allowed)
    done = run("check", "--address", address, *asked)
    assert "CUT SHORT: " in done.stdout, done.stdout
    assert "not checked: the time limit of 0.01 s was reached" in done.stdout
    assert done.returncode == status, done.stdout


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_run_that_ends_at_the_first_failure_says_what_it_left(address: str, workers: str) -> None:
    """With --fail-fast the rest is unchecked, which the summary says; the exit status is that of a failure."""
    with _forwarding(address) as broken:
        asked = ("--only", "job.evaluate.*", "--profile", "smoke", "--fail-fast", "-n", workers)
        done = run("check", "--address", broken, *asked)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "not checked: the run ended at the first failure" in done.stdout, done.stdout
    assert "interrupted" not in done.stderr


def test_what_was_skipped_is_explained(address: str) -> None:
    """The summary says why statements were skipped, and how to have them checked."""
    done = run("check", "--address", address, "--profile", "smoke", "--only", "job.summary.*")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped (needs running allocations: --allow-placement" in done.stdout


def test_another_server_is_said_in_one_line(tmp_path: Path) -> None:
    """A web server that is no Nomad is recognised."""
    handler = http.server.SimpleHTTPRequestHandler
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        done = run("check", "--address", f"http://127.0.0.1:{server.server_address[1]}", folder=tmp_path)
        server.shutdown()
        thread.join()
    assert done.returncode == 2
    assert "is not Nomad" in done.stdout + done.stderr


def test_list_sends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Statements are listed by glob and level, as text or JSON; a glob without a match is exit status 2."""
    assert cli.main(["list", "--only", "job.plan.*", "--level", "must"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith("MUST   job.plan.") for line in lines)
    assert cli.main(["list", "--only", "job.plan.leaves-no-trace", "--json"]) == 0
    assert [one["level"] for one in json.loads(capsys.readouterr().out)] == ["MUST"]
    assert cli.main(["list", "--only", "companion.node.allocations", "--json"]) == 0
    assert [one["needs"] for one in json.loads(capsys.readouterr().out)] == [["companion", "placement"]]
    assert cli.main(["list", "--only", "no.such"]) == 2


def test_cleanup_removes_what_is_left(
    address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs with a run's prefix are removed and others kept; without an address nothing is done."""
    monkeypatch.delenv("NOMAD_ADDR", raising=False)
    for job_id in ("nomad-contract-0badcafe-x", "nomad-contract-0badcafe-x/y", "mine"):
        job = JobFactory().idle(job_id)
        assert httpx.put(f"{address}/v1/job/{job_id}", json={"Job": job}).status_code == 200
    assert cli.main(["cleanup", "--address", address]) == 0
    assert "2 jobs deregistered, 0 left" in capsys.readouterr().out
    assert httpx.get(f"{address}/v1/job/mine").status_code == 200
    assert cli.main(["cleanup"]) == 2
    assert cli.main(["cleanup", "--address", "http://127.0.0.1:9"]) == 2


def test_compare_shows_servers_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each statement that does not pass on every server has a line; a file that is no report is exit status 2."""
    names = []
    for number, outcome in enumerate(("pass", "fail")):
        entry = {"id": "job.query.status", "outcome": outcome, "level": "SHOULD", "section": "x", "source": "y"}
        totals = {"pass": 1 - number, "fail": number, "skip": 0, "not selected": 0, "error": 0, "differences": 0}
        target = {"address": f"http://{number}", "version": "0.5.4", "region": "global"}
        report = {
            "report": 1,
            "suite": "0.1.0",
            "created": "2026-11-29T12:00:00+00:00",
            "target": target,
            "settings": {"profile": "smoke", "level": "MUST", "seed": "", "only": [], "placement": True},
            "seconds": 1.5,
            "totals": totals,
            "statements": [{**entry, "text": "z"}],
            "additions": [],
        }
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(report), encoding="utf-8")
        names.append(str(path))
    assert cli.main(["compare", *names]) == 0
    shown = capsys.readouterr().out
    assert "job.query.status  ok     FAIL" in shown
    assert "[2] 0 pass, 1 fail" in shown
    assert cli.main(["compare", str(tmp_path / "none.json")]) == 2
    assert "cannot read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("{}", "$ 'report' is a required property"),
        ("[]", "$ [] is not of type 'object'"),
        ("null", "$ None is not of type 'object'"),
        ("nul", "it is not JSON"),
        ('{"label": "Nomad 0.5 contract"}', "$ 'report' is a required property"),
        ("\N{GREEK SMALL LETTER OMEGA}", "it is not JSON"),
    ],
)
def test_compare_takes_reports_only(text: str, flaw: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Any other file is refused by name, with what is wrong where."""
    other = tmp_path / "other.json"
    other.write_text(text, encoding="utf-8")
    assert cli.main(["compare", str(other)]) == 2
    said = capsys.readouterr().err
    assert f"{str(other)!r} is no report" in said
    assert said.endswith(f"--report-json FILE: {flaw}\n")
