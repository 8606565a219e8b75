"""How the ledger's database is opened and how transactions on it begin, on SQLite and on PostgreSQL.

SQLite: one connection per transaction, kept for the next one while nobody else touched the file; a forked process takes
none from its parent. A rollback journal synced with its folder (`synchronous=EXTRA`: the default loses the last
acknowledged save in a power cut); BEGIN IMMEDIATE to write, because a plain BEGIN that reads first cannot wait for its
turn. PostgreSQL: one lock per engagement and append.
"""

import os
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import Pool, QueuePool

from workbook import files
from workbook.errors import BadInput, LedgerUnreadable, NotRecorded
from workbook.language import say
from workbook.ledger.database_errors import explained
from workbook.masking import mask

WAIT = 30.0  # seconds a transaction waits for its turn
PRAGMAS: Mapping[str, str | int] = {
    "journal_mode": "truncate",
    "synchronous": 3,  # EXTRA
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
}
# Seconds until the second attempt to begin to write, and seconds after which that time is halved: who waits longer asks
# more often, and so comes next. SQLite itself asks ever more rarely, so that whoever comes late goes first.
_AGAIN, _HALVED = 0.03, 0.15
_KEPT = 2  # connections to a SQLite file for the next transactions
_FOR_WRITING = ("journal_mode", "synchronous")
_SHOWN = ("host", "port", "dbname", "user", "service")  # what a sentence may repeat of an address's query
# How long a server that says nothing is waited for, unless the address says otherwise: seconds to connect (less than a
# page waits for its kernel), milliseconds for what was sent, seconds until an idle connection is asked, and how often.
_PATIENCE = {"connect_timeout": 10, "tcp_user_timeout": 20_000, "keepalives_idle": 30, "keepalives_count": 3}
_PATIENCE |= {"keepalives_interval": 5}
_LOCK_SPACE = 0x4D4C4157  # "MLAW": keeps our advisory locks apart from other programs'
_LOCK = text(
    "SELECT set_config('lock_timeout', :wait, true),"
    " CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END"
)


@dataclass(slots=True)
class Database:
    """The ledger's database: `reading` and `writing` each give one transaction of their own."""

    engine: Engine
    where: str
    path: Path | None
    writable: bool
    wait: float
    _process: int = field(default_factory=os.getpid)
    _inherited: list[Pool] = field(default_factory=list)  # kept, so that nothing in it is closed here

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads; raises LedgerUnreadable."""
        with explained(self.where, self.wait, saving=False), self._connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, turn: str) -> Iterator[Connection]:
        """A transaction that writes, alone among those with the same `turn`; raises NotRecorded."""
        if not self.writable:
            raise NotRecorded(
                say(
                    "{where} is open read-only, because the file or its folder may not be written here. "
                    "Nothing was changed. Ask for write permission, or work on a copy made with `workbook backup`.",
                    where=self.where,
                )
            )
        with explained(self.where, self.wait, saving=True) as attempt, self._connect() as connection:
            connection.execution_options(workbook_writes=True)
            with connection.begin():
                self._take_turn(connection, turn)
                yield connection
                attempt.ending = True

    def compact(self) -> None:
        """Write the database anew without what was overwritten or removed in it; raises NotRecorded."""
        with explained(self.where, self.wait, saving=True):
            if self.path:
                with closing(self.engine.raw_connection()) as own:  # in no transaction, which SQLite would refuse
                    own.cursor().execute("VACUUM")
            else:
                with self._connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM FULL revision")

    def close(self) -> None:
        """Close every connection that is not in use; the next transaction opens one of its own."""
        self.engine.dispose()

    def _connect(self) -> Connection:
        if self._process != os.getpid():
            self._inherited.append(self.engine.pool)
            self.engine.dispose(close=False)  # forked: the connections in the pool are the parent's
            self._process = os.getpid()
        try:
            return self.engine.connect()
        except (TypeError, ValueError, OSError) as error:
            if self.path is not None:
                raise
            # psycopg read the address otherwise than SQLAlchemy did
            reason = mask(f"{type(error).__name__}: {error}")
            raise BadInput(f"{self.where} cannot be connected to ({reason}). Check WORKBOOK_DATABASE_URL.") from None

    def _take_turn(self, connection: Connection, turn: str) -> None:
        """On PostgreSQL wait for the engagement's lock; without it two appends would follow the same revision."""
        if self.path is None:
            connection.execute(_LOCK, {"wait": f"{round(self.wait * 1000)}ms"})
            lock = text("SELECT pg_advisory_xact_lock(:space, hashtext(:turn))")
            connection.execute(lock, {"space": _LOCK_SPACE, "turn": turn})


def locate(url: str, *, create: bool, wait: float) -> Database:
    """The database at `url`, not yet looked into; with `create` a SQLite file's folder is made.

    Raises BadInput for an address of another kind, LedgerUnreadable if there is nothing and it may not be made.
    """
    if found := re.fullmatch(r"sqlite(?:\+pysqlite)?:///(.+)", url, re.DOTALL):
        if found[1] == ":memory:":
            raise BadInput("A ledger in memory remembers nothing; give the address of a file, like sqlite:///work.db.")
        path = Path(found[1]).absolute()
        try:
            return _sqlite(path, create, wait)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise LedgerUnreadable(f"{files.printable(path)} cannot be a ledger: {reason}.") from error
    return _postgresql(url, wait)


