"""Reads the record of the server's workspace for those who ask, and makes an answer again only when it changed."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from workbook import __version__, people
from workbook.errors import Unknown, WorkbookError
from workbook.record import Record
from workbook.server.index import index_json
from workbook.server.pages import Notebook, is_workspace, notebooks
from workbook.server.state import Json, empty_state, speaker_json, state_json
from workbook.store import Store
from workbook.workspace import chosen, has_ledger, open_store


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of a JSON answer, and the tag that is another as soon as they would be."""

    tag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an answer rests on; no record where none is chosen or there is a problem."""

    speaker: Json
    notebooks: tuple[Notebook, ...]
    record: Record | None = None
    problem: str = ""

    @property
    def tag(self) -> str:
        record = self.record
        known = (record.name, record.head.number, record.head.hash, record.on, record.catalog.digest) if record else ()
        rests_on = (__version__, known, self.speaker, self.notebooks, self.problem)
        return sha256(repr(rests_on).encode()).hexdigest()[:32]


class Reader:
    """Answers about the workspace in which the server shows the folder `root`; may be asked from any thread."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._record: Record | None = None
        self._answers: dict[str, Answer] = {}

    def state(self) -> Answer:
        """Where the audit stands."""
        return self._answer("state", _state)

    def index(self) -> Answer:
        """What one can look for."""
        return self._answer("index", _index)

    def _answer(self, name: str, make: Callable[[_Seen], Json]) -> Answer:
        with self._lock:
            seen = self._look()
            known = self._answers.get(name)
            if known is None or known.tag != seen.tag:
                known = self._answers[name] = _made(seen, make)
            return known

    def _look(self) -> _Seen:
        try:
            speaker = speaker_json(people.who(), fixed=people.is_fixed())
        except WorkbookError as error:
            return _Seen(speaker_json(None, fixed=people.is_fixed()), self._notebooks(), problem=str(error))
        seen = _Seen(speaker, self._notebooks())
        try:
            return replace(seen, record=self._newest()) if seen.notebooks and has_ledger() else seen
        except Unknown:  # none is chosen yet, or the one that was is gone
            return seen
        except WorkbookError as error:
            return replace(seen, problem=str(error))

    def _notebooks(self) -> tuple[Notebook, ...]:
        try:
            return notebooks() if is_workspace(self._root) else ()
        except WorkbookError:  # not even the working folder is there any more
            return ()

    def _newest(self) -> Record:
        """The record of the engagement that is chosen; read anew only when there is something new in it."""
        store = open_store("")
        with closing(store.ledger):
            return self._read(replace(store, name=chosen(store)))

    def _read(self, store: Store) -> Record:
        old = self._record
        newest = (store.name, store.head(), store.on, store.catalog.digest)
        if old is None or (old.name, old.head, old.on, old.catalog.digest) != newest:
            self._record = old = store.record()
        return old


def _made(seen: _Seen, make: Callable[[_Seen], Json]) -> Answer:
    try:
        found = make(seen)
    except WorkbookError as error:
        found = make(replace(seen, record=None, problem=str(error)))
    return Answer(seen.tag, json.dumps(found, ensure_ascii=False).encode())


def _state(seen: _Seen) -> Json:
    if seen.record is None:
        return empty_state(seen.notebooks, seen.speaker, seen.problem)
    return state_json(seen.record, seen.speaker, seen.notebooks)


def _index(seen: _Seen) -> Json:
    return index_json(seen.record, seen.notebooks) if seen.record else {"items": []}
