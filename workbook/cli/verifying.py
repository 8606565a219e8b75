"""The command that says whether a record, or a file of a report, is what it was: verify."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from workbook import files, paths, verification
from workbook.cli.output import as_json, at_terminal, put
from workbook.cli.workspace import speaker
from workbook.errors import BadFile, BadInput, LedgerUnreadable, Unknown, WorkbookError
from workbook.ledger import Told, unheard
from workbook.received import Received, receive
from workbook.store import Store
from workbook.witnesses import support, witness_of
from workbook.words import count
from workbook.workspace import has_ledger, open_store

MAX_ROOT = 1024**2  # bytes
UNCHANGED = (
    "Unchanged is not genuine: whoever changes a report can compute its hashes anew. Only a record, a manifest whose "
    "hash came by another way, or a signature whose key is known shows that."
)


@click.command("verify")
@click.argument("names", nargs=-1, required=True, metavar="NAME|FILE ...")
@click.option(
    "--witness",
    metavar="HASH",
    help="A chain head printed in a report; finds a ledger that was cut or rewritten since.",
)
@click.option(
    "--authority",
    type=click.Path(path_type=Path),
    metavar="ROOT.pem",
    help="The root of an authority for trusted time (RFC 3161) that you trust.",
)
@as_json
@click.pass_context
def verify(
    ctx: click.Context, names: tuple[str, ...], witness: str | None, authority: Path | None, as_json: bool
) -> None:
    """Check that nothing of NAME in the ledger was changed and all evidence is there; or that FILE of a report was not.

    \b
    Examples:
      workbook verify demo
      workbook verify demo --witness 9f2c41d70b6ea813
      workbook verify demo ~/mailed/03_control_review.html
      workbook verify outputs/demo/issued/001

    Of an engagement: every revision, all evidence, all samples, the issued reports. Each issued report that lies in
    outputs/NAME/issued, and each FILE, is a witness: the chain must still have the head that it rests on, or the end
    was cut off or the ledger rewritten. It says how far they vouch.

    Of a FILE (a page, a manifest.json or its folder), without network: whether its bytes are as they were made, its
    sisters those of the manifest beside it, and what signature and trusted time there say; and, where the record is at
    hand, whether that knows it as issued and still supports it, and what changed since. Who has no workbook runs
    verify_report.py, which lies in each issued folder.

    Exit code 1 if something is not as it was recorded or issued, or that could not be found out; 2 if a file cannot be
    read or a name is unknown.
    """
    places = [name for name in names if _is_file(name)]
    engagements = [name for name in names if name not in places]
    if witness and len(engagements) != 1:
        raise BadInput("--witness is the head of one engagement: name that one.")
    received, unread = _received(places, files.read_limited(authority, MAX_ROOT) if authority else b"")
    found = [_engagement(name, witness, received) for name in engagements]
    found += [_file(one) for one in received] + unread
    put(found[0] if len(found) == 1 else found, lambda: "\n\n".join(map(_text, found)), as_json)
    bad = [one for one in found if not one["ok"]]
    ctx.exit(0 if not bad else 2 if all(one in unread for one in bad) else 1)


def _is_file(name: str) -> bool:
    """Whether an argument means a file, and no engagement: it is there, or it is written as one."""
    path = Path(name)
    return path.is_file() or "/" in name or "\\" in name or path.suffix.lower() in (".html", ".json")


def _received(places: Sequence[str], roots: bytes) -> tuple[list[Received], list[dict[str, Any]]]:
    """The files that could be read, and what to say of the others."""
    received, unread = [], []
    for place in places:
        try:
            received.append(receive(Path(place), roots))
        except BadFile as error:
            unread.append({"file": place, "ok": False, "problems": [str(error)], "notes": [], "says": ""})
    return received, unread


# one engagement -----------------------------------------------------------------------------------------------------


def _engagement(name: str, witness: str | None, received: Sequence[Received]) -> dict[str, Any]:
    """What was found of one engagement, whose reports among those `received` are witnesses."""
    witnesses = [w for one in received if one.engagement == name and (w := witness_of(one))]
    try:
        store = open_store(name, speaker(None), guarded=False)
        with _bar(store) as told:
            found = verification.verify(store, paths.results(name), witness, told, witnesses)
        _refuse_unknown(store, found)
    except LedgerUnreadable as error:
        return {"engagement": name, "ok": False, "reason": str(error)}
    verdict = found.verdict
    return {"engagement": name, "ok": found.ok, "revisions": verdict.revisions, "head": verdict.head.hash,
            "broken_at": verdict.broken_at, "reason": verdict.reason, "witnessed": verdict.witnessed,
            "witnesses": found.witnessed,
            "evidence_damage": list(found.evidence), "report_damage": list(found.reports),
            "sample_damage": list(found.samples),
            "erasures": list(found.erasures),
            "notes": list(found.notes)}  # fmt: skip


@contextmanager
def _bar(store: Store) -> Iterator[Told]:
    """Hears how many revisions were looked at, and shows it to a person who watches."""
    try:
        length = store.head().number if at_terminal() else 0
    except LedgerUnreadable:  # which one it is, verify finds out
        length = 0
    if not length:
        yield unheard
        return
    with click.progressbar(length=length, label="revisions", file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)


def _refuse_unknown(store: Store, found: verification.Verification) -> None:
    """Raise Unknown for an engagement of which the ledger never held anything."""
    if found.verdict.ok and not found.verdict.revisions:
        names = store.ledger.engagements()
        raise Unknown("engagement", store.name, names, f"`workbook new {store.name}` creates it.")


def _text(summary: dict[str, Any]) -> str:
    if "engagement" not in summary:
        return _file_text(summary)
    return _verdict_text(summary) if "head" in summary else f"{summary['reason']}\nNOT verified"


def _verdict_text(summary: dict[str, Any]) -> str:
    lines = [f"{summary['engagement']}: {summary['revisions']} revisions, head {summary['head'][:16]}"]
    lines += [summary["reason"], *filter(None, [summary["witnesses"]])]
    lines += [f"evidence {d['evidence']}: {d['reason']}" for d in summary["evidence_damage"]]
    lines += [*summary["report_damage"], *summary["sample_damage"], *summary["notes"]]
    if erasures := summary["erasures"]:
        lines += [f"{count(len(erasures), 'erasure')}:", *(f"  {one}" for one in erasures)]
    return "\n".join([*lines, "intact" if summary["ok"] else "NOT intact"])


# one file -----------------------------------------------------------------------------------------------------------


def _file(received: Received) -> dict[str, Any]:
    """What was found of one file, alone and against the record where that is at hand."""
    problems, notes, known_as = [*received.problems], [*received.notes], ""
    try:
        if store := _store_of(received):
            found = support(store, received)
            problems, known_as = [*problems, *found.problems], found.known_as
            notes += [*found.notes, *_since(store, received)]
        else:
            notes.append("There is no record of it here, so only the file itself could be looked at.")
    except WorkbookError as error:
        problems.append(f"It could not be compared with the record: {error}")
    return {"file": str(received.path), "ok": not problems, "problems": problems, "notes": notes,
            "says": received.words(), "sha256": received.digest, "issue": dict(received.issue),
            "known_as": known_as or None,
            "of": received.engagement, "revision": received.head[0] or None,
            "head": received.head[1] or None}  # fmt: skip


def _store_of(received: Received) -> Store | None:
    """The record that a file says it rests on, if it is here."""
    if not received.engagement or not has_ledger():
        return None
    store = open_store("", speaker(None), guarded=False)
    known = received.engagement in store.ledger.engagements()
    return open_store(received.engagement, speaker(None), guarded=False) if known else None


def _since(store: Store, received: Received) -> Iterator[str]:
    """What changed in the record since the state that a file rests on, counted."""
    from workbook.analysis.changes import changes_since

    number, now = received.head[0], store.head()
    if not number:
        return
    if number >= now.number:
        yield "Nothing was recorded since."
        return
    changed = Counter(change.kind for change in changes_since(store.record_at(number, store.on), store.record()))
    kinds = ", ".join(count(found, kind, "pieces of evidence" if kind == "evidence" else "")
                      for kind, found in changed.items())  # fmt: skip
    since = count(now.number - number, "revision")
    yield f"Recorded since then: {since}. Changed for a reader: {kinds or 'nothing'}."


def _file_text(summary: dict[str, Any]) -> str:
    if not summary["says"]:
        return "\n".join([summary["file"], *summary["problems"], "CANNOT be read"])
    lines = [summary["file"], f"It says that it is {summary['says']}.", f"SHA-256 {summary['sha256']}"]
    lines += [*summary["problems"], *summary["notes"]]
    if not summary["ok"]:
        return "\n".join([*lines, "NOT as it was issued"])
    return "\n".join([*lines, "as it was issued"] if summary["known_as"] else [*lines, UNCHANGED, "unchanged"])


COMMANDS = (verify,)
