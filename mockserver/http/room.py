"""How much of unanswered requests is kept in memory, by each connection and by all of them."""

from collections.abc import Iterable
from typing import Protocol

from mockserver.http.head import BadHead

SHARE = 64 * 1024
"""How many bytes of an unanswered request each connection may keep; beyond that it draws on ``ROOM``."""

ROOM = 256 * 1024 * 1024
"""While the other connections keep this many bytes of their requests, none may keep more than a ``SHARE``."""


class Keeping(Protocol):
    """A connection."""

    @property
    def kept(self) -> int:
        """How many bytes of a request are kept that is not answered yet."""


def check_room(connection: Keeping, connections: Iterable[Keeping]) -> None:
    """Refuse what one of the ``connections`` keeps, if it is more than there is room for.

    Raises:
        BadHead: The others have taken the room.
    """
    if connection.kept <= SHARE or sum(each.kept for each in connections if each is not connection) <= ROOM:
        return
    kept = f"this mock keeps {ROOM >> 20} MiB of requests that are not answered yet"
    raise BadHead(b"503 Service Unavailable", f"{kept}, and others have taken them: come later".encode())
