"""A ledger copied into another one, for example from a file to a server: revisions byte for byte, with their evidence.

An engagement is copied all or not at all, and only if both sides are what was recorded. Files come first, so that no
revision names one that is not there; done again, it goes on where it was interrupted.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbook import catalog, paths, people
from workbook.errors import BadFile, BadInput, NotRecorded, Unknown, WorkbookError, refuse
from workbook.ledger import Ledger
from workbook.model import Head, Person
from workbook.remote import Place, place
from workbook.store import Store
from workbook.vault import CHUNK, Vault
from workbook.verification import Verification, verify
from workbook.words import count

Say = Callable[[str], None]
STEP = 20_000  # revisions between two words of progress


@dataclass(frozen=True, slots=True)
class Side:
    """Where a ledger lies, by its address, and its evidence files."""

    url: str
    evidence: Place

    @classmethod
    def of(cls, text: str, evidence: str = "") -> "Side":
        """The side that `text`, an address or the path of a SQLite file, names; `evidence` likewise, or as usual."""
        url = paths.ledger_url(text)
        folder = place("The evidence", evidence) if "://" in evidence else evidence and Path(evidence).absolute()
        return cls(url, folder or paths.evidence_of(url))

    def is_same(self, other: "Side") -> bool:
        """Whether both are the same database."""
        one, two = paths.database_file(url=self.url), paths.database_file(url=other.url)
        if one and two:
            return one.resolve() == two.resolve() or (one.exists() and two.exists() and one.samefile(two))
        return self.url == other.url

    def opened(self, *, create: bool) -> Store:
        """The store of this side, in which no engagement is chosen; it is made if `create`."""
        ledger = Ledger.open(self.url, create=create, heads=paths.heads(url=self.url), guarded=create)
        vault = Vault(self.evidence, ledger=ledger.identity)
        return Store(ledger, vault, catalog.load(paths.checklists()), "", Person(people.UNNAMED))


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one engagement: how many of its `head.number` revisions, and how many files, were copied.

    `since` counts what was recorded in the source meanwhile, `remains` tells what could not be done, a sentence each.
    """

    engagement: str
    head: Head
    revisions: int
    files: int
    since: int = 0
    remains: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """What was done, in words."""
        if not self.revisions:
            return "already there"
        return "copied" if self.revisions == self.head.number else "brought up to date"


@dataclass(slots=True)
class Migration:
    """The way from one ledger to another, both open."""

    source: Store
    target: Store
    say: Say
    heads: dict[str, Head] = field(default_factory=dict)  # up to which the source was verified, by engagement

    def run(self, names: Sequence[str]) -> list[Moved]:
        """What became of each engagement; raises NotRecorded, saying what is copied already."""
        refuse(BadInput(why) for why in map(self._hindrance, names) if why)
        done: list[Moved] = []
        for name in names:
            try:
                done.append(self._move(name))
            except WorkbookError as error:
                before = f" {', '.join(m.engagement for m in done)}: copied already." if done else ""
                raise NotRecorded(f"{name}: {error}{before} Run the same again to go on.") from error
        return [replace(moved, remains=(*moved.remains, *self._remains(moved.engagement))) for moved in done]

    def _hindrance(self, name: str) -> str:
        """Why an engagement cannot come to lie in the target, as a sentence; empty if it can."""
        head, there = self.heads[name], self.target.ledger.head(name)
        if not there.number:
            return ""
        where = self.target.ledger.where
        if there.number > head.number:
            if self.target.ledger.head(name, upto=head.number) == head:
                more = count(there.number - head.number, "revision")
                return f"{name} has {more} more in {where} than in the source: it is the newer one, so go on with it."
        elif self.source.ledger.head(name, upto=there.number) == there:
            verdict = self.target.ledger.verify(name, told=_steps(self.say, name, "in the target"))
            return "" if verdict.ok else f"{name} in {where} is not what was recorded: {verdict.reason}"
        return (
            f"{where} holds another engagement called {name}: its revisions are not those of the source. "
            "Choose another target, or leave it out by naming the others with --engagement."
        )

    def _move(self, name: str) -> Moved:
        source, target = replace(self.source, name=name), replace(self.target, name=name)
        head, before = self.heads[name], target.ledger.head(name).number
        kept = source.kept_files()
        added = sum(_copy_file(source.vault, target.vault, digest, about) for digest, about in kept.items())
        remains = []
        if before < head.number:
            remains = [target.ledger.copy_from(source.ledger, name, head, _steps(self.say, name, "copied"))]
            verdict = target.ledger.verify(name, told=_steps(self.say, name, "verified in the target"))
            remains += [] if verdict.ok else [verdict.reason]
        for digest in kept:
            target.vault.settle(digest)
        since = source.ledger.head(name).number - head.number
        return Moved(name, head, head.number - before, added, since, tuple(filter(None, remains)))

    def _remains(self, name: str) -> list[str]:
        """What is wrong with the evidence in the target, when all engagements are there: one file may be in several."""
        source, target = replace(self.source, name=name), replace(self.target, name=name)
        for digest in target.erased_files().keys() & source.erased_files().keys():
            target.vault.erase(digest)
        return [f"{found['evidence']}: {found['reason']}" for found in target.verify_evidence()]


