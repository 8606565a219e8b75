"""Imports registers, answers, tasks and evidence from the files people have: first a plan, then all of it or nothing.

The name of a table says what it holds: a register (`datasets.csv`, sheet `Data sources`), `answers`, `evidence` or
`tasks`; `engagement.yaml` says what the audit is about. The column `id` is a row's key; a row without one is the row of
the same name in the ledger, else it gets a new key.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook import files, yamlfile
from workbook.errors import BadFile, BadInput, NotAllowed, WorkbookError
from workbook.exchange.columns import kind_of, match
from workbook.exchange.drafts import DraftMaker
from workbook.exchange.mapping import EVERY, ImportMapping
from workbook.exchange.tables import ENDINGS, Line, Table, read
from workbook.keys import numbering, require_numbering
from workbook.model import Draft, Engagement, Revision
from workbook.store import Store, numbered

ABOUT = "engagement.yaml"
SHOWN = 20
NOTHING_SAID = ImportMapping()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps the import from being made: where it stands and what to do."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


@dataclass
class Plan:
    """What an import would do: `drafts` to record, files to keep, `problems` that stand in the way."""

    drafts: list[Draft] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """The plan as plain JSON: for each kind how many rows are new, changed, same or wrong; and the problems."""
        tables = [
            {"kind": kind, **{k: n[k] for k in ("new", "changed", "same", "wrong")}} for kind, n in self.counts.items()
        ]
        return {"tables": tables, "problems": [str(p) for p in self.problems]}

    def text(self) -> str:
        """The plan as lines for people."""
        lines = [
            f"{kind:<16} {n['new']} new, {n['changed']} changed, {n['same']} same, {n['wrong']} wrong"
            for kind, n in self.counts.items()
        ]
        shown = [str(p) for p in self.problems[:SHOWN]]
        more = [f"… and {len(self.problems) - SHOWN} more"] if len(self.problems) > SHOWN else []
        return "\n".join([*lines, *shown, *more]) or "There is nothing to import here."


def plan(store: Store, path: Path, mapping: ImportMapping = NOTHING_SAID) -> Plan:
    """What importing `path` (a file, or a folder of them) into `store` would do; changes nothing.

    `mapping` says what is meant where the tables do not tell. Raises BadFile for a file that cannot be read at all;
    everything else is in the plan's problems.
    """
    about, tables = _files(path)
    found = [t for file in tables for t in read(file).tables if mapping.takes(t.name)]
    every = mapping.tables.get(EVERY)
    if every and every.into and len(found) != 1:
        raise BadInput(f"--into names what one table holds, but {path.name} has {len(found)} tables.")
    return _Planner(store, mapping).plan(found, about)


def plan_table(store: Store, table: Table, mapping: ImportMapping) -> Plan:
    """As `plan`, for a table that is in memory already, for example pasted into a form."""
    return _Planner(store, mapping).plan([table], None)


def apply(store: Store, plan: Plan, id: str = "") -> list[Revision]:
    """Record a plan without problems: evidence files first, then every draft in one transaction.

    Applied again under the same `id` it is recorded once. Raises BadInput if the plan has problems, and what Store.save
    raises. Nothing is recorded unless all is; a file that was kept before the recording failed lies unnamed in the
    vault and does no harm.
    """
    if plan.problems:
        raise BadInput(f"Nothing was imported; {plan.problems[0]}")
    if store.why_read_only:
        raise NotAllowed(store.why_read_only)
    expected = {d.key: (d.body or {}).get("sha256") for d in plan.drafts if d.kind == "evidence"}
    for key, file in plan.files.items():
        if key in expected and store.vault.add_file(file).sha256 != expected[key]:
            raise BadFile(f"{file.name} changed while it was imported; nothing was recorded. Import again.")
    return store.save(numbered(plan.drafts, id)) if plan.drafts else []


def _files(path: Path) -> tuple[Path | None, list[Path]]:
    """The description of the engagement, if there is one, and the files with tables."""
    if not files.mode_of(path):
        raise BadFile(f"{path} does not exist; check the name.")
    if not files.is_folder(path):
        return (path, []) if path.name == ABOUT else (None, [path])
    about = path / ABOUT
    found = sorted(f for f in path.iterdir() if f.suffix.lower() in ENDINGS and not f.name.startswith(("~", ".")))
    given = bool(files.mode_of(about))
    if not found and not given:
        raise BadFile(f"{path} holds no CSV or XLSX file to import.")
    return (about if given else None), found


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table of which is known what it holds and which column is which."""

    kind: str
    table: Table
    columns: Mapping[str, str]

    def cells(self, line: Line) -> dict[str, str]:
        """The cells of a line by column."""
        return {column: line.cells.get(header, "").strip() for header, column in self.columns.items()}


