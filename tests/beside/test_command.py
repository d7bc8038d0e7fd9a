"""The command: which agents it takes, and what it says."""

import json
from collections import Counter
from contextlib import closing

import pytest

from mockserver.testing import running_mock
from tests.attack.steps import Life, Request
from tests.beside.__main__ import main
from tests.beside.conftest import Texts
from tests.beside.names import PREFIX
from tests.beside.playing import Pair, Played
from tests.beside.running import PairWithTasks, life
from tests.beside.servers import Server, Unreachable
from tests.builders import a_job


def test_equal_servers_exit_with_0(agent: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing differs between a mock and a mock."""
    assert main(["--agent", agent.address, "--inputs", "10"]) == 0
    assert "requests in 1 lives" in capsys.readouterr().out


def test_a_difference_exits_with_1(agent: Server, texts: Texts, capsys: pytest.CaptureFixture[str]) -> None:
    """A life that is repeated shows its difference."""
    texts[b"job not found"] = b"job not there"
    assert main(["--agent", agent.address, "--life", "1/3", "--reduce", "1"]) == 1
    assert "--mode requests --life 1/3\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("world", "mode", "said"),
    [
        ({"nodes": 1}, "requests", "has a node, on which jobs would run"),
        ({"nodes": 1}, "plans", "needs one node for plans, in another datacenter than dc1"),
        ({"nodes": 0}, "plans", "needs one node for plans"),
        (
            {"nodes": 0, "load": "examples/binstore-storagelocker.json"},
            "requests",
            "has jobs of others, such as binstore",
        ),
    ],
)
def test_agents_of_no_use_exit_with_2(
    world: dict[str, object], mode: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An agent with other nodes or jobs than those of the mode is refused, with the reason."""
    with running_mock(**world) as mock:  # type: ignore[arg-type]
        assert main(["--agent", mock.url, "--mode", mode]) == 2
    assert said in capsys.readouterr().out


def test_plans_of_the_node_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    """With the mode plans the mock has the node of the agent."""
    with running_mock(nodes=1, datacenter="beside") as mock:
        assert main(["--agent", mock.url, "--mode", "plans", "--inputs", "1"]) == 0
        with closing(Server(mock.url)) as agent:
            assert agent.read("/v1/jobs") == []
    assert "0 kinds of differences" in capsys.readouterr().out


def test_another_version_is_refused(agent: Server, texts: Texts, capsys: pytest.CaptureFixture[str]) -> None:
    """An agent of another version is not compared."""
    texts[b'"0.5.4"'] = b'"0.5.6"'
    assert main(["--agent", agent.address]) == 2
    assert "is not Nomad 0.5.4 but 0.5.6" in capsys.readouterr().out


def test_tasks_never_run_beside_jobs_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    """The mode that drains the node is not for an agent with jobs of others."""
    with pytest.raises(SystemExit, match="2"):
        main(["--agent", "http://127.0.0.1:1", "--mode", "tasks", "--allow-other-jobs"])
    assert "jobs of others would be stopped" in capsys.readouterr().err


def test_tasks_are_compared(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With the mode tasks lives are played in which tasks run, until enough requests were sent."""
    played: list[Life] = []

    def play(_pair: PairWithTasks, life: Life) -> Played:
        played.append(life)
        return Played(5, None, Counter())

    monkeypatch.setattr(PairWithTasks, "play", play)
    monkeypatch.setattr("tests.beside.report._EVERY", -1)
    with running_mock(nodes=1, datacenter="beside") as mock:
        assert main(["--agent", mock.url, "--mode", "tasks", "--inputs", "10", "--seed", "7"]) == 0
    assert played == [life(7, 0), life(7, 1)]
    assert "5 requests in 1 lives" in capsys.readouterr().out


def test_an_interruption_leaves_no_job(agent: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the comparison with the status that shells expect, and with no job on the agent."""

    def interrupted(pair: Pair, _life: Life) -> Played:
        job = a_job(ID=f"{PREFIX}a")
        assert (
            pair.agent.ask(Request("PUT", f"/v1/job/{PREFIX}a", body=json.dumps({"Job": job}).encode())).status == 200
        )
        raise KeyboardInterrupt

    monkeypatch.setattr(Pair, "play", interrupted)
    assert main(["--agent", agent.address]) == 130
    assert agent.read("/v1/jobs") == []


def test_a_life_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A life is named by its seed and its number."""
    with pytest.raises(SystemExit, match="2"):
        main(["--agent", "http://127.0.0.1:1", "--life", "seven"])
    assert "argument --life: invalid life such as 1/7 value: 'seven'" in capsys.readouterr().err


def test_an_agent_that_ends_is_told_with_the_life(
    agent: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the agent is gone, the life is named in which that happened."""

    def gone(_pair: Pair, _life: Life) -> Played:
        raise Unreachable("it is gone")

    monkeypatch.setattr(Pair, "play", gone)
    assert main(["--agent", agent.address, "--life", "3/4"]) == 2
    assert "it is gone (in life 3/4)" in capsys.readouterr().out
