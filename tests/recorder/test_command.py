"""The commands ``record`` and ``replay``."""

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mockserver import cli
from mockserver.recorder import command as recorder
from mockserver.testing import example_job, running_mock
from tests import forked
from tests.recorder.serving import answering

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]


@contextmanager
def _running(*arguments: str) -> Iterator[tuple[forked.Command, str]]:
    """Run a command in a process of its own, and yield its address."""
    with forked.started("mockserver.cli", *arguments, "--port", "0") as command:
        found = re.search(r"(http://\S+)$", command.first_line())
        assert found is not None
        yield command, found[1]


def test_what_was_recorded_is_replayed(tmp_path: Path) -> None:
    """A recording gives the same replies without the server, and both commands end cleanly."""
    path = tmp_path / "r.json"
    with running_mock() as mock, _running("record", "--upstream", mock.url, "--out", str(path)) as (command, url):
        sent = [
            httpx.put(f"{url}/v1/job/web", json={"Job": example_job("web")}),
            httpx.get(f"{url}/v1/job/web/summary"),
        ]
        os.kill(command.pid, signal.SIGINT)
        ended = command.ended(10)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith(f"\nnomad-mock record: 2 exchanges in {path}\n")
    document = json.loads(path.read_text("utf-8"))
    assert len(document["steps"]) == 2
    assert (document["server"], document["mode"], document["index_check"]) == ("nomad 0.5.4", "dev", "presence")
    with _running("replay", str(path)) as (command, url):
        again = [
            httpx.put(f"{url}/v1/job/web", json={"Job": example_job("web")}),
            httpx.get(f"{url}/v1/job/web/summary"),
        ]
        assert [each.content for each in again] == [each.content for each in sent]
        os.kill(command.pid, signal.SIGTERM)
        assert command.ended(10).returncode == 0


def test_a_recording_stays_when_a_new_one_cannot_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file is not overwritten when the recorder can't listen."""
    path = tmp_path / "r.json"
    path.write_text("precious", "utf-8")
    with running_mock() as mock:
        port = mock.url.rpartition(":")[2]
        assert cli.main(["record", "--upstream", mock.url, "--out", str(path), "--port", port]) == 1
    assert capsys.readouterr().err == f"nomad-mock: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert path.read_text("utf-8") == "precious"


def test_who_can_be_reached_from_elsewhere_says_so(tmp_path: Path) -> None:
    """A recorder that others can reach warns that it opens the way to the server."""
    with running_mock() as mock:
        words = ("record", "--upstream", mock.url, "--out", str(tmp_path / "r.json"), "--port", "0")
        with forked.started("mockserver.cli", *words, "--host", "0.0.0.0") as command:
            assert command.first_line().endswith(" (reachable from other machines)")


@pytest.mark.parametrize(
    ("raw", "server", "mode"),
    [
        (b'{"config":{"Version":"0.5.4","Client":{"Enabled":false}}}', "nomad 0.5.4", "server-only"),
        (b'{"config":{"Version":"0.6.0","Client":{"Enabled":true}}}', "nomad 0.6.0", "dev"),
        (b'{"config":{"Version":{"Version":"0.8.7","VersionPrerelease":""}}}', "nomad 0.8.7", "server-only"),
        (
            b'{"config":{"Version":{"Version":"1.4.0","VersionPrerelease":"rc1"}}}',
            "nomad 1.4.0-rc1",
            "server-only",
        ),
        (b'{"config":{"Version":{}}}', "nomad unknown", "server-only"),
        (b'{"config":{}}', "nomad unknown", "server-only"),
        (b"what?", "nomad unknown", "dev"),
        (b'{"config":[]}', "nomad unknown", "dev"),
    ],
)
def test_the_server_is_asked_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes, server: str, mode: str
) -> None:
    """The recording has the server's version, as far as it is known."""
    monkeypatch.setattr(recorder, "_serve", lambda *_: 0)
    path = tmp_path / "r.json"
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + raw) as url:
        assert cli.main(["record", "--upstream", url, "--out", str(path), "--port", "0", "--description", "what"]) == 0
    document = json.loads(path.read_text("utf-8"))
    assert (document["server"], document["mode"], document["description"]) == (server, mode, "what")


def test_what_can_not_be_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each reason not to start is told in one line, with exit code 1."""
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "good.json").write_text('{"steps": []}')
    with answering(b"") as gone:
        pass
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as there:
        for arguments, reason in (
            (["record", "--upstream", "nowhere", "--out", "x"], "not the address of a server"),
            (["record", "--upstream", gone, "--out", "x"], "cannot reach"),
            (["record", "--upstream", there, "--out", str(tmp_path / "no" / "x")], "cannot write"),
            (["replay", str(tmp_path / "none.json")], "cannot read"),
            (["replay", str(tmp_path / "bad.json")], "not a recording"),
            (["replay", str(tmp_path / "good.json"), "--host", "203.0.113.1"], "cannot listen on 203.0.113.1"),
        ):
            assert cli.main([*arguments, "--port", "0"]) == 1
            assert reason in capsys.readouterr().err


def test_bad_usage() -> None:
    """Bad usage has exit code 2; the mock itself knows no other subcommands."""
    for arguments in (["record"], ["replay"], ["rewind"]):
        with pytest.raises(SystemExit) as left:
            cli.main(arguments)
        assert left.value.code == 2
