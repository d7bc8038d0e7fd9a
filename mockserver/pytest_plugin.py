"""The pytest plugin: a running mock as a fixture.

``nomad_mock`` has a fresh world in every test, ``nomad_mock_session`` one for the whole session, and
``nomad_mock_factory`` makes as many more as a test wants. All are served by one server in a thread of the test
process, so each worker of pytest-xdist has its own. Everything is in ``docs/guides/pytest.md``.

Loading this costs next to nothing: whatever serves is imported when a fixture is used.
"""

import os
import tomllib
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import iniconfig  # pytest reads its own files with it
import pytest

from mockserver.nearest import advice, meant, nearest, shown
from mockserver.pytest_vary import SYNTAX, read_vary, remember, report_section

if TYPE_CHECKING:
    from mockserver.client import MockClient

MockFactory: TypeAlias = "Callable[..., MockClient]"
"""Makes a mock with a world and a port of its own; takes the settings that the marker takes."""

_PREFIX = "nomad_mock_"
_MARKER = (
    "nomad_mock(seed=None, nodes=1, clock='real', speed=1, strict=False, region='global', datacenter='dc1', "
    "federate=[], mock_driver=False, vary=None, env=False, conduct='off'): what the world of the nomad_mock fixture is "
    "made of; env sets NOMAD_ADDR to it, and conduct judges what its clients did"
)


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that can be given as ``--nomad-mock-X``, as ``NOMAD_MOCK_X`` and as the ini key ``nomad_mock_x``."""

    name: str
    read: Callable[[str], Any]
    help: str

    @property
    def flag(self) -> str:
        """The command line option."""
        return f"--nomad-mock-{self.name}"

    @property
    def key(self) -> str:
        """The ini key."""
        return f"nomad_mock_{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return self.key.upper()


def _truth(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    return known[text.lower()]


_OFF = "off"
CONDUCT = (_OFF, "report", "must", "should", "may")
"""Whether the conduct of clients is reported at the end of the session, and the lowest level that fails it."""


def _conduct(text: str) -> str:
    return CONDUCT[CONDUCT.index(text)]


OPTIONS = (
    Option("seed", int, "the same seed gives the same IDs and choices"),
    Option("nodes", int, "how many simulated nodes a world has"),
    Option("clock", str, "real, or manual: stand still until it is moved"),
    Option("speed", float, "let time pass that many times as fast"),
    Option("strict", _truth, "check every reply of the mock against its schema (true or false)"),
    Option("vary", read_vary, f"make use of what the documentation leaves open to a server: {SYNTAX}"),
    Option("env", _truth, "set NOMAD_ADDR in each test that uses nomad_mock (true or false)"),
    Option("conduct", _conduct, "judge what clients did: off, report, or the level that fails: must, should, may"),
)
_NO_JUDGE = "conduct is {conduct}, but the plugin nomad_contract_tests, which judges it, is not there"
_OURS = ("env", "conduct")
"""Settings that this plugin follows; the others are those of a world."""

"""All settings; the command line counts before the environment, that before the ini file, a marker before all."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add each option, on the command line and in the ini file."""
    group = parser.getgroup("nomad_mock", "a mock of a Nomad 0.5.4 agent")
    for option in OPTIONS:
        group.addoption(option.flag, dest=option.key, metavar=option.name.upper(), help=option.help)
        parser.addini(option.key, f"{option.help} (or {option.variable})")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let other plugins take the journals."""
    from mockserver import pytest_hooks

    pluginmanager.add_hookspecs(pytest_hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker; settings that can't be read end the run before its first test."""
    config.addinivalue_line("markers", _MARKER)
    _need_known(config)
    _given(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Return a line that says how mocks are set up, when something is set."""
    given = _given(config)
    return f"nomad-mock: {', '.join(f'{name} {value}' for name, value in given.items())}" if given else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a failing test say how the mocks varied that it used, and how to repeat it."""
    report = yield
    if report.when == "call" and report.failed and (section := report_section(item)):
        report.sections.append(("nomad-mock", section))
    return report


@pytest.fixture(scope="session")
def nomad_mock_session(request: pytest.FixtureRequest) -> "Iterator[MockClient]":
    """Give a running mock with one world for the whole session."""
    from mockserver.testing import running_mock

    with ExitStack() as stack:
        with _explained():
            mock = stack.enter_context(running_mock(**_world(_given(request.config))))
        remember(request.session, mock, _given(request.config))
        yield mock
        _hand_over(request.config, "session", mock, _given(request.config))


@pytest.fixture(scope="session")
def _nomad_mock_space(nomad_mock_session: "MockClient") -> "MockClient":
    return nomad_mock_session.create_space()


@pytest.fixture
def nomad_mock(request: pytest.FixtureRequest) -> "Iterator[MockClient]":
    """Give a running mock with a fresh world for this test, made as the marker ``nomad_mock`` says."""
    mock: MockClient = request.getfixturevalue("_nomad_mock_space")
    settings = _given(request.config)
    for marker in reversed(list(request.node.iter_markers("nomad_mock"))):
        if marker.args:
            given = ", ".join(map(repr, marker.args))
            pytest.fail(
                f"the marker nomad_mock takes settings by name, as in clock='manual', not {given}", pytrace=False
            )
        _need_settings(marker.kwargs)
        settings |= marker.kwargs
    with _explained():
        mock.reset(**_world(settings))
    if settings.get("env"):
        request.getfixturevalue("monkeypatch").setenv("NOMAD_ADDR", mock.address)
    remember(request.node, mock, settings)
    yield mock
    _hand_over(request.config, request.node.nodeid, mock, settings)


@pytest.fixture
def nomad_mock_factory(request: pytest.FixtureRequest) -> Iterator[MockFactory]:
    """Give a function that makes mocks, each with a world and a port of its own, until the test is over."""
    session: MockClient = request.getfixturevalue("nomad_mock_session")
    with ExitStack() as stack:

        def make(**settings: Any) -> "MockClient":
            _need_conduct(settings)
            wanted = _given(request.config) | settings
            mock = session.create_space(**_world(wanted))
            remember(request.node, mock, wanted)
            stack.callback(mock.drop_space)
            stack.callback(_hand_over, request.config, request.node.nodeid, mock, wanted)
            return mock

        yield make


def _hand_over(config: pytest.Config, user: str, mock: "MockClient", settings: dict[str, Any]) -> None:
    """Let other plugins take the journal of a mock, where its clients are to be judged and there is a journal."""
    from mockserver.client import MockError

    conduct = settings.get("conduct", _OFF)
    if conduct == _OFF:
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
    """Fail the test, with the reason and no traceback, for settings that no world can have."""
    from mockserver.client import MockError

    try:
        yield
    except (MockError, ValueError) as refusal:
        pytest.fail(f"no mock can be made of these settings: {refusal}", pytrace=False)


def _need_known(config: pytest.Config) -> None:
    """Refuse an ini key or an environment variable that is like one of ours, and none of them.

    Raises:
        pytest.UsageError: There is such a key or variable.
    """
    keys = [option.key for option in OPTIONS]
    for key in _keys(config):
        if key not in keys and nearest(key.rpartition("_")[0], [_PREFIX.strip("_")]):
            raise pytest.UsageError(f"there is no ini key {shown(key)}; {advice(key, keys)}")
    names = [option.name for option in OPTIONS]
    for variable in os.environ:
        name = variable.removeprefix(_PREFIX.upper())
        if name != variable and name.lower() not in names and nearest(name, names):
            raise pytest.UsageError(f"there is no variable {shown(variable)}{meant(name, map(str.upper, names))}")


def _keys(config: pytest.Config) -> list[str]:
    """Return the keys in the ini file, and those on the command line."""
    overridden: list[str] = config.getoption("override_ini") or []
    return [*_keys_in(config.inipath), *(each.partition("=")[0] for each in overridden)]


def _keys_in(path: Path | None) -> list[str]:
    if path is None:
        return []
    if path.suffix == ".toml":
        document = tomllib.loads(path.read_text("utf-8"))
        tool = document.get("tool", {}).get("pytest", {})
        return [*document.get("pytest", {}), *tool, *tool.get("ini_options", {})]
    file = iniconfig.IniConfig(str(path))
    return [key for name in ("pytest", "tool:pytest") if name in file for key in file[name]]


def _need_settings(given: dict[str, Any]) -> None:
    """Fail the test for a setting that no world has; some are of this plugin, and checked here."""
    from mockserver.openapi import load_control

    known = [*load_control().bundle()["components"]["schemas"]["WorldSettings"]["properties"], *_OURS]
    for name in given:
        if name not in known:
            hint = advice(name, known)
            pytest.fail(f"the marker nomad_mock knows no {shown(name)!r}; {hint}", pytrace=False)
    if not isinstance(given.get("env", False), bool):
        pytest.fail(f"the marker nomad_mock takes env=True or env=False, not {given['env']!r}", pytrace=False)
    _need_conduct(given)


def _need_conduct(given: dict[str, Any]) -> None:
    """Fail the test where ``conduct`` is none of the words."""
    if (conduct := given.get("conduct", _OFF)) not in CONDUCT:
        pytest.fail(f"conduct is one of {', '.join(CONDUCT)}, not {conduct!r}", pytrace=False)


def _given(config: pytest.Config) -> dict[str, Any]:
    """Return the settings that are given, by name."""
    texts = {
        option: config.getoption(option.key) or os.environ.get(option.variable) or config.getini(option.key)
        for option in OPTIONS
    }
    return {option.name: _value(option, text) for option, text in texts.items() if text}


def _value(option: Option, text: str) -> Any:
    try:
        return option.read(text)
    except (ValueError, KeyError) as error:
        why = f" ({error})" if "named" in str(error) else ""
        names = f"{option.flag}, {option.variable} or {option.key}"
        raise pytest.UsageError(f"{names}: {text!r}: {option.help}{why}") from None


def _world(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _OURS}
