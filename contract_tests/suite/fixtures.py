"""The fixtures of contract tests."""

from collections.abc import Iterator

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.findings import NotOffered
from contract_tests.suite.profiles import Profile, chosen
from contract_tests.suite.run import RUN


@pytest.fixture
def nomad(request: pytest.FixtureRequest) -> Iterator[Nomad]:
    """Yield the server under test; the jobs that a test creates are deregistered after it."""
    client = request.config.stash[RUN].client
    client.connection.writes.clear()
    yield client
    client.own.clean()


@pytest.fixture(scope="session")
def factory(request: pytest.FixtureRequest) -> JobFactory:
    """Return a factory of jobs that no node can run."""
    settings = request.config.stash[RUN].settings
    return JobFactory(settings.region, f"{settings.prefix}nowhere", lenient=settings.lenient)


@pytest.fixture
def running(request: pytest.FixtureRequest) -> JobFactory:
    """Return a factory of jobs that nodes can run.

    Raises:
        NotOffered: The run may not place anything, so the test is skipped.
    """
    settings = request.config.stash[RUN].settings
    if not settings.allow_placement:
        raise NotOffered("needs running allocations: --allow-placement --driver D --datacenter DC")
    return JobFactory(settings.region, settings.datacenter, settings.driver, lenient=settings.lenient)


@pytest.fixture
def other_region(request: pytest.FixtureRequest) -> str:
    """Return the name of a second region of the server.

    Raises:
        NotOffered: The server has no second region, so the test is skipped.
    """
    settings = request.config.stash[RUN].settings
    if not settings.other_region:
        raise NotOffered("needs a second region: --other-region NAME")
    return settings.other_region


@pytest.fixture
def profile() -> Profile:
    """Return the profile: how thorough the run is."""
    return chosen()
