"""SQLite databases, as the real SQLite writes them: b-trees, overflow pages, the write-ahead log."""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING

import pytest

from builders.rpm_files import Rpm, repeated_row
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.sqlite import parse_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

sqlite3 = pytest.importorskip("sqlite3")

_TABLE = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)"


def _headers(count: int) -> list[tuple[int, bytes]]:
    """Return headers of very different sizes: on the leaf, on one overflow page, on many."""
    sizes = [0, 3, 40, 700]
    return [
        (number, Rpm(name=f"p{number}", files=tuple(f"/f/{n}" for n in range(sizes[number % 4]))).header())
        for number in range(1, count + 1)
    ]


def _write(path: Path, rows: Iterable[tuple[int, bytes]], *, page_size: int = 4096, vacuum: str = "NONE") -> bytes:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.execute(f"PRAGMA auto_vacuum = {vacuum}")
    connection.execute("CREATE TABLE Name (key TEXT, hnum INTEGER, idx INTEGER)")
    connection.execute(_TABLE)
    connection.execute("CREATE INDEX Name_idx ON Name (key)")
    connection.executemany("INSERT INTO Packages VALUES (?, ?)", rows)
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("page_size", [512, 4096, 65536])
@pytest.mark.parametrize("vacuum", ["NONE", "FULL"])
def test_every_row_is_read(tmp_path: Path, page_size: int, vacuum: str) -> None:
    """Rows of all sizes come in order, whatever the size of the pages."""
    rows = _headers(120)
    assert list(parse_sqlite(_write(tmp_path / "db", rows, page_size=page_size, vacuum=vacuum))) == rows


def test_a_row_that_is_listed_again_is_refused() -> None:
    """A page of 64 KB could list one package thirty thousand times."""
    with pytest.raises(MalformedError, match=r"offset 65536: the cells of page 2 overlap"):
        list(parse_sqlite(repeated_row(Rpm(name="a").header())))


def test_deleted_rows_are_gone(tmp_path: Path) -> None:
    """Free pages and cells are not read."""
    rows = _headers(50)
    _write(tmp_path / "db", rows)
    connection = sqlite3.connect(tmp_path / "db")
    connection.execute("DELETE FROM Packages WHERE hnum % 3 = 0")
    connection.commit()
    connection.close()
    kept = [row for row in rows if row[0] % 3]
    assert list(parse_sqlite((tmp_path / "db").read_bytes())) == kept


def _write_log(folder: Path, *, checkpoint: bool) -> tuple[bytes, bytes]:
    """Return a database and its log while a connection is open, as after a crash."""
    connection = sqlite3.connect(folder / "live")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(_TABLE)
    connection.commit()
    if checkpoint:
        connection.executemany("INSERT INTO Packages VALUES (?, ?)", _headers(30))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
    connection.executemany("INSERT OR REPLACE INTO Packages VALUES (?, ?)", _headers(40)[20:])
    connection.commit()
    connection.execute("DELETE FROM Packages WHERE hnum = 25")
    connection.commit()
    shutil.copy(folder / "live", folder / "copy")
    shutil.copy(folder / "live-wal", folder / "copy-wal")
    connection.close()
    return (folder / "copy").read_bytes(), (folder / "copy-wal").read_bytes()


@pytest.mark.parametrize("checkpoint", [False, True])
def test_what_was_committed_to_the_log_counts(tmp_path: Path, *, checkpoint: bool) -> None:
    """SQLite itself, given the same two files, reads the same rows."""
    content, log = _write_log(tmp_path, checkpoint=checkpoint)
    assert log
    ours = list(parse_sqlite(content, log))
    connection = sqlite3.connect(tmp_path / "copy")
    theirs = connection.execute("SELECT hnum, blob FROM Packages").fetchall()
    connection.close()
    assert ours == theirs
    assert 25 not in dict(ours)


def test_a_torn_end_of_the_log_is_left_out(tmp_path: Path) -> None:
    """A frame that was not written to its end, and all behind it, do not count, as SQLite has it."""
    content, log = _write_log(tmp_path, checkpoint=False)
    torn = log[:-100] + bytes(100)
    (tmp_path / "copy-wal").write_bytes(torn)
    connection = sqlite3.connect(tmp_path / "copy")
    theirs = connection.execute("SELECT hnum, blob FROM Packages").fetchall()
    connection.close()
    assert list(parse_sqlite(content, torn)) == theirs


def test_a_log_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A file that is not a write-ahead log beside the database is an error."""
    content = _write(tmp_path / "db", _headers(1))
    with pytest.raises(MalformedError) as error:
        list(parse_sqlite(content, b"x" * 64))
    assert str(error.value) == "offset 0 of the log: not a write-ahead log"


def test_a_database_without_the_table_is_refused(tmp_path: Path) -> None:
    """An SQLite database that is not rpm's is an error."""
    connection = sqlite3.connect(tmp_path / "db")
    connection.execute("CREATE TABLE Other (a)")
    connection.commit()
    connection.close()
    with pytest.raises(MalformedError) as error:
        list(parse_sqlite((tmp_path / "db").read_bytes()))
    assert str(error.value) == "offset 100: no table `Packages`"


@pytest.mark.parametrize(
    ("place", "new", "message"),
    [
        (0, b"x", "offset 0: not an SQLite database"),
        (16, struct.pack(">H", 1000), "offset 16: invalid page size: 1000 bytes, 1000 usable"),
        (100, b"\x02", "offset 100: page 1 is not a table page"),
        (103, struct.pack(">H", 9999), "offset 100: page 1 is not a table page"),
        (108, struct.pack(">H", 4095), "offset 100: a cell leaves page 1"),
    ],
)
def test_a_broken_database_is_refused(tmp_path: Path, place: int, new: bytes, message: str) -> None:
    """Bytes that break the format are errors that say where."""
    content = _write(tmp_path / "db", _headers(1))
    with pytest.raises(MalformedError) as error:
        list(parse_sqlite(content[:place] + new + content[place + len(new) :]))
    assert str(error.value) == message


def test_a_page_is_read_once(tmp_path: Path) -> None:
    """A tree that leads back to its root is an error, not a loop."""
    content = bytearray(_write(tmp_path / "db", _headers(200), page_size=512))
    for number in range(1, len(content) // 512):
        if content[512 * number] == 0x05:
            struct.pack_into(">I", content, 512 * number + 8, number + 1)
    with pytest.raises(MalformedError, match="is used twice"):
        list(parse_sqlite(bytes(content)))
