"""Undo and redo: what one save recorded together is taken back together, by another save; nothing is removed.

Nothing is remembered for it but the history. A revision that takes another one back names it in its id, so the history
tells what was done, what of that was undone, and what was redone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import uuid4

from workbook.errors import BadInput
from workbook.language import later, say
from workbook.model import Draft, Revision
from workbook.origins import origin_of
from workbook.registers import without_lost
from workbook.store import Store

_NOTHING = {  # whether it is to redo something, and whether only of one's own
    (False, False): later("There is nothing to undo here."),
    (False, True): later("There is nothing of yours to undo here."),
    (True, False): later("There is nothing to redo here."),
    (True, True): later("There is nothing of yours to redo here."),
}
_ID = re.compile(r"undo:(?P<number>[0-9]+):(?P<draft>.+)/[0-9]+")


@dataclass(frozen=True, slots=True)
class Save:
    """What one save recorded: revisions of one person at one moment."""

    revisions: tuple[Revision, ...]

    @property
    def by(self) -> str:
        """Who saved."""
        return self.revisions[0].actor

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of its revisions."""
        return frozenset(r.number for r in self.revisions)

    @property
    def takes(self) -> frozenset[int]:
        """The numbers of the revisions that it takes back; none for a change of its own."""
        return frozenset(int(found["number"]) for r in self.revisions if (found := _ID.fullmatch(r.id)))

    @property
    def draft(self) -> str:
        """The id under which it was sent, if it takes back another save."""
        found = _ID.fullmatch(self.revisions[0].id)
        return found["draft"] if found else ""


def saves(history: Iterable[Revision]) -> list[Save]:
    """The saves of a history, oldest first: revisions of one append share its moment, to the microsecond."""
    return [Save(tuple(own)) for _, own in groupby(history, lambda r: (r.actor, r.at))]


def steps(past: Iterable[Save]) -> tuple[list[Save], list[Save]]:
    """The saves that can be undone, and the undos that can be redone, each with the next one last.

    A change of its own ends what could be redone, as in every editor.
    """
    done: list[Save] = []
    undone: list[Save] = []
    for save in past:
        if redone := _named(save.takes, undone):
            undone.remove(redone)
            done.append(save)
        elif taken := _named(save.takes, done):
            done.remove(taken)
            undone.append(save)
        else:
            done.append(save)
            undone.clear()
    return done, undone


def _named(numbers: frozenset[int], among: Iterable[Save]) -> Save | None:
    return next((save for save in among if save.numbers == numbers), None)


def undo(store: Store, kind: str, key: str = "", id: str = "") -> list[Revision]:
    """Take back the last save of one key, whoever made it, or of a kind as far as the person who speaks made it.

    Raises BadInput if there is none, or if something of it was changed since; then nothing is taken back.
    """
    return _step(store, (kind, key), id, redo=False)


def redo(store: Store, kind: str, key: str = "", id: str = "") -> list[Revision]:
    """Take back the last undo that is not redone yet; as `undo`."""
    return _step(store, (kind, key), id, redo=True)


def take_back(store: Store, number: int, id: str = "") -> list[Revision]:
    """Take back the save to which revision `number` belongs: a change, or an undo, which is then redone.

    Raises BadInput if there is no such revision, or if something of its save was changed since.
    """
    history = store.history()
    past = saves(_said_here(store, history))
    if sent := _sent(past, id):
        return list(sent.revisions)
    found = next((save for save in past if number in save.numbers), None)
    if found is None:
        raise BadInput(say("There is no revision {number} to take back.", number=number))
    return store.save(_drafts(store, found, history, id))


def _step(store: Store, place: tuple[str, str], id: str, *, redo: bool) -> list[Revision]:
    kind, key = place
    history = store.history(kind, key) if key else store.history()
    past = saves(_said_here(store, history))
    if sent := _sent(past, id):
        return list(sent.revisions)
    own = past if key else [s for s in past if s.by == store.who.name and {r.kind for r in s.revisions} == {kind}]
    done, undone = steps(own)
    if not (stack := undone if redo else done):
        raise BadInput(say(_NOTHING[redo, not key]))
    return store.save(_drafts(store, stack[-1], history, id))


def _said_here(store: Store, history: Iterable[Revision]) -> list[Revision]:
    """What was recorded in this audit itself: what it took over from an earlier one was nobody's save."""
    origin = origin_of(store.ledger, store.name)
    return [r for r in history if r.number > (origin.revisions if origin else 0)]


def _sent(past: Iterable[Save], id: str) -> Save | None:
    """The save that was recorded when this one was sent before, and its reply was lost."""
    return next((save for save in past if id and save.draft == id), None)


def _drafts(store: Store, save: Save, history: Iterable[Revision], id: str) -> Iterator[Draft]:
    """Drafts that bring back what stood before `save`; raises BadInput if any of it was changed since."""
    versions: dict[tuple[str, str], list[Revision]] = {}
    for revision in history:
        versions.setdefault((revision.kind, revision.key), []).append(revision)
    sent = id or uuid4().hex
    for place, revision in enumerate(save.revisions):
        own = versions[revision.kind, revision.key]
        if _origin(own[-1], own) is not _origin(revision, own):
            raise BadInput(_changed_since(revision.key, "" if own[-1].actor == store.who.name else own[-1].actor))
        before = _body(store, _before(revision, own))
        draft = f"undo:{revision.number}:{sent}/{place}"
        yield Draft(revision.kind, revision.key, before, own[-1].version, draft)


def _changed_since(key: str, other: str) -> str:
    if not other:
        return say("Nothing was undone or redone, because you changed {key} since.", key=key)
    return say("Nothing was undone or redone, because {name} changed {key} since.", name=other, key=key)


def _origin(revision: Revision, own: Sequence[Revision]) -> Revision | None:
    """The change whose outcome a revision of a key shows: itself, or what stood before the one it takes back."""
    shown: Revision | None = revision
    while shown is not None and (taken := _taken(shown, own)):
        shown = _before(taken, own)
    return shown


def _taken(revision: Revision, own: Sequence[Revision]) -> Revision | None:
    found = _ID.fullmatch(revision.id)
    return next((r for r in own if found and r.number == int(found["number"])), None)


def _before(revision: Revision, own: Sequence[Revision]) -> Revision | None:
    return own[revision.version - 2] if revision.version > 1 else None


def _body(store: Store, revision: Revision | None) -> Mapping[str, object] | None:
    """What a revision recorded, without columns that the checklists no longer have; None for nothing."""
    if revision is None or revision.body is None:
        return None
    register = store.catalog.registers.get(revision.kind)
    return without_lost(register, revision.body) if register else revision.body
