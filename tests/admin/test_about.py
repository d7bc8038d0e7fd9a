"""What the control plane says about the mock."""

import re

import pytest

from tests.admin.conftest import Control

pytestmark = pytest.mark.anyio


async def test_it_is_up(control: Control) -> None:
    """The health reply names the version of the mock and that of Nomad."""
    health = (await control("GET", "/health")).json
    assert (health["status"], health["nomad"]) == ("ok", "0.5.4")


@pytest.mark.slow
@pytest.mark.parametrize("place", ["/openapi.json", "/nomad-openapi.json"])
async def test_its_descriptions_are_whole_and_valid(control: Control, place: str) -> None:
    """Each served description is valid OpenAPI and refers to no other file."""
    from openapi_spec_validator import validate  # loads for long, and other tests of a run do without it

    document = await control("GET", place)
    validate(document.json)
    assert re.findall(r'"\$ref": *"(?!#/)[^"]*', document.text) == []


async def test_settings_are_shown_without_the_token(control: Control) -> None:
    """The settings that make the world are shown, and the token is not among them."""
    settings = (await control("GET", "/settings")).json
    assert settings["seed"] == 1
    assert settings["clock"] == "manual"
    assert not any("token" in name for name in settings)
