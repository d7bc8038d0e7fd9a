"""The command line of ``nomad-contract client``."""

import argparse
from collections.abc import Sequence

import pytest

from contract_tests import cli
from mockserver.serve_options import add_options


def refusal(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return what is said about a wrong command line."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["client", *words, "--", "true"])
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--vary"], "--vary is an option of nomad-mock: a trial varies by itself: --only and --except choose "),
        (["--vary=7"], "--vary is an option of nomad-mock: "),
        (["--vary-only", "json.*"], "--vary-only is an option of nomad-mock: --only chooses the freedoms of a trial"),
        (["--nodes", "3"], "a trial starts mocks of its own, and --load says what they begin with"),
        (["--seedz", "3"], "did you mean --seed?"),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_what_is_meant_is_said(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For an option of ``nomad-mock`` it is what a trial has instead; else the nearest option."""
    assert told in refusal(words, capsys)


def test_every_option_of_the_mock_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is an option of a trial, too, or is refused with what to do."""
    mock = argparse.ArgumentParser(add_help=False)
    add_options(mock)
    options = [name for action in mock._actions for name in action.option_strings]
    with pytest.raises(SystemExit):
        cli.main(["client", "--help"])
    own = capsys.readouterr().out
    assert len(options) > 20
    for option in options:
        assert f"{option} " in own or f"{option} is an option of nomad-mock: " in refusal([option], capsys)
