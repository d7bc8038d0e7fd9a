"""The documents of a world in the SQLite file of a data directory, as JSON text."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mockserver.storage.state_file import FILE, IN_USE, StorageError, opened
from mockserver.storage.tables import TABLES, Table, key_of, region_of
from mockserver.worlds.state_json import decode, written

_OBJECTS = 2
"""How deep in a document there may be many objects: what nodes have yet to act on is a list of allocations."""

_LONG_LOG = 16 * 1024 * 1024
"""Bytes of documents in the write-ahead log after which it is brought into the file."""


class Database:
    """The open file; nobody else can open it meanwhile. All methods raise ``StorageError``."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE
        self._connection = opened(directory)
        self._says_in_use = False
        self._logged = 0
        self.lock = threading.RLock()
        """Whoever writes has it: one thread at a time."""

    def document(self) -> dict[str, Any] | None:
        """Return the world that was stored last, as a document without ``format``; None when none ever was.

        Beside what the document of a world says, ``clock`` says with which speed (``given``) the mock was
        started, and ``loaded`` are the IDs of jobs that were registered at a start. ``ids`` is None for a world
        without a seed.
        """
        try:
            stored = {key: decode(text) for key, text in self._connection.execute("SELECT key, document FROM world")}
            stored.pop(IN_USE, None)
            return {**stored, "regions": list(self._regions())} if stored else None
        except (sqlite3.Error, ValueError, RecursionError) as error:
            raise self.damaged(str(error)) from None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Store all that the block puts, or nothing of it.

        Raises:
            StorageError: The file can't be written.
        """
        try:
            self._connection.execute("BEGIN")
            yield
            if self._says_in_use:
                self._connection.execute("COMMIT")
            else:
                self._commit_first()
        except sqlite3.Error as error:
            raise StorageError(f"cannot write {self.path}: {error}") from error
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")

    def put(self, key: str, document: Any) -> None:
        """Store something of the whole world."""
        self._connection.execute(
            "INSERT INTO world (key, document) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET document = excluded.document",
            (key, _text(document)),
        )

    def put_region(self, number: int, name: str, indexes: dict[str, Any]) -> None:
        """Store a region's name and indexes."""
        self._connection.execute(
            "INSERT INTO regions (number, name, indexes) VALUES (?, ?, ?)"
            " ON CONFLICT (number) DO UPDATE SET name = excluded.name, indexes = excluded.indexes",
            (number, _text(name), _text(indexes)),
        )

    def put_member(self, kind: str, region: int, key: str, document: Any) -> None:
        """Store a row of a region; a known one keeps its place among the others. None takes it away."""
        table, row = TABLES[kind].name, (region, key_of(kind, key))
        if document is None:
            self._connection.execute(f"DELETE FROM {table} WHERE region = ? AND id = ?", row)
        else:
            text = _text(document)
            self._logged += len(text)
            self._connection.execute(
                f"INSERT INTO {table} (region, id, document) VALUES (?, ?, ?)"
                " ON CONFLICT (region, id) DO UPDATE SET document = excluded.document",
                (*row, text),
            )

    def clear(self, table: Table) -> None:
        """Take away all rows of a table."""
        self._connection.execute(f"DELETE FROM {table.name}")

    def clear_regions(self) -> None:
        """Take away the names and indexes of all regions."""
        self._connection.execute("DELETE FROM regions")

    @property
    def log_is_long(self) -> bool:
        """Whether it is time to ``bring_in`` the write-ahead log."""
        return self._logged > _LONG_LOG

    def bring_in(self) -> None:
        """Bring the write-ahead log into the file, which waits for the disk; on any thread, between transactions."""
        with self.lock, suppress(sqlite3.Error):  # the next time, or never: the log is as good as the file
            self._logged = 0
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def damaged(self, what: str) -> StorageError:
        """Return the error for a file of the mock that can't be read."""
        return StorageError(f"{self.path} is damaged ({what}); move it away, or put back a copy")

    def close(self) -> None:
        """Let others open the file; the log becomes a part of it."""
        with self.lock:
            if self._says_in_use:
                with suppress(StorageError), self.transaction():
                    self.put(IN_USE, False)
            self._connection.close()

    def _commit_first(self) -> None:
        """From now on the file itself says that a log belongs to it."""
        self.put(IN_USE, True)
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA wal_checkpoint(FULL)")
        self._says_in_use = True

    def _regions(self) -> Iterator[dict[str, Any]]:
        rows: dict[int, dict[str, list[Any]]] = {}
        regions = self._connection.execute("SELECT number, name, indexes FROM regions ORDER BY number").fetchall()
        for number, _, _ in regions:
            rows[number] = {kind: [] for kind in TABLES}
        for kind, table in TABLES.items():
            for number, text in self._connection.execute(f"SELECT region, document FROM {table.name} ORDER BY place"):
                if number not in rows:
                    raise ValueError(f"a row in {table.name} is of no region")
                rows[number][kind].append(decode(text))
        for number, name, indexes in regions:
            yield region_of(decode(name), decode(indexes), rows[number])


def _text(document: Any) -> str:
    """Return a document as text; a large one is made in pieces, between which other threads have their turn."""
    return b"".join(written(document, _OBJECTS)).decode()