def migrate(source: Side, target: Side, only: Sequence[str], say: Say) -> tuple[Side, Side, list[Moved]]:
    """Copy every engagement of `source`, or those in `only`, into `target`, and say how far it is.

    Returns both places as they can be shown, and what became of each engagement. Raises BadInput, before anything is
    changed, if the source or what the target holds of it does not verify, or the target holds another chain.
    """
    if source.is_same(target):
        raise BadInput("Source and target are the same ledger; name another target.")
    with ExitStack() as stack:
        opened = source.opened(create=False)
        stack.enter_context(closing(opened.ledger))
        names = _chosen(opened, only)
        heads = _verified(opened, names, say)
        receiving = target.opened(create=True)
        stack.enter_context(closing(receiving.ledger))
        moved = Migration(opened, receiving, say, heads).run(names)
        shown = (replace(source, url=opened.ledger.where), replace(target, url=receiving.ledger.where))
    return *shown, moved


def _chosen(source: Store, only: Sequence[str]) -> list[str]:
    names = source.ledger.engagements()
    for name in only:
        if name not in names:
            raise Unknown("engagement", name, names)
    if not names:
        raise BadInput(f"{source.ledger.where} holds no engagement, so there is nothing to copy.")
    return list(dict.fromkeys(only)) or names


def _verified(source: Store, names: Sequence[str], say: Say) -> dict[str, Head]:
    """The head up to which each engagement is what was recorded; raises BadInput if one is not."""
    found = {n: verify(replace(source, name=n), None, told=_steps(say, n, "verified")) for n in names}
    refuse(BadInput(f"{name} is not copied: {_reason(one)}") for name, one in found.items() if not one.ok)
    return {name: one.verdict.head for name, one in found.items()}


def _reason(found: Verification) -> str:
    """What `workbook verify` says of an engagement that is not what was recorded."""
    said = [] if found.verdict.ok else [found.verdict.reason]
    said += [f"{damage['evidence']}: {damage['reason']}" for damage in found.evidence]
    more = " If its evidence lies elsewhere, name the folder with --source-evidence." if found.evidence else ""
    return f"{' '.join([*said, *found.reports])}{more}"


def _copy_file(source: Vault, target: Vault, digest: str, about: tuple[str, object]) -> bool:
    """Whether the file with this hash had to be copied; raises BadFile if it is not what it was a moment ago."""
    if not target.verify([digest]):
        return False
    with source.open(digest) as file:
        stored = target.add_bytes(digest, _chunks(file.read))
    if stored.sha256 != digest:
        target.erase(stored.sha256)
        raise BadFile(f"The evidence file {about[0]} was changed while it was copied. Run `workbook verify`.")
    return True


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(CHUNK):
        yield chunk


def _steps(say: Say, name: str, what: str) -> Callable[[int], None]:
    """Says how far it is, at the beginning and after each `STEP` revisions."""
    said = 0

    def told(done: int) -> None:
        nonlocal said
        if not said or done - said >= STEP:
            said = done
            say(f"{name}: {count(done, 'revision')} {what}")

    return told
