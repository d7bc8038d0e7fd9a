"""About the mock itself."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from mockserver.admin.call import Call
from mockserver.openapi import load_contract, load_control
from mockserver.version import NOMAD_VERSION, mock_version
from mockserver.worlds import settings_document

Handler: TypeAlias = Callable[[Call], Awaitable[Any]]
"""Does what a call asks for; gives the JSON of the answer. Raises ``Problem``, ``UnknownSpace``, ``AgentError``."""


async def health(call: Call) -> dict[str, str]:
    """Say that the mock is up, and which versions it has."""
    return {"status": "ok", "version": mock_version(), "nomad": NOMAD_VERSION, "space": call.space.name}


async def openapi(_call: Call) -> dict[str, Any]:
    """Return the description of the control plane as one document."""
    return load_control().bundle()


async def nomad_openapi(_call: Call) -> dict[str, Any]:
    """Return the description of the mocked API as one document."""
    return load_contract().bundle()


async def settings(call: Call) -> dict[str, Any]:
    """Return the settings of the world."""
    return settings_document(call.world.settings, call.world.clock.speed)


HANDLERS: Mapping[str, Handler] = {
    "health": health,
    "openapi": openapi,
    "nomad_openapi": nomad_openapi,
    "settings": settings,
}
