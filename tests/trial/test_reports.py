"""Reports on clients: in Markdown, in a job of GitHub Actions, and side by side."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests import cli
from contract_tests.suite.reports import github, markdown
from contract_tests.suite.reports.drift import Change, drift
from contract_tests.suite.reports.json import flaw
from tests.browser.report_data import EXCHANGE, a_report

ORDER, TOGETHER, CONDUCT = "json.key-order", "all-together", "conduct.enforce.switched-on"
REASON = "reply 3 alone makes the difference; seed {}; the client's tests: exit status 1 after 0.2 s"
Saved = Callable[..., str]


def not_survived(*freedoms: str, seed: int = 7) -> dict[str, Any]:
    """Return the members of an entry about freedoms that make the client's tests fail."""
    failure = {
        "expected": "plain: the object has its members in the order AllAtOnce, ID",
        "actual": f"varied: the object has its members in an order of seed {seed}",
        "exchange": EXCHANGE,
        "plain": EXCHANGE,
        "vary": {"seed": seed, "freedoms": list(freedoms), "weather": [], "replies": [3]},
        "ended": "exit status 1 after 0.2 s",
        "output": "AssertionError: `first` member\n",
    }
    return {"outcome": "fail", "reason": REASON.format(seed), "failure": failure}


BROKEN = {
    "outcome": "fail",
    "reason": "2 times",
    "failure": {"expected": "A sentence. Mend it.", "actual": "plain: PUT without EnforceIndex", "exchange": EXCHANGE},
}


def on_client(cut: str = "", **outcomes: Any) -> dict[str, Any]:
    """Return a report on a client; an outcome is a word, or the members of an entry."""
    names = {"order": ORDER, "together": TOGETHER, "conduct": CONDUCT}
    statements = [
        {"id": names[name], "level": "MUST", "section": "s", "source": "d", "text": "A sentence."}
        | ({"outcome": outcome} if isinstance(outcome, str) else outcome)
        for name, outcome in outcomes.items()
    ]
    totals = dict.fromkeys(("pass", "fail", "skip", "not selected", "error", "differences"), 0)
    for each in statements:
        totals[each["outcome"]] += 1
    known = a_report(statements=statements, totals=totals, additions=[])
    del known["target"]
    return known | {
        "client": {"command": "npm test", "plain_seconds": 2.0, "plain_exchanges": 9, "runs": 40, "steady": True},
        "settings": {"level": "MUST", "seed": "7", "seeds": 3, "parallel": 2},
        "cut_short": {"reason": cut, "unchecked": 1, "unchecked_must": 1} if cut else None,
    }


BAD = on_client(order=not_survived(ORDER), conduct=BROKEN, together="pass")


def test_these_reports_have_the_shape_that_is_published() -> None:
    """A report on a client is judged by its own schema."""
    assert flaw(BAD) == ""
    assert flaw(BAD | {"settings": {}}) == "$.settings 'level' is a required property"


def test_markdown_shows_what_the_client_does_not_survive() -> None:
    """The verdict, each freedom and each breach with its cause, and what the client's tests wrote."""
    text = markdown.render(BAD)
    assert text.startswith("### Nomad 0.5 client does not keep the contract\n\nnpm test, level MUST, 40 runs, seed 7, ")
    assert f"1. **{ORDER} is not survived** (1 failing)" in text
    assert f"1. **{CONDUCT} is broken** (1 failing)" in text
    assert "   - how: reply 3 alone makes the difference; seed 7; " in text
    assert "   ```text\n   AssertionError: `first` member\n   ```\n" in text
    assert "   ```sh\n   curl -si " in text
    assert f"| {TOGETHER}" not in text


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (on_client(order="pass"), "keeps the contract"),
        (on_client(order="pass", cut="not run: interrupted"), "keeps the contract, as far as it was judged"),
        (on_client(order="skip"), "was not judged"),
    ],
)
def test_markdown_has_the_verdict_of_the_terminal(report: dict[str, Any], verdict: str) -> None:
    """In the same words."""
    assert markdown.render(report).startswith(f"### Nomad 0.5 client {verdict}\n")


