"""Each wrong client is caught under the name of its fault, and no good client is."""

from collections.abc import Iterator, Sequence

import pytest

from contract_tests.conduct import Judgement, conduct, judge
from contract_tests.statements import Level
from contract_tests.suite.verdicts import Verdict
from mockserver.client import MockClient
from mockserver.testing import running_mock
from tests.conduct import clients
from tests.conduct.catalogue import GOOD, WRONG, Small

assert clients

pytestmark = pytest.mark.slow


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
    assert client.statement in _broken(judgements)
    assert [*_broken(judgements, Level.MUST)] in ([client.statement], [])
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
    assert {client.statement for client in WRONG} == set(conduct())
    assert len(WRONG) >= 40
    passed = {each.statement.id for client in GOOD for each in _judged(mock, client) if each.verdict == Verdict.PASS}
    assert passed == set(conduct())
