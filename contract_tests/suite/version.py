"""The version of this suite."""

from importlib import metadata


def suite_version() -> str:
    """Return the version of this package, if it is installed."""
    try:
        return metadata.version("nomad-contract")
    except metadata.PackageNotFoundError:
        return "unreleased"
