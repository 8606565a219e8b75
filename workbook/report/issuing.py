"""Issuing: an act by which somebody hands a report to somebody else, whole or not at all.

Number, recipient, edition and classification stand on each page, and the record keeps the hash of each file. The order
makes that nothing is half: the pages are made into a folder aside; then the record says that they were issued, in one
transaction, which takes the number; then the folder gets its name. What is aside after a crash is put in its place by
the next issue if the record knows it, and removed if not; so a number is never lost, and no folder is written twice.
"""

import shutil
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from workbook import files, paths
from workbook.audience import shows_names
from workbook.errors import BadFile, BadInput, NotMade
from workbook.keys import require_numbering
from workbook.model import IssuedReport, check_text
from workbook.remote import Place
from workbook.report.batch import Progress, Report, ReportRun, find_pages, finish, read, run_pages
from workbook.report.folder import MAX_BYTES, alone_in
from workbook.report.run import PageRun
from workbook.report.shown import Issue
from workbook.signing import read_key, sign
from workbook.stamping import STAMP, stamp
from workbook.store import Store

LONGEST = 200  # characters of a recipient, who stands on each page


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be issued: to whom, for which audience, marked how; on one system, as of when.

    `sign` signs the manifest with the person's own key; `timestamp` is the address of an authority that says when.
    """

    recipient: str
    audience: str
    classification: str = "confidential"
    system: str = ""
    as_of: str = ""
    sign: bool = False
    timestamp: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A report that was issued: its number, its folder, the SHA-256 of its manifest, the key, how its pages went."""

    number: str
    folder: Place
    manifest: str
    signed_by: str
    run: ReportRun


def issue(
    store: Store, wanted: Wanted, executor: Executor | None = None, on_progress: Progress | None = None
) -> Issued:
    """Make a report and issue it in the name of whoever speaks; nothing is issued unless every page ran to its end.

    Raises BadInput for what cannot be issued, NotMade naming the pages that failed, Conflict if somebody else took the
    number meanwhile, and what `make` and a save raise.
    """
    _check(store, wanted)
    with alone_in(paths.issuing(store.name)):
        settle(store)
        number = store.next_issue()
        target = _target(store, number)
        run, recorded = _made(store, wanted, number, (executor, on_progress))
        store.issue(recorded, number)  # if this ends early, only the record knows whether what lies aside was issued
        _place(_aside(store.name, number), target)
    return Issued(number, target, recorded.manifest, recorded.signed_by, replace(run, folder=target))


def settle(store: Store) -> list[str]:
    """Put in their places the reports that were recorded as issued and lie aside, and remove those that were not.

    Returns the numbers of the first ones. For whoever is alone in `paths.issuing`.
    """
    recorded = {r.key: r.body.get("manifest") for r in store.history("issued") if r.body}
    placed = []
    for place in sorted(paths.issuing(store.name).glob(".*-*")):
        key = place.name.removeprefix(".")
        if recorded.get(key) and recorded[key] == _digest(place / paths.MANIFEST):
            _place(place, _target(store, key))
            placed.append(key)
        else:
            shutil.rmtree(place, ignore_errors=True)
    return placed


def _check(store: Store, wanted: Wanted) -> None:
    """Raise for what cannot be recorded, before the pages are made."""
    store.refuse()
    if not wanted.recipient.strip():
        raise BadInput("Say who gets the report; that is recorded, and stands on each page.", field="recipient")
    try:
        check_text(wanted.recipient)
    except ValueError as error:
        raise BadInput(f"The recipient {error}.", field="recipient") from None
    if not wanted.recipient.strip().isprintable():
        says = "The recipient holds a sign that nobody sees, or that turns words around; type it again without it."
        raise BadInput(says, field="recipient")
    if len(wanted.recipient) > LONGEST:
        raise BadInput(f"The recipient is longer than {LONGEST} characters; shorten it.", field="recipient")
    if wanted.sign:
        read_key(paths.signing_key())


