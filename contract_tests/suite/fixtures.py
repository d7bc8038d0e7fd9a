"""What contract tests ask for by name."""

from collections.abc import Iterator

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.findings import NotOffered
from contract_tests.suite.profiles import Profile, chosen
from contract_tests.suite.run import RUN
from contract_tests.suite.settings import is_reference


@pytest.fixture
def nomad(request: pytest.FixtureRequest) -> Iterator[Nomad]:
    """The server under test; what a test creates is deregistered after it."""
    client = request.config.stash[RUN].client
    yield client
    client.own.clean()


@pytest.fixture(scope="session")
def workshop(request: pytest.FixtureRequest) -> JobFactory:
    """Jobs that no node can run."""
    settings = request.config.stash[RUN].settings
    return JobFactory(settings.region, f"{settings.prefix}nowhere", lenient=is_reference(settings.version))


@pytest.fixture
def running(request: pytest.FixtureRequest) -> JobFactory:
    """Jobs that nodes can run; skips where placement is not allowed."""
    settings = request.config.stash[RUN].settings
    if not settings.allow_placement:
        raise NotOffered("needs running allocations: --allow-placement --driver D --datacenter DC")
    lenient = is_reference(settings.version)
    return JobFactory(settings.region, settings.datacenter, settings.driver, lenient=lenient)


@pytest.fixture
def other_region(request: pytest.FixtureRequest) -> str:
    """A second region of the server; skips where there is none."""
    settings = request.config.stash[RUN].settings
    if not settings.other_region:
        raise NotOffered("needs a second region: --other-region NAME")
    return settings.other_region


@pytest.fixture
def profile() -> Profile:
    """How thorough the run is."""
    return chosen()
