"""What the control plane says about the mock."""

import openapi_spec_validator
import pytest

from tests.admin.conftest import Control

pytestmark = pytest.mark.anyio


async def test_it_is_up(control: Control) -> None:
    """Health names both versions."""
    health = (await control("GET", "/health")).json
    assert (health["status"], health["nomad"]) == ("ok", "0.5.4")


async def test_its_description_is_whole_and_valid(control: Control) -> None:
    """The served document refers to nothing outside of itself."""
    document = (await control("GET", "/openapi.json")).json
    openapi_spec_validator.validate(document)
    assert '"$ref": "replies/' not in (await control("GET", "/openapi.json")).text


async def test_settings_are_shown_without_the_token(control: Control) -> None:
    """Only what makes the world."""
    settings = (await control("GET", "/settings")).json
    assert settings["seed"] == 1
    assert settings["clock"] == "manual"
    assert not any("token" in name for name in settings)