def apply_pragmas(run: Callable[[str], Any], wait: float, *, writable: bool = True) -> None:
    """Set up a SQLite connection through `run(sql)`, and read each setting back.

    Raises LedgerUnreadable if one does not stick, as with a SQLite library that is too old.
    """
    pragmas: dict[str, str | int] = {"busy_timeout": round(wait * 1000), **PRAGMAS}
    for name, value in pragmas.items():
        if name in _FOR_WRITING and not writable:
            continue
        run(f"PRAGMA {name} = {value}").fetchall()
        row = run(f"PRAGMA {name}").fetchone()
        if (row[0] if row else None) != value and not (row is None and name == "mmap_size"):
            raise LedgerUnreadable(
                f"SQLite {sqlite3.sqlite_version} did not take the setting {name} = {value}, which keeps the ledger "
                "safe. Use SQLite 3.31 or newer, close other programs that have the ledger open, and open it again."
            )


def _sqlite(path: Path, create: bool, wait: float) -> Database:
    if not path.exists():
        if not create:
            raise LedgerUnreadable(f"There is no ledger at {path}. Check WORKBOOK_HOME and WORKBOOK_DATABASE_URL.")
        make_folder(path.parent)
    elif not path.is_file():
        raise LedgerUnreadable(f"{path} is not a file, so it cannot be a ledger. Choose another address.")
    writable = os.access(path.parent, os.W_OK) and (os.access(path, os.W_OK) or not path.exists())
    if not writable and not path.exists():
        raise LedgerUnreadable(
            f"There is no ledger at {path}, and none can be made, because its folder may not be written. "
            "Set WORKBOOK_HOME to a folder that may be written."
        )
    if writable and not path.exists():
        with suppress(FileExistsError):  # somebody else was faster
            files.write_new(path, [], private=True)  # SQLite gives its journal the same rights
            files.sync_folder(path.parent)
    files.make_private(path)
    mode = "ro" if not writable else "rwc" if create else "rw"

    def connect() -> sqlite3.Connection:
        file = _state(path)[:2]
        connection = sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=wait, isolation_level=None,
                                     check_same_thread=False, factory=_Connection)  # fmt: skip
        connection.file = file
        try:
            apply_pragmas(connection.execute, wait, writable=writable)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=_KEPT, max_overflow=-1)
    event.listen(engine, "begin", lambda connection: _begin(connection, wait))
    _give_up_when_changed(engine, path)
    return Database(engine, str(path), path, writable, wait)


class _Connection(sqlite3.Connection):
    """A connection that knows the `file` it was opened on, and is closed with whoever forgot to."""

    file: tuple[int, ...] = ()

    def __del__(self) -> None:
        with suppress(sqlite3.Error):  # one that could not be opened is none
            self.close()


def _give_up_when_changed(engine: Engine, path: Path) -> None:
    """Keep no connection to a file that was replaced, written or locked up since: it would save where nobody looks."""

    def keep(own: Any, record: Any) -> None:
        if own is not None:
            state = _state(path)
            record.info["left"] = state if state[:2] == own.file else ()

    def check(_own: Any, record: Any, _proxy: Any) -> None:
        if "left" in record.info and record.info["left"] != (_state(path) or None):
            raise DisconnectionError

    event.listen(engine, "checkin", keep)
    event.listen(engine, "checkout", check)


def _state(path: Path) -> tuple[int, ...]:
    """What changes with each change of the file at `path`, of its rights and of those of its folder."""
    with suppress(OSError):
        file, folder = path.stat(), path.parent.stat()
        return file.st_dev, file.st_ino, file.st_size, file.st_ctime_ns, folder.st_mode, folder.st_uid
    return ()


def _begin(connection: Connection, wait: float) -> None:
    own: Any = connection.connection.dbapi_connection  # without all that is made of an error
    if not connection.get_execution_options().get("workbook_writes", False):
        own.execute("BEGIN")
        return
    own.execute("PRAGMA busy_timeout = 0")
    try:
        _begin_in_turn(own, wait)
    finally:
        own.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")


def _begin_in_turn(own: Any, wait: float) -> None:
    """Begin to write; raises sqlite3.OperationalError if that has to wait longer than `wait` seconds."""
    start = time.monotonic()
    while True:
        try:
            own.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            waited = time.monotonic() - start
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or waited > wait:
                raise
        time.sleep(max(_AGAIN * random.uniform(0.5, 1) * 0.5 ** (waited / _HALVED), 0.0005))  # noqa: S311 - no secret


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, each entry synced; raises NotRecorded."""
    try:
        files.make_folder(folder)
    except OSError as error:
        raise NotRecorded(
            f"The folder {folder} could not be made: {error.strerror}. "
            "Set WORKBOOK_HOME to a folder that may be written."
        ) from error


def _without_compiling(own: Any, _record: Any) -> None:
    """Let the server not compile our queries: that takes longer than they do."""
    own.autocommit = True
    own.execute("SET jit = off")
    own.autocommit = False


def _postgresql(url: str, wait: float) -> Database:
    advice = "Use sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE."
    try:
        url.encode()  # a variable may hold bytes that are no text
        address = make_url(url)
    except (ArgumentError, ValueError):  # ValueError for a port that is no number; what it says may hold the password
        raise BadInput(f"The database address cannot be read. {advice}") from None
    if address.get_backend_name() != "postgresql":
        raise BadInput(f"A ledger cannot be kept in {address.get_backend_name()!r}. {advice}")
    try:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            connect_args={name: value for name, value in _PATIENCE.items() if name not in address.query},
        )
    except ModuleNotFoundError as error:
        raise BadInput("PostgreSQL needs psycopg. Install it: pip install 'ml-audit-workbook[postgres]'.") from error
    except (ArgumentError, TypeError, ValueError):
        raise BadInput(f"The database address asks for something that SQLAlchemy does not have. {advice}") from None
    event.listen(engine, "connect", _without_compiling)
    shown = {name: value for name, value in address.query.items() if name in _SHOWN}
    where = address.set(drivername="postgresql", query=shown).render_as_string(hide_password=True)
    return Database(engine, where, None, True, wait)
