"""The page about real clients."""

from pathlib import Path
from typing import Any

from tests.real_clients import clients
from tests.real_clients.clients import CLIENTS
from tests.real_clients.page import HEAD, page

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "real-clients.md"


def a_report(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a report that the page reads."""
    told = {"plain_exchanges": 9, "plain_seconds": 1.25, "runs": 40}
    return {"client": told, "seconds": 31.2, "settings": {"seed": "1"}, "statements": list(statements)}


def an_entry(name: str, outcome: str, **more: Any) -> dict[str, Any]:
    """Return an entry of a report."""
    return {"id": name, "level": "MUST", "text": "A sentence.", "outcome": outcome, **more}


def test_what_a_client_does_wrong_is_told() -> None:
    """Its row counts freedoms and names what fails; below are both replies, and what the suite said."""
    exchange = {"request": {"method": "GET", "target": "/v1/jobs"}}
    failure = {"expected": "plain: 1", "actual": "varied: `2`", "exchange": exchange, "output": "a\nTypeError: no\nend"}
    broken = {"actual": "plain: #1 GET /v1/jobs: wrong\nand 3 more times"}
    report = a_report(
        an_entry("json.escapes", "pass"),
        an_entry("json.key-order", "fail", failure=failure),
        an_entry("time.zone", "skip"),
        an_entry("conduct.query.values", "fail", failure=broken),
        an_entry("conduct.query.known", "pass"),
    )
    text = page({"go_api": report})
    assert "| package `api` of Nomad 0.5.4 | Go | 1 of 2 | `json.key-order` | `conduct.query.values` | – |" in text
    assert "- **`json.key-order`**: A sentence. `GET /v1/jobs`:\n  - `plain: 1`\n  - `varied: '2'`\n" in text
    assert "  - the suite: `TypeError: no`" in text
    assert "- **`conduct.query.values`** (MUST): A sentence.\n  - `plain: #1 GET /v1/jobs: wrong`" in text
    assert "No reply could make use of `time.zone`." in text


def test_a_client_that_does_nothing_wrong_is_told_so() -> None:
    """A finding without an exchange or output leaves these out."""
    assert "Nothing is wrong." in page({"go_api": a_report(an_entry("json.escapes", "pass"))})
    bare = {"expected": "x" * 300, "actual": "y", "exchange": None, "output": ""}
    text = page({"go_api": a_report(an_entry("json.escapes", "fail", failure=bare))})
    assert f"`{'x' * 160}…`" in text
    assert "the suite:" not in text


def test_each_client_has_a_suite_and_its_place_on_the_page() -> None:
    """The page that is published was made from a trial of each of them."""
    text = PAGE.read_text("utf-8")
    assert text.startswith(HEAD)
    for client in CLIENTS:
        assert list((Path(clients.__file__).parent / client.folder).iterdir())
        assert f"\n## {client.name}\n" in text
