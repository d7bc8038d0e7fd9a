"""Quiet pytest's own terminal output for the command, which prints the suite's progress instead."""

import io
import os
import sys

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Replace the terminal reporter by one that writes nowhere; other plugins expect that there is one."""
    manager = config.pluginmanager
    standard = manager.getplugin("terminalreporter")
    if standard is not None:
        manager.unregister(standard)
        manager.register(pytest.TerminalReporter(config, io.StringIO()), "terminalreporter")


def pytest_internalerror(excrepr: object) -> None:
    """Say what went wrong in the suite itself."""
    sys.stderr.write(f"{excrepr}\n")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Say which module of the suite could not be loaded."""
    if report.failed:
        sys.stderr.write(f"{report.nodeid}: {report.longrepr}\n")


def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Say once that somebody ended the run; one that could not begin, or that xdist ends, has its own reason."""
    if type(excinfo.value) is KeyboardInterrupt and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.stderr.write("nomad-contract: interrupted\n")
