"""The catalogue of mutants is in order, and each of them is a mock that still answers."""

import asyncio
import fnmatch
import functools
from collections import Counter
from typing import Any

import pytest

from contract_tests.statements import catalogue as statements
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import Answer, ask
from tests.each import each
from tests.mutants import remembered
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.mutant import Breakage, Mutant, mutant
from tests.mutants.outcome import ELSEWHERE, Outcome, matching, summary
from tests.mutants.run import CRASH, crash_in
from tests.mutants.serve import UNBROKEN, break_mock, broken_app, main

LEAST = 80
"""The least number of mutants."""

JOB = {
    "Region": "global",
    "ID": "j",
    "Name": "j",
    "Type": "batch",
    "Priority": 50,
    "Datacenters": ["dc1"],
    "TaskGroups": [
        {
            "Name": "g",
            "Count": 1,
            "Tasks": [
                {
                    "Name": "t",
                    "Driver": "raw_exec",
                    "Config": {"command": "/bin/true"},
                    "Resources": {"CPU": 20, "MemoryMB": 10},
                    "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 1},
                }
            ],
        }
    ],
}


def test_there_are_many() -> None:
    """The catalogue is large, and no two mutants of one kind have the same sentence."""
    assert len(CATALOGUE) >= LEAST
    assert UNBROKEN not in CATALOGUE
    sentences = Counter((one.name.split(".")[0], one.sentence) for one in CATALOGUE.values())
    assert [sentence for sentence, number in sentences.items() if number > 1] == []


@each(CATALOGUE.values(), lambda one: one.name)
def test_it_says_what_it_is(one: Mutant) -> None:
    """A mutant has a sentence, and is to be caught by statements that exist."""
    assert one.sentence.endswith(".")
    assert one.caught_by
    for glob in one.caught_by:
        assert _is_of_a_statement(glob), glob


@functools.cache
def _is_of_a_statement(glob: str) -> bool:
    return any(fnmatch.fnmatchcase(statement, glob) for statement in statements())


def test_remembered_statements_are_of_this_catalogue() -> None:
    """Each remembered statement is one of those that should catch its mutant, which names several by a glob."""
    for name, statement in remembered.load().items():
        assert name in CATALOGUE
        assert statement != CATALOGUE[name].caught_by[0]
        assert matching(CATALOGUE[name].caught_by[:1], [statement]), (name, statement)


def test_a_crash_is_told_from_a_deviation() -> None:
    """A mutant whose log has an exception of its own does not count as caught."""
    name, one = next(iter(CATALOGUE.items()))
    failed = [next(statement for statement in statements() if matching(one.caught_by[:1], [statement]))]
    log = (
        f"INFO x: y\nERROR mockserver: {CRASH}: GET /v1/job/x\nTraceback (most recent call last):\n  a\nKeyError: 'ID'"
    )
    assert Outcome(name, failed, 1).fate == "caught"
    crashed = Outcome(name, failed, 1, crash=crash_in(log))
    assert (crashed.passes, crashed.fate) == (False, "CRASHED")
    assert crashed.crash == f"{CRASH}: GET /v1/job/x (KeyError: 'ID')"
    assert crash_in("INFO mockserver: all is well\n") == ""


def test_a_catch_by_another_statement_is_told_apart() -> None:
    """A mutant that the statement that should catch it did not catch is caught elsewhere, named or not."""
    name = next(name for name, one in CATALOGUE.items() if len(one.caught_by) > 1 and "*" not in "".join(one.caught_by))
    should, other = CATALOGUE[name].caught_by[:2]
    stranger = next(one for one in statements() if not matching(CATALOGUE[name].caught_by, [one]))
    caught, by_another, by_a_stranger = (Outcome(name, failed, 1) for failed in ([other, should], [other], [stranger]))
    assert (caught.fate, caught.right, caught.passes) == ("caught", [should], True)
    assert (by_another.fate, by_another.right, by_another.passes) == (ELSEWHERE, [], True)
    assert (by_a_stranger.fate, by_a_stranger.right, by_a_stranger.passes) == (ELSEWHERE, [], False)
    outcomes = [caught, by_another, by_a_stranger, Outcome(name)]
    assert summary(outcomes) == "3 of 4 caught, 2 of them only elsewhere"
    assert summary(outcomes[:1]) == "1 of 1 caught"


