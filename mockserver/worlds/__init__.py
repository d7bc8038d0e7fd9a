"""Worlds: isolated mocks, many of which can live in one process."""

from mockserver.worlds.document import DocumentError, document_of, world_of, written
from mockserver.worlds.front import ADMIN, SPACE, Front
from mockserver.worlds.settings import settings_document, settings_of, with_changes
from mockserver.worlds.spaces import DEFAULT, HEADER, CannotListen, Space, Spaces, UnknownSpace
from mockserver.worlds.world import MOST_STEPS, TooMuch, World

__all__ = [
    "ADMIN",
    "DEFAULT",
    "HEADER",
    "MOST_STEPS",
    "SPACE",
    "CannotListen",
    "DocumentError",
    "Front",
    "Space",
    "Spaces",
    "TooMuch",
    "UnknownSpace",
    "World",
    "document_of",
    "settings_document",
    "settings_of",
    "with_changes",
    "world_of",
    "written",
]