def test_a_job_of_github_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An annotation for each freedom and each statement names it, and says how the failure came about."""
    screen = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", screen)
    github.tell(BAD, {"GITHUB_ACTIONS": "true"})
    order, conduct = screen.getvalue().splitlines()
    assert order.startswith(f"::error title={ORDER} is not survived::{ORDER} (MUST): expected plain: the object has ")
    assert order.endswith("exit status 1 after 0.2 s")
    assert conduct.startswith(f"::error title={CONDUCT} is broken::")


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Return a function that writes a report on a client and returns the name of its file."""

    def save(name: str, **outcomes: Any) -> str:
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(on_client(**outcomes)), "utf-8")
        return str(file)

    return save


def test_compare_is_a_gate_for_clients(saved: Saved, capsys: pytest.CaptureFixture[str]) -> None:
    """The status is 1 when a freedom is not survived any more or conduct got worse, and 0 when it got better."""
    good = saved("good", order="pass", conduct="pass")
    bad = saved("bad", order=not_survived(ORDER), conduct=BROKEN)
    assert cli.main(["compare", good, bad, "--fail-on-regression"]) == 1
    said = capsys.readouterr().out
    assert f"regressed (2):\n  {ORDER} (MUST): A sentence.\n    old  holds\n    new  reply 3 alone makes " in said
    assert (
        f"  {CONDUCT} (MUST): A sentence.\n    old  holds\n    new  plain: PUT without EnforceIndex; expected" in said
    )
    assert cli.main(["compare", bad, good, "--fail-on-regression"]) == 0
    assert "mended (2):" in capsys.readouterr().out


def test_another_seed_is_no_difference() -> None:
    """Which freedoms are not survived counts, and not what a mock did with them."""
    before, after = (on_client(together=not_survived(ORDER, "index.high", seed=seed)) for seed in (7, 8))
    assert drift(before, after) == []
    (one,) = drift(before, on_client(together=not_survived(ORDER, "list.order")))
    assert one.change == Change.OTHERWISE


def test_clients_stand_side_by_side(saved: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a table, and on a page; ``diff`` says on what they differ."""
    one, other = saved("one", order="pass", together="pass"), saved("other", order=not_survived(ORDER), together="pass")
    page = tmp_path / "page.html"
    assert cli.main(["compare", one, other]) == 0
    assert capsys.readouterr().out == (
        f"[1] npm test\n[2] npm test\n{ORDER}  ok     FAIL \n[1] 2 pass, 0 fail\n[2] 1 pass, 1 fail\n"
    )
    assert cli.main(["diff", one, other, "--report-html", str(page)]) == 1
    assert capsys.readouterr().out.endswith("1 statements differ\n")
    assert "Client of Nomad" in page.read_text("utf-8")


@pytest.mark.parametrize("command", [["compare"], ["compare", "--fail-on-regression"], ["diff"]], ids=" ".join)
def test_a_client_is_not_compared_with_a_server(
    command: list[str], saved: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line says which report is about what."""
    client, server = saved("client", order="pass"), tmp_path / "server.json"
    server.write_text(json.dumps(a_report()), "utf-8")
    assert cli.main([*command, client, str(server)]) == 2
    assert f"{client!r} is about a client and {str(server)!r} about a server" in capsys.readouterr().err


def test_diff_asks_no_server_that_it_cannot_compare(saved: Saved, capsys: pytest.CaptureFixture[str]) -> None:
    """A report on a client beside an address is refused before anything is sent."""
    assert cli.main(["diff", "http://user:secret@127.0.0.1:9", saved("client", order="pass")]) == 2
    assert "'http://127.0.0.1:9' about a server: compare like with like" in capsys.readouterr().err
