"""Commands that are forked from a process that has loaded what they need."""

import os
import subprocess
from importlib.util import find_spec

import pytest

from tests import forked


def test_what_is_loaded_before_exists() -> None:
    """A module that has gone would be left out without a word."""
    assert [name for name in forked.LOADED if find_spec(name) is None] == []


@pytest.mark.slow
def test_a_command_that_goes_on_is_told_and_ended() -> None:
    """Patience has an end, and the command ends with its block."""
    with forked.started("mockserver.cli", "--port", "0") as command, pytest.raises(subprocess.TimeoutExpired):
        command.ended(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(command.pid, 0)
