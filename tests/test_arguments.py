"""Command lines with misspelt words."""

import pytest

from mockserver.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nods", "3"], "unrecognized arguments: --nods 3; did you mean --nodes?"),
        (["--nods=3"], "unrecognized arguments: --nods=3; did you mean --nodes?"),
        (["--strict-client"], "unrecognized arguments: --strict-client; did you mean --strict-clients?"),
        (["reocrd", "--out", "x"], "there is no command 'reocrd'; did you mean record?"),
        (["sreve"], "there is no command 'sreve'; did you mean serve?"),
        (["--data-dir", ""], "argument --data-dir: it is empty: leave the option out, or give it a value"),
        (["--admin-token", ""], "argument --admin-token: it is empty"),
        (["run", "--report", "", "--", "true"], "argument --report: it is empty"),
        (["replay", ""], "argument FILE: it is empty"),
        (["--clock", "manul"], "argument --clock: 'manul' is unknown; did you mean manual?"),
        (["--log-level", "all"], "argument --log-level: 'all' is unknown; there are: debug, info"),
        (["example-job", "--idd", "x"], "example-job: error: unrecognized arguments: --idd; did you mean --id?"),
        (["record", "--upstrem", "u"], "record: error: unrecognized arguments: --upstrem; did you mean --upstream?"),
        (["run", "--port", "x", "--", "npm", "--prot"], "argument --port: 'x' is not a port"),
        (["replay", "x", "--timd"], "unrecognized arguments: --timd; did you mean --timed?"),
        (
            ["record", "--upstream", "u", "--out", "o", "--mode", "dve"],
            "argument --mode: 'dve' is unknown; did you mean dev?",
        ),
        (
            ["record", "--upstream", "u", "--out", "o", "--redact"],
            "unrecognized arguments: --redact; did you mean --redact-env?",
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
