"""Makes one row of a table into a draft for the ledger; refuses it in words that name the column."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from workbook.errors import BadFile, BadInput, gather, refuse, together
from workbook.exchange.day_cells import read_days
from workbook.exchange.texts import same_text, says_the_same, written
from workbook.ids import listed
from workbook.language import say, term
from workbook.model import TO_REVERIFY, Draft, Evidence, Revision, Slot, link_form
from workbook.registers import Reference, column, without_lost
from workbook.rules import FIXED, check
from workbook.store import Store
from workbook.words import folded

Newest = Mapping[tuple[str, str], Revision]
Key = tuple[str, str]  # kind and key of a revision
UNMARKED = ("", "no", "false", "0", "nein")  # in the column of the mark
ENGAGEMENT: Key = ("engagement", "engagement")


class DraftMaker:
    """Makes rows into drafts, which the rules check against the ledger and against what else the same import brings."""

    def __init__(self, store: Store, newest: Newest, new_key: Callable[[str], str]) -> None:
        self.store = store
        self.newest = newest
        self.new_key = new_key
        self.situation = store.situation()
        self.files: dict[str, Path] = {}
        self.absent: set[str] = set()  # evidence that other rows refer to, and that did not come along
        pieces = (r.body for (kind, _), r in newest.items() if kind == "evidence" and r.body is not None)
        self._held = {body["sha256"]: body for body in pieces if body.get("sha256")}
        self.drafts: set[Key] = set()
        self._names: dict[str, dict[str, set[str]]] = {}
        for (kind, key), revision in newest.items():
            if revision.body is not None and revision.body.get("name"):
                self._learn(kind, key, str(revision.body["name"]))

    def announce(self, kind: str, key: str, name: str = "") -> None:
        """Note a row of this import, so that cells may refer to it whatever the order of the rows."""
        self.situation.add(Draft(kind, key, {}))
        self._learn(kind, key, name)

    def _learn(self, kind: str, key: str, name: str) -> None:
        if name:
            for called in (name, f"{key} {name}"):
                self._names.setdefault(kind, {}).setdefault(folded(called), set()).add(key)

    def draft(self, kind: str, key: str, cells: dict[str, str], folder: Path, order: str = "") -> Draft:
        """One row as the rules let it be recorded; evidence with an empty `key` finds or gets one.

        `folder` is where the table lies: evidence files lie there or below. `order` says how its days are written, as
        `parse_day` takes it. Raises WorkbookError naming the column.
        """
        read, unclear = read_days(self.store.catalog, kind, cells, order)
        made: list[Draft] = []
        gather(partial(refuse, unclear), lambda: made.append(self._checked(kind, key, read, folder)))
        return made[0]

    def _checked(self, kind: str, key: str, cells: dict[str, str], folder: Path) -> Draft:
        mark = folded(cells.get(TO_REVERIFY, "")) not in UNMARKED
        cells = {name: cell for name, cell in cells.items() if name != TO_REVERIFY}
        makers = {"answers": self._answer_draft, "tasks": self._task_draft, "engagement": self._engagement_draft}
        same = self._unchanged(kind, key, cells)
        if same is None and kind in makers:
            draft = makers[kind](cells)
        elif same is None:
            draft = (
                self._evidence_draft(key, cells, folder) if kind == "evidence" else self._row_draft(kind, key, cells)
            )
        if same is None and mark and not draft.base:
            draft = replace(draft, body={**(draft.body or {}), TO_REVERIFY: True})
        checked = same or self._without_made(draft, check(draft, self.situation))
        self.situation.add(checked)
        self.drafts.add((checked.kind, checked.key))
        return checked

    def _without_made(self, typed: Draft, checked: Draft) -> Draft:
        """A checked row without what the workbook keeps of it and no table brought: that is made when it is saved."""
        register = self.store.catalog.registers.get(checked.kind)
        made = {f.id for f in register.fields if f.made} if register else set()
        lacking = made - set(typed.body or ())
        body = {name: cell for name, cell in (checked.body or {}).items() if name not in lacking}
        return replace(checked, body=body)

    def _unchanged(self, kind: str, key: str, cells: Mapping[str, str]) -> Draft | None:
        """What is recorded already, if the cells say that and nothing else: it is not judged again, whatever has gone
        since that it refers to.
        """
        slot = Slot(cells.get("question", ""), cells.get("system", ""))
        places = {"answers": ("answer", slot.key), "tasks": ("task", cells.get("task", "")), "engagement": ENGAGEMENT}
        place = places.get(kind, (kind, key))
        old = self.newest.get(place)
        if old is None or old.body is None or not says_the_same(cells, written(self.store.catalog, kind, old.body)):
            return None
        return Draft(*place, old.body, old.version)

    def _as_draft(self, kind: str, key: str, cells: Mapping[str, Any]) -> Draft:
        """What the ledger holds, with the cells of the row on top: an import never empties columns it does not have."""
        old = self.newest.get((kind, key))
        body = old.body if old is not None and old.body else {}
        if kind in self.store.catalog.registers:
            body = without_lost(self.store.catalog.registers[kind], body)
        others = {c: v for c, v in body.items() if c not in cells}
        filled = {c: _kept(body.get(c), v) for c, v in cells.items() if v not in ("", (), [], None)}
        return Draft(kind, key, others | filled, old.version if old else 0)

    # rows of registers ------------------------------------------------------------------------------------------

    def _row_draft(self, kind: str, key: str, cells: dict[str, str]) -> Draft:
        register = self.store.catalog.register(kind)
        if register.keyed_by and not key:
            raise BadInput(say("The id is empty; say which {one} it is, for example A.8.2.", one=term(register.one)))
        columns = [column(field) for field in register.fields if field.id in cells]
        refs = {c.field.id: self._referred(c, cells[c.field.id]) for c in columns if isinstance(c, Reference)}
        return self._as_draft(kind, key, cells | refs)

    def _referred(self, column: Reference, text: str) -> Any:
        """References written as names, as keys; a name that two rows share stays as it is and is refused later."""
        if column.plural:  # of evidence, without what did not come along
            return [key for key in listed(text, partial(self._key_of, column.source)) if key not in self.absent]
        return self._key_of(column.source, text) or text

    def _key_of(self, source: str, text: str) -> str | None:
        """The key that a text means: as an id, else as the name that one row or piece of evidence has."""
        known = self.situation.keys(source).find(text)
        named = self._names.get(source, {}).get(folded(text), set())
        return next(iter(named)) if known is None and len(named) == 1 else known

    # answers and tasks ------------------------------------------------------------------------------------------

    def _answer_draft(self, cells: dict[str, str]) -> Draft:
        keys = {c: self._key_of(f"{c}s", cells[c]) or cells[c] for c in ("question", "system") if cells.get(c)}
        slot = Slot(keys.get("question", ""), keys.get("system", ""))
        facts = {"system": slot.system} | keys | _lower(cells, "result") | self._evidence_keys(cells)
        return self._as_draft("answer", slot.key, cells | facts)

    def _task_draft(self, cells: dict[str, str]) -> Draft:
        facts = _lower(cells, "status") | self._evidence_keys(cells)
        return self._as_draft("task", cells.get("task", ""), cells | facts)

    def _engagement_draft(self, cells: dict[str, str]) -> Draft:
        return self._as_draft(*ENGAGEMENT, cells)

    def _evidence_keys(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The column evidence as the keys it names, if there is such a column."""
        if "evidence" not in cells:
            return {}
        keys = listed(cells["evidence"], partial(self._key_of, "evidence"))
        return {"evidence": tuple(key for key in keys if key not in self.absent)}

    # evidence ---------------------------------------------------------------------------------------------------

    def lacks(self, folder: Path, cells: Mapping[str, str]) -> bool:
        """Whether a row names evidence by its hash, and neither has the record such a file nor lies it in `folder`."""
        digest = cells.get("sha256", "")
        return bool(digest) and not cells.get("link") and digest not in self._held and not _lies_in(folder, cells)

    def _evidence_draft(self, key: str, cells: dict[str, str], folder: Path) -> Draft:
        said: dict[str, Any] = {c: v for c, v in cells.items() if c not in ("file", "file_name", "link")}
        if "against" in said:
            said["against"] = [claim.strip() for claim in re.split(r"[;,\n]", said["against"]) if claim.strip()]
        try:
            facts = said | self._proof(cells, folder)
            key = self._evidence_key(key, facts)
        except BadInput as error:
            raise together([error, *Evidence.salvage({"name": "what is wrong, too", **said})[1]]) from None
        if facts["form"] == "file" and _lies_in(folder, cells):
            self.files[key] = file_in(folder, cells["file"])
        return self._as_draft("evidence", key, facts)

    def _proof(self, cells: Mapping[str, str], folder: Path) -> dict[str, Any]:
        """What makes the evidence of a row this one: the file that it names or that is held already, or an address."""
        link, name, digest = (cells.get(c, "") for c in ("link", "file", "sha256"))
        if digest in self._held and not link and not _lies_in(folder, cells):
            return {fact: self._held[digest].get(fact, "") for fact in FIXED}
        if bool(link) == bool(name):
            both = say("Give either a file or a link, not both.")
            raise BadInput(both if link else say("Neither a file nor a link is given."))
        if link:
            return {"form": link_form(link), "name": cells.get("file_name") or link, "link": link}
        return self._file_facts(file_in(folder, name), cells)

    def _file_facts(self, file: Path, cells: Mapping[str, str]) -> dict[str, Any]:
        """What a file is; raises BadFile for one that cannot be kept, or is not the one that the row speaks of."""
        stored = self.store.vault.look(file)
        if cells.get("sha256") not in (None, "", stored.sha256):
            says = say(
                "The file {file} is not the one that this row was written for: its SHA-256 differs.", file=file.name
            )
            raise BadFile(says)
        name = cells.get("file_name") or stored.name
        about = {"name": name, "sha256": stored.sha256, "size": stored.size, "media_type": stored.media_type}
        return {"form": "file", **about}

    def _evidence_key(self, key: str, facts: Mapping[str, Any]) -> str:
        """The key of this evidence: its own, or the one under which the same file or link is recorded already.

        Raises BadInput for a key that another file or link has: what proves something is never exchanged.
        """
        old = self.newest.get(("evidence", key))
        if old is not None and old.body is not None and not _same_proof(old.body, facts):
            says = say(
                "{key} is another file or link already and cannot be exchanged; give this one its own id.", key=key
            )
            raise BadInput(says)
        if key:
            return key
        for (kind, known_key), revision in self.newest.items():
            free = kind == "evidence" and (kind, known_key) not in self.drafts
            if free and revision.body is not None and _same_proof(revision.body, facts):
                return known_key
        return self.new_key("evidence")


