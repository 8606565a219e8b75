"""Takes a record out as files: XLSX, CSV, lines of JSON or a calendar; import reads the tables in again."""

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from workbook import files
from workbook.errors import BadFile, BadInput
from workbook.exchange.columns import NOTES
from workbook.exchange.sheets import Note, Sheet, filled_sheets, kind_named, sheet_names, unasked
from workbook.exchange.texts import as_text, guarded, with_escapes
from workbook.model import Revision
from workbook.record import Record
from workbook.store import Store
from workbook.vault import CHUNK
from workbook.words import count, first_of, moment, natural

FORMATS = ("xlsx", "csv", "jsonl", "ics")
ABOUT = "about.txt"
FOLDER = "evidence"  # where evidence files lie that come along, beside the tables
STEM = 150  # bytes of a file's name that are kept when it comes along
LEDGER_KINDS = {"answer": "answers", "task": "tasks", "review": "reviews"}  # what the ledger calls the tables
_UNSAFE = re.compile(r"[^\w.() -]+")


@dataclass(frozen=True)
class Export:
    """What goes out: files by their names, what opens the evidence that comes along by its path, and what is told."""

    files: Mapping[str, bytes]
    evidence: Mapping[str, Callable[[], BinaryIO]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def make(store: Store, to: str, only: Collection[str] = (), *, with_evidence: bool = False) -> Export:
    """What goes out of the record in the format `to`, one of FORMATS: everything, or `only` the tables of these names.

    CSV gives a file for each table, the other formats one file. Raises Unknown for a table that does not exist,
    BadInput for what the format cannot hold, BadFile for evidence that is missing.
    """
    record = store.record()
    chosen = frozenset(kind_named(record.catalog, name) for name in only)
    if with_evidence and (to not in ("xlsx", "csv") or (chosen and "evidence" not in chosen)):
        raise BadInput("Evidence files come along with the table evidence, as XLSX or CSV; export that, too.")
    return _FORMATS[to](_Source(store, record, chosen, with_evidence))


@dataclass(frozen=True)
class _Source:
    """What an export is made from."""

    store: Store
    record: Record
    chosen: frozenset[str]
    with_evidence: bool

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """Where each evidence file lies beside the tables, by its key, if it comes along."""
        held = {k: e.value for k, e in self.record.evidence.items() if e.value.form == "file"}
        if not self.with_evidence:
            return {}
        if missing := [key for key, about in held.items() if not self.store.vault.has(about.sha256)]:
            raise BadFile(f"Evidence files are missing: {first_of(missing, 10)}. `workbook verify` says which and why.")
        return {key: f"{FOLDER}/{name}" for key, name in _file_names({k: e.name for k, e in held.items()}).items()}

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The tables."""
        return filled_sheets(self.record, self.chosen, self.paths)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What stands in the record and in no table, in sentences."""
        gone = unasked(self.record) if not self.chosen or "answers" in self.chosen else []
        says = f"{count(len(gone), 'answer')} whose question or system is gone: {first_of(gone, 5)}"
        return (says,) if gone else ()

    def export(self, made: Mapping[str, bytes]) -> Export:
        """The tables in these files."""
        vault, pieces = self.store.vault, self.record.evidence
        evidence = {path: partial(vault.open, pieces[key].value.sha256) for key, path in self.paths.items()}
        return Export(made, evidence, {sheet.kind: len(sheet.rows) for sheet in self.sheets}, self.left_out)

    def notes(self) -> Iterator[Note]:
        """What a reader has to know of the tables: which state of which record they show, and for whom they are."""
        record, head = self.record, self.record.head
        yield Note("Engagement", record.name)
        yield Note("Title", " ".join(record.engagement.title.split()))
        yield Note("Organisation", " ".join(record.engagement.organisation.split()))
        yield Note("As of", f"{record.on} ({record.engagement.time_zone}), revision r{head.number}, {head.hash}")
        yield Note("Exported", f"{moment(record.local(datetime.now(UTC)))}, by {self.store.who.name}")
        yield Note("For whom", "For the team: it holds what customers may not read. For them, make a report.")
        yield Note("Reading it in", f"`workbook import {record.name} FILE` takes in what was changed.")
        yield Note("For reading only", f"Columns in brackets, and the tables {', '.join(NOTES)}.")
        yield Note("Empty cells", "Import changes nothing where a cell is empty.")
        yield Note("Who said it", "Who recorded what, and when, stays with the record; a copy does not claim it.")
        for sheet in self.sheets:
            yield Note(sheet.title, count(len(sheet.rows), "row"))
        for says in self.left_out:
            yield Note("Left out", says)


def _file_names(names: Mapping[str, str]) -> dict[str, str]:
    """A name of its own for each file, by key, that every system can hold; what the file is called stands in Name."""
    found: dict[str, str] = {}
    for key, name in names.items():
        own = PurePosixPath(_UNSAFE.sub("_", name))
        stem, suffix = _cut(f"{_UNSAFE.sub('_', key)}_{own.stem}"), own.suffix[:20].rstrip(". ")
        taken = {other.casefold() for other in found.values()}
        tries = (f"{stem}{f'_{n}' if n else ''}{suffix}" for n in range(len(names) + 1))
        found[key] = next(one for one in tries if one.casefold() not in taken)
    return found


def _cut(stem: str) -> str:
    return stem.encode()[:STEM].decode(errors="ignore").strip(". ")


# formats --------------------------------------------------------------------------------------------------------------


def _xlsx(source: _Source) -> Export:
    from workbook.exchange.bookwriter import book  # here, because it takes longer to import than a form may

    about = source.record.engagement
    title = ", ".join(filter(None, (about.title, about.organisation)))
    made = book(title, list(source.notes()), source.sheets, sheet_names(source.record.catalog))
    return source.export({f"{source.store.name}.xlsx": made})


def _csv(source: _Source) -> Export:
    made = {f"{sheet.kind}.csv": _csv_file(sheet) for sheet in source.sheets}
    notes = "".join(f"{about}: {says}\n" for about, says in source.notes())
    return source.export({**made, ABOUT: notes.encode()})


def _csv_file(sheet: Sheet) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; what they would compute has an apostrophe in front."""
    target = io.StringIO()
    lines = csv.writer(target, lineterminator="\r\n")
    lines.writerow(_csv_text(column.label) for column in sheet.columns)
    lines.writerows([str(c) if isinstance(c, int) else _csv_text(as_text(c)) for c in row] for row in sheet.rows)
    return target.getvalue().encode("utf-8-sig")


def _csv_text(text: str) -> str:
    return guarded(with_escapes(text))


def _jsonl(source: _Source) -> Export:
    """The newest revision of everything, whole, a line each."""
    revisions = source.store.ledger.current(source.store.name, upto=source.record.head.number)
    chosen = [r for r in revisions if not source.chosen or LEDGER_KINDS.get(r.kind, r.kind) in source.chosen]
    chosen.sort(key=lambda r: (r.kind, natural(r.key)))
    rows: dict[str, int] = {}
    for revision in chosen:
        rows[revision.kind] = rows.get(revision.kind, 0) + 1
    text = "".join(f"{json.dumps(_line(r), ensure_ascii=False)}\n" for r in chosen)
    return Export({f"{source.store.name}.jsonl": text.encode()}, rows=rows)


def _line(revision: Revision) -> dict[str, object]:
    return {"kind": revision.kind, "key": revision.key, "version": revision.version, "who": revision.actor,
            "role": revision.role, "when": revision.at.isoformat(), "values": revision.body}  # fmt: skip


def _ics(source: _Source) -> Export:
    if source.chosen:
        raise BadInput("A calendar holds everything that has a day; leave --only out.")
    from workbook.exchange.agenda import agenda  # here, as above

    first = source.store.ledger.head(source.store.name, upto=1)
    return Export({f"{source.store.name}.ics": agenda(source.record, first.hash)})


_FORMATS = {"xlsx": _xlsx, "csv": _csv, "jsonl": _jsonl, "ics": _ics}


# writing --------------------------------------------------------------------------------------------------------------


def save(made: Export, target: Path) -> list[Path]:
    """Write an export to the file `target`, or into the folder `target` if it has several files; each of them whole
    or not at all. Returns what was replaced. Raises BadInput for a place that cannot be written.
    """
    single = len(made.files) == 1
    folder = target.parent if single else target
    places = {target if single else folder / name: content for name, content in made.files.items()}
    copies = {folder / path: opened for path, opened in made.evidence.items()}
    replaced = [place for place in (*places, *copies) if place.exists() or place.is_symlink()]
    if strange := [place for place in replaced if not place.is_file()]:
        raise BadInput(f"{strange[0]} is no file and cannot be replaced by one; choose another name.")
    try:
        for place, opened in copies.items():
            _copy(opened, place)
        for place, content in places.items():
            files.write(place, content)
    except OSError as error:
        raise BadInput(f"{target} could not be written: {error.strerror}. Choose another place.") from None
    return replaced


def _copy(opened: Callable[[], BinaryIO], place: Path) -> None:
    files.make_folder(place.parent)
    with opened() as file, files.aside(place.parent) as temporary:
        files.write_new(temporary, iter(lambda: file.read(CHUNK), b""))
        files.put(temporary, place)
