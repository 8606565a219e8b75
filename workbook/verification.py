"""Whether an engagement is what was recorded: its chain, its evidence files, its issued reports, its samples."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbook import files, paths
from workbook.drawing import Population, Sample, misdrawn
from workbook.errors import BadFile, LedgerUnreadable
from workbook.ledger import Told, Verdict, unheard
from workbook.model import Revision
from workbook.origins import origin_of
from workbook.received import MAX_BYTES, digest_of, listed, unlisted, vouched
from workbook.record import read
from workbook.remote import Place
from workbook.signing import SIGNATURE
from workbook.store import Store
from workbook.witnesses import Witness, compare, unknown_issues, witnesses_in


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: the verdict on the chain, what else is damaged, and what to know that is no damage.

    `witnessed` says how far the heads of issued reports vouch for the chain.
    """

    verdict: Verdict
    evidence: tuple[Mapping[str, str], ...] = ()
    reports: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    erasures: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    witnessed: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything is as it was recorded."""
        return self.verdict.ok and not self.evidence and not self.reports and not self.samples


def verify(
    store: Store,
    results: Place | None,
    witness: str | None = None,
    told: Told = unheard,
    others: Iterable[Witness] = (),
) -> Verification:
    """Check the engagement of `store`, and those of its issued reports that still lie somewhere in `results`.

    `witness` is a head's hash noted elsewhere, `told` hears how many revisions were looked at. Heads that issued
    reports name are witnesses as well: of those in `results`, and `others` of files that somebody has. Raises BadInput
    if the witness is none, LedgerUnreadable if the ledger is out of reach. Where the chain is broken, the rest is
    looked at as far as it can be read.
    """
    verdict = store.ledger.verify(store.name, witness, told)
    if verdict.ok and not verdict.revisions:
        return Verification(verdict)
    if verdict.ok and (says := _other_origin(store)):
        verdict = replace(verdict, ok=False, reason=says)
    try:
        evidence, erasures, samples = store.verify_evidence(), _erasures(store), _samples(store)
        found = compare(store, [*(witnesses_in(results) if results else ()), *others])
        reports = [*_reports(store, results), *(unknown_issues(store, results) if results else ()), *found.problems]
        notes = [*_notes(store), *(_away(store, results) if results else ())]
        return Verification(
            verdict, tuple(evidence), tuple(dict.fromkeys(reports)), tuple(notes), tuple(erasures), tuple(samples),
            found.says,
        )  # fmt: skip
    except LedgerUnreadable as error:
        return Verification(verdict, notes=(f"Evidence and reports were not checked: {error}",))


def _other_origin(store: Store) -> str:
    """How the earlier audit is no longer the one that this one goes on from; empty if it is, or lies elsewhere."""
    origin = origin_of(store.ledger, store.name)
    if origin is None or origin.engagement not in store.ledger.engagements():
        return ""
    head = store.ledger.head(origin.engagement, upto=origin.number)
    if (head.number, head.hash) == (origin.number, origin.hash):
        return ""
    return (
        f"It goes on from revision {origin.number} of {origin.engagement} with the hash {origin.hash[:16]}, which the "
        f"ledger does not have there: {origin.engagement} was rewritten since."
    )


def _erasures(store: Store) -> Iterator[str]:
    """What was erased, by whom, when and why."""
    for erased in store.history("erasure"):
        body = erased.body or {}
        what = f"{', '.join(map(str, body.get('fields') or ['file']))} of {body.get('kind')} {body.get('key')}"
        yield f"{erased.key}: {what}, by {erased.actor} at {erased.at:%Y-%m-%d %H:%M} UTC: {body.get('why')}"


def _samples(store: Store) -> Iterator[str]:
    """What is wrong with the samples that were drawn, each drawn once more from what was frozen; a sentence each."""
    frozen = {r.key: r for r in reversed(store.history("population"))}  # the first of each: it is never changed
    for revision in store.history("sample"):
        sample = read(revision, Sample)
        if sample.population not in frozen:
            yield f"{revision.key}: its population {sample.population} was never frozen."
            continue
        one = frozen[sample.population]
        if says := misdrawn(read(one, Population), one.hash, sample):
            yield f"{revision.key} (revision {revision.number}): {says}."


def _notes(store: Store) -> Iterator[str]:
    """What is no damage, but cannot be shown: a record of a newer version, an earlier audit that lies elsewhere."""
    origin = origin_of(store.ledger, store.name)
    if origin and origin.engagement not in store.ledger.engagements():
        yield f"It goes on from {origin.engagement}, which this ledger does not hold, so the two were not compared."
    try:
        store.record()
    except LedgerUnreadable as error:
        yield str(error)


# issued reports ---------------------------------------------------------------------------------------------------


def _reports(store: Store, results: Place | None) -> Iterator[str]:
    """What is wrong with the issued reports, a sentence each."""
    places = files.matching(results, f"**/{paths.MANIFEST}") if results else []
    manifests = [(place.parent, listed(place)) for place in places]
    for issued in store.history("issued"):
        yield from _wrong_head(store, issued)
        if results and (manifest := (issued.body or {}).get("manifest")):
            yield from _folder(issued, _place(issued, results), str(manifest))
            continue
        digests = (issued.body or {}).get("files")
        if isinstance(digests, dict) and digests:
            for folder in (folder for folder, held in manifests if held == digests):
                yield from _changed(issued, folder, digests)


def _place(issued: Revision, results: Place) -> Place:
    """The folder of a report that was issued: REP-003 lies in issued/003."""
    return results / "issued" / issued.key.rpartition("-")[2]


def _folder(issued: Revision, folder: Place, manifest: str) -> Iterator[str]:
    """What is wrong with the folder of an issued report; nothing where it does not lie here any more."""
    if (found := digest_of(folder / paths.MANIFEST)) and found != manifest:
        yield f"{issued.key}: {files.printable(folder / paths.MANIFEST)} was changed since it was issued."
    if found and isinstance(folder, Path):
        yield from _unsigned(issued, folder)
    digests = (issued.body or {}).get("files")
    if isinstance(digests, dict) and (found or files.matching(folder, "*")):
        yield from _changed(issued, folder, digests)
        added = (folder / name for name in unlisted(folder, digests))
        yield from (f"{issued.key}: {files.printable(place)} was not issued with it." for place in added)


def _unsigned(issued: Revision, folder: Path) -> Iterator[str]:
    """What is wrong with the signature and the trusted time of an issued report."""
    proofs, key = vouched(folder), (issued.body or {}).get("signed_by")
    yield from (f"{issued.key}: {problem}" for problem in proofs.problems)
    if key and not files.mode_of(folder / SIGNATURE):
        yield f"{issued.key}: it was signed, but its signature is gone."
    elif key and proofs.signed_by and proofs.signed_by != key:
        yield f"{issued.key}: it was signed with the key {key}, but is signed with {proofs.signed_by}."


def _away(store: Store, results: Place) -> Iterator[str]:
    """The issued reports whose files are not here, so that they could not be looked at."""
    for issued in store.history("issued"):
        if (issued.body or {}).get("manifest") and not files.matching(_place(issued, results), "*"):
            place = files.printable(_place(issued, results))
            yield (
                f"The files of {issued.key} are not in {place}. If issuing it was cut short, the next `workbook issue` "
                "puts them there; a copy is checked by `workbook verify FILE`."
            )


def _wrong_head(store: Store, issued: Revision) -> Iterator[str]:
    body = issued.body or {}
    number, noted = body.get("head_number"), body.get("head_hash")
    if not isinstance(number, int) or not isinstance(noted, str):
        yield f"{issued.key} does not say in words that can be read which state it shows."
        return
    head = store.ledger.head(store.name, upto=number)
    if number >= issued.number or (head.number, head.hash) != (number, noted if number else ""):
        yield (
            f"{issued.key} was issued from revision {number} with the hash {noted[:16]}, which the ledger does not "
            "have there: the ledger was rewritten since."
        )


def _changed(issued: Revision, folder: Place, digests: Mapping[str, Any]) -> Iterator[str]:
    """The files of an issued report in `folder` that are no longer what went out."""
    for name, digest in sorted(digests.items()):
        place = folder / name
        try:
            found = sha256(files.read_limited(place, MAX_BYTES)).hexdigest()
        except BadFile as error:
            yield f"{issued.key}: {error}"
        else:
            if found != digest:
                yield f"{issued.key}: {files.printable(place)} was changed since it was issued."
