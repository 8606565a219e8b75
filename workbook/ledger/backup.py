"""A copy of a SQLite ledger that is whole: never by copying the live file, and read back before it gets its name."""

import sqlite3
from contextlib import closing
from pathlib import Path

from workbook import files
from workbook.errors import BadInput, NotRecorded
from workbook.ledger.database import Database, make_folder
from workbook.ledger.database_errors import explained
from workbook.words import shortened

_HEADS = "SELECT engagement, max(number), count(*) FROM revision GROUP BY engagement ORDER BY engagement"


def write(base: Database, target: Path) -> None:
    """Write the ledger in `base` to `target`; raises BadInput if it is there already, NotRecorded if it cannot be."""
    if base.path is None:
        raise BadInput("The ledger lies on a PostgreSQL server; back it up with pg_dump.")
    target = target.absolute()
    try:
        if target.exists() or target.is_symlink():
            raise BadInput(f"{target} is there already; choose another name for the backup.")
        make_folder(target.parent)
        with files.aside(target.parent) as temporary:
            _copy(base, temporary)
            files.put(temporary, target)
    except OSError as error:
        place = shortened(str(target), 200)
        raise NotRecorded(f"The backup {place} could not be written: {error.strerror}.") from error


def _copy(base: Database, temporary: Path) -> None:
    files.write_new(temporary, [], private=True)
    with explained(str(temporary), base.wait, saving=True), closing(base.engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(temporary),))
    files.sync_file(temporary)
    with explained(str(temporary), base.wait, saving=True), closing(sqlite3.connect(temporary)) as copy:
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        copy.execute(_HEADS).fetchall()
    if found != "ok":
        raise NotRecorded(f"The backup came back damaged ({found}); nothing was kept. Check the disk, then try again.")
