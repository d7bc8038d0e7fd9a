"""What the modules of the suite need to be imported in a run that does not run them."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark with the statements that a contract test proves."""
    config.addinivalue_line("markers", "states(*ids): the statements of the contract that a test proves")
