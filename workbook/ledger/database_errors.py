"""What the database complains about, in the user's words: NotRecorded when saving, LedgerUnreadable otherwise."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from workbook.errors import BadInput, LedgerUnreadable, NotRecorded
from workbook.language import later, say
from workbook.masking import mask

# Primary result codes of SQLite (sqlite.org/rescode.html); SQLSTATEs of PostgreSQL, or their first two letters.
_SQLITE = {3: "read-only", 5: "busy", 6: "busy", 8: "read-only", 10: "disk", 11: "damaged", 13: "full", 14: "closed"}
_SQLITE |= {26: "damaged"}
_POSTGRESQL = {"53100": "full", "55P03": "busy", "40P01": "busy", "25006": "read-only", "42501": "read-only"}
_POSTGRESQL |= {"08": "lost", "57": "lost", "XX": "damaged", "58": "disk"}

_SAVING = {
    "busy": later(
        "Another program has kept {where} locked for {wait:g} seconds. Nothing was changed. "
        "Close other programs that use it (a database browser, a backup), then save again."
    ),
    "full": later("The disk that holds {where} is full. Nothing was changed. Free some space, then save again."),
    "read-only": later(
        "{where} cannot be written here: it is read-only. Nothing was changed. "
        "Ask for write permission on the file and its folder, then open it again and save."
    ),
    "disk": later(
        "The disk reported an error while saving to {where} ({detail}). Nothing was changed. "
        "Check the disk or network drive and its free space or quota, then save again."
    ),
    "closed": later(
        "{where} could not be opened for writing ({detail}). Nothing was changed. "
        "Check that its folder is there and may be written, then save again."
    ),
    "damaged": later(
        "{where} is damaged ({detail}). Nothing was changed. "
        "Run `workbook verify`, keep the file, and restore the ledger from a backup."
    ),
    "lost": later("{where} could not be reached ({detail}). Nothing was changed. Save again when the server is back."),
    "unanswered": later(
        "The connection to {where} broke while saving, so it is not known whether this was recorded. "
        "Save again: the same change is never recorded twice."
    ),
    "": later("{where} refused it ({detail}). Nothing was changed. Save again; if it happens again, report it."),
}
_READING = {
    "busy": later("Another program has kept {where} locked for {wait:g} seconds. Close it, then try again."),
    "full": later("{where} could not be opened: the disk is full. Free some space, then open it again."),
    "read-only": later(
        "{where} was interrupted while it saved, and may not be written here to put that right. "
        "Open it once where it can be written."
    ),
    "disk": later(
        "The disk reported an error while reading {where} ({detail}). Check the disk or network drive; "
        "if it stays, restore the ledger from a backup."
    ),
    "closed": later(
        "{where} could not be opened ({detail}). Check that the file and its folder are there and may be read."
    ),
    "damaged": later(
        "{where} is damaged or not a workbook ledger ({detail}). Keep the file, and restore the ledger from a backup."
    ),
    "lost": later(
        "{where} could not be reached ({detail}). Check the address and that the server runs, then try again."
    ),
    "": later("{where} could not be read ({detail}). Check WORKBOOK_DATABASE_URL and the rights on the database."),
}

# A damaged schema makes SQLite speak of it in bytes that are no text.
_ERRORS = (SQLAlchemyError, sqlite3.Error, UnicodeDecodeError)


@dataclass(slots=True)
class Attempt:
    """What is tried; once it is `ending`, only the server knows whether it was recorded."""

    ending: bool = False


@contextmanager
def explained(where: str, wait: float, *, saving: bool) -> Iterator[Attempt]:
    """Turn what a database raises into NotRecorded (saving) or LedgerUnreadable, half of a character into BadInput."""
    attempt = Attempt()
    try:
        yield attempt
    except UnicodeEncodeError as error:
        raise BadInput(
            say(
                "No ledger holds {text!a}: there is half of a character in it (a lone surrogate).",
                text=error.object[:80],
            )
        ) from None
    except _ERRORS as error:
        cause = (error.orig if isinstance(error, DBAPIError) else None) or error
        kind = _error_kind(error, cause)
        told = str(cause).strip()
        if kind == "lost":
            told = told.partition("\n")[0].rstrip(".")  # what follows are guesses at why
        values = {"where": where, "wait": wait, "detail": mask(" ".join(told.split()))}
        recorded = "unanswered" if kind == "lost" and attempt.ending else kind
        says = _SAVING[recorded] if saving else _READING[kind]
        failed = (NotRecorded if saving else LedgerUnreadable)(say(says, **values))
        failed.lost = kind == "lost"
        raise failed from error


def is_damage(error: BaseException) -> bool:
    """Whether what `explained` raised speaks of the ledger itself, not of a lock or a lost connection."""
    cause = error.__cause__
    if not isinstance(cause, _ERRORS):
        return True
    orig = (cause.orig if isinstance(cause, DBAPIError) else None) or cause
    return _error_kind(cause, orig) in ("damaged", "disk", "read-only", "")


def _error_kind(error: Exception, cause: BaseException) -> str:
    if isinstance(cause, UnicodeDecodeError):
        return "damaged"
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get((getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF, "")
    code = getattr(cause, "sqlstate", None) or ""
    if not code and isinstance(error, DBAPIError):
        return "lost"  # psycopg has no code when there is no connection to have one from
    return _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2], "")
