"""The database file: which files are refused, and that a refused file is left as it was."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.gostd.durations import SECOND
from mockserver.storage import Database, StorageError
from mockserver.storage.state_file import APPLICATION, FILE, LOG, VERSION
from tests.builders import a_job
from tests.storage.region import kept


def changed_by(*statements: str) -> Callable[[Path], None]:
    """Return a function that changes the file with SQL."""

    def change(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return change


def cut_short(path: Path) -> None:
    """Cut off the end of the file."""
    path.write_bytes(path.read_bytes()[:20_000])


def overwritten(path: Path) -> None:
    """Overwrite something in the middle of the file."""
    text = bytearray(path.read_bytes())
    text[8192:40_000] = b"\xa5" * (40_000 - 8192)
    path.write_bytes(text)


USED = {
    "cut short": (cut_short, "is damaged"),
    "overwritten": (overwritten, "is damaged"),
    "newer": (changed_by(f"PRAGMA user_version = {VERSION + 1}"), f"is of version {VERSION + 1}"),
    "no version": (changed_by("PRAGMA user_version = 0"), "is of version 0"),
    "not JSON": (changed_by("UPDATE jobs SET document = '{'"), "is damaged"),
    "no schema": (changed_by("UPDATE jobs SET document = '{}'"), "is damaged"),
    "contradiction": (changed_by("DELETE FROM allocations"), "is damaged"),
    "deep": (changed_by(f"UPDATE jobs SET document = '{'[' * 100_000}{']' * 100_000}'"), "is damaged"),
    "deep in a job": (
        changed_by(f"""UPDATE jobs SET document = json_set(document, '$.Meta', json('{"[" * 900}{"]" * 900}'))"""),
        "is damaged",
    ),
    "no tables": (changed_by("DROP TABLE world"), "is damaged"),
    "no garbage": (changed_by("DELETE FROM garbage"), "is damaged"),
    "no clock": (changed_by("DELETE FROM world WHERE key = 'clock'"), "is damaged"),
    "no region": (changed_by("DELETE FROM regions"), "is damaged"),
    "no table": (changed_by("DROP TABLE runs"), "is damaged"),
}


@pytest.mark.parametrize("name", USED)
def test_a_file_of_the_mock_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    """One line says what is wrong with which file, and the file stays as it is."""
    used = kept(tmp_path)
    used.world.agent.local.register(a_job())
    used.world.clock.advance(SECOND)
    used.stopped()
    change, reason = USED[name]
    change(tmp_path / FILE)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StorageError, match=reason) as refused:
        kept(tmp_path)
    assert str(tmp_path / FILE) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (tmp_path / FILE).read_bytes() == before


FOREIGN: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("My notes, not yours. " * 10), "is not a database of nomad-mock"),
    "short text": (lambda path: path.write_text("x"), "is not a database of nomad-mock"),
    "other program": (changed_by("CREATE TABLE mine (x)", "INSERT INTO mine VALUES (1)"), "of another program"),
    "unfinished": (changed_by("PRAGMA journal_mode = WAL", "CREATE TABLE mine (x)"), "of another program"),
    "directory": (lambda path: path.mkdir(), "Is a directory"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_somebody_else(tmp_path: Path, name: str) -> None:
    """A file of another program is refused and stays as it is."""
    make, reason = FOREIGN[name]
    make(tmp_path / FILE)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(StorageError, match=reason):
        Database(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """The error has the system's reason."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot use .*/file/sub/state\.db: Not a directory"):
        Database(tmp_path / "file" / "sub")


def test_a_directory_without_a_file_gets_one(tmp_path: Path) -> None:
    """A new file is complete from its first moment, and nothing else is left in the directory."""
    database = Database(tmp_path)
    assert database.document() is None
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    header = (tmp_path / FILE).read_bytes()
    assert (int.from_bytes(header[60:64], "big"), int.from_bytes(header[68:72], "big")) == (VERSION, APPLICATION)


def test_a_file_that_lost_everything(tmp_path: Path) -> None:
    """An empty file is refused, not taken for a fresh start."""
    (tmp_path / FILE).write_bytes(b"")
    with pytest.raises(StorageError, match="is empty, its state is lost; put back a copy, or remove it"):
        Database(tmp_path)
    assert (tmp_path / FILE).read_bytes() == b""


