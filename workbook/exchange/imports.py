"""Imports registers, answers, tasks and evidence from the files people have: first a plan, then all of it or nothing.

What a table holds is told by its name: a register (`datasets.csv`, sheet `Data sources`), `answers`, `evidence` or
`tasks`; `engagement.yaml` says what the audit is about. The column `id` is a row's key; rows without one get a new key.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbook import yamlfile
from workbook.errors import BadFile, BadInput, NotAllowed, Unknown, WorkbookError
from workbook.exchange.tables import ENDINGS, Line, Table, read
from workbook.model import Answer, Draft, Engagement, Evidence, Revision, TaskState
from workbook.record import check_row, refuse
from workbook.store import Store

ANSWERS = ("question", "system", "result", "rationale", "owner", "due", "evidence")
TASKS = ("task", "status", "owner", "note", "evidence")
EVIDENCE = (
    "file", "link", "title", "artefact", "source", "collector", "classification", "collected_at", "period_from",
    "period_to", "valid_until",
)  # fmt: skip
REQUIRED = {"answers": ("question", "result"), "tasks": ("task", "status"), "evidence": ()}


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
        shown = [str(p) for p in self.problems[:20]]
        more = [f"… and {len(self.problems) - 20} more"] if len(self.problems) > 20 else []
        return "\n".join([*lines, *shown, *more]) or "There is nothing to import here."


def plan(
    store: Store, path: Path, *, mapping: Mapping[str, Mapping[str, str]] | None = None, into: str | None = None
) -> Plan:
    """What importing `path` (a file, or a folder of them) into `store` would do; changes nothing.

    `mapping` renames columns, by table name or `*` for all; an empty name drops a column. `into` says what a single
    table holds. Raises BadFile for a file that cannot be read at all; everything else is in the plan's problems.
    """
    found = [t for file in _files(path) for t in read(file)]
    if into and len(found) != 1:
        raise BadInput(f"--into names what one table holds, but {path.name} has {len(found)} tables.")
    return _Planner(store, mapping or {}, into).plan(found, path / "engagement.yaml" if path.is_dir() else None)


def plan_table(store: Store, table: Table, into: str, mapping: Mapping[str, str]) -> Plan:
    """As `plan`, for a table that is in memory already, for example pasted into a form."""
    return _Planner(store, {"*": mapping}, into).plan([table], None)


def apply(store: Store, made: Plan) -> list[Revision]:
    """Record a plan without problems: evidence files first, then every draft in one transaction.

    Raises BadInput if the plan has problems, and what Store.save raises. Nothing is recorded unless all is.
    """
    if made.problems:
        raise BadInput(f"Nothing was imported; {made.problems[0]}")
    expected = {d.key: (d.body or {}).get("sha256") for d in made.drafts if d.kind == "evidence"}
    for key, file in made.files.items():
        if store.vault.add_file(file).sha256 != expected[key]:
            raise BadFile(f"{file.name} changed while it was imported; nothing was recorded. Import again.")
    return store.save(made.drafts) if made.drafts else []


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise BadFile(f"{path} does not exist; check the name.")
    if not path.is_dir():
        return [path]
    found = sorted(f for f in path.iterdir() if f.suffix.lower() in ENDINGS and not f.name.startswith(("~", ".")))
    if not found and not (path / "engagement.yaml").is_file():
        raise BadFile(f"{path} holds no CSV or XLSX file to import.")
    return found


class _Planner:
    """Reads tables against one state of the record."""

    def __init__(self, store: Store, mapping: Mapping[str, Mapping[str, str]], into: str | None) -> None:
        self.store, self.mapping, self.into = store, mapping, into
        self.made = Plan()
        self.keys: dict[str, list[str]] = {}
        self.titles: dict[str, dict[str, str]] = {}
        self.answered: set[tuple[str, str]] = set()

    @cached_property
    def known(self) -> Mapping[tuple[str, str], Revision]:
        """The newest revision of every key that was ever used."""
        return {(r.kind, r.key): r for r in self.store.history()}

    def plan(self, tables: list[Table], about: Path | None) -> Plan:
        """The plan for all tables together; a row may refer to rows of another table."""
        ready = [
            (kind, table, columns)
            for table in tables
            if (kind := self._kind(table)) and (columns := self._columns(kind, table))
        ]
        keyed = [(kind, table, columns, self._keyed(kind, table, columns)) for kind, table, columns in ready]
        self._learn(keyed)
        if about is not None and about.is_file():
            self._engagement(about)
        for kind, table, columns, keys in sorted(keyed, key=lambda k: k[0] == "tests"):
            for line, key in zip(table.lines, keys, strict=True):
                self._row(
                    kind, table, key, line, {c: line.cells.get(h, "").strip() for h, c in columns.items() if c != "id"}
                )
        return self.made

    # what a table holds -----------------------------------------------------------------------------------------

    def _kind(self, table: Table) -> str:
        registers = self.store.catalog.registers
        names = {n: r for r, d in registers.items() for n in (r, d.title.casefold())} | {k: k for k in REQUIRED}
        wanted = (self.into or table.name).strip().casefold()
        found = names.get(wanted) or names.get(wanted.replace(" ", "_"))
        if not found:
            self._problem(
                table.where, str(Unknown("kind of table", self.into or table.name, names, "Rename it, or say --into."))
            )
        return found or ""

    def _columns(self, kind: str, table: Table) -> dict[str, str]:
        """Header → column, or nothing after a problem was noted."""
        fields = self._fields(kind)
        rename = {k.casefold(): v for k, v in {**self.mapping.get("*", {}), **self.mapping.get(table.name, {})}.items()}
        found: dict[str, str] = {}
        for header in table.headers:
            name = rename.get(header.casefold(), header)
            if not name:
                continue
            column = fields.get(name.casefold())
            if column is None:
                hint = "Rename the column, map it with --map, or drop it with --map 'its name='."
                self._problem(
                    f"{table.where}, column {header}", str(Unknown("column", name, set(fields.values()), hint))
                )
                return {}
            found[header] = column
        missing = [c for c in self._required(kind) if c not in found.values()]
        if missing:
            there = ", ".join(table.headers)
            self._problem(table.where, f"the column {' and '.join(missing)} is missing; it has {there}.")
            return {}
        return found

    def _fields(self, kind: str) -> dict[str, str]:
        plain = {"answers": ANSWERS, "tasks": TASKS, "evidence": EVIDENCE}
        if kind in plain:
            return {c: c for c in ("id", *plain[kind])} | {"due date": "due"}
        register = self.store.catalog.register(kind)
        return {"id": "id"} | {n.casefold(): f.id for f in register.fields for n in (f.id, f.label)}

    def _required(self, kind: str) -> tuple[str, ...]:
        if kind in REQUIRED:
            return REQUIRED[kind]
        return tuple(f.id for f in self.store.catalog.register(kind).fields if f.required)

    def _keyed(self, kind: str, table: Table, columns: Mapping[str, str]) -> list[str]:
        """The key of each line; a key that stands twice is a problem."""
        header = next((h for h, c in columns.items() if c == "id"), "")
        seen: dict[str, int] = {}
        keys = []
        fresh = self._new_keys(kind, {line.cells.get(header, "").strip() for line in table.lines})
        for line in table.lines:
            key = line.cells.get(header, "").strip() or next(fresh)
            if key in seen and kind not in ("answers", "tasks"):
                self._problem(f"{table.where}, line {line.number}", f"the id {key} stands in line {seen[key]} already.")
            seen.setdefault(key, line.number)
            keys.append(key)
        return keys

    def _new_keys(self, kind: str, taken: set[str]) -> Iterator[str]:
        if kind in self.store.catalog.registers and self.store.catalog.register(kind).keyed_by:
            while True:
                yield ""
        prefix, width = ("EV", 4) if kind == "evidence" else (self._prefix(kind), 3)
        number = 0
        while True:
            number += 1
            key = f"{prefix}-{number:0{width}d}"
            if key not in taken and (kind, key) not in self.known:
                yield key

    def _prefix(self, kind: str) -> str:
        return self.store.catalog.register(kind).prefix if kind in self.store.catalog.registers else kind

    def _learn(self, keyed: list[tuple[str, Table, dict[str, str], list[str]]]) -> None:
        """Every key and name that a cell may refer to: those of the record and those of this import."""
        self.keys = self.store.names()
        for (kind, key), revision in self.known.items():
            if revision.body is not None and revision.body.get("name"):
                self.titles.setdefault(kind, {})[str(revision.body["name"]).casefold()] = key
        for kind, table, columns, keys in keyed:
            self.keys.setdefault(kind, []).extend(keys)
            name = next((h for h, c in columns.items() if c == "name"), None)
            for line, key in zip(table.lines, keys, strict=True) if name else ():
                self.titles.setdefault(kind, {})[line.cells.get(name or "", "").strip().casefold()] = key

    # rows -------------------------------------------------------------------------------------------------------

    def _row(self, kind: str, table: Table, key: str, line: Line, cells: dict[str, str]) -> None:
        make: Callable[[Table, str, dict[str, str]], tuple[str, str, Mapping[str, Any]]] = {
            "answers": self._answer, "tasks": self._task, "evidence": self._evidence,
        }.get(kind) or (lambda _table, key, cells: self._register_row(kind, key, cells))  # fmt: skip
        counts = self.made.counts.setdefault(kind, Counter())
        try:
            record_kind, record_key, body = make(table, key, cells)
        except WorkbookError as error:
            counts["wrong"] += 1
            self._problem(f"{table.where}, line {line.number}", str(error))
            self.made.rows.append({"line": line.number, "key": key, "state": "wrong", "says": str(error)})
            return
        state = self._draft(record_kind, record_key, body)
        counts[state] += 1
        self.made.rows.append({"line": line.number, "key": record_key, "state": state, "says": ""})

    def _draft(self, kind: str, key: str, body: Mapping[str, Any]) -> str:
        old = self.known.get((kind, key))
        if old is not None and old.body == body:
            return "same"
        self.made.drafts.append(Draft(kind, key, body, old.version if old else 0))
        return "changed" if old is not None and old.body is not None else "new"

    def _register_row(self, kind: str, key: str, cells: dict[str, str]) -> tuple[str, str, Mapping[str, Any]]:
        register = self.store.catalog.register(kind)
        if register.keyed_by and not key:
            raise BadInput(f"The id is empty; say which {register.one} it is, for example A.8.2.")
        self.store.check_key(kind, key)
        named = {
            f.id: self._by_name(f.register_ or "", cells[f.id])
            for f in register.fields
            if f.register_ and f.id in cells
        }
        body = check_row(register, cells | named, self.keys)
        if kind == "tests":
            self._independent(body)
        return kind, key, body

    def _by_name(self, register: str, text: str) -> str:
        """References written as names, as keys."""
        known = set(self.keys.get(register, ()))
        titles = self.titles.get(register, {})
        parts = [p.strip() for p in text.split(";") if p.strip()]
        return ";".join(p if p in known else titles.get(p.casefold(), p) for p in parts)

    def _independent(self, body: Mapping[str, Any]) -> None:
        """Raise NotAllowed if the auditor of a test gave the answer, in the record or in this import (A.5.3, 9.2.2)."""
        self.store.check_test(body)
        own = str(body.get("auditor", "")).casefold() == self.store.who.name.casefold()
        if own and any(q == body["question"] and s in (body.get("system", s), "") for q, s in self.answered):
            raise NotAllowed(
                f"{body['auditor']} gives the answer to {body['question']} in this import and cannot test it."
            )

    def _answer(self, _table: Table, _key: str, cells: dict[str, str]) -> tuple[str, str, Mapping[str, Any]]:
        system = self._by_name("systems", cells.get("system", ""))
        question = self.store.catalog.question(cells["question"])
        if question.per == "system" and system not in self.keys.get("systems", ()):
            raise Unknown("system", system, self.keys.get("systems", ()), f"{question.id} is asked per system.")
        if question.per == "engagement" and system:
            raise BadInput(f"{question.id} is asked once for the whole engagement; leave the system empty.")
        facts = {k: v for k, v in cells.items() if v} | {"system": system, "evidence": self._known_evidence(cells)}
        answer = self._valued(Answer, facts, "Answer")
        if problem := answer.problem():
            raise BadInput(problem)
        self.answered.add((question.id, system))
        return "answer", answer.key, answer.body()

    def _task(self, _table: Table, _key: str, cells: dict[str, str]) -> tuple[str, str, Mapping[str, Any]]:
        if cells["task"] not in self.store.catalog.tasks:
            raise Unknown("task", cells["task"], self.store.catalog.tasks)
        facts = {k: v for k, v in cells.items() if v} | {"evidence": self._known_evidence(cells)}
        return "task", cells["task"], self._valued(TaskState, facts, "Task").body()

    def _known_evidence(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        keys = tuple(k.strip() for k in cells.get("evidence", "").replace(",", ";").split(";") if k.strip())
        for key in keys:
            if key not in self.keys.get("evidence", ()):
                raise Unknown("piece of evidence", key, self.keys.get("evidence", ()))
        return keys

    def _evidence(self, table: Table, key: str, cells: dict[str, str]) -> tuple[str, str, Mapping[str, Any]]:
        facts = {k: v for k, v in cells.items() if v and k != "file"}
        if cells.get("link"):
            evidence = self._valued(Evidence, {**facts, "form": "link", "name": cells["link"]}, "Evidence")
        else:
            file = self._file(table, cells.get("file", ""))
            self.made.files[key] = file
            evidence = self._valued(Evidence, {**facts, **_fingerprint(file, self.store)}, "Evidence")
        return "evidence", key, evidence.body()

    def _file(self, table: Table, name: str) -> Path:
        """The evidence file a row names: beside the table or below, never elsewhere."""
        if not name:
            raise BadInput("Neither a file nor a link is given.")
        folder = table.path.parent.resolve()
        path = folder / name
        if not path.resolve().is_relative_to(folder) or Path(name).is_absolute():
            raise BadFile(f"The file {name!r} lies outside the folder of the table; copy it there.")
        return path

    def _engagement(self, file: Path) -> None:
        try:
            facts = yamlfile.read(file).data or {}
            body = self._valued(Engagement, facts, file.name).body()
        except WorkbookError as error:
            self._problem(file.name, str(error))
            return
        self.made.counts.setdefault("engagement", Counter())[self._draft("engagement", "engagement", body)] += 1

    @staticmethod
    def _valued(shape: type[Any], facts: Mapping[str, Any], what: str) -> Any:
        try:
            return shape(**facts)
        except ValidationError as error:
            raise refuse(error, what) from None
        except TypeError:
            raise BadInput(f"{what}: expected names with values.") from None

    def _problem(self, where: str, says: str) -> None:
        self.made.problems.append(Problem(where, says))


def _fingerprint(file: Path, store: Store) -> dict[str, Any]:
    """Name, hash, size and media type of an evidence file that is not kept yet; raises BadFile."""
    stored = store.vault.look(file)
    return {"name": stored.name, "sha256": stored.sha256, "size": stored.size, "media_type": stored.media_type}
