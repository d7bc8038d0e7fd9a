"""Faults, as the control plane has them."""

import pytest

from tests.admin.conftest import Control

pytestmark = pytest.mark.anyio


async def test_what_a_preset_is_made_of_can_be_sent_as_it_is(control: Control) -> None:
    """So it can be had with other numbers."""
    for preset in (await control("GET", "/faults/presets")).json:
        for fault in preset["faults"]:
            (added,) = (await control("POST", "/faults", fault)).json
            assert (added["name"], added["fault"]) == (preset["name"], fault["fault"])
