"""The SQLite file of a data directory: made, checked and opened for its one owner."""

import os
import sqlite3
import tempfile
from pathlib import Path

from mockserver.storage.tables import TABLES

FILE = "state.db"
"""The file's name in the data directory."""
LOG = f"{FILE}-wal"
"""The name of the write-ahead log beside it, which is there as long as a process uses the file, and after a kill."""
VERSION = 1
"""Of what the tables look like; SQLite's ``user_version``."""
APPLICATION = 0x4E6D4D6B
"""SQLite's ``application_id`` of a mock's file, ``NmMk``."""

IN_USE = "in use"
"""The key in the table ``world`` that says whether there is a write-ahead log that belongs to the file."""
_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_VERSION_AT = slice(60, 64)
_APPLICATION_AT = slice(68, 72)


class StorageError(OSError):
    """The state can't be kept, or what was kept can't be used; the text names the file and says why."""


def opened(directory: Path) -> sqlite3.Connection:
    """Open the file in a directory, which is made where there is none.

    Raises:
        StorageError: The file can't be used, and the text says why.
    """  # noqa: DOC501 # _unusable
    path = directory / FILE
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _check_header(path)
        else:
            _make(path)
    except StorageError:
        raise
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from None
    return _connected(path)


def _unusable(path: Path, why: str) -> StorageError:
    return StorageError(f"cannot use {path}: {why}; choose a --data-dir in which you may write")


def _make(path: Path) -> None:
    """Make a file with empty tables in one step: one that is there is whole, however early a start was killed."""  # noqa: DOC501 # _unusable
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as directory:
        new = Path(directory) / FILE
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
            _create(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise _unusable(path, str(error)) from None
        finally:
            connection.close()
        try:
            os.link(new, path)
        except FileExistsError:  # another start was quicker, and has it in use
            pass
        except OSError:  # this file system has no links
            new.replace(path)


def _check_header(path: Path) -> None:
    """See that a file that exists is one of ours, without SQLite, which might repair a foreign one.

    Raises:
        StorageError: It is something else.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_SIZE)
    if not header:
        raise StorageError(f"{path} is empty, its state is lost; put back a copy, or remove it to begin with nothing")
    if not header.startswith(_MAGIC) or len(header) < _HEADER_SIZE:
        raise StorageError(f"{path} is not a database of nomad-mock; choose another --data-dir")
    if int.from_bytes(header[_APPLICATION_AT], "big") != APPLICATION:
        raise StorageError(f"{path} is a database of another program; choose another --data-dir")
    version = int.from_bytes(header[_VERSION_AT], "big")
    if version != VERSION:
        raise StorageError(
            f"{path} is of version {version}, this nomad-mock knows version {VERSION}; choose another --data-dir"
        )


def _connected(path: Path) -> sqlite3.Connection:
    log = path.with_name(LOG)
    has_log = log.exists() and log.stat().st_size > 0
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise _unusable(path, str(error)) from None
    try:
        _prepare(connection, log, has_log=has_log)
    except StorageError:
        connection.close()
        raise
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise StorageError(f"{path} is in use by another process; choose another --data-dir, or end it") from None
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}:
            raise StorageError(f"{path} is damaged ({error}); move it away, or put back a copy") from None
        raise _unusable(path, str(error)) from None
    return connection


def _prepare(connection: sqlite3.Connection, log: Path, *, has_log: bool) -> None:
    """Take the lock for as long as the process lives, and check the file.

    ``synchronous`` NORMAL with a write-ahead log: what is committed survives the end of the process, however
    hard. After a loss of power the newest transactions may be missing, but never a part of one. FULL would
    wait for the disk at each answered write, which a mock is not worth.

    Raises:
        StorageError: The write-ahead log is missing.
    """
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    in_use = connection.execute("SELECT document FROM world WHERE key = ?", (IN_USE,)).fetchone()
    connection.execute("COMMIT")
    if in_use == ("true",) and not has_log:
        raise StorageError(
            f"{log} is missing, with the newest changes in it: the process that used {FILE} was killed; "
            "put it back, or begin with another --data-dir"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # whoever writes sees to it
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(found.splitlines()[-1])
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("CREATE TABLE world (key TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID")
    connection.execute("CREATE TABLE regions (number INTEGER PRIMARY KEY, name TEXT NOT NULL, indexes TEXT NOT NULL)")
    for table in TABLES.values():
        connection.execute(
            f"CREATE TABLE {table.name} (place INTEGER PRIMARY KEY, region INTEGER NOT NULL, id NOT NULL,"
            " document TEXT NOT NULL, UNIQUE (region, id))"
        )
