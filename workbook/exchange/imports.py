"""Imports registers, answers, tasks and evidence from the files people have: first a plan, then all of it or nothing.

The name of a table says what it holds: a register (`datasets.csv`, sheet `Data sources`), `answers`, `evidence` or
`tasks`; `engagement.yaml` says what the audit is about. The column `id` is a row's key; a row without one is the row of
the same name in the ledger, else it gets a new key.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from workbook import files, yamlfile
from workbook.errors import BadFile, BadInput, Conflict, NotAllowed, NotRecorded, WorkbookError
from workbook.exchange.columns import Columns, kind_of, known_headers, match
from workbook.exchange.copies import is_note, sort_lines
from workbook.exchange.drafts import DraftMaker
from workbook.exchange.mapping import EVERY, NOTHING_SAID, ImportMapping, TableMapping
from workbook.exchange.mending import twin_notes
from workbook.exchange.plan import Plan, PlannedRow, Problem
from workbook.exchange.scales import fitted
from workbook.exchange.sources import ABOUT, left_aside, left_out, sources_of
from workbook.exchange.tables import Flaw, Line, Table, read
from workbook.exchange.values import Values
from workbook.keys import numbering, require_numbering
from workbook.language import later, say, term
from workbook.model import Draft, Engagement, Revision
from workbook.store import Store, numbered
from workbook.words import count, first_of, folded, natural

NAMED = 3  # rows or files that a note names
ATTEMPTS = 10  # to find free keys while others import at the same moment
LOST_ZERO = later("If a number lost its zero (5.10 became 5.1), make the column text in the spreadsheet.")
TWICE = {
    "answer": later("the answer {key} stands here a second time, first in {first}; keep one."),
    "task": later("the task {key} stands here a second time, first in {first}; keep one."),
}
TWICE_ID = later("the id {key} stands here a second time, first in {first}; keep one.")


def plan(store: Store, path: Path, mapping: ImportMapping = NOTHING_SAID) -> Plan:
    """What importing `path` (a file, or a folder of them) into `store` would do; changes nothing.

    `mapping` says what is meant where the tables do not tell. Raises BadFile for a single file that cannot be read at
    all; everything else is in the plan's problems, of every file, line and column.
    """
    about, sources = sources_of(path)
    planner = _Planner(store, mapping)
    found = [table for file in sources for table in planner.read(file, alone=file == path)]
    every = mapping.tables.get(EVERY)
    if every and every.into and len(found) != 1:
        raise BadInput(
            say("--into names what one table holds, but {name} has {n} tables.", name=path.name, n=len(found))
        )
    made = planner.plan(found, about)
    if files.is_folder(path):
        made.notes += left_out(path, {*sources, *made.files.values(), path / ABOUT})
    made.again = partial(plan, store, path, mapping)
    return made


def plan_table(store: Store, table: Table, mapping: ImportMapping) -> Plan:
    """As `plan`, for a table that is in memory already, for example pasted into a form."""
    made = _Planner(store, mapping).plan([table], None)
    made.again = partial(plan_table, store, table, mapping)
    return made


def apply(store: Store, plan: Plan, id: str = "") -> list[Revision]:
    """Record a plan without problems: evidence files first, then every draft in one transaction.

    If somebody took the keys of its new rows meanwhile, they get others, and `plan` holds what was recorded. Applied
    again under the same `id` it is recorded once. Raises BadInput if the plan has problems, Conflict if it would now do
    something else than it said, and what Store.save raises. Nothing is recorded unless all is; a file that was kept
    before the recording failed lies unnamed in the vault and does no harm.
    """
    if plan.problems:
        raise BadInput(say("Nothing was imported; {problem}", problem=plan.problems[0]))
    if store.why_read_only:
        raise NotAllowed(store.why_read_only)
    for _ in range(ATTEMPTS):
        _keep_files(store, plan)
        try:
            return store.save(numbered(plan.drafts, id)) if plan.drafts else []
        except Conflict as conflict:
            _plan_again(plan, conflict)
    raise NotRecorded(say("Others import at the same moment; nothing was imported. Import again."))


def _keep_files(store: Store, plan: Plan) -> None:
    expected = {d.key: (d.body or {}).get("sha256") for d in plan.drafts if d.kind == "evidence"}
    for key, file in plan.files.items():
        if key in expected and store.vault.add_file(file).sha256 != expected[key]:
            raise BadFile(
                say("{name} changed while it was imported; nothing was recorded. Import again.", name=file.name)
            )


def _plan_again(plan: Plan, conflict: Conflict) -> None:
    """Let `plan` hold what it does to the record as it is now; raises Conflict unless that is what it said.

    Nothing is left to do where somebody recorded all of it meanwhile.
    """
    newer = plan.again() if plan.again else None
    if newer is None or not (newer.does_the_same_as(plan) or (not newer.problems and not newer.drafts)):
        says = say(
            "Somebody recorded something of this import first; nothing was imported. Import again to see what changes."
        )
        raise Conflict(says, conflict.theirs, conflict.ours) from None
    plan.drafts, plan.files, plan.rows, plan.counts = newer.drafts, newer.files, newer.rows, newer.counts


# files ----------------------------------------------------------------------------------------------------------------


# What is judged by other rows of the same import comes after them: evidence after the versions it speaks of, what names
# evidence after it, tests after the answers and their authors, findings after the actions and tests that let them be
# closed.
ORDER = {"models": 0, "datasets": 0, "evidence": 1, "tests": 4, "management_reviews": 4, "findings": 5, "approvals": 5}


@dataclass(frozen=True)
class _Sheet:
    """A table of which is known what it holds and which column is which; `complete` unless something is missing."""

    kind: str
    table: Table
    columns: Columns
    values: Values
    mapping: TableMapping
    complete: bool = True

    def cells(self, line: Line) -> dict[str, str]:
        """The cells of a line by column."""
        return self.columns.cells(line.cells)

    @cached_property
    def flaws(self) -> Mapping[int, list[Flaw]]:
        """What cannot be taken as it stands, by line; what stands in a column that nobody imports is left out."""
        found: dict[int, list[Flaw]] = {}
        for flaw in self.table.flaws:
            if not flaw.header or flaw.header in self.columns.by_header:
                for number in flaw.lines or (0,):
                    found.setdefault(number, []).append(flaw)
        return found


class _Planner:
    """Reads tables against one state of the ledger."""

    def __init__(self, store: Store, mapping: ImportMapping) -> None:
        self.store, self.mapping = store, mapping
        self.result = Plan()
        self.known = known_headers(store.catalog)
        self.newest: dict[tuple[str, str], Revision] = {(r.kind, r.key): r for r in store.history()}
        self.maker = DraftMaker(store, self.newest, self._new_key)
        self.taken: dict[str, set[str]] = {}
        self.fresh: dict[str, Iterator[str]] = {}
        self.places: dict[tuple[str, str], str] = {}

    def read(self, file: Path, *, alone: bool) -> list[Table]:
        """The tables of a file that are to be read; one that cannot be read is a problem if there are others."""
        rows = {name: said.header_row for name, said in self.mapping.tables.items() if said.header_row}
        try:
            reading = read(file, header_rows=rows, sheets=self.mapping.sheets if alone else (), known=self.known)
        except BadFile as error:
            if alone:
                raise
            self.result.problems.append(Problem("", str(error)))
            return []
        self.result.notes += [f"{file.name}: {note}" for note in reading.notes]
        if notes := [table.name for table in reading.tables if is_note(table)]:
            told = say("for reading only, left out: {tables}", tables=", ".join(notes))
            self.result.notes.append(f"{file.name}: {told}")
        return [table for table in reading.tables if self.mapping.takes(table.name) and not is_note(table)]

    def plan(self, tables: list[Table], about: Path | None) -> Plan:
        """The plan for all tables together; a row may refer to rows of another table."""
        aside = left_aside(self.store.catalog, self.mapping, tables)
        untold = say("left out, because nothing tells what it holds; --sheet chooses")
        self.result.notes += [f"{table.where}: {untold}" for table in aside]
        sheets = [sheet for table in tables if table not in aside and (sheet := self._read_sheet(table))]
        keys = self._keys(sheets)
        if about is not None:
            self._add_engagement(about)
        for sheet in sheets:
            self.result.counts.setdefault(sheet.kind, Counter())
        for sheet, own in sorted(zip(sheets, keys, strict=True), key=lambda pair: ORDER.get(pair[0].kind, 2)):
            self._add_sheet(sheet, own)
        self.result.files = self.maker.files
        return self.result

    def _read_sheet(self, table: Table) -> _Sheet | None:
        """What a table holds, or nothing after its problems were noted."""
        self.result.notes += [*(f"{table.where}: {note}" for note in table.notes), *twin_notes(table)]
        mapping = self.mapping.of(table.name)
        if not table.headers:
            self.result.problems += [
                Problem(table.where, flaw.says, number) for flaw in table.flaws for number in flaw.lines or (0,)
            ]
            return None
        try:
            kind = kind_of(self.store.catalog, mapping.into or table.name)
        except WorkbookError as error:
            self._add_problem(table.where, str(error))
            return None
        columns = match(fitted(self.store, kind), kind, table.headers, mapping)
        for says in columns.problems:
            self._add_problem(table.where, says)
        values = Values(self.store.catalog.synonyms, columns.fields, mapping.values)
        return self._sorted(_Sheet(kind, table, columns, values, mapping, complete=not columns.problems))

    def _sorted(self, sheet: _Sheet) -> _Sheet:
        """The sheet without the lines that are not to be imported."""
        table, lacks = sheet.table, partial(self.maker.lacks, sheet.table.path.parent)
        found = sort_lines(sheet.kind, ((line, sheet.cells(line)) for line in table.lines), lacks)
        self.result.notes += [f"{table.where}: {says}" for says in found.notes]
        self.maker.absent |= found.absent
        return replace(sheet, table=replace(table, lines=found.lines))

    # keys -------------------------------------------------------------------------------------------------------

    def _keys(self, sheets: list[_Sheet]) -> list[list[str]]:
        """The key of every line of every sheet; empty where it follows from the cells of the line."""
        typed = [self._typed_keys(sheet) for sheet in sheets]
        for sheet, own in zip(sheets, typed, strict=True):
            self.taken.setdefault(sheet.kind, set()).update(filter(None, own))
        keys_by_name = {sheet.kind: self._keys_by_name(sheet.kind) for sheet in sheets}
        return [self._sheet_keys(s, own, keys_by_name[s.kind]) for s, own in zip(sheets, typed, strict=True)]

    def _typed_keys(self, sheet: _Sheet) -> list[str]:
        """The id of every line as the record has it; what was read as another is told."""
        typed = [sheet.cells(line).get("id", "") for line in sheet.table.lines]
        meant = [self.maker.situation.meant(sheet.kind, key) if key else "" for key in typed]
        read = [
            say("{key} is {ours}", key=key, ours=ours) for key, ours in zip(typed, meant, strict=True) if key != ours
        ]
        if read:
            told = say("ids read: {ids}", ids=first_of(read, NAMED))
            self.result.notes.append(f"{sheet.table.where}: {told}")
        return meant

    def _keys_by_name(self, kind: str) -> dict[str, list[str]]:
        """The rows of the ledger that no line names by its id: their keys by name, in the order of the keys."""
        found: dict[str, list[str]] = {}
        own = [(k, r) for k, r in self.newest.items() if k[0] == kind]
        for (_, key), revision in sorted(own, key=lambda pair: natural(pair[0][1])):
            if revision.body is not None and key not in self.taken[kind]:
                found.setdefault(folded(str(revision.body.get("name", ""))), []).append(key)
        return found

    def _sheet_keys(self, sheet: _Sheet, own: list[str], keys_by_name: dict[str, list[str]]) -> list[str]:
        found, matched = [], []
        for line, key in zip(sheet.table.lines, own, strict=True):
            name = sheet.cells(line).get("name", "")
            if not key and self._makes_keys(sheet.kind):
                same = keys_by_name.get(folded(name))
                known = bool(same)
                key = same.pop(0) if same else self._new_key(sheet.kind)
                matched += [say("{key} is {ours}", key=name, ours=key)] if known else []
            if key and sheet.kind not in ("answers", "tasks"):
                self.maker.announce(sheet.kind, key, name)
            found.append(key)
        if matched:
            told = say("matched by name: {rows} ({names})", rows=count(len(matched), "row"),
                       names=first_of(matched, NAMED))  # fmt: skip
            self.result.notes.append(f"{sheet.table.where}: {told}")
        return found

    def _makes_keys(self, kind: str) -> bool:
        return kind != "evidence" and numbering(self.store.catalog, kind) is not None

    def _new_key(self, kind: str) -> str:
        """A key that nobody used before, in the ledger or in this import."""
        return next(self.fresh.setdefault(kind, self._numbered_keys(kind)))

    def _numbered_keys(self, kind: str) -> Iterator[str]:
        numbers = require_numbering(self.store.catalog, kind)
        used = {key for k, key in self.newest if k == kind} | self.taken.get(kind, set())
        return map(numbers.key, itertools.count(numbers.following(used)))

    # rows -------------------------------------------------------------------------------------------------------

    def _add_sheet(self, sheet: _Sheet, keys: list[str]) -> None:
        self.result.counts.setdefault(sheet.kind, Counter())
        kept: dict[str, list[int]] = {}
        for line, key in zip(sheet.table.lines, keys, strict=True):
            row = self._plan_line(sheet, key, line)
            self._add_row(row)
            for column in row.blanks:
                kept.setdefault(column, []).append(line.number)
        self.result.problems += [Problem(sheet.table.where, flaw.says) for flaw in sheet.flaws.get(0, ())]
        for column, lines in kept.items():
            told = say(
                "blank cells clear nothing, so {column} stays as it is in {rows} (line {lines})",
                column=term(sheet.columns.fields[column].label),
                rows=count(len(lines), "row"),
                lines=first_of(map(str, lines), NAMED),
            )
            self.result.notes.append(f"{sheet.table.where}: {told}")
        self._tell(sheet)

    def _tell(self, sheet: _Sheet) -> None:
        """Note how a sheet was read: for people, and for the next import."""
        said, columns, values = sheet.mapping, sheet.columns, sheet.values
        self.result.notes += [f"{sheet.table.where}: {says}" for says in (*columns.notes, *values.notes())]
        self.result.used |= columns.used | values.used()
        found = replace(
            columns.mapping, into=sheet.kind, header_row=said.header_row, dates=said.dates, values=values.mapping()
        )
        self.result.mapping = ImportMapping(
            self.mapping.sheets, {**self.result.mapping.tables, sheet.table.name: found}
        )

    def _plan_line(self, sheet: _Sheet, key: str, line: Line) -> PlannedRow:
        """What becomes of a line; what is wrong with it is noted, all of it."""
        where, typed, headers = sheet.table.where, sheet.cells(line), sheet.columns.by_header
        read = sheet.values.read(typed)
        cells = {c: cell for c, cell in read.items() if c != "id" and (cell or sheet.mapping.blank_clears)}
        wrong = [
            Problem(where, flaw.says, line.number, headers.get(flaw.header, ""), line.cells.get(flaw.header, ""))
            for flaw in sheet.flaws.get(line.number, ())
        ]
        flawed = {problem.column for problem in wrong}
        try:
            draft = self.maker.draft(sheet.kind, key, cells, sheet.table.path.parent, sheet.mapping.dates)
            self._refuse_duplicate(draft, say("{where}, line {line}", where=where, line=line.number))
        except WorkbookError as error:
            named = ((str(one), getattr(one, "field", "")) for one in error.errors)
            wrong += [
                Problem(where, says, line.number, column, typed.get(column, ""))
                for says, column in named
                if column not in flawed and (sheet.complete or not column or column in typed)
            ]
            self.result.problems += wrong
            return PlannedRow(sheet.kind, where, line.number, key, "wrong", new=typed)
        self.result.problems += wrong
        row = self._judged(draft, PlannedRow(sheet.kind, where, line.number, draft.key, "new", new=draft.body or {}))
        kept = (
            () if sheet.mapping.blank_clears else tuple(c for c, cell in typed.items() if not cell and row.old.get(c))
        )
        return replace(row, blanks=kept, state="wrong" if wrong else row.state)

    def _judged(self, draft: Draft, row: PlannedRow) -> PlannedRow:
        """The row with what stands in the record so far; its draft is kept unless it changes nothing."""
        revision = self.newest.get((draft.kind, draft.key))
        old = revision.body if revision is not None else None
        if old == draft.body:
            return replace(row, state="same", old=old or {})
        self.result.drafts.append(draft)
        return replace(row, state="new" if old is None else "changed", old=old or {})

    def _add_row(self, row: PlannedRow) -> None:
        self.result.counts[row.kind][row.state] += 1
        self.result.rows.append(row)

    def _refuse_duplicate(self, draft: Draft, where: str) -> None:
        """Raise BadInput if this import holds the same row already."""
        place = (draft.kind, draft.key)
        if place in self.places:
            says = say(TWICE.get(draft.kind, TWICE_ID), key=draft.key, first=self.places[place])
            lost = f" {say(LOST_ZERO)}" if re.fullmatch(r"(A\.)?[0-9]+\.[1-9]", draft.key) else ""
            raise BadInput(says + lost)
        self.places[place] = where

    def _add_engagement(self, file: Path) -> None:
        self.result.counts.setdefault("engagement", Counter())
        row = PlannedRow("engagement", file.name, 0, "engagement", "new")
        try:
            old = self.newest.get(("engagement", "engagement"))
            draft = Draft("engagement", "engagement", _read_engagement(file, old).body(), old.version if old else 0)
            self._add_row(self._judged(draft, replace(row, new=draft.body or {})))
        except WorkbookError as error:
            self._add_row(replace(row, state="wrong"))
            for one in error.errors:
                self._add_problem(file.name, str(one))

    def _add_problem(self, where: str, says: str) -> None:
        self.result.problems.append(Problem(where, says))


def _read_engagement(file: Path, old: Revision | None) -> Engagement:
    """The engagement that a file describes, in the time zone of the `old` one where the file names none.

    Raises BadInput naming the field.
    """
    facts = yamlfile.read(file).data
    if not isinstance(facts, dict):
        raise BadInput(say("expected names with values, for example `title: ISMS audit`."))
    zone = (old.body or {}).get("time_zone") if old else None
    return Engagement.parse({"time_zone": zone, **facts} if zone else facts)
