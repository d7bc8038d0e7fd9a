"""Versions: of this mock, and of the agent that it mocks."""

NOMAD_VERSION = "0.5.4"
"""The version of the agent that is mocked."""


def mock_version() -> str:
    """Return the installed version of this package."""
    from importlib.metadata import PackageNotFoundError, version  # 5 ms of every start, and few ask

    try:
        return version("nomad-contract")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"