class _Planner:
    """Reads tables against one state of the ledger."""

    def __init__(self, store: Store, mapping: ImportMapping) -> None:
        self.store, self.mapping = store, mapping
        self.result = Plan()
        self.newest: dict[tuple[str, str], Revision] = {(r.kind, r.key): r for r in store.history()}
        self.maker = DraftMaker(store, self.newest, self._new_key)
        self.taken: dict[str, set[str]] = {}
        self.fresh: dict[str, Iterator[str]] = {}
        self.places: dict[tuple[str, str], str] = {}

    def plan(self, tables: list[Table], about: Path | None) -> Plan:
        """The plan for all tables together; a row may refer to rows of another table."""
        sheets = [sheet for table in tables if (sheet := self._read_sheet(table))]
        keys = self._keys(sheets)
        if about is not None:
            self._add_engagement(about)
        # tests last: who gave the answers of this import is known by then
        for sheet, own in sorted(zip(sheets, keys, strict=True), key=lambda pair: pair[0].kind == "tests"):
            self.result.counts.setdefault(sheet.kind, Counter())
            for line, key in zip(sheet.table.lines, own, strict=True):
                self._add_line(sheet, key, line)
        self.result.files = self.maker.files
        return self.result

    def _read_sheet(self, table: Table) -> _Sheet | None:
        """What a table holds, or nothing after its problems were noted."""
        mapping = self.mapping.of(table.name)
        try:
            kind = kind_of(self.store.catalog, mapping.into or table.name)
        except WorkbookError as error:
            self._add_problem(table.where, str(error))
            return None
        columns, wrong = match(self.store.catalog, kind, table.headers, mapping.columns)
        for says in wrong:
            self._add_problem(table.where, says)
        return None if wrong else _Sheet(kind, table, columns)

    # keys -------------------------------------------------------------------------------------------------------

    def _keys(self, sheets: list[_Sheet]) -> list[list[str]]:
        """The key of every line of every sheet; empty where it follows from the cells of the line."""
        typed = [[sheet.cells(line).get("id", "") for line in sheet.table.lines] for sheet in sheets]
        for sheet, own in zip(sheets, typed, strict=True):
            self.taken.setdefault(sheet.kind, set()).update(filter(None, own))
        keys_by_name = {sheet.kind: self._keys_by_name(sheet.kind) for sheet in sheets}
        return [self._sheet_keys(s, own, keys_by_name[s.kind]) for s, own in zip(sheets, typed, strict=True)]

    def _keys_by_name(self, kind: str) -> dict[str, list[str]]:
        """The rows of the ledger that no line names by its id: their keys by name, in the order of the keys."""
        found: dict[str, list[str]] = {}
        for (_, key), revision in sorted((k, r) for k, r in self.newest.items() if k[0] == kind):
            if revision.body is not None and key not in self.taken[kind]:
                found.setdefault(str(revision.body.get("name", "")).casefold(), []).append(key)
        return found

    def _sheet_keys(self, sheet: _Sheet, own: list[str], keys_by_name: dict[str, list[str]]) -> list[str]:
        found = []
        for line, key in zip(sheet.table.lines, own, strict=True):
            name = sheet.cells(line).get("name", "")
            if not key and self._makes_keys(sheet.kind):
                same = keys_by_name.get(name.casefold())
                key = same.pop(0) if same else self._new_key(sheet.kind)
            if key and sheet.kind not in ("answers", "tasks"):
                self.maker.announce(sheet.kind, key, name)
            found.append(key)
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

    def _add_line(self, sheet: _Sheet, key: str, line: Line) -> None:
        counts, where = self.result.counts[sheet.kind], f"{sheet.table.where}, line {line.number}"
        cells = {column: cell for column, cell in sheet.cells(line).items() if column != "id"}
        try:
            draft = self.maker.draft(sheet.kind, key, cells, sheet.table.path.parent)
            self._refuse_duplicate(draft, where)
        except WorkbookError as error:
            counts["wrong"] += 1
            self._add_problem(where, str(error))
            self.result.rows.append({"line": line.number, "key": key, "state": "wrong", "says": str(error)})
            return
        state = self._add_draft(draft)
        counts[state] += 1
        self.result.rows.append({"line": line.number, "key": draft.key, "state": state, "says": ""})

    def _refuse_duplicate(self, draft: Draft, where: str) -> None:
        """Raise BadInput if this import holds the same row already."""
        place = (draft.kind, draft.key)
        if place in self.places:
            what = {"answer": "the answer", "task": "the task"}.get(draft.kind, "the id")
            raise BadInput(f"{what} {draft.key} stands here a second time, first in {self.places[place]}; keep one.")
        self.places[place] = where

    def _add_draft(self, draft: Draft) -> str:
        old = self.newest.get((draft.kind, draft.key))
        if old is not None and old.body == draft.body:
            return "same"
        self.result.drafts.append(draft)
        return "changed" if old is not None and old.body is not None else "new"

    def _add_engagement(self, file: Path) -> None:
        counts = self.result.counts.setdefault("engagement", Counter())
        try:
            old = self.newest.get(("engagement", "engagement"))
            draft = Draft("engagement", "engagement", _read_engagement(file).body(), old.version if old else 0)
            counts[self._add_draft(draft)] += 1
        except WorkbookError as error:
            counts["wrong"] += 1
            self._add_problem(file.name, str(error))

    def _add_problem(self, where: str, says: str) -> None:
        self.result.problems.append(Problem(where, says))


def _read_engagement(file: Path) -> Engagement:
    """The engagement that a file describes; raises BadInput naming the field."""
    facts = yamlfile.read(file).data
    if not isinstance(facts, dict):
        raise BadInput("expected names with values, for example `title: ISMS audit`.")
    return Engagement.parse(facts)
