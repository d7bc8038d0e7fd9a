"""Events: everything that happens in a world, as it happens."""

from mockserver.events.events import Event, Events

__all__ = ["Event", "Events"]
