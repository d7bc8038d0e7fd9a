"""Worlds: isolated mocks, many of which can live in one process."""

from mockserver.worlds.router import ADMIN, Router
from mockserver.worlds.snapshot import DocumentError, document_of, world_of
from mockserver.worlds.spaces import DEFAULT, HEADER, CannotListen, Space, Spaces, UnknownSpace
from mockserver.worlds.state_json import written
from mockserver.worlds.world import MOST_STEPS, TooMuch, World
from mockserver.worlds.world_settings import saved_settings, settings_document, settings_of, with_changes

__all__ = [
    "ADMIN",
    "DEFAULT",
    "HEADER",
    "MOST_STEPS",
    "CannotListen",
    "DocumentError",
    "Router",
    "Space",
    "Spaces",
    "TooMuch",
    "UnknownSpace",
    "World",
    "document_of",
    "saved_settings",
    "settings_document",
    "settings_of",
    "with_changes",
    "world_of",
    "written",
]
