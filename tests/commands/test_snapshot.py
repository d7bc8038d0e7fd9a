"""``nomad-mock snapshot``."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import cli
from mockserver.client import MockClient
from mockserver.commands.cluster_reader import ClusterReader, Unreadable
from mockserver.settings import Settings
from mockserver.testing import example_job
from mockserver.worlds.loading import fresh_world


@pytest.fixture
def cluster(mock: MockClient) -> MockClient:
    """Return a cluster with jobs of several kinds: running, blocked, ended, periodic and just registered."""
    env = example_job("runs", count=2)
    env["TaskGroups"][0]["Tasks"][0]["Env"] = {"PLAIN": "7"}
    mock.seed(
        env,
        example_job("waits", Datacenters=["dc9"]),
        example_job("ended", kind="batch"),
        example_job("nightly", kind="periodic"),
        example_job("a/b"),
    )
    mock.clock.advance("5s")
    mock.seed(example_job("new"))
    return mock


def _tables(world: Any) -> dict[str, Any]:
    state = world.agent.local.state.saved()
    nodes = [{**node, "HTTPAddr": ""} for node in state.pop("nodes")]
    return {
        name: sorted(json.dumps(row, sort_keys=True) for row in rows)
        for name, rows in {**state, "nodes": nodes}.items()
        if name[-1] == "s"
    }


def test_a_state_is_made_of_a_cluster(cluster: MockClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mock that loads the state has the same jobs, evaluations, allocations, nodes and indexes, and goes on."""
    before, asked = cluster.export_state(), cluster.requests.count()
    snapshot = tmp_path / "state.json"
    assert cli.main(["snapshot", "--from", cluster.address, "--out", str(snapshot)]) == 0
    assert capsys.readouterr() == ("", "nomad-mock: 6 jobs, 5 allocations, 1 node of region global\n")
    assert cluster.export_state() == before
    assert {each["method"] for each in cluster.requests.list(after=asked)} == {"GET"}
    exact = tmp_path / "exact.json"
    exact.write_text(json.dumps(before), "utf-8")
    world, original = (fresh_world(Settings(load=(state,), speed=0)) for state in (snapshot, exact))
    assert _tables(world) == _tables(original)
    (made,), (known,) = (json.loads(path.read_text("utf-8"))["regions"] for path in (snapshot, exact))
    blocked, expected = ([each["ID"] for each in region["scheduler"]["blocked"]] for region in (made, known))
    assert blocked == expected != []
    assert [each["launch"]["due"] for each in made["periodic"]] == [_next_five(made)]
    world.clock.advance(10**9)
    running = {task.address.job for task in world.agent.local.tasks() if task.is_running}
    running = {job for job in running if not job.startswith("nightly/")}  # launched if a snapshot is made just before
    assert running == {"runs", "a/b", "new"}


def _next_five(region: Any) -> int:
    five = 300 * 10**9
    return int(-(-(region["garbage"]["witnessed"][0]["time"] + 1) // five) * five)


def test_variables_can_be_left_out(cluster: MockClient, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --out the state is printed; with --redact-env no value of a variable is in it."""
    assert cli.main(["snapshot", "--from", cluster.address, "--region", "global", "--redact-env"]) == 0
    (region,) = json.loads(capsys.readouterr().out)["regions"]
    jobs = {job["ID"]: job for job in region["state"]["jobs"]}
    assert jobs["runs"]["TaskGroups"][0]["Tasks"][0]["Env"] == {"PLAIN": "redacted"}
    assert '"7"' not in json.dumps(region)


def test_a_cluster_that_changes_is_told(
    cluster: MockClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A cluster that changes while it is read is read again, three times; then the state is said to be of no moment."""
    known = ClusterReader._indexes
    asked: list[int] = []

    def moving(reader: ClusterReader) -> dict[str, int]:
        asked.append(1)
        return {**known(reader), "nodes": 100 + len(asked)}

    monkeypatch.setattr(ClusterReader, "_indexes", moving)
    assert cli.main(["snapshot", "--from", cluster.address, "--out", str(tmp_path / "state.json")]) == 0
    assert "the state is not that of one moment" in capsys.readouterr().err
    assert len(asked) == 6


def test_what_vanishes_meanwhile_is_left_out(cluster: MockClient) -> None:
    """An object that is listed and then gone is left out."""
    with ClusterReader(cluster.address) as reader:
        assert reader._whole("job", [{"ID": "runs"}, {"ID": "gone"}])[0]["ID"] == "runs"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--from", "server:4646"], "'server:4646' is not the address of a server"),
        (["--from", "http://[::1"], "'http://[::1' is not the address of a server"),
        (["--from", "http://127.0.0.1:9"], "http://127.0.0.1:9 does not answer: "),
        (["--from", "https://127.0.0.1:9", "--ca-cert", "/no/such"], "cannot use /no/such for TLS: No such file"),
        (["--region", "nowhere"], "/v1/jobs answers 500: No path to region"),
        (["--out", "/no/such/file"], "cannot write /no/such/file: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_said(
    cluster: MockClient, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    """A server that can't be read and a file that can't be written are one line and exit code 1."""
    given = given if "--from" in given else ["--from", cluster.address, *given]
    assert cli.main(["snapshot", *given]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [([], "say which server to read: --from http://host:4646"), (["--form", "x"], "did you mean --from?")],
)
def test_the_server_has_to_be_named(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a server, or with its option misspelt, the line that matters is said."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(["snapshot", *given])
    assert said in capsys.readouterr().err


def test_another_server_is_not_taken_for_nomad(cluster: MockClient, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers that are no JSON, or not those of Nomad 0.5, are told."""
    cluster.fault("status", status=200, body="<html>", match={"path": "/v1/jobs"}, times=2)
    with ClusterReader(cluster.address) as reader, pytest.raises(Unreadable, match="is it a server of Nomad"):
        reader.observed()
    cluster.faults.clear()
    cluster.fault("status", status=200, body=[{"ID": "x", "JobID": "x"}], match={"path": "/v1/evaluations"})
    assert cli.main(["snapshot", "--from", cluster.address]) == 1
    assert "does not answer as Nomad 0.5 does: evaluations/0" in capsys.readouterr().err
    cluster.faults.clear()
