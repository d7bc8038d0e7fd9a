"""The SQLite file of a data directory: its tables, its documents as JSON text, and its one owner."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.worlds.state_json import decode, encode


@dataclass(frozen=True, slots=True)
class Table:
    """A list in a region's document, kept as one row for each of its members.

    ``path`` is where the list stands. ``key`` finds a member's key, which is what ``state.changes`` calls it.
    """

    name: str
    path: tuple[str, str]
    key: Callable[[Mapping[str, Any]], str]

    @property
    def is_timed(self) -> bool:
        """Whether its members tell when something will happen."""
        return self.path[0] != "state"


TABLES: Mapping[str, Table] = {
    "job": Table("jobs", ("state", "jobs"), lambda job: str(job["ID"].lower())),
    "summary": Table("summaries", ("state", "summaries"), lambda summary: str(summary["JobID"].lower())),
    "evaluation": Table("evaluations", ("state", "evaluations"), lambda evaluation: str(evaluation["ID"])),
    "allocation": Table("allocations", ("state", "allocations"), lambda allocation: str(allocation["ID"])),
    "node": Table("nodes", ("state", "nodes"), lambda node: str(node["ID"])),
    "blocked": Table("blocked", ("scheduler", "blocked"), lambda evaluation: str(evaluation["JobID"])),
    "waiting": Table("waiting", ("scheduler", "waiting"), lambda waiting: str(waiting["evaluation"])),
    "run": Table("runs", ("clients", "allocations"), lambda run: str(run["allocation"])),
    "noticed": Table("noticed", ("clients", "noticed"), lambda noticed: str(noticed["order"])),
    "unreported": Table("unreported", ("clients", "unreported"), lambda unreported: str(unreported["node"])),
    "periodic": Table("periodic", ("periodic", ""), lambda tracked: str(tracked["job"]["ID"])),
    "garbage": Table("garbage", ("garbage", ""), lambda _: ""),
}
"""By the kind of a change. The garbage collection of a region is one row."""


def members(table: Table, region: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield keys and documents of a table's rows for a region's document."""
    part, name = table.path
    found = region[part][name] if name else region[part]
    for member in [found] if isinstance(found, dict) else found:
        yield table.key(member), member


def region_of(name: str, indexes: Mapping[str, Any], rows: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    """Return the document of a region; ``rows`` are the documents of each kind in order.

    Raises ``ValueError`` when the region has no row for its garbage collection.
    """
    region: dict[str, Any] = {"region": name, "state": {**indexes}, "scheduler": {}, "clients": {}}
    for kind, table in TABLES.items():
        part, list_name = table.path
        if list_name:
            region[part][list_name] = [*rows[kind]]
        elif kind == "periodic":
            region[part] = [*rows[kind]]
        else:
            (region[part],) = rows[kind]
    return region


def key_of(kind: str, key: str) -> str | bytes:
    """Return a change's key as a row has it: jobs in lower case, and what is not Unicode text as bytes."""
    if kind in {"job", "summary"}:
        key = key.lower()
    try:
        key.encode()
    except UnicodeEncodeError:
        return key.encode("utf-8", "surrogatepass")
    return key


FILE = "state.db"
"""The file's name in the data directory."""
LOG = f"{FILE}-wal"
"""The name of the write-ahead log beside it, which is there as long as a process uses the file, and after a kill."""
VERSION = 1
"""Of what the tables look like; SQLite's ``user_version``."""
APPLICATION = 0x4E6D4D6B
"""SQLite's ``application_id`` of a mock's file, ``NmMk``."""

_LOG_PAGES = 8192
"""Pages of the write-ahead log (32 MiB) at which it is brought into the file, which waits for the disk."""
_IN_USE = "in use"
"""The key in the table ``world`` that says whether there is a write-ahead log that belongs to the file."""
_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_VERSION_AT = slice(60, 64)
_APPLICATION_AT = slice(68, 72)


class StorageError(OSError):
    """The state can't be kept, or what was kept can't be used; the text names the file and says why."""


class Database:
    """The open file; nobody else can open it meanwhile. All methods raise ``StorageError``."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE
        try:
            directory.mkdir(parents=True, exist_ok=True)
            if self.path.exists():
                _check_header(self.path)
            else:
                _make(self.path)
        except StorageError:
            raise
        except OSError as error:
            raise _unusable(self.path, error.strerror or str(error)) from None
        self._connection = _connected(self.path)
        self._says_in_use = False

    def document(self) -> dict[str, Any] | None:
        """Return the world that was stored last, as a document without ``format``; None when none ever was.

        Beside what the document of a world says, ``clock`` says with which speed (``given``) the mock was
        started, and ``loaded`` are the IDs of jobs that were registered at a start. ``ids`` is None for a world
        without a seed.
        """
        try:
            stored = {key: decode(text) for key, text in self._connection.execute("SELECT key, document FROM world")}
            stored.pop(_IN_USE, None)
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
            self._connection.execute(
                f"INSERT INTO {table} (region, id, document) VALUES (?, ?, ?)"
                " ON CONFLICT (region, id) DO UPDATE SET document = excluded.document",
                (*row, _text(document)),
            )

    def clear(self, table: Table) -> None:
        """Take away all rows of a table."""
        self._connection.execute(f"DELETE FROM {table.name}")

    def clear_regions(self) -> None:
        """Take away the names and indexes of all regions."""
        self._connection.execute("DELETE FROM regions")

    def damaged(self, what: str) -> StorageError:
        """Return the error for a file of the mock that can't be read."""
        return StorageError(f"{self.path} is damaged ({what}); move it away, or put back a copy")

    def close(self) -> None:
        """Let others open the file; the log becomes a part of it."""
        if self._says_in_use:
            with suppress(StorageError), self.transaction():
                self.put(_IN_USE, False)
        self._connection.close()

    def _commit_first(self) -> None:
        """From now on the file itself says that a log belongs to it."""
        self.put(_IN_USE, True)
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
    return encode(document).decode()


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
    in_use = connection.execute("SELECT document FROM world WHERE key = ?", (_IN_USE,)).fetchone()
    connection.execute("COMMIT")
    if in_use == (_text(True),) and not has_log:
        raise StorageError(
            f"{log} is missing, with the newest changes in it: the process that used {FILE} was killed; "
            "put it back, or begin with another --data-dir"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
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
