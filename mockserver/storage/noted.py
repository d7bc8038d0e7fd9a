"""What is to be stored of one moment of a world, as one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mockserver.off_loop import is_large
from mockserver.storage.database import Database
from mockserver.storage.tables import TABLES
from mockserver.worlds import World

Row: TypeAlias = tuple[str, int, str, Any]
"""Kind, number of the region, key and document of a part; None for one that is gone."""

_TIMES = 10
"""To store a value is so many times quicker than what ``is_large`` has in mind: 300 KiB take three milliseconds."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Documents of the whole world by name, names and indexes of its regions, and the rows that changed.

    Of the kinds in ``whole``, ``rows`` has all there are.
    """

    world: World
    of_world: dict[str, Any]
    regions: Sequence[tuple[str, dict[str, Any]]]
    whole: Sequence[str]
    rows: Sequence[Row]

    @property
    def is_large(self) -> bool:
        """Whether storing it takes so long that a thread should do it: few parts may be large, such as jobs."""
        return is_large([*self.of_world.values(), *(document for *_, document in self.rows)], _TIMES)

    def put(self, database: Database) -> None:
        """Store all of it or nothing; raises ``StorageError``."""
        with database.transaction():
            if "loaded" in self.of_world:  # another world than before
                database.clear_regions()
            for key, document in self.of_world.items():
                database.put(key, document)
            for kind in self.whole:
                database.clear(TABLES[kind])
            for number, (name, indexes) in enumerate(self.regions):
                database.put_region(number, name, indexes)
            for row in self.rows:
                database.put_member(*row)
