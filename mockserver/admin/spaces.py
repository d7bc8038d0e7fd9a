"""Spaces: many worlds in one process."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.clock import clock_document
from mockserver.worlds import DEFAULT, CannotListen, Space, Spaces, settings_document, with_changes
from mockserver.worlds.job_files import LoadError

_MOST = 1000
"""Spaces that there can be at once."""


async def reset(call: Call) -> dict[str, Any]:
    """Put a fresh world in place of the present one; settings that no world can have are a ``Problem``."""  # noqa: DOC501 # _unmakeable makes it
    try:
        await call.space.reset(with_changes(call.space.settings, call.body))
    except (LoadError, OSError, ValueError) as error:
        raise _unmakeable(error) from None
    await call.world.settled()
    return space_document(call.space)


async def list_all(call: Call) -> list[dict[str, Any]]:
    """List all spaces."""
    return [space_document(space) for space in call.spaces]


async def create(call: Call) -> dict[str, Any]:
    """Create a space.

    Raises:
        Problem: There are too many spaces, the name or the port is taken, or the settings fit no world.
    """  # noqa: DOC501 # _unmakeable makes the Problem
    if len(call.spaces) >= _MOST:
        raise Problem(409, f"there are {_MOST} spaces already", "drop those that are over")
    name = call.body.get("name") or _free_name(call.spaces)
    if name in call.spaces:
        raise Problem(409, f"there is a space {name!r} already", "choose another name, drop that one or reset it")
    try:
        settings = with_changes(call.spaces.default.settings, call.body.get("settings", {}))
        space = await call.spaces.create(name, settings)
    except (LoadError, OSError, ValueError) as error:
        raise _unmakeable(error) from None
    port = call.body.get("port")
    if port is not None:
        await _listen(call.spaces, space, int(port))
    return space_document(space)


async def get(call: Call) -> dict[str, Any]:
    """Return one space."""
    return space_document(call.spaces[call.path["space"]])


async def drop(call: Call) -> None:
    """Drop a space.

    Raises:
        Problem: It is the default one.
    """
    if call.path["space"] == DEFAULT:
        raise Problem(409, "the default space can't be dropped", "reset it instead")
    call.spaces.drop(call.path["space"])


def space_document(space: Space) -> dict[str, Any]:
    """Return a space, as ``Space`` in the description."""
    world = space.world
    return {
        "name": space.name,
        "port": space.port,
        "settings": settings_document(world.settings, world.clock.speed),
        "clock": clock_document(world.clock),
        "indexes": {region: cluster.state.index for region, cluster in world.agent.regions.items()},
    }


def _free_name(spaces: Spaces) -> str:
    return next(name for number in count(len(spaces)) if (name := f"space-{number}") not in spaces)


async def _listen(spaces: Spaces, space: Space, port: int) -> None:
    try:
        await spaces.open_port(space, port)
    except (CannotListen, OSError) as error:
        spaces.drop(space.name)
        reason = getattr(error, "strerror", None) or str(error)
        raise Problem(409, f"cannot listen on port {port}: {reason}", "choose another port, or 0 for any") from None


def _unmakeable(error: Exception) -> Problem:
    return Problem(400, f"such a world can't be made: {error}", "correct the settings; nothing was changed")


HANDLERS: Mapping[str, Handler] = {
    "reset": reset,
    "list-spaces": list_all,
    "create-space": create,
    "get-space": get,
    "drop-space": drop,
}
