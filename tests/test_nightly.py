"""The check with random seeds says what it ran and what failed."""

import re

import pytest

from tests import nightly

pytestmark = pytest.mark.slow


@pytest.mark.exhaustive
def test_every_run_has_a_seed_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Each run prints its seed, and the end says how many runs there were."""
    assert nightly.main(["--runs", "2", "--only", "job.summary.reply-is-json"]) == 0
    *runs, total = capsys.readouterr().out.splitlines()
    seeds = [re.fullmatch(r"seed (\d+): ok in \d+ s", line) for line in runs]
    assert all(seeds)
    assert len({seed.group(1) for seed in seeds if seed}) == 2
    assert total == "2 runs, 0 failed"


@pytest.mark.exhaustive
def test_every_must_holds_on_a_mock_that_varies(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the seed, the mock makes use of what the documentation leaves open, and of nothing else."""
    assert nightly.main(["--vary", "--profile", "smoke"]) == 0, capsys.readouterr().out


def test_a_run_that_fails_says_why_and_none_begins_once_the_time_is_up(capsys: pytest.CaptureFixture[str]) -> None:
    """The output of a run that fails is shown, and the task fails; the budget ends a series that would go on."""
    assert nightly.main(["--runs", "1000", "--budget", "0.001", "--address", "http://127.0.0.1:9"]) == 1
    out = capsys.readouterr().out
    assert "exit status 2" in out
    assert "127.0.0.1:9 does not answer" in out
    assert out.endswith("1 runs, 1 failed\n")


def test_statements_that_did_not_hold_are_named() -> None:
    """A failing run names the statements, and how each was judged."""
    night = nightly.Night(7, 1, 61.2, {"job.x": "fail"}, "")
    assert night.line() == "seed 7: exit status 1 in 61 s: job.x (fail)"
