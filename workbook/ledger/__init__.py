"""The ledger: everything that anybody recorded, as revisions that are appended, chained by hash and never changed.

This package is the only one that speaks SQL. Values go in (`Draft`) and come out (`Revision`); rows never leave it.
It makes tampering *evident*: `verify` finds any later change, but only a head noted elsewhere shows a cut-off tail, a
chain hashed anew, or an older copy put in its place.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, CursorResult, RowMapping, Select, func, select, text

from workbook.errors import BadInput, Conflict, LedgerUnreadable, NotRecorded
from workbook.language import say, term
from workbook.ledger import backup, chain, copying, erasing, guards, schema, stepping
from workbook.ledger.database import WAIT, Database, locate
from workbook.ledger.database_errors import is_damage
from workbook.ledger.heads import Heads
from workbook.ledger.paging import Told, pages, unheard
from workbook.ledger.schema import revision
from workbook.ledger.verify import Verdict, Walk, clean_witness, with_damage
from workbook.model import Draft, Erasure, Head, Person, Revision
from workbook.words import natural

__all__ = ["Ledger", "Told", "Verdict", "unheard"]


class Ledger:
    """One ledger. Safe to use from several threads: each call is one short transaction of its own."""

    def __init__(self, base: Database, heads: Heads) -> None:
        self._base = base
        self._heads = heads

    @classmethod
    def open(
        cls, url: str, *, create: bool = True, wait: float = WAIT, heads: Path | None = None, guarded: bool = True
    ) -> Self:
        """The ledger at `url`, made if it is not there and `create`; read-only where it may not be written.

        `wait` is how many seconds a call waits for its turn, `heads` a folder in which the newest head of each
        engagement is noted. Raises LedgerUnreadable for a database that is missing, damaged, of another program, of a
        newer version or, if `guarded`, altered by another program; BadInput for an address of another kind.
        """
        base = locate(url, create=create, wait=wait)
        try:
            _prepare(base, create, guarded)
        except BaseException:
            base.close()
            raise
        return cls(base, Heads(heads, "" if base.path else base.where))

    @property
    def writable(self) -> bool:
        """Whether this ledger can be appended to."""
        return self._base.writable

    def append(self, engagement: str, drafts: Sequence[Draft], who: Person) -> list[Revision]:
        """The revisions that record `drafts`, all or none of them, in one transaction that is durable on return.

        A draft that was recorded before (same id) gives its revision of then. Raises Conflict if somebody saved the
        same key first, BadInput for what cannot be stored, NotRecorded if the database would not take it.
        """
        for draft in drafts:
            chain.check_names(engagement, draft, who)
        if not drafts:
            return []
        with self._base.writing(engagement) as connection:
            made = _Append(connection, engagement, who).all(drafts)
        newest = max(made, key=lambda r: r.number)
        self._heads.note(engagement, newest.number, newest.hash)
        return made

    def erase(self, engagement: str, erasure: Erasure, who: Person) -> Revision:
        """Erase the texts that `erasure` names from every revision of its key, and record it; all or nothing.

        Raises BadInput if there is no such text or a revision was altered, NotRecorded if the database would not do it.
        """
        with self._base.writing(engagement) as connection:
            if erasure.fields:
                left = erasing.erase(connection, engagement, (erasure.kind, erasure.key), erasure.fields)
                erasure = erasure.model_copy(update={"revisions": left})
            draft = Draft(erasing.KIND, "", erasure.body(), numbers=erasing.NUMBERS)
            [made] = _Append(connection, engagement, who).all([draft])
        self._heads.note(engagement, made.number, made.hash)
        return made

    def compact(self) -> str:
        """Write the database anew, so that nothing erased is left in its file; what hinders that, as a sentence."""
        try:
            self._base.compact()
        except NotRecorded as error:
            return f"Traces may be left in the database itself: {error}"
        return ""

    @property
    def identity(self) -> str:
        """What tells this ledger from another that uses the same evidence folder."""
        return sha256(self._base.where.encode()).hexdigest()[:12]

    @property
    def on_server(self) -> bool:
        """Whether a server keeps this ledger."""
        return self._base.path is None

    def current(self, engagement: str, kind: str | None = None, *, upto: int | None = None) -> list[Revision]:
        """The newest revision of each (kind, key), up to revision number `upto`, without the deleted.

        By kind, and by key in natural order: R-2 before R-10.
        """
        query = stepping.NEWEST if kind is None else stepping.NEWEST_OF_KIND
        with self._base.reading() as connection:
            seqs = [n for n in _run(connection, query, **_steps(engagement, kind, upto)).scalars() if n is not None]
            parts = (select(revision).where(revision.c.seq.in_(seqs[n : n + 500])) for n in range(0, len(seqs), 500))
            revisions = [chain.unseal(row) for part in parts for row in connection.execute(part).mappings()]
        return sorted((r for r in revisions if r.body is not None), key=lambda r: (r.kind, natural(r.key)))

    def get(self, engagement: str, kind: str, key: str, *, upto: int | None = None) -> Revision | None:
        """The newest revision of (kind, key), up to number `upto`; a deletion has the body None."""
        query = _filtered(select(revision), engagement, kind=kind, key=key, upto=upto)
        revisions = self._find(query.order_by(revision.c.number.desc()).limit(1))
        return revisions[0] if revisions else None

    def recorded(self, engagement: str, id: str) -> Revision | None:
        """The revision that recorded the draft with this `id`; None if there is none in the engagement."""
        revisions = self._find(_revisions_of(engagement).where(revision.c.id == id))
        return revisions[0] if revisions else None

    def secret(self, engagement: str, upto: int) -> bytes:
        """What only who has this ledger can know of an engagement: of the random ids of its revisions up to `upto`.

        It is in no report, the same in every copy of the ledger, and an erasure leaves it as it is.
        """
        query = _filtered(select(revision.c.id), engagement, upto=upto).order_by(revision.c.number)
        with self._base.reading() as connection:
            return sha256("\n".join(connection.execute(query).scalars()).encode()).digest()

    def mentions(self, engagement: str, kind: str, text: str) -> list[Revision]:
        """All revisions of a kind that hold `text`, of letters and digits, somewhere; oldest first."""
        find = func.instr if self._base.path else func.pg_catalog.position
        query = _filtered(select(revision), engagement, kind=kind).order_by(revision.c.number)
        return self._find(query.where(find(revision.c.payload, text.encode()) > 0))

    def history(self, engagement: str, kind: str | None = None, key: str | None = None) -> list[Revision]:
        """All revisions of the engagement, or of one kind or key, oldest first."""
        return self._find(_filtered(select(revision), engagement, kind=kind, key=key).order_by(revision.c.number))

    def head(self, engagement: str, moment: datetime | None = None, *, upto: int | None = None) -> Head:
        """The end of the chain: with `moment`, the last revision made at or before it; with `upto`, up to that number.

        What a moment includes is all revisions up to that number, so a clock that was set back in between does no harm.
        """
        query = _filtered(select(revision), engagement, upto=upto)
        if moment is not None:
            query = query.where(revision.c.at <= chain.stamp(moment))
        revisions = self._find(query.order_by(revision.c.number.desc()).limit(1))
        return Head(revisions[0].number, revisions[0].hash, revisions[0].at) if revisions else Head()

    def engagements(self) -> list[str]:
        """The engagements that have a revision, by name."""
        with self._base.reading() as connection:
            return sorted(_run(connection, stepping.ENGAGEMENTS).scalars(), key=natural)

    def lost(self) -> list[str]:
        """The engagements of which a head is noted, but no revision is there any more, by name."""
        return sorted(set(self._heads.names()) - set(self.engagements()), key=natural)

    def authors(
        self, engagement: str, kind: str, *, upto: int | None = None, after: int = 0
    ) -> dict[str, frozenset[str]]:
        """Everybody who recorded something under each key of a kind, `after` a revision number and up to `upto`."""
        found: dict[str, set[str]] = {}
        with self._base.reading() as connection:
            for row in _run(connection, stepping.AUTHORS, **_steps(engagement, kind, upto), after=after):
                found.setdefault(row.key, set()).add(row.actor)
        return {key: frozenset(actors) for key, actors in found.items()}

    def verify(
        self, engagement: str, witness: str | None = None, told: Told = unheard, *, whole: bool = True
    ) -> Verdict:
        """Whether the engagement is as it was recorded; `witness` is a head's hash (16 digits or more) noted elsewhere.

        `told` hears how many revisions were looked at, now and then. Unless `whole`, only its revisions are looked at,
        and not the database around them. Damage gives a verdict, not an error; raises BadInput for a witness that is no
        hash, LedgerUnreadable if the ledger is locked or out of reach.
        """
        place = self._heads.place(engagement)
        walk = Walk(clean_witness(witness), self._heads.newest(engagement), str(place))
        try:
            if not self.on_server:
                self._base.close()  # what a connection has in its memory is not what lies on the disk
            walk.left = self._left(engagement)
            verdict = self._walk(walk, engagement, told)
            if not verdict.ok and self._left(engagement) != walk.left:  # somebody erased something meanwhile
                return self.verify(engagement, witness, told, whole=whole)
            with self._base.reading() as connection:
                return with_damage(verdict, _database_damage(connection) if whole and verdict.ok else "")
        except LedgerUnreadable as error:
            if not is_damage(error):
                raise
            return self._one_by_one(walk, engagement, error)

    def _left(self, engagement: str) -> dict[int, str]:
        with self._base.reading() as connection:
            return erasing.left_by(connection, engagement)

    def _walk(self, walk: Walk, engagement: str, told: Told) -> Verdict:
        for page in pages(self._base, engagement):
            for stored in page:
                if broken := walk.take(stored):
                    return broken
            told(walk.number)
        return walk.verdict()

    def _one_by_one(self, walk: Walk, engagement: str, error: LedgerUnreadable) -> Verdict:
        """The verdict of a walk that `error` ended somewhere ahead: which revision it was."""
        try:
            while True:
                query = _revisions_of(engagement).where(revision.c.number == walk.number + 1)
                with self._base.reading() as connection:
                    stored = connection.execute(query).one_or_none()
                if stored is None:
                    break
                if broken := walk.take(stored):
                    return broken
        except LedgerUnreadable as found:
            error = found
        return walk.broken(f"cannot be read: {error}")

    def backup(self, target: Path) -> None:
        """Write a whole, compact copy of the ledger to `target`, and read it back; SQLite only (BadInput otherwise).

        Raises BadInput if `target` is there already, NotRecorded if it cannot be written.
        """
        backup.write(self._base, Path(target))

    def copy_from(self, source: "Ledger", engagement: str, head: Head, told: Told = unheard) -> str:
        """Bring an engagement to `head`, up to which `source` was verified, as it is there; durable on return.

        What hinders that traces of erased texts go, as `compact`. Raises NotRecorded, with nothing changed.
        """
        erased = copying.copy(source._base, self._base, engagement, head, told)
        self._heads.note(engagement, head.number, head.hash)
        return self.compact() if erased else ""

    @property
    def where(self) -> str:
        """The address of this ledger as it can be shown: without a password."""
        return self._base.where

    def close(self) -> None:
        """Close the connections to the database; safe to call twice."""
        self._base.close()

    def _find(self, query: Select[Any]) -> list[Revision]:
        with self._base.reading() as connection:
            return [chain.unseal(row) for row in connection.execute(query).mappings()]


class _Append:
    """One append, inside its transaction."""

    def __init__(self, connection: Connection, engagement: str, who: Person) -> None:
        self._connection = connection
        self._engagement = engagement
        self._who = who
        self._at = chain.stamp(datetime.now(UTC))
        self._head = self._select_one(schema.HEAD, engagement=engagement)

    def all(self, drafts: Sequence[Draft]) -> list[Revision]:
        """The revisions that record `drafts`, in their order."""
        return [self._earlier(draft) or self._insert(self._keyed(draft)) for draft in drafts]

    def _earlier(self, draft: Draft) -> Revision | None:
        """The revision of an earlier attempt; raises Conflict if the draft says something else by now."""
        row = self._select_one(schema.BY_ID, id=draft.id)
        if row is None:
            return None
        earlier = chain.unseal(row)
        if (earlier.engagement, earlier.kind) != (self._engagement, draft.kind) or not _may_be(draft, earlier.key):
            raise BadInput(
                say("The id {id} was used before ({kind} {key}); make a new one.", id=draft.id, kind=earlier.kind,
                    key=earlier.key)
            )  # fmt: skip
        if earlier.body != chain.plain_body(draft):
            says = say("An earlier text of yours for {key} was recorded already (version {version}).", key=earlier.key,
                       version=earlier.version)  # fmt: skip
            raise _conflict(draft, earlier, says)
        return earlier

    def _keyed(self, draft: Draft) -> Draft:
        """`draft` under the next number, if its key was left open: after the highest that was ever given."""
        if (numbers := draft.unkeyed) is None:
            return draft
        prefix = f"{numbers.prefix}-"
        what = {"engagement": self._engagement, "kind": draft.kind, "length": len(prefix)}
        what |= {"first": f"{prefix}0", "beyond": f"{prefix}:"}  # ":" comes after "9"
        highest = _run(self._connection, schema.HIGHEST, **what).one()
        return replace(draft, key=numbers.key(numbers.following(filter(None, highest))))

    def _insert(self, draft: Draft) -> Revision:
        newest = self._newest(draft)
        _check_base(draft, newest)
        row = chain.seal(self._place(newest), draft, self._who)
        _run(self._connection, schema.INSERT, **row)
        stored = self._select_one(schema.AT, engagement=self._engagement, number=row["number"])
        if stored is None or any(type(stored[n]) is not type(v) or stored[n] != v for n, v in row.items()):
            raise NotRecorded(
                f"{draft.key} came back from the database other than it was written. Nothing was changed. "
                "Run `workbook verify`; the disk, the memory or the database may be damaged."
            )
        self._head = stored
        return chain.unseal(stored)

    def _place(self, newest: Revision | None) -> chain.Place:
        number, prev = (self._head["number"], self._head["hash"]) if self._head else (0, chain.FIRST_PREV)
        return chain.Place(self._engagement, number + 1, newest.version + 1 if newest else 1, self._at, prev)

    def _newest(self, draft: Draft) -> Revision | None:
        row = self._select_one(schema.NEWEST, engagement=self._engagement, kind=draft.kind, key=draft.key)
        return chain.unseal(row) if row else None

    def _select_one(self, query: str, **values: Any) -> RowMapping | None:
        return _run(self._connection, query, **values).mappings().one_or_none()


def _run(connection: Connection, query: str, **values: Any) -> CursorResult[Any]:
    """What is asked often, and while others wait, goes to the driver as it is."""
    return connection.exec_driver_sql(schema.for_driver(query, connection.dialect.name), values)


def _steps(engagement: str, kind: str | None, upto: int | None) -> dict[str, Any]:
    about = {"engagement": engagement, "upto": stepping.NEWEST_NUMBER if upto is None else upto}
    return about if kind is None else {**about, "kind": kind}


def _check_base(draft: Draft, newest: Revision | None) -> None:
    """Raise Conflict if `draft` was not made from `newest`, BadInput if it cannot have been made at all."""
    version = newest.version if newest else 0
    deleted = newest is None or newest.body is None
    if newest and draft.base < version and not (deleted and draft.base == 0):  # who saw nothing overwrites no deletion
        about = {"name": newest.actor, "key": draft.key, "at": f"{newest.at:%Y-%m-%d %H:%M} UTC", "version": version}
        saved = say("{name} saved {key} first, at {at} (version {version}).", **about)
        gone = say("{name} deleted {key} first, at {at} (version {version}).", **about)
        raise _conflict(draft, newest, gone if deleted else saved)
    if draft.base > version or draft.base < 0:
        raise BadInput(
            say("{key} is at version {version}, not {base}; load it again, then save.", key=draft.key, version=version,
                base=draft.base)
        )  # fmt: skip
    if draft.body is None and deleted:
        raise BadInput(say("There is no {kind} {key} to delete.", kind=term(draft.kind), key=draft.key))


def _may_be(draft: Draft, key: str) -> bool:
    """Whether `draft` can have been recorded under `key`."""
    return draft.key == key or (draft.unkeyed is not None and draft.unkeyed.number(key) is not None)


def _conflict(draft: Draft, theirs: Revision, what: str) -> Conflict:
    return Conflict(
        f"{what} {say('Nothing was overwritten: compare both texts, then save again.')}",
        theirs=theirs,
        ours=draft.body,
    )


def _revisions_of(engagement: str) -> Select[Any]:
    return select(revision).where(revision.c.engagement == engagement)


def _filtered(
    query: Select[Any], engagement: str, *, kind: str | None = None, key: str | None = None, upto: int | None = None
) -> Select[Any]:
    query = query.where(revision.c.engagement == engagement)
    if kind is not None:
        query = query.where(revision.c.kind == kind)
    if key is not None:
        query = query.where(revision.c.key == key)
    return query if upto is None else query.where(revision.c.number <= upto)


def _prepare(base: Database, create: bool, guarded: bool) -> None:
    """Make the tables, bring older ones up to date, and refuse what is not ours."""
    with base.reading() as connection:
        version = schema.version_of(connection, base.where)
    if not version and not create:
        raise LedgerUnreadable(f"{base.where} is empty, there is no ledger in it. Check WORKBOOK_DATABASE_URL.")
    if version < schema.VERSION and not base.writable:
        raise LedgerUnreadable(f"{base.where} needs an update, but may not be written here. Open it where it may.")
    for number in range(version + 1, schema.VERSION + 1):
        with base.writing("") as connection:
            if schema.version_of(connection, base.where) < number:
                schema.migrate(_runner(connection), connection.dialect.name, number, chain.stamp(datetime.now(UTC)))
    with base.reading() as connection:
        if strange := guards.strange(connection) if guarded else "":
            raise LedgerUnreadable(
                f"{base.where} was altered by another program, which could falsify the ledger: {strange}. "
                "Remove that, or restore the ledger from a backup."
            )


def _runner(connection: Connection) -> Callable[[str, dict[str, Any] | None], object]:
    return lambda sql, values: connection.execute(text(sql), values) if values else connection.exec_driver_sql(sql)


def _database_damage(connection: Connection) -> str:
    """What is wrong with the database itself, as a sentence; empty if nothing is."""
    if strange := guards.strange(connection):
        return f"The revisions are intact, but the database was altered: it holds a strange or changed {strange}."
    if removed := guards.missing(connection):
        return f"The revisions are intact, but somebody removed what keeps them so from the database: {removed}."
    if connection.dialect.name == "sqlite":
        state = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
        if state != "ok":
            return (
                f"{_damaged_row(connection, state)} but the database file is damaged: {state}. Make a backup of it now."
            )
    return ""


def _damaged_row(connection: Connection, state: str) -> str:
    """Which revision SQLite speaks of: what stands in an index is read from there, not from the row itself."""
    seq = re.search(r"\brow (\d+)", state)
    query = select(revision.c.payload).where(revision.c.seq == int(seq[1])) if seq else None
    payload = None if query is None else connection.execute(query).scalar_one_or_none()
    if payload is None:
        return "The revisions are intact,"
    return f"Revision {json.loads(payload)['number']} has the hash that was recorded,"