def _aside(engagement: str, number: str) -> Path:
    return paths.issuing(engagement) / f".{number}"


def _target(store: Store, key: str) -> Place:
    """The folder of a report that is to be issued; raises BadInput where something lies already."""
    target = paths.issued(store.name, require_numbering(store.catalog, "issued").number(key))
    if files.matching(target, "*"):
        raise BadInput(f"{target} is there already, and {key} is not to be written over it. Move it away; then again.")
    return target


def _made(
    store: Store, wanted: Wanted, number: str, running: tuple[Executor | None, Progress | None]
) -> tuple[ReportRun, IssuedReport]:
    """The report in a folder aside, which is gone if anything fails, and what the record is to keep of it."""
    aside = _aside(store.name, number)
    try:
        report = _report(store, wanted, number, aside)
        made = run_pages(report, *running)
        _refuse_failed([one.run for one in made])
        # a notebook carries neither number nor recipient, so an issue holds pages alone
        run = finish(report, (replace(one, notebook="") for one in made))
        signed_by = _vouch(wanted, aside)
        return run, _recorded(store, wanted, run).model_copy(update={"signed_by": signed_by})
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _report(store: Store, wanted: Wanted, number: str, aside: Path) -> Report:
    """The report to make, with its number on each page and the script that checks it beside them."""
    by = store.who.name if shows_names(wanted.audience) else ""
    says = Issue(number, wanted.recipient.strip(), wanted.audience, wanted.classification, store.on, by)
    given = {"system": wanted.system, "as_of": wanted.as_of, "audience": wanted.audience}
    report = read(store.name, given | {"recipient": says.recipient}, find_pages((), wanted.audience), says)
    script = paths.verifier().read_text(encoding="utf-8")
    return replace(report, folder=aside, beside={**report.beside, paths.verifier().name: script})


def _refuse_failed(runs: Iterable[PageRun]) -> None:
    """Raise NotMade for pages that did not run to their end."""
    failed = [f"{run.page}{f' in cell {run.cell}' if run.cell else ''}: {run.reason}" for run in runs if not run.ok]
    if failed:
        raise NotMade(f"Nothing was issued, because not all pages could be made. {' '.join(failed)}")


def _vouch(wanted: Wanted, folder: Path) -> str:
    """Lay signature and trusted time beside the manifest where they are wanted; the fingerprint of the key, or none."""
    manifest = (folder / paths.MANIFEST).read_bytes()
    key, beside = sign(paths.signing_key(), manifest) if wanted.sign else (None, {})
    if wanted.timestamp:
        beside = {**beside, STAMP: stamp(wanted.timestamp, manifest)}
    files.write_all({folder / name: content for name, content in beside.items()})
    return key.fingerprint if key else ""


def _recorded(store: Store, wanted: Wanted, run: ReportRun) -> IssuedReport:
    return IssuedReport(
        recipient=wanted.recipient.strip(), as_of=run.on, audience=wanted.audience,
        head_number=run.head.number, head_hash=run.head.hash, system=run.system,
        classification=wanted.classification, issued_on=store.on, approved_by=store.who.name,
        manifest=_digest(run.folder / paths.MANIFEST), files=dict(run.files),
    )  # fmt: skip


def _digest(place: Place) -> str:
    """The SHA-256 of a file; empty where there is none."""
    try:
        return sha256(files.read_limited(place, MAX_BYTES)).hexdigest()
    except BadFile:
        return ""


def _place(aside: Path, target: Place) -> None:
    """Give what lies aside its name, in one step; into a bucket file by file, the manifest last."""
    if isinstance(target, Path):
        aside.rename(target)
        files.sync_folder(target.parent)
        return
    for path in sorted(aside.iterdir(), key=lambda path: (path.name == paths.MANIFEST, path.name)):
        files.write(target / path.name, path.read_bytes())
    shutil.rmtree(aside)