def test_two_of_one_name_are_refused() -> None:
    """Two mutants of one name are refused."""
    taken = next(iter(CATALOGUE))
    with pytest.raises(ValueError, match="two mutants are named"):
        mutant(taken, "Another one.", "job.*")(lambda _: None)


PARENT = {**JOB, "ID": "p", "Name": "p", "ParameterizedJob": {"Payload": "optional", "MetaOptional": ["m"]}}
PERIODIC = {
    **JOB,
    "ID": "c",
    "Name": "c",
    "Periodic": {"Enabled": True, "Spec": "0 0 1 1 *", "SpecType": "cron", "ProhibitOverlap": False},
}
REQUESTS: tuple[tuple[str, str, Any], ...] = (
    ("PUT", "/v1/job/j", {"Job": JOB}),
    ("PUT", "/v1/job/j/plan", {"Job": JOB, "Diff": True}),
    ("PUT", "/v1/job/j/evaluate", None),
    ("POST", "/v1/job/j", {"Job": {**JOB, "Priority": 60}}),
    ("PUT", "/v1/job/p", {"Job": PARENT}),
    ("PUT", "/v1/job/p/dispatch", {"Payload": "eA==", "Meta": {"m": "v"}}),
    ("PUT", "/v1/job/c", {"Job": PERIODIC}),
    ("PUT", "/v1/job/c/periodic/force", None),
    ("GET", "/v1/job/j/evaluations", None),
    ("GET", "/v1/job/j/allocations?all=true", None),
    ("GET", "/v1/job/p/summary", None),
    ("GET", "/v1/job/j?pretty", None),
    ("GET", "/v1/jobs", None),
    ("GET", "/v1/evaluations", None),
    ("GET", "/v1/allocations", None),
    ("GET", "/v1/nodes", None),
    ("GET", "/v1/agent/self", None),
    ("DELETE", "/v1/job/p", None),
)
"""One of each operation; the mock answers 200 to all of them."""


async def _exercised(breakage: Breakage) -> list[Answer]:
    app = broken_app(breakage, create_app(Settings(seed=1)))
    async with app.router.lifespan_context(app):
        replies = [await ask(app, method, path, body) for method, path, body in REQUESTS]
        return [*replies, await ask(app, "GET", "/v1/job/j/evaluations", Accept_Encoding="gzip")]


def _crashes(*names: str) -> list[bytes]:
    """Return the answers with an exception of a mock that is broken in all these ways, and whole again afterwards."""
    breakage = Breakage()
    try:
        for name in names:
            before = breakage.changes
            CATALOGUE[name].apply(breakage)
            assert breakage.changes > before, name
        answers = asyncio.run(_exercised(breakage))
    finally:
        breakage.undo()
    assert breakage.changes == 0
    return [answer.raw for answer in answers if CRASH.encode() in answer.raw]


TOGETHER = 6
"""More mutants at once get in each other's way."""
_BUNCHES = -(-len(CATALOGUE) // TOGETHER)


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
@each([list(CATALOGUE)[first::_BUNCHES] for first in range(_BUNCHES)])
def test_they_can_be_applied(names: list[str]) -> None:
    """Mutants of several chapters change something each, answer without an exception, and can be undone completely."""
    if _crashes(*names):
        assert [name for name in names if _crashes(name)] == []


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
@each(CATALOGUE)
def test_each_can_be_applied(name: str) -> None:
    """The same holds of each mutant alone, which no other one can hide."""
    assert _crashes(name) == []


def test_the_mock_is_whole_afterwards() -> None:
    """After all mutants were undone the mock answers correctly."""
    assert [answer.status for answer in asyncio.run(_exercised(break_mock(UNBROKEN)))] == [200] * (len(REQUESTS) + 1)


def test_an_unknown_mutant_is_not_served(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown mutant is bad usage."""
    assert main(["no-such-mutant"]) == 2
    assert "usage" in capsys.readouterr().err
