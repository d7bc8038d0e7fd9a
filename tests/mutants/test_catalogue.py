"""The catalogue of mutants is in order, and each of them is a mock that still answers."""

import asyncio
import fnmatch
import re
from collections import Counter

import pytest

from contract_tests.statements import catalogue as statements
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import ask
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.matrix import PAGE
from tests.mutants.mutant import Breakage, Mutant, mutant
from tests.mutants.serve import UNBROKEN, break_mock, broken_app, main

LEAST = 80
"""So many mutants at least."""

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
    """The catalogue is large, and no sentence is told twice of one kind of mutant."""
    assert len(CATALOGUE) >= LEAST
    assert UNBROKEN not in CATALOGUE
    sentences = Counter((one.name.split(".")[0], one.sentence) for one in CATALOGUE.values())
    assert [sentence for sentence, number in sentences.items() if number > 1] == []


@pytest.mark.parametrize("one", CATALOGUE.values(), ids=list(CATALOGUE))
def test_it_says_what_it_is(one: Mutant) -> None:
    """A mutant has a sentence that ends, and statements that exist have to catch it."""
    assert one.sentence.endswith(".")
    assert one.caught_by
    for glob in one.caught_by:
        assert any(fnmatch.fnmatchcase(statement, glob) for statement in statements()), glob


def test_the_published_matrix_is_of_this_catalogue() -> None:
    """docs/mutation-matrix.md has a row for every mutant, and for no other."""
    table = PAGE.read_text("utf-8").partition("## ")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)) == set(CATALOGUE)


def test_two_of_one_name_are_refused() -> None:
    """A name is given once."""
    taken = next(iter(CATALOGUE))
    with pytest.raises(ValueError, match="two mutants are named"):
        mutant(taken, "Another one.", "job.*")(lambda _: None)


async def _exercised(breakage: Breakage) -> int:
    app = broken_app(breakage, create_app(Settings(seed=1)))
    async with app.router.lifespan_context(app):
        await ask(app, "PUT", "/v1/job/j", {"Job": JOB})
        await ask(app, "PUT", "/v1/job/j/plan", {"Job": JOB, "Diff": True})
        await ask(app, "GET", "/v1/job/j/evaluations", Accept_Encoding="gzip")
        return (await ask(app, "GET", "/v1/job/j?pretty")).status


@pytest.mark.parametrize("name", CATALOGUE)
def test_it_can_be_applied(name: str) -> None:
    """A mutant changes something, still answers whatever is asked, and can be taken back without a trace."""
    breakage = break_mock(name)
    try:
        assert breakage.changes
        assert asyncio.run(_exercised(breakage)) >= 200
    finally:
        breakage.undo()
    assert breakage.changes == 0


def test_the_mock_is_whole_afterwards() -> None:
    """After all the mutants the mock answers as it should."""
    assert asyncio.run(_exercised(break_mock(UNBROKEN))) == 200


def test_an_unknown_mutant_is_not_served(capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for a mutant that is not there is bad usage."""
    assert main(["no-such-mutant"]) == 2
    assert "usage" in capsys.readouterr().err
