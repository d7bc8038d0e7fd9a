"""The pytest side of the suite: its options; everything else is loaded only when contract tests run.

Usable as ``pytest -p contract_tests.plugin --pyargs contract_tests --nomad-address URL``.
"""

import argparse
import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from contract_tests.suite.options import NUMBERS, OPTIONS, SWITCHES

if TYPE_CHECKING:
    from contract_tests.conduct.session import ConductReport

_IN_THE_HELP = ("address", "profile")
_ONLY = (
    "only statements whose id matches; may be repeated. Every other option of 'nomad-contract check', too, is one of "
    "pytest here, as --nomad-…"
)
_FIRST = "gw0"
"""The worker of pytest-xdist that checks the mock of the process which began the run; all others start their own."""
_SUITE = Path(__file__).resolve().parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, each with its environment variable."""
    group = parser.getgroup("nomad-contract", "contract tests of a Nomad server (pytest --pyargs contract_tests)")
    for name, (variable, default, text) in OPTIONS.items():
        value = os.environ.get(variable, default) if variable else default
        kind = _number if name in NUMBERS else str
        group.addoption(f"--nomad-{name}", default=value, help=_shown(name, text), type=kind, metavar=name.upper())
    for name, (variable, text) in SWITCHES.items():
        on = os.environ.get(variable, "").lower() in ("1", "t", "true") if variable else False
        group.addoption(f"--nomad-{name}", action="store_true", default=on, help=_shown(name, text))
    group.addoption("--nomad-only", action="append", default=[], help=_ONLY, metavar="GLOB")
    group.addoption("--nomad-header", action="append", default=[], help=argparse.SUPPRESS, metavar="NAME:VALUE")


def options() -> list[str]:
    """Return the options as they are spelt."""
    return [f"--nomad-{name}" for name in (*OPTIONS, *SWITCHES, "only", "header")]


def _shown(name: str, text: str) -> str:
    """Return the help of an option; that of most is left to the command, for few ever run the suite under pytest."""
    return text if name in _IN_THE_HELP else argparse.SUPPRESS


def pytest_configure(config: pytest.Config) -> None:
    """Load the suite's own machinery when contract tests are to be run."""
    config.addinivalue_line("markers", "states(*ids): the statements of the contract that a test proves")
    if any(_is_of_the_suite(arg, config) for arg in config.args):
        from contract_tests.suite import launch

        started = config.getoption("nomad_address") or _worker(config) == _FIRST
        with contextlib.ExitStack() as until_it_runs:  # a mock that no run takes over ends here
            mock = None if started else until_it_runs.enter_context(launch.Mock())  # it starts while the rest is loaded

            from contract_tests.suite import fixtures
            from contract_tests.suite.run import Run

            run = Run(config, mock)
            until_it_runs.pop_all()
        config.pluginmanager.register(run, "nomad-contract-run")
        config.pluginmanager.register(fixtures, "nomad-contract-fixtures")


@pytest.hookimpl(optionalhook=True)
def pytest_nomad_mock_journal(
    config: pytest.Config, user: str, conduct: str, entries: Sequence[Mapping[str, Any]]
) -> None:
    """Judge what the clients of a mock did; the mock's own plugin calls this when it is asked to."""
    _conduct_report(config).add(user, conduct, entries)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist has judged."""
    output: Mapping[str, Any] = getattr(node, "workeroutput", {})
    if "nomad_conduct" in output:
        _conduct_report(node.config).take(output)


def _conduct_report(config: pytest.Config) -> "ConductReport":
    """Return the report of this session, which is made when it is first needed."""
    from contract_tests.conduct.session import ConductReport

    known: ConductReport | None = config.pluginmanager.get_plugin("nomad-conduct")
    if known is None:
        known = ConductReport(config)
        config.pluginmanager.register(known, "nomad-conduct")
    return known


def _worker(config: pytest.Config) -> str:
    """Return the name of this process among those of pytest-xdist, "" where it is none of them."""
    name: str = getattr(config, "workerinput", {}).get("workerid", "")
    return name


def _number(text: str) -> float | None:
    """Return the number in a text, None for an empty one: then the profile says."""
    return float(text) if text else None


def _is_of_the_suite(argument: str, config: pytest.Config) -> bool:
    """Return whether this argument of pytest means our tests, not another folder of a similar name."""
    place = argument.split("::")[0]
    if config.getoption("pyargs") and place.split(".")[0] == _SUITE.name:
        return True
    return (config.invocation_params.dir / place).resolve().is_relative_to(_SUITE)
