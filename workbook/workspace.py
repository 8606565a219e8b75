"""The workspace: its ledger, and the engagement that every notebook opens by itself."""

from pathlib import Path

from workbook import catalog, files, paths, people
from workbook.as_of import parse_as_of
from workbook.errors import BadFile, NotRecorded, Unknown
from workbook.language import say
from workbook.ledger import Ledger
from workbook.model import Person
from workbook.store import Store
from workbook.vault import Vault

MAX_MARK = 1000  # bytes


def has_ledger() -> bool:
    """Whether this workspace has a ledger: reading it then makes none. One on a server is taken to be there."""
    file = paths.database_file()
    return file is None or file.exists()


def open_ledger(*, create: bool = True, guarded: bool = True) -> Ledger:
    """The ledger of this workspace, with all its engagements; `create` makes the database if there is none yet.

    `guarded` refuses one that another program altered.
    """
    paths.settle()
    return Ledger.open(paths.database_url(), create=create, heads=paths.heads(), guarded=guarded)


def open_store(
    engagement: str, who: Person | None = None, as_of: str = "", *, create: bool = False, guarded: bool = True
) -> Store:
    """The store of `engagement` in this workspace, as `who` may use it; raises WorkbookError.

    `as_of`, as `parse_as_of` takes it, names an earlier state; `create` and `guarded` are those of `open_ledger`.
    """
    ledger = open_ledger(create=create, guarded=guarded)
    place = paths.evidence()
    if isinstance(place, Path):
        files.make_private(place)
    vault = Vault(place, ledger=ledger.identity)
    speaker = who or people.who() or Person(people.UNNAMED)
    return Store(ledger, vault, catalog.load(paths.checklists()), engagement, speaker, parse_as_of(as_of))


def chosen(store: Store) -> str:
    """The engagement chosen in 00_start, or the only one there is; raises Unknown."""
    names = store.ledger.engagements()
    name = _read_mark()
    if name in names:
        return name
    if len(names) == 1:
        return names[0]
    raise Unknown("engagement", "", names, say("Choose or create one in 00_start, or name it in the first cell."))


def choose(name: str) -> None:
    """Make `name` the engagement that every notebook opens by itself; raises NotRecorded."""
    try:
        files.write(paths.chosen(), f"{name}\n".encode())
    except OSError as error:
        says = say(
            "The choice could not be kept in {folder}: {why}. Set WORKBOOK_HOME to a folder that may be written.",
            folder=paths.home(),
            why=error.strerror,
        )
        raise NotRecorded(says) from error


def _read_mark() -> str:
    """What the mark says; nothing where it is missing or was damaged."""
    try:
        return files.read_limited(paths.chosen(), MAX_MARK).decode().strip()
    except (BadFile, UnicodeDecodeError):
        return ""
