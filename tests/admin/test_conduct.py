"""Judging the conduct of clients through the control plane."""

import subprocess
from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.admin import conduct
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.admin.conftest import Control
from tests.asgi import ask

pytestmark = pytest.mark.anyio


async def test_what_clients_did_is_judged(control: Control, app: Starlette) -> None:
    """Each statement has a verdict, and a broken one the exchange that shows it."""
    await ask(app, "GET", "/v1/jobs")
    await ask(app, "GET", "/v1/jobs?stale=false")
    judged = (await control("GET", "/conduct")).json
    assert (judged["exchanges"], judged["last"]) == (2, 2)
    (broken,) = [one for one in judged["judgements"] if one["verdict"] == "fail"]
    assert (broken["id"], broken["level"]) == ("conduct.query.values", "MUST")
    assert [each["exchanges"] for each in broken["violations"]] == [[2]]


async def test_without_a_journal_nothing_is_judged() -> None:
    """A world without a journal is refused, with what to do."""
    answer = await ask(create_app(Settings(journal_limit=0)), "GET", "/__admin/conduct", host="localhost")
    assert (answer.status, answer.json["error"]) == (409, "this world keeps no journal")


async def test_a_judge_that_is_not_installed_is_told(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the test tools the reason is told, and what to install."""
    monkeypatch.setattr(conduct, "_JUDGE", "no_such_judge")
    answer = await control("GET", "/conduct")
    assert (answer.status, "no_such_judge" in answer.json["error"]) == (501, True)
    assert "pip install 'nomad-contract[contract]'" in answer.json["help"]


async def test_a_judge_that_takes_too_long_is_ended(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""

    def late(command: list[str], **options: Any) -> None:
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", late)
    assert (await control("GET", "/conduct")).status == 503
