"""Makes one row of a table into what the record keeps; refuses it in words that name the column."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from workbook.errors import BadFile, BadInput, NotAllowed, Unknown
from workbook.model import Answer, Evidence, Revision, Slot, TaskState, Value
from workbook.registers import check_row
from workbook.store import Store

V = TypeVar("V", bound=Value)
Known = Mapping[tuple[str, str], Revision]
Made = tuple[str, str, dict[str, Any]]  # kind and key in the record, and the body
KEY = re.compile(r"[^\W_][\w .:/+()-]{0,63}")  # what a cell can refer to: no comma, no semicolon, no line end
_DATES = ("due", "collected_at", "period_from", "period_to", "valid_until")


class Rows:
    """Checks rows against the record and against what else the same import brings."""

    def __init__(self, store: Store, known: Known, new_key: Callable[[str], str]) -> None:
        self.store = store
        self.known = known
        self.new_key = new_key
        self.files: dict[str, Path] = {}
        self.made: set[tuple[str, str]] = set()
        self._keys: dict[str, set[str]] = {k: set(v) for k, v in store.names().items()}
        self._names: dict[str, dict[str, set[str]]] = {}
        self._answered: set[tuple[str, str]] = set()
        for (kind, key), revision in known.items():
            if revision.body is not None and revision.body.get("name"):
                self.learn(kind, key, str(revision.body["name"]))

    def learn(self, kind: str, key: str, name: str = "") -> None:
        """Note a row that cells may refer to, by its key or by its name."""
        self._keys.setdefault(kind, set()).add(key)
        if name:
            self._names.setdefault(kind, {}).setdefault(name.casefold(), set()).add(key)

    def of(self, kind: str, key: str, cells: dict[str, str], folder: Path) -> Made:
        """The record's kind, key and body of one row; evidence with an empty `key` finds or gets one.

        `folder` is where the table lies: evidence files lie there or below. Raises WorkbookError naming the column.
        """
        if kind == "answers":
            return self._answer(cells)
        if kind == "tasks":
            return self._task(cells)
        if key and not KEY.fullmatch(key):
            raise BadInput(f"{key!r} cannot be an id: use up to 64 letters, digits, hyphens and dots, such as DS-007.")
        return self._evidence(key, cells, folder) if kind == "evidence" else self._register_row(kind, key, cells)

    # rows of registers ------------------------------------------------------------------------------------------

    def _register_row(self, kind: str, key: str, cells: dict[str, str]) -> Made:
        register = self.store.catalog.register(kind)
        if register.keyed_by and not key:
            raise BadInput(f"The id is empty; say which {register.one} it is, for example A.8.2.")
        self.store.check_key(kind, key)
        refs = [f for f in register.fields if f.register_ and f.id in cells]
        named = {f.id: self._by_name(f.register_, cells[f.id]) for f in refs}
        body = check_row(register, self._kept(kind, key, cells) | cells | named, lambda s: self._keys.get(s, ()))
        if kind == "tests":
            self._independent(body)
        return kind, key, body

    def _kept(self, kind: str, key: str, cells: Mapping[str, str]) -> dict[str, Any]:
        """What the record holds in columns that the table does not have: an import never empties those."""
        old = self.known.get((kind, key))
        return {c: v for c, v in old.body.items() if c not in cells} if old is not None and old.body else {}

    def _by_name(self, register: str | None, text: str) -> str:
        """References written as names, as keys; a name that two rows share stays as it is and is refused later."""
        keys, names = self._keys.get(register or "", set()), self._names.get(register or "", {})
        found = []
        for part in (p.strip() for p in text.split(";")):
            meant = names.get(part.casefold(), set())
            found.append(next(iter(meant)) if part not in keys and len(meant) == 1 else part)
        return ";".join(filter(None, found))

    def _independent(self, body: Mapping[str, Any]) -> None:
        """Raise NotAllowed if the auditor of a test gave the answer, in the record or in this import (A.5.3, 9.2.2)."""
        self.store.check_test(body)
        own = str(body.get("auditor", "")).casefold() == self.store.who.name.casefold()
        if own and any(q == body["question"] and body.get("system", s) in (s, "") for q, s in self._answered):
            raise NotAllowed(
                f"{body['auditor']} gives the answer to {body['question']} in this import and cannot test it "
                "(control A.5.3, clause 9.2.2); name another auditor."
            )

    # answers and tasks ------------------------------------------------------------------------------------------

    def _answer(self, cells: dict[str, str]) -> Made:
        question = self.store.catalog.question(cells["question"])
        systems = self._keys.get("systems", set())
        system = self._by_name("systems", cells.get("system", ""))
        if question.per == "system" and system not in systems:
            raise Unknown("system", system, systems, f"{question.id} is asked per system.")
        if question.per == "engagement" and system:
            raise BadInput(f"{question.id} is asked once for the whole engagement; leave the column system empty.")
        kept = self._kept("answer", Slot(question.id, system).key, cells)
        told = {"system": system, "result": cells["result"].casefold()} | self._proof(cells)
        answer = _valued(Answer, kept | cells | told)
        if problem := answer.problem():
            raise BadInput(problem)
        self._answered.add((question.id, system))
        return "answer", answer.key, answer.body()

    def _task(self, cells: dict[str, str]) -> Made:
        if cells["task"] not in self.store.catalog.tasks:
            raise Unknown("task", cells["task"], self.store.catalog.tasks)
        told = {"status": cells["status"].casefold()} | self._proof(cells)
        kept = self._kept("task", cells["task"], cells)
        return "task", cells["task"], _valued(TaskState, kept | cells | told).body()

    def _proof(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The column evidence as the keys it names, if there is such a column; raises Unknown."""
        if "evidence" not in cells:
            return {}
        known = self._keys.get("evidence", set())
        keys = tuple(k.strip() for k in cells.get("evidence", "").replace(",", ";").split(";") if k.strip())
        for key in keys:
            if key not in known:
                raise Unknown("piece of evidence", key, known)
        return {"evidence": keys}

    # evidence ---------------------------------------------------------------------------------------------------

    def _evidence(self, key: str, cells: dict[str, str], folder: Path) -> Made:
        link, name = cells.get("link", ""), cells.get("file", "")
        if bool(link) == bool(name):
            raise BadInput("Give either a file or a link, not both." if link else "Neither a file nor a link is given.")
        told = self._kept("evidence", key, cells) | {k: v for k, v in cells.items() if k != "file"}
        if link:
            evidence = _valued(Evidence, {**told, "form": "link", "name": link})
        else:
            file = file_in(folder, name)
            seen = self.store.vault.look(file)
            facts = {"name": seen.name, "sha256": seen.sha256, "size": seen.size, "media_type": seen.media_type}
            evidence = _valued(Evidence, told | facts)
        key = self._held(key, evidence.body())
        if name:
            self.files[key] = file
        return "evidence", key, evidence.body()

    def _held(self, key: str, body: Mapping[str, Any]) -> str:
        """The key of this evidence: its own, or the one under which the same file or link is held already.

        Raises BadInput for a key under which another file or link is held: what proves something is never exchanged.
        """
        old = self.known.get(("evidence", key))
        if old is not None and old.body is not None and not _same_proof(old.body, body):
            raise BadInput(f"{key} is another file or link already and cannot be exchanged; give this one its own id.")
        if key:
            return key
        for (kind, held), revision in self.known.items():
            free = kind == "evidence" and (kind, held) not in self.made
            if free and revision.body is not None and _same_proof(revision.body, body):
                return held
        return self.new_key("evidence")


def file_in(folder: Path, name: str) -> Path:
    """The evidence file that a row names: beside its table or below; raises BadFile for any other place.

    Links are refused on the whole way, because what they point at may change or lie elsewhere.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or ":" in parts[0]:
        raise BadFile(f"The file {name!r} lies outside the folder of its table; copy it there and name it from there.")
    path = folder
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise BadFile(f"The file {name!r} is reached through a link; put the file itself beside its table.")
    return path


def _same_proof(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(old.get(k) == new.get(k) for k in ("form", "sha256", "link"))


def _valued(shape: type[V], cells: Mapping[str, Any]) -> V:
    """The value that the cells make; empty ones say nothing. Raises BadInput naming the column."""
    facts = {k: v for k, v in cells.items() if v not in ("", (), [], None)}
    for column in facts.keys() & set(_DATES):
        facts[column] = day(column, str(facts[column]))
    return shape.parse(facts)


def day(column: str, text: str) -> date:
    """The date in a cell; raises BadInput. (A number is no date: which day it means depends on the spreadsheet.)"""
    try:
        if not re.match(r"\d{4}-\d{2}-\d{2}($|[T ])", text):
            raise ValueError
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadInput(f"{column}: {text!r} is not a date; write it as 2026-11-30.") from None
