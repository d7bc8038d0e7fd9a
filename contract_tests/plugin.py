"""The pytest side of the suite: its options. Everything else is loaded only when contract tests run.

Usable as ``pytest -p contract_tests.plugin --pyargs contract_tests --nomad-address URL``.
"""

import os

import pytest

from contract_tests.options import OPTIONS, SWITCHES


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, each with its environment variable."""
    group = parser.getgroup("nomad-contract", "contract tests of a Nomad server")
    for name, (variable, default, text) in OPTIONS.items():
        value = os.environ.get(variable, default) if variable else default
        hint = f" [{variable}]" if variable else ""
        group.addoption(f"--nomad-{name}", default=value, help=text + hint)
    for name, (variable, text) in SWITCHES.items():
        on = os.environ.get(variable, "").lower() in ("1", "t", "true") if variable else False
        group.addoption(f"--nomad-{name}", action="store_true", default=on, help=text)
    group.addoption("--nomad-only", action="append", default=[], help="only statements whose id matches this glob")


def pytest_configure(config: pytest.Config) -> None:
    """Load the suite's own machinery when contract tests are to be run."""
    config.addinivalue_line("markers", "states(*ids): the statements of the contract that a test proves")
    if any("contract_tests" in str(arg) and "tests/contract_tests" not in str(arg) for arg in config.args):
        from contract_tests import fixtures
        from contract_tests.run import Run

        config.pluginmanager.register(Run(config), "nomad-contract-run")
        config.pluginmanager.register(fixtures, "nomad-contract-fixtures")
