"""Storage: a world kept in a SQLite file, so that after any end of the process it goes on with every answered write."""

from mockserver.storage.database import Database
from mockserver.storage.opening import Opened, open_world
from mockserver.storage.state_file import StorageError
from mockserver.storage.store import Keeper

__all__ = ["Database", "Keeper", "Opened", "StorageError", "open_world"]
