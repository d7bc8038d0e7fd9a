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
    """The mock is up."""
    return {"status": "ok", "version": mock_version(), "nomad": NOMAD_VERSION, "space": call.space.name}


async def openapi(_call: Call) -> dict[str, Any]:
    """The description, whole."""
    return load_control().bundle()


async def nomad_openapi(_call: Call) -> dict[str, Any]:
    """The description of what is mocked, whole."""
    return load_contract().bundle()


async def settings(call: Call) -> dict[str, Any]:
    """What the world is made of."""
    return settings_document(call.world.settings)


HANDLERS: Mapping[str, Handler] = {
    "health": health,
    "openapi": openapi,
    "nomad_openapi": nomad_openapi,
    "settings": settings,
}
