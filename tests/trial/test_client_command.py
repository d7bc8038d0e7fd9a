"""The command ``nomad-contract client``, run as a program on small clients."""

import json
import os
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contract_tests import cli
from tests import forked
from tests.conduct import clients
from tests.conduct.catalogue import LEANING
from tests.contract_suite.test_comparing import closed

assert clients

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "client-report.json").read_text(encoding="utf-8"))
EXAMPLE = ROOT / "examples" / "binstore-storagelocker.json"


def environment(**more: str) -> dict[str, str]:
    """Return the environment without settings of Nomad or pytest."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NOMAD_", "PYTEST_", "GITHUB_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def small(name: str) -> list[str]:
    """Return the command that runs a small client of the catalogue."""
    return [sys.executable, "-m", "tests.trial.small", name]


def judged(
    client: Sequence[str], *options: str, folder: Path | None = None, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Judge a client."""
    words = ("client", "--parallel", "1", *options, "--", *client)
    return forked.run("contract_tests.cli", *words, folder=folder, environment=environment(**more), seconds=300)


def report(file: Path) -> dict[str, dict[str, Any]]:
    """Return the entries of a report by id, after a look at its shape."""
    found = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(found, closed(SCHEMA))
    return {entry["id"]: entry for entry in found["statements"]}


