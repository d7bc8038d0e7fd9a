"""Each wrong client is caught under the name of its fault, and no good client is."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from http.client import HTTPException

import pytest

from contract_tests.conduct import Judgement, conduct, judge
from contract_tests.statements import Level
from contract_tests.suite.verdicts import Verdict
from contract_tests.trial.freedoms import freedoms
from mockserver.client import MockClient
from mockserver.testing import running_mock
from tests.conduct import clients
from tests.conduct.catalogue import GOOD, LEANING, WRONG, Small

assert clients

pytestmark = pytest.mark.slow

SEEDS = 5
"""How many seeds are tried until a client fails: it need not meet a freedom in each run."""


@pytest.fixture(scope="module")
def mock() -> Iterator[MockClient]:
    """A mock behind a socket."""
    with running_mock(seed=1) as mock:
        yield mock


def _judged(mock: MockClient, client: Small) -> Sequence[Judgement]:
    client.use(mock)
    return judge(mock.requests.list(whole=True))


def _broken(judgements: Sequence[Judgement], least: Level = Level.MAY) -> dict[str, str]:
    return {
        each.statement.id: each.reason
        for each in judgements
        if each.verdict == Verdict.FAIL and each.statement.level >= least
    }


@pytest.mark.parametrize("client", WRONG, ids=str)
def test_a_wrong_client_is_caught_under_its_name(mock: MockClient, client: Small) -> None:
    """The statement that names the fault fails, and no other MUST does."""
    judgements = _judged(mock, client)
    assert client.names in _broken(judgements)
    assert [*_broken(judgements, Level.MUST)] in ([client.names], [])
    numbers = {entry["number"] for entry in mock.requests.list()}
    for each in judgements:
        for violation in each.violations:
            assert violation.text
            assert violation.exchanges
            assert numbers.issuperset(violation.exchanges)


@pytest.mark.parametrize("client", GOOD, ids=str)
def test_a_good_client_breaks_nothing(mock: MockClient, client: Small) -> None:
    """Not even a SHOULD."""
    assert _broken(_judged(mock, client), Level.SHOULD) == {}


def test_every_statement_can_be_broken_and_kept(mock: MockClient) -> None:
    """Each has a wrong client that breaks it, and the good clients together put each to the test."""
    assert {client.names for client in WRONG} == set(conduct())
    assert len(WRONG) >= 40
    passed = {each.statement.id for client in GOOD for each in _judged(mock, client) if each.verdict == Verdict.PASS}
    assert passed == set(conduct())


def test_every_freedom_can_be_leaned_on() -> None:
    """Each has a client that cannot bear it, so that a freedom the mock no longer uses is noticed."""
    assert {client.names for client in LEANING} == set(freedoms())


@pytest.mark.parametrize("client", LEANING, ids=str)
def test_a_client_that_leans_on_an_accident_is_named(mock: MockClient, client: Small) -> None:
    """It works on a plain mock, and with some seed it fails where the mock makes use of one freedom."""
    client.use(mock)
    group = {"weather": [client.names], "freedoms": []} if "weather." in client.names else {"freedoms": [client.names]}
    failed = False
    for seed in range(1, SEEDS + 1):
        try:
            client.use(mock, vary={"seed": seed, **group})
        except (AssertionError, KeyError, TypeError, ValueError, OSError, struct.error, zlib.error, HTTPException):
            failed = True
            break
    assert failed


@pytest.mark.parametrize("client", GOOD, ids=str)
@pytest.mark.parametrize("seed", range(1, 4))
def test_a_good_client_bears_every_freedom(mock: MockClient, client: Small, seed: int) -> None:
    """It works and breaks nothing whatever the mock makes use of."""
    client.use(mock, vary=seed)
    assert _broken(judge(mock.requests.list(whole=True)), Level.SHOULD) == {}


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_good_client_bears_the_weather(mock: MockClient, seed: int) -> None:
    """A client that pauses, looks and begins again breaks nothing; only an election takes too long for a test."""
    (client,) = (each for each in GOOD if each.name == "perseveres")
    weather = ["weather.index-reset", "weather.lost-*", "weather.rate-limit"]
    client.use(mock, vary={"seed": seed, "freedoms": [], "weather": weather})
    entries = mock.requests.list(whole=True)
    assert any(entry["freedoms"] for entry in entries)
    assert _broken(judge(entries), Level.SHOULD) == {}
