"""Command lines with misspelt words."""

import pytest

from mockserver.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nods", "3"], "unrecognized arguments: --nods 3; is --nodes meant?"),
        (["--nods=3"], "unrecognized arguments: --nods=3; is --nodes meant?"),
        (["--strict-client"], "unrecognized arguments: --strict-client; is --strict-clients meant?"),
        (["reocrd", "--out", "x"], "there is no command 'reocrd'; is record meant?"),
        (["sreve"], "there is no command 'sreve'; is serve meant?"),
        (["--clock", "manul"], "argument --clock: 'manul' is unknown; is manual meant?"),
        (["--log-level", "all"], "argument --log-level: 'all' is unknown; there are: debug, info"),
        (["example-job", "--idd", "x"], "example-job: error: unrecognized arguments: --idd; is --id meant?"),
        (["record", "--upstrem", "u"], "record: error: unrecognized arguments: --upstrem; is --upstream meant?"),
        (["run", "--port", "x", "--", "npm", "--prot"], "argument --port: 'x' is not a port"),
        (["replay", "x", "--timd"], "unrecognized arguments: --timd; is --timed meant?"),
        (
            ["record", "--upstream", "u", "--out", "o", "--mode", "dve"],
            "argument --mode: 'dve' is unknown; is dev meant?",
        ),
        (
            ["record", "--upstream", "u", "--out", "o", "--redact"],
            "unrecognized arguments: --redact; is --redact-env meant?",
        ),
    ],
)
def test_the_word_that_was_meant_is_named(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake is answered in the first line with the nearest word, without usage, and has the exit code for it."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    first, more = capsys.readouterr().err.splitlines()
    assert said in first
    assert more.startswith("see nomad-mock")