def test_a_good_client_is_told_so_in_every_form(tmp_path: Path) -> None:
    """It exits with 0, and all reports are written."""
    files = {form: tmp_path / form for form in ("report-json", "report-html", "report-markdown", "junit", "badge")}
    options = [word for form, file in files.items() for word in (f"--{form}", str(file))]
    done = judged(small("watches"), "--only", "json.*", "--only", "index.*", "--seeds", "1", "--seed", "5", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    entries = report(files["report-json"])
    assert {entries[each]["outcome"] for each in ("json.key-order", "index.jumps", "all-together")} == {"pass"}
    assert entries["list.order"]["outcome"] == "not selected"
    assert entries["conduct.watch.index-goes-on"]["outcome"] == "pass"
    assert "The client keeps the contract: " in done.stdout
    assert done.stdout.count("\n") < 12  # no progress where nobody watches
    assert json.loads(files["badge"].read_text("utf-8"))["label"] == "Nomad 0.5 client"
    assert ET.fromstring(files["junit"].read_text("utf-8"))[0].get("failures") == "0"
    assert "Client of Nomad" in files["report-html"].read_text("utf-8")
    assert files["report-markdown"].read_text("utf-8").startswith("### Nomad 0.5 client keeps the contract\n")


def test_a_client_that_leans_on_an_accident_fails_under_its_name(tmp_path: Path) -> None:
    """The freedom, the one reply that makes the difference, and both exchanges are told."""
    file, page, junit, step = (tmp_path / name for name in ("r.json", "r.html", "j.xml", "step.md"))
    seeds = ("--seeds", "1", "--seed", "1")
    options = ("--only", "json.*", *seeds, "--report-json", str(file), "--report-html", str(page))
    client = small("takes_the_first_member")
    done = judged(client, *options, "--junit", str(junit), "-v", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(step))
    assert done.returncode == 1, done.stdout + done.stderr
    entries = report(file)
    assert [name for name, entry in entries.items() if entry["outcome"] == "fail"] == ["json.key-order"]
    failure = entries["json.key-order"]["failure"]
    assert failure["vary"]["replies"] == [2]
    assert failure["exchange"]["request"]["target"] == failure["plain"]["request"]["target"] == "/v1/job/web"
    assert failure["expected"].startswith("plain: the object has its members in the order AllAtOnce")
    assert failure["actual"].startswith("varied: the object has its members in the order ")
    assert "AssertionError" in failure["output"]
    assert "NOT SURVIVED json.key-order" in done.stdout
    assert "passed  json.escapes: exit status 0" in done.stdout
    assert "nomad-mock --port 4646" in done.stdout
    assert "\n::error title=json.key-order is not survived::" in done.stdout
    assert step.read_text("utf-8").startswith("### Nomad 0.5 client does not keep the contract\n")
    assert "The end of what the client" in page.read_text("utf-8")
    assert ET.fromstring(junit.read_text("utf-8"))[0].get("failures") == "1"


@pytest.mark.exhaustive
@pytest.mark.parametrize("client", [each for each in LEANING if not each.names.startswith("weather.")][::8], ids=str)
def test_more_such_clients_fail(client: Any) -> None:
    """A sample of the catalogue, each under its freedom alone; with some seed it is met."""
    for seed in ("1", "2", "3", "4", "5"):
        done = judged(small(client.name), "--only", client.names, "--seeds", "0", "--seed", seed)
        if done.returncode:
            break
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"NOT SURVIVED {client.names}" in done.stdout


def test_conduct_that_breaks_a_must_fails() -> None:
    """A client that survives everything fails by its conduct, which names what to do."""
    done = judged(small("switches_stale_off"), "--only", "header.more")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN conduct.query.values (MUST)" in done.stdout
    assert "What to do: " in done.stdout
    left_out = judged(small("switches_stale_off"), "--only", "header.more", "--except", "conduct.query.*")
    assert left_out.returncode == 0, left_out.stdout + left_out.stderr


def test_weather_counts_when_it_is_asked_for(tmp_path: Path) -> None:
    """A shell script that repeats nothing does not survive lost connections; what it begins with is loaded."""
    script = (
        "for n in 1 2 3 4 5 6 7 8 9; do curl -sSf $NOMAD_ADDR/v1/job/binstore-storagelocker >/dev/null || exit 1; done"
    )
    options = ("--only", "list.order", "--weather", "weather.lost-before", "--load", str(EXAMPLE), "--seed", "1")
    done = judged(["sh", "-c", script], *options, folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT SURVIVED weather.lost-before" in done.stdout
    assert "plain: status 200" in done.stdout
    assert "varied: no answer" in done.stdout


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_a_client_in_another_language_is_judged() -> None:
    """A Node.js program that reads indexes as floating-point numbers does not survive large ones."""
    program = """
    const address = process.env.NOMAD_ADDR;
    const reply = await fetch(`${address}/v1/nodes`);
    const index = (await reply.json())[0].ModifyIndex;
    if (String(index) !== reply.headers.get("X-Nomad-Index")) process.exit(1);
    """
    asked = ("--only", "index.beyond-2-53", "--only", "index.high", "--seeds", "1")
    done = judged(["node", "--input-type=module", "-e", program], *asked)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT SURVIVED index.beyond-2-53" in done.stdout
    assert "NOT SURVIVED index.high" not in done.stdout


def test_a_client_that_fails_anyway_cannot_be_judged() -> None:
    """It exits with 2 and shows what the client wrote, without secrets."""
    done = judged(["sh", "-c", "echo broken $MY_TOKEN; exit 7"], MY_TOKEN="s3cret-word")
    assert done.returncode == 2
    assert done.stderr.startswith(("broken …\n", "broken \\u2026\n"))  # as the terminal knows it
    assert "have to pass on the plain mock, which varies nothing: exit status 7" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--", "true"], "sent no request to the address in NOMAD_ADDR"),
        (["--", "no-such-program"], "cannot run 'no-such-program'"),
        (["--load", "no-such-file", "--", "true"], "no-such-file"),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_said_in_a_line(words: list[str], told: str) -> None:
    """It exits with 2 and says what to do."""
    done = forked.run("contract_tests.cli", "client", *words, environment=environment())
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "behind --: nomad-contract client -- COMMAND"),
        (["true"], "unrecognized arguments: true; the command to run comes behind --"),
        (["--only", "json.key-ordr", "--", "true"], "did you mean json.key-order?"),
        (["--except", "conduct.watch", "--", "true"], "did you mean conduct.watch.*?"),
        (["--seeds", "x", "--", "true"], "'x' is no whole number"),
        (["--parallel", "0", "--", "true"], "at least 1 run at a time"),
    ],
    ids=str,
)
def test_a_mistake_is_said_in_a_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is exit status 2 and says what to do, before anything is run."""
    try:
        status: object = cli.main(["client", *words])
    except SystemExit as usage:
        status = usage.code
    assert status == 2
    assert told in capsys.readouterr().err


@pytest.mark.exhaustive
def test_a_client_that_hangs_does_not_survive(tmp_path: Path) -> None:
    """It is killed when its time is up, with all that it started."""
    program = (
        "import os, time, urllib.request as r\n"
        "text = r.urlopen(os.environ['NOMAD_ADDR'] + '/v1/jobs').read()\n"
        "text == b'[]' or time.sleep(600)"
    )
    options = ("--only", "json.white-space", "--run-limit", "8", "--report-json", str(tmp_path / "r.json"))
    done = judged([sys.executable, "-c", program], *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "did not end within 8 s" in report(tmp_path / "r.json")["json.white-space"]["reason"]


def test_a_trial_can_be_interrupted(tmp_path: Path) -> None:
    """Everything ends, what was not run is named, and the reports are written."""
    fifo, file = tmp_path / "fifo", tmp_path / "r.json"
    os.mkfifo(fifo)
    script = f'test "$(curl -s $NOMAD_ADDR/v1/jobs)" = "[]" || {{ echo > "{fifo}"; sleep 600; }}'
    asked = ["--only", "json.white-space", "-n", "1", "--report-json", str(file)]
    words = ("client", *asked, "--", "sh", "-c", script)
    with forked.started("contract_tests.cli", *words, environment=environment()) as command:
        with fifo.open(encoding="utf-8") as waiting:
            waiting.read()
        os.kill(command.pid, signal.SIGINT)
        done = command.ended(60)
    assert done.returncode == 2
    assert done.stderr == "nomad-contract: interrupted\n"
    assert "The client keeps the contract, as far as it was judged: " in done.stdout
    assert "CUT SHORT, not run: interrupted: 1 freedom" in done.stdout
    assert report(file)["json.white-space"]["outcome"] == "skip"


@pytest.mark.exhaustive
def test_the_time_of_the_whole_trial_is_limited() -> None:
    """An incomplete trial fails, unless that is allowed."""
    script = ["sh", "-c", "curl -s $NOMAD_ADDR/v1/jobs"]
    done = judged(script, "--time-limit", "0.01", "--only", "json.*")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the time limit is reached" in done.stdout
    assert judged(script, "--time-limit", "0.01", "--only", "json.*", "--allow-incomplete").returncode == 0