@pytest.mark.parametrize("lose", [Path.unlink, lambda log: log.write_bytes(b"")])
def test_a_log_that_is_lost(tmp_path: Path, lose: Callable[[Path], object]) -> None:
    """Without the log that has the newest changes a start is refused; with it, it works again."""
    used = kept(tmp_path / "used")
    used.world.agent.local.register(a_job())
    used.keeper.flush()
    shutil.copytree(tmp_path / "used", tmp_path / "killed")
    used.stopped()
    log = tmp_path / "killed" / LOG
    changes, before = log.read_bytes(), (tmp_path / "killed" / FILE).read_bytes()
    lose(log)
    with pytest.raises(StorageError, match=r"state\.db-wal is missing, .*; put it back"):
        kept(tmp_path / "killed")
    assert (tmp_path / "killed" / FILE).read_bytes() == before
    log.write_bytes(changes)
    again = kept(tmp_path / "killed")
    assert again.world.agent.local.state.job("j") is not None
    again.stopped()


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without links the file is moved to its place."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    Database(tmp_path).close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_quicker_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two simultaneous starts in a new directory, the slower one leaves the other's file alone."""
    first = Database(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with pytest.raises(StorageError, match="is in use by another process"):
        Database(tmp_path)
    first.close()


@pytest.mark.parametrize("is_used", [False, True])
def test_a_directory_that_is_read_only(is_used: bool) -> None:
    """A read-only directory is refused with what to do; root becomes another user for this test."""
    directory = Path(tempfile.mkdtemp())
    user = os.geteuid()
    try:
        if is_used:
            kept(directory).stopped()
        directory.chmod(0o555)
        os.seteuid(user or 65_534)
        with pytest.raises(StorageError, match=r"cannot use .*state\.db: .*choose a --data-dir in which you may write"):
            Database(directory)
    finally:
        os.seteuid(user)
        directory.chmod(0o755)
        shutil.rmtree(directory)


def test_two_on_one_directory(tmp_path: Path) -> None:
    """A second process is refused while the first one lives, which is not disturbed."""
    first = kept(tmp_path)
    with pytest.raises(StorageError, match="is in use by another process"):
        Database(tmp_path)
    first.world.agent.local.register(a_job())
    first.keeper.flush()
    first.stopped()
    assert kept(tmp_path).world.agent.local.state.job("j") is not None


def test_a_reader_of_another_program(tmp_path: Path) -> None:
    """While another program reads the file, a mock does not start."""
    kept(tmp_path).stopped()
    reader = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM regions").fetchall()
    with pytest.raises(StorageError, match="is in use by another process"):
        Database(tmp_path)
    reader.close()


def put_two(database: Database) -> None:
    """Store one value that can be stored and one that can't."""
    database.put("rules", [])
    database.put("clock", object())


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    """After an error in a transaction nothing of it is stored, and the next transaction works."""
    database = Database(tmp_path)
    with pytest.raises(TypeError), database.transaction():
        put_two(database)
    with database.transaction():
        database.put_member("node", 0, "n1", {"ID": "n1"})
    assert database.document() is None
    database.close()


@pytest.mark.parametrize("key", ["plain", "Größe", "\udcff", "with\0nul", "'quoted'", ""])
def test_keys_of_any_text(tmp_path: Path, key: str) -> None:
    """Rows are found again by keys that are not valid Unicode."""
    database = Database(tmp_path)
    with database.transaction():
        database.put("rules", [])
        database.put_region(0, "global", {"index": 3, "table_indexes": {}})
        database.put_member("garbage", 0, "", {})
        database.put_member("blocked", 0, "other", "kept")
        database.put_member("blocked", 0, key, "first")
        database.put_member("blocked", 0, key, "second")
    document = database.document()
    assert document is not None
    assert document["regions"][0]["scheduler"]["blocked"] == ["kept", "second"]
    with database.transaction():
        database.put_member("blocked", 0, key, None)
    document = database.document()
    assert document is not None
    assert document["regions"][0]["scheduler"]["blocked"] == ["kept"]
    database.close()


def test_case_makes_no_other_job(tmp_path: Path) -> None:
    """Jobs and summaries are found in any letter case, other objects only in their own."""
    database = Database(tmp_path)
    with database.transaction():
        database.put("rules", [])
        database.put_region(0, "global", {"index": 3, "table_indexes": {}})
        database.put_member("garbage", 0, "", {})
        for kind in ("job", "summary", "blocked"):
            database.put_member(kind, 0, "Web", "first")
            database.put_member(kind, 0, "weB", "second")
    document = database.document()
    assert document is not None
    (region,) = document["regions"]
    assert (region["state"]["jobs"], region["state"]["summaries"]) == (["second"], ["second"])
    assert region["scheduler"]["blocked"] == ["first", "second"]
    database.close()
