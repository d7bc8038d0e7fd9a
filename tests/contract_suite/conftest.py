"""What the modules of the suite need when they are imported in a run that does not run them."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark that names the statements a contract test proves."""
    config.addinivalue_line("markers", "states(*ids): the statements of the contract that a test proves")
