"""``python -m tests.mutants``: which mutants it runs, and what it says when it could not run all."""

import pytest

from tests.mutants import __main__ as command
from tests.mutants import run
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.outcome import Outcome


def test_the_first_of_each_kind_comes_first() -> None:
    """No kind has a second turn before each has had one; among those of a turn the order stays."""
    assert command.in_turn(["b.2", "a.1", "b.1", "c.9", "a.2"]) == ["b.2", "a.1", "c.9", "b.1", "a.2"]


@pytest.mark.parametrize(
    ("ran", "status", "said"),
    [
        (0, 1, "0 of 2 mutants were run, of 0 of 1 kinds: the budget of 0 s was spent"),
        (1, 0, "1 of 2 mutants were run, of 1 of 1 kinds: the budget of 0 s was spent"),
        (2, 0, "2 of 2 mutants were run, of 1 of 1 kinds"),
    ],
)
def test_it_says_how_many_were_run(
    ran: int, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A budget that lets no mutant begin proves nothing, and the exit status says so."""
    names = ["server.dies-of-null", "server.slow"][:ran]
    caught = [Outcome(name, status=1, failed=[CATALOGUE[name].caught_by[0]]) for name in names]
    monkeypatch.setattr(run, "load", lambda _profile: None)
    monkeypatch.setattr(run, "run_all", lambda *_arguments, **_options: iter(caught))
    monkeypatch.setattr("sys.argv", ["mutants", "--seeds", "0", "--budget", "0", "--only", "server.*"])
    assert command.main() == status
    assert said in capsys.readouterr().out.splitlines()
