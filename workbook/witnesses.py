"""Heads that stand in issued reports, wherever those lie, against the chain of the record.

A report that somebody else has names the revision and the hash it rests on. A chain whose end was cut off, or that was
rewritten, does not have that hash there any more. A witness vouches up to its own revision and not beyond.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from workbook import files, paths
from workbook.errors import BadFile
from workbook.ledger import Verdict
from workbook.model import Revision
from workbook.received import Received, plain, read_manifest
from workbook.remote import Place
from workbook.store import Store
from workbook.words import count


@dataclass(frozen=True, slots=True)
class Witness:
    """The head that a report names: its number, its hash, and which report that is."""

    number: int
    hash: str
    where: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What witnesses say: what is against the chain, and how far they vouch for it, as sentences."""

    problems: tuple[str, ...] = ()
    says: str = ""


def witness_of(received: Received) -> Witness | None:
    """The head that a file names; None where it names none."""
    number, digest = received.head
    where, issue = files.printable(received.path), received.issue.get("number", "")
    return Witness(number, digest, f"{issue} ({where})" if issue else where) if number else None


def witnesses_in(results: Place) -> list[Witness]:
    """The heads that the issued reports below `results` name, each with its number."""
    return [witness for _, received in _issued_in(results) if (witness := witness_of(received))]


def _issued_in(results: Place) -> Iterator[tuple[Place, Received]]:
    for place in files.matching(results / "issued", f"[0-9]*/{paths.MANIFEST}"):
        with suppress(BadFile):
            yield place.parent, read_manifest(place)


def unknown_issues(store: Store, results: Place) -> list[str]:
    """The issued reports below `results` that the record does not know, a sentence each."""
    known = {revision.key for revision in store.history("issued")}
    return [
        f"{files.printable(folder)} holds {number}, which the record does not know: the end of the ledger was cut off, "
        "an older copy was put in its place, or the folder is not from here."
        for folder, received in _issued_in(results)
        if (number := received.issue.get("number", "")) and number not in known
    ]


def compare(store: Store, witnesses: Iterable[Witness]) -> Reach:
    """The chain of `store` against `witnesses`."""
    problems, best, found = [], None, store.ledger.head(store.name).number
    for one in sorted(witnesses, key=lambda one: one.number):
        head = store.ledger.head(store.name, upto=one.number)
        if (head.number, head.hash) == (one.number, one.hash):
            best = one if best is None or one.number > best.number else best
        else:
            problems.append(
                f"{one.where} rests on revision {one.number} with the hash {one.hash[:16]}, which the ledger does not "
                "have there: its end was cut off, it was rewritten, or an older copy was put in its place."
            )
    return Reach(tuple(problems), _reach(best, found) if best else "")


def _reach(best: Witness, revisions: int) -> str:
    beyond = revisions - best.number
    after = (
        f"{count(beyond, 'revision')} after it {'is' if beyond == 1 else 'are'} not" if beyond else "none is after it"
    )
    return (
        f"The chain has the head that {best.where} rests on: {count(best.number, 'revision')} "
        f"{'is' if best.number == 1 else 'are'} covered by it, {after}. It counts as far as that file is out of reach "
        "of whoever could change the ledger."
    )


@dataclass(frozen=True, slots=True)
class Support:
    """Whether a record still supports a file: what is against it, and what to know, as sentences.

    `known_as` is the number under which the record knows it as issued.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    known_as: str = ""


def support(store: Store, received: Received) -> Support:
    """Whether the record of `store` is the one that a file rests on, and knows it as issued."""
    witness = witness_of(received)
    if witness is None:
        return Support((), ("It does not say which revision it rests on, so it cannot be compared with a record.",))
    verdict = store.ledger.verify(store.name)
    found = compare(store, [witness])
    broken = () if verdict.ok else (_broken(verdict),)
    known = next((r for r in store.history("issued") if _holds(r, received.digest)), None)
    against, note = _as_issued(known, received)
    problems = filter(None, [*broken, *found.problems, against])
    return Support(tuple(problems), (*filter(None, [note]), *_evidence(store, received)), known.key if known else "")


def _broken(verdict: Verdict) -> str:
    return f"The record itself is not intact: {verdict.reason}"


def _as_issued(known: Revision | None, received: Received) -> tuple[str, str]:
    """What is against a file that says it was issued, and what the record says of it; empty for nothing."""
    if known and known.body:
        return "", f"The record knows it as {known.key}, issued to {plain(str(known.body.get('recipient')))}."
    if number := received.issue.get("number"):
        return f"It says that it is {number}, but the record knows no such file under that or any number.", ""
    return "", "The record notes no working copies, so it cannot say whether this one was changed and sealed again."


def _holds(issued: Revision, digest: str) -> bool:
    body = issued.body or {}
    held = body.get("files")
    return digest in (body.get("manifest"), *(held.values() if isinstance(held, dict) else ()))


def _evidence(store: Store, received: Received) -> Iterator[str]:
    """Which evidence that a file shows is not there any more."""
    kept = store.kept_files()
    gone = [key for key, digest in received.evidence.items() if digest not in kept or not store.vault.has(digest)]
    if gone:
        yield f"Of the evidence that it shows, {', '.join(gone)} is not in the record any more, or was erased."
