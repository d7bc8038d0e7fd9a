"""Faults in the control plane."""

import pytest

from tests.admin.conftest import Control

pytestmark = pytest.mark.anyio


async def test_what_a_preset_is_made_of_can_be_sent_as_it_is(control: Control) -> None:
    """The faults of a preset can be sent back as they are listed, for instance with other numbers."""
    for preset in (await control("GET", "/faults/presets")).json:
        for fault in preset["faults"]:
            (added,) = (await control("POST", "/faults", fault)).json
            assert (added["name"], added["fault"]) == (preset["name"], fault["fault"])
