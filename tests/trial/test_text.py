"""The text that ends a trial."""

import re
from typing import Any

from contract_tests.conduct import Judgement, Violation, conduct
from contract_tests.suite.reports.ink import Ink
from contract_tests.suite.verdicts import Verdict
from contract_tests.trial.text import exchanges, misconduct, summary
from tests.trial.test_difference import entry as an_exchange


def a_report(*entries: dict[str, Any], cut: str = "") -> dict[str, Any]:
    """Return a report with these entries."""
    totals = dict.fromkeys(("pass", "fail", "skip", "not selected", "error"), 0)
    for entry in entries:
        totals[entry["outcome"]] += 1
    return {
        "client": {"command": "npm test", "plain_exchanges": 3, "plain_seconds": 2.0, "runs": 40},
        "settings": {"level": "MUST", "seed": "7"},
        "totals": {**totals, "differences": sum("difference" in entry for entry in entries)},
        "seconds": 31.0,
        "cut_short": {"reason": cut, "unchecked": 1, "unchecked_must": 1} if cut else None,
        "statements": list(entries),
    }


def an_entry(name: str, outcome: str, **more: Any) -> dict[str, Any]:
    """Return an entry of a report."""
    return {"id": name, "level": "MUST", "text": "A sentence.", "outcome": outcome} | more


def told(*entries: dict[str, Any], width: int = 80, verbose: bool = False, cut: str = "") -> str:
    """Return the text of a report."""
    return summary(a_report(*entries, cut=cut), Ink(on=False), width=width, verbose=verbose)


def test_what_fails_comes_first() -> None:
    """A freedom with both replies and the last words of the client, conduct with what to do; then the totals."""
    exchange = {"request": {"method": "GET", "target": "/v1/jobs"}, "curl": "nomad-mock\nnpm test"}
    failure = {"expected": "plain: 1", "actual": "varied: 2", "exchange": exchange, "output": "a\nb\nc\nd"}
    broken = {"expected": "A sentence. Mend it.", "actual": "plain: wrong\nand 3 more times"}
    entries = (
        an_entry("json.escapes", "fail", failure=failure, reason="reply 3 alone"),
        an_entry("conduct.x", "fail", failure=broken),
    )
    assert told(*entries) == (
        "NOT SURVIVED json.escapes: A sentence.\n  reply 3 alone\n  GET /v1/jobs\n  plain: 1\n  varied: 2\n"
        "  | b\n  | c\n  | d\n\n"
        "BROKEN conduct.x (MUST): A sentence.\n  plain: wrong\n  and 3 more times\n  What to do: Mend it.\n\n"
        "The client does not keep the contract: npm test\n  2 fail\n"
        "  3 exchanges in 2.0 s when nothing varies; 40 runs, 31.0 s; level MUST, seed 7\n"
    )
    whole = told(*entries, verbose=True)
    assert "  | a\n" in whole
    assert "  again:\n    nomad-mock\n    npm test\n" in whole


def test_the_lines_that_tell_the_reason_are_shown() -> None:
    """Of a long output the first lines that sound like a failure; without one, the last lines."""
    output = "1..4\nnot ok 2 - a job\n  ---\n  error: |-\n  Expected values to be equal\n  code: 'ERR_ASSERTION'\n..."
    failure = {"expected": "plain: 1", "actual": "varied: 2", "exchange": None, "output": output}
    text = told(an_entry("json.escapes", "fail", failure=failure, reason="r"))
    assert "  | not ok 2 - a job\n  |   error: |-\n  |   Expected values to be equal\n\n" in text


def test_what_was_not_judged_is_named() -> None:
    """Freedoms that were not run, not exercised or unsteady, and what is broken below the level."""
    text = told(
        an_entry("json.escapes", "pass"),
        an_entry("list.order", "skip", reason="not run: interrupted"),
        an_entry("time.zone", "skip", reason="not exercised: no reply"),
        an_entry("index.high", "skip", reason="unsteady: failed once"),
        an_entry("index.jumps", "error", reason="the mock does not answer"),
        an_entry("conduct.y", "not selected", difference={}),
        cut="not run: interrupted",
    )
    assert "The client keeps the contract, as far as it was judged: npm test\n" in text
    assert "CUT SHORT, not run: interrupted: 1 freedom, 1 of them MUST: list.order\n" in text
    assert "  index.high: unsteady: failed once\n" in text
    assert "  index.jumps: the mock does not answer\n" in text
    assert "  1 freedom not exercised: time.zone\n" in text
    assert "  1 broken below level MUST: conduct.y\n" in text
    assert "was not judged" in told(an_entry("time.zone", "skip", reason="not exercised: no reply"))


def test_no_line_is_wider_than_the_window() -> None:
    """Long lines are cut or wrapped."""
    failure = {"expected": "plain: " + "x" * 300, "actual": "y", "exchange": None, "output": ""}
    unused = [an_entry(f"time.zone{n}", "skip", reason="not exercised: x") for n in range(30)]
    text = told(an_entry("json.escapes", "fail", failure=failure, reason="r"), *unused, width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert "time.zone29" in text


def test_colours_end_with_their_lines() -> None:
    """On a terminal, too, no line is wider than the window, and no colour runs on."""
    failure = {"expected": "plain: 1", "actual": "varied: 2", "exchange": None, "output": "x" * 200}
    entry = an_entry("json.escapes", "fail", failure=failure, reason="r" * 200)
    text = summary(a_report(entry, cut="not run: interrupted"), Ink(on=True), width=60, verbose=False)
    for line in text.splitlines():
        assert len(re.sub(r"\x1b\[\d+m", "", line)) <= 60
        assert line.count("\x1b[") % 2 == 0


def test_what_was_answered_explains_a_plain_run_that_fails() -> None:
    """The last exchanges are told, like ones in a row once, with the text of an error on one line."""
    assert exchanges([an_exchange({}, number) for number in (1, 2, 3)]).endswith("  GET /v1/job/web - 200 (3 times)")
    told_of = exchanges([an_exchange({"a": 1}, 1), an_exchange("no\n\x1b[2Jsuch job", 2, status=404)])
    assert told_of.splitlines()[1:] == ["  GET /v1/job/web - 200", "  GET /v1/job/web - 404: no \\x1b[2Jsuch job"]
    assert exchanges([an_exchange({}, 1, status=None)]).endswith("  GET /v1/job/web - no answer")
    assert exchanges([]) == "No request came to the address in NOMAD_ADDR."


def test_what_the_client_did_explains_a_plain_run_that_fails() -> None:
    """Each statement of conduct that was broken is told with what happened and what to do."""
    statement = conduct()["conduct.query.values"]
    judgement = Judgement(statement, Verdict.FAIL, "", (), (Violation("#1 GET /: \x1b[2J", (1,), "plain"),), 1)
    first, name, *violations, advice = misconduct([judgement]).splitlines()
    assert (first, violations) == ("What the client did wrong:", ["    plain: #1 GET /: \\x1b[2J"])
    assert name.startswith("  MUST conduct.query.values: ")
    assert advice.startswith("    What to do: ")
    assert misconduct([]) == ""


def test_a_sentence_is_told_to_its_end() -> None:
    """What the server did goes on in further lines; what it answered is cut."""
    failure = {"expected": "plain: 1", "actual": "varied: " + "2" * 90, "exchange": None, "output": ""}
    lines = told(an_entry("json.escapes", "fail", text="word " * 15 + "end.", failure=failure, reason="r")).splitlines()
    assert lines[1].endswith("word end.")
    assert lines[4].endswith("…")
    assert max(map(len, lines)) <= 80