def _lower(cells: Mapping[str, str], column: str) -> dict[str, str]:
    """The cell of a column that holds one of a few words, in their case."""
    return {column: cells[column].casefold()} if column in cells else {}


def _kept(recorded: Any, given: Any) -> Any:
    """What is given, or what is recorded if that is the same text: a spreadsheet ends lines in its own way."""
    texts = isinstance(recorded, str) and isinstance(given, str)
    return recorded if texts and same_text(recorded, given) else given


def file_in(folder: Path, name: str) -> Path:
    """The evidence file that a row names: beside its table or below; raises BadFile for any other place.

    Links are refused on the whole way, because what they point at may change or lie elsewhere.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0].startswith("/") or ":" in parts[0]:
        raise BadFile(_outside(name))
    path = folder
    for part in parts:
        path = path / _entry(path, part)
        if path.is_symlink():
            says = say("The file {name!r} is reached through a link; put the file itself beside its table.", name=name)
            raise BadFile(says)
    return path


def _outside(name: str) -> str:
    if link_form(name) == "reference":
        return say(
            "The file {name!r} lies outside the folder of its table; copy it there and name it from there, "
            "or name the place in the column link, as a reference.",
            name=name,
        )
    return say(
        "The file {name!r} lies outside the folder of its table; copy it there and name it from there.", name=name
    )


def _lies_in(folder: Path, cells: Mapping[str, str]) -> bool:
    """Whether the file that a row names is there."""
    path, name = folder, cells.get("file", "")
    for part in PurePosixPath(name.replace("\\", "/")).parts:
        path = path / _entry(path, part)
    return bool(name) and path.exists()


def _entry(folder: Path, name: str) -> str:
    """What `name` is called in a folder, where its letters may be composed in another way, as macOS writes them."""
    plain = unicodedata.normalize("NFC", name)
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return name
    return name if name in names else next((n for n in names if unicodedata.normalize("NFC", n) == plain), name)


def _same_proof(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(old.get(k, "") == new.get(k, "") for k in ("form", "sha256", "link"))
