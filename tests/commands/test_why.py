"""``nomad-mock why``."""

import io
import sys

import pytest

from mockserver import cli
from mockserver.client import MockClient
from mockserver.testing import example_job


def test_it_says_why_jobs_are_pending(mock: MockClient, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each job, or for the named ones, tells the status and why."""
    assert (cli.main(["why"]), capsys.readouterr()) == (0, ("There are no jobs.\n", ""))
    mock.seed(example_job("runs"), example_job("waits", Datacenters=["dc9"]))
    mock.clock.advance("1s")
    runs = "runs is running. 1 allocation runs.\n"
    where = "there is no node in its datacenter dc9; all nodes are in dc1"
    waits = f"waits is pending. 1 allocation of group g can't be placed: {where}.\n"
    assert (cli.main(["why"]), capsys.readouterr()) == (0, (runs + waits, ""))
    assert (cli.main(["why", "waits"]), capsys.readouterr()) == (0, (waits, ""))


def test_it_asks_the_space_that_is_meant(
    mock: MockClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The space comes from an option or a variable."""
    space = mock.create_space("other", port=None)
    space.seed(example_job("there"))
    for given in (["--space", "other"], []):
        assert cli.main(["why", "there", *given]) == 0
        monkeypatch.setenv("NOMAD_MOCK_SPACE", "other")
        assert capsys.readouterr().out.startswith("there is running. 1 allocation is placed")
    mock.drop_space("other")


def test_a_terminal_that_knows_ascii_only_is_no_obstacle(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a terminal cannot show of the name of a job is escaped."""
    mock.seed(example_job("größe"))
    terminal = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert cli.main(["why"]) == 0
    terminal.seek(0)
    assert terminal.read().startswith(r"gr\xf6\xdfe is running. ")


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (["there"], 1, "nomad-mock: there is no job 'there'\nthere are none\n"),
        (["--address", "http://127.0.0.1:9"], 1, "no mock answers at http://127.0.0.1:9: "),
        (["--address", "127.0.0.1"], 2, "'127.0.0.1' is not the address of a mock"),
    ],
)
def test_what_it_cannot_ask(
    mock: MockClient, capsys: pytest.CaptureFixture[str], given: list[str], status: int, said: str
) -> None:
    """An unknown job and an address without a mock are told in one line."""
    assert mock.address
    try:
        ended = cli.main(["why", *given])
    except SystemExit as usage:
        ended = int(usage.code or 0)
    assert ended == status
    assert said in capsys.readouterr().err
