"""The pytest plugin: a running mock as a fixture.

``nomad_mock`` has a fresh world in every test, ``nomad_mock_session`` one for the whole session, and
``nomad_mock_factory`` makes as many more as a test wants. All are served by one server in a thread of the test
process, so each worker of pytest-xdist has its own. Everything is in ``docs/guides/pytest.md``.

Loading this costs next to nothing: whatever serves is imported when a fixture is used.
"""

import os
import random
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from mockserver.pytest_options import (
    MARKER,
    OFF,
    OPTIONS,
    given,
    need_known,
    need_markers,
    need_settings,
    need_words,
    world,
)
from mockserver.pytest_report import mocks_of, remember, report_section

if TYPE_CHECKING:
    from mockserver.client import MockClient

MockFactory: TypeAlias = "Callable[..., MockClient]"
"""Makes a mock with a world and a port of its own; takes the settings that the marker takes."""

_NO_JUDGE = "conduct is {conduct}, but the plugin nomad_contract_tests, which judges it, is not there"
_SEEDS = random.SystemRandom()
"""Draws the seed of each world that is given none, so that a failing test can name it; a test may seed ``random``."""
_HIGHEST_SEED = 1_000_000
_MARKER = (
    "nomad_mock(seed=None, nodes=1, clock='real', speed=1, strict=False, strict_clients=False, region='global', "
    "datacenter='dc1', federate=[], mock_driver=False, shuffle_placements=False, vary=None, cors=[], env=False, "
    "unused_faults='warn', conduct='off'): "
    "what the world of the nomad_mock fixture is made of; env sets NOMAD_ADDR to it, unused_faults says what a fault "
    "that nothing met does to the test, and conduct judges what its clients did"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add each option, on the command line and in the ini file."""
    group = parser.getgroup("nomad_mock", "a mock of a Nomad 0.5.4 agent")
    for option in OPTIONS:
        group.addoption(option.flag, dest=option.key, metavar=option.name.upper(), help=option.help)
        parser.addini(option.key, f"{option.help} (or {option.variable})")


def options() -> list[str]:
    """Return the options as they are spelt."""
    return [option.flag for option in OPTIONS]


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let other plugins take the journals."""
    from mockserver import pytest_hooks

    pluginmanager.add_hookspecs(pytest_hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker; settings that can't be read end the run before its first test."""
    config.addinivalue_line("markers", _MARKER)
    need_known(config)
    given(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Return a line that says how mocks are set up, when something is set."""
    settings = given(config)
    return f"nomad-mock: {', '.join(f'{name} {value}' for name, value in settings.items())}" if settings else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a failing test say which requests came to the mocks that it used, and how to repeat it."""
    report = yield
    if report.failed and (section := report_section(item)):
        report.sections.append(("nomad-mock", section))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that passed but did not meet what it expects of its clients, and tell of faults that nothing met."""
    result = yield
    _tell_unused_marker(item)
    for mock, settings in mocks_of(item):
        _verify(mock)
        _tell_unused(item, mock, settings.get("unused_faults", "warn"))
    return result


@pytest.fixture(scope="session")
def nomad_mock_session(request: pytest.FixtureRequest) -> "Iterator[MockClient]":
    """Give a running mock with one world for the whole session."""
    from mockserver.testing import running_mock

    with ExitStack() as stack:
        with _explained():
            mock = stack.enter_context(running_mock(**_seeded(given(request.config))))
        remember(request.session, mock, given(request.config))
        yield mock
        _hand_over(request.config, "session", mock, given(request.config))
        _verify(mock)


@pytest.fixture(scope="session")
def _nomad_mock_space(nomad_mock_session: "MockClient") -> "MockClient":
    return nomad_mock_session.create_space()


@pytest.fixture
def nomad_mock(request: pytest.FixtureRequest) -> "Iterator[MockClient]":
    """Give a running mock with a fresh world for this test, made as the marker ``nomad_mock`` says."""
    mock: MockClient = request.getfixturevalue("_nomad_mock_space")
    settings = given(request.config)
    need_markers(request.config, (marker.name for marker in request.node.iter_markers()))
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        if marker.args:
            values = ", ".join(map(repr, marker.args))
            pytest.fail(
                f"the marker nomad_mock takes settings by name, as in clock='manual', not {values}", pytrace=False
            )
        need_settings(marker.kwargs)
        settings |= marker.kwargs
    with _explained():
        mock.reset(**_seeded(settings))
    if settings.get("env"):
        _lead_to(mock, request.getfixturevalue("monkeypatch"))
    remember(request.node, mock, settings)
    yield mock
    _hand_over(request.config, request.node.nodeid, mock, settings)


@pytest.fixture
def nomad_mock_factory(request: pytest.FixtureRequest) -> Iterator[MockFactory]:
    """Give a function that makes mocks, each with a world and a port of its own, until the test is over."""
    session: MockClient = request.getfixturevalue("nomad_mock_session")
    with ExitStack() as stack:

        def make(**settings: Any) -> "MockClient":
            __tracebackhide__ = True
            need_words(settings)
            wanted = given(request.config) | settings
            mock = session.create_space(**_seeded(wanted))
            remember(request.node, mock, wanted)
            stack.callback(_drop, mock)
            stack.callback(_hand_over, request.config, request.node.nodeid, mock, wanted)
            return mock

        yield make


def _lead_to(mock: "MockClient", patch: pytest.MonkeyPatch) -> None:
    """Set the variables that lead a client to this mock, and leave out what they say about another server."""
    from mockserver.client.surroundings import OF_ANOTHER_SERVER, leading_to

    for name in OF_ANOTHER_SERVER:
        patch.delenv(name, raising=False)
    for name, value in leading_to(mock.address, os.environ).items():
        patch.setenv(name, value)


def _drop(mock: "MockClient") -> None:
    """Drop the space of a mock, unless the test has done it."""
    from mockserver.client import MockError

    with suppress(MockError, OSError):
        mock.drop_space()


def _seeded(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a world, with a seed where none is given."""
    seed = settings.get("seed")
    return {**world(settings), "seed": _SEEDS.randrange(_HIGHEST_SEED) if seed is None else seed}


def _verify(mock: "MockClient") -> None:
    """Fail the test, with the reason and no traceback, where something that is expected did not come."""
    from mockserver.client import MockError

    unmet = ""
    try:
        mock.verify()
    except AssertionError as error:
        unmet = str(error)
    except (MockError, OSError):  # the test has dropped its mock
        return
    if unmet:
        pytest.fail(unmet, pytrace=False)


def _tell_unused_marker(item: pytest.Item) -> None:
    """Warn of a test's own marker that sets up no world; that of a class or module may be meant for other tests."""
    uses = {*getattr(item, "fixturenames", ())}
    made = "nomad_mock" in uses or ("nomad_mock_factory" not in uses and any(mocks_of(item)))
    if not made and any(marker.name == MARKER for marker in item.own_markers):
        text = (
            "the marker nomad_mock counts for the fixture nomad_mock alone, which this test does not use; "
            "nomad_mock_factory takes the settings as its arguments, nomad_mock_session those of the whole run"
        )
        try:
            item.warn(pytest.PytestWarning(f"{item.nodeid}: {text}"))
        except pytest.PytestWarning:  # where warnings are errors
            pytest.fail(text, pytrace=False)


def _tell_unused(item: pytest.Item, mock: "MockClient", unused_faults: str) -> None:
    """Warn of the faults and rules that nothing met, or fail the test, as is asked."""
    from mockserver.client import MockError

    try:
        unused = [] if unused_faults == OFF else mock.unused()
    except (MockError, OSError):  # the test has dropped its mock
        return
    try:
        for text in unused if unused_faults == "warn" else ():
            item.warn(pytest.PytestWarning(text))
    except pytest.PytestWarning:  # where warnings are errors
        unused_faults = "fail"
    if unused and unused_faults == "fail":
        pytest.fail("\n".join(unused), pytrace=False)


def _hand_over(config: pytest.Config, user: str, mock: "MockClient", settings: dict[str, Any]) -> None:
    """Let other plugins take the journal of a mock, where its clients are to be judged and there is a journal."""
    from mockserver.client import MockError

    conduct = settings.get("conduct", OFF)
    if conduct == OFF:
        return
    try:
        entries = mock.requests.list(whole=True)
    except MockError:  # this world keeps no journal, or the test has removed it
        return
    if not config.hook.pytest_nomad_mock_journal.get_hookimpls():
        warnings.warn(pytest.PytestWarning(_NO_JUDGE.format(conduct=conduct)), stacklevel=1)
    config.hook.pytest_nomad_mock_journal(config=config, user=user, conduct=conduct, entries=entries)


@contextmanager
def _explained() -> Iterator[None]:
    """Fail the test, with the reason and no traceback, for settings that no world can have.

    Raises:
        Exception: pytest's own, with which a test fails.
    """
    from mockserver.client import MockError

    try:
        yield
    except (MockError, ValueError) as refusal:
        text = f"no mock can be made of these settings: {refusal}"
        raise pytest.fail.Exception(text, pytrace=False) from None
