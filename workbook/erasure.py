"""Erasing for good what has to go: the bytes of a piece of evidence, or a text in every revision of a record.

Who erased what, when and why is itself a revision. Hash and place stay, so that the chain can be followed, and whoever
knows the text or has the file can still tell that it was this one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from workbook import files, paths
from workbook.errors import BadInput, NotAllowed, Unknown
from workbook.language import say
from workbook.model import ERASED, Erasure, Revision
from workbook.origins import successors
from workbook.remote import Place
from workbook.store import Store
from workbook.words import count

# The texts that people write, by kind; in registers, the columns of text.
TEXTS = {
    "engagement": ("title", "organisation", "scope", "public_scope", "criteria", "prepared_by", "lead_auditor"),
    "answer": ("rationale", "owner"),
    "review": ("comment",),
    "task": ("owner", "note"),
    "evidence": ("name", "title", "artefact", "source", "collector", "link"),
    "issued": ("recipient",),
    "population": ("source",),
    "sample": ("reason", "why"),
    "sample_result": ("note",),
}


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be erased: a file of evidence by its `sha256`, or the texts in `fields` of all versions."""

    kind: str
    key: str
    fields: tuple[str, ...]
    sha256: str
    versions: int

    def __str__(self) -> str:
        what = " and ".join(self.fields) if self.fields else "file"
        return f"the {what} of {self.kind} {self.key}"


def find(store: Store, key: str, field: str = "") -> Target:
    """What `key` and `field` name, `key` with its kind before it where several have it, as `risks:X-1`.

    Raises Unknown for a key that was never used, BadInput for what cannot be erased or is no one thing.
    """
    found = _records(store, key)
    kinds = [kind for kind in found if not field or field in _texts(store, kind, found[kind])]
    if not kinds:
        texts = sorted({text for kind in found for text in _texts(store, kind, found[kind])})
        has = ", ".join(texts) or say("none at all")
        says = say("{key} has no text in {field!r} to erase. It has {texts}.", key=key, field=field, texts=has)
        raise BadInput(says)
    if len(kinds) > 1:
        named = reduce(lambda one, other: say("{first} or {last}", first=one, last=other),
                       (f"{kind}:{key}" for kind in sorted(kinds)))  # fmt: skip
        says = say("{key} stands for more than one thing; say which one is meant: {named}.", key=key, named=named)
        raise BadInput(says)
    kind, own = kinds[0], key.removeprefix(f"{kinds[0]}:")
    revisions = found[kind]
    return _field(kind, own, field, revisions) if field else _file(store, kind, own, revisions)


def _records(store: Store, key: str) -> dict[str, list[Revision]]:
    """The revisions under a key, by kind; raises Unknown if it was never used."""
    everything = [r for r in store.history() if r.kind != "erasure"]
    found: dict[str, list[Revision]] = {}
    for revision in everything:
        if key in (revision.key, f"{revision.kind}:{revision.key}"):
            found.setdefault(revision.kind, []).append(revision)
    if not found:
        raise Unknown("record", key, {r.key for r in everything})
    return found


def _texts(store: Store, kind: str, revisions: list[Revision]) -> set[str]:
    """The fields of a kind that hold text in one of `revisions`."""
    register = store.catalog.registers.get(kind)
    others = {f.id for f in register.fields if f.type not in ("text", "long_text")} if register else set()
    held = {name for r in revisions for name, value in (r.body or {}).items() if isinstance(value, str) and value}
    return held - others if register else held & set(TEXTS.get(kind, ()))


def _field(kind: str, key: str, field: str, revisions: list[Revision]) -> Target:
    bodies = [r.body for r in revisions if r.body]
    fields = {field}
    if kind == "evidence" and field in ("link", "name"):  # the name of an address is the address
        fields |= {other for body in bodies for other in ("link", "name") if body.get(other) == body.get(field)}
    return Target(kind, key, tuple(sorted(fields)), "", sum(bool(body.get(field)) for body in bodies))


def _file(store: Store, kind: str, key: str, revisions: list[Revision]) -> Target:
    if kind != "evidence":
        texts = ", ".join(sorted(_texts(store, kind, revisions)))
        raise BadInput(say("Say which text of {key} is to be erased, with --field: {texts}.", key=key, texts=texts))
    body = next(r.body for r in revisions if r.body)
    if not body.get("sha256"):
        raise BadInput(say("There is no file behind {key}; erase where it leads to with --field link.", key=key))
    return Target(kind, key, (), str(body["sha256"]), len(revisions))


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: the revision that records it, and what is still there, a sentence each."""

    revision: Revision
    remains: tuple[str, ...]


def erase(store: Store, target: Target, why: str) -> Erased:
    """Erase `target` and record who did, when and why; repeated, it does what was left undone.

    Raises NotAllowed where nothing can be written, BadInput without a reason or with nothing to erase, NotRecorded.
    """
    if store.why_read_only:
        raise NotAllowed(store.why_read_only)
    wanted = Erasure.parse({"kind": target.kind, "key": target.key, "fields": target.fields, "sha256": target.sha256,
                            "why": why.strip()})  # fmt: skip
    revision = _earlier(store, wanted) or store.ledger.erase(store.name, wanted, store.who)
    remains = [store.ledger.compact()] if target.fields else list(_remove(store, target))
    return Erased(revision, tuple(filter(None, remains)))


def _earlier(store: Store, wanted: Erasure) -> Revision | None:
    """The erasure of the same thing that was recorded before, if nothing of it was recorded since."""
    what = {"kind": wanted.kind, "key": wanted.key, "fields": list(wanted.fields)}
    same = [r for r in store.history("erasure") if {name: (r.body or {}).get(name) for name in what} == what]
    newer = [r for r in store.history(wanted.kind, wanted.key) if same and r.number > same[-1].number]
    again = any((r.body or {}).get(field) not in (None, "", ERASED) for r in newer for field in wanted.fields)
    return same[-1] if same and not again else None


def _remove(store: Store, target: Target) -> Iterator[str]:
    """Remove the file, unless another piece of evidence is the same file; what keeps it, as a sentence."""
    others = [say("{key} of {name}", key=key, name=name) for name, key in store.named_by(target.sha256)]
    if others:
        yield say(
            "The file itself is still in the evidence folder, because {others} is the same one. Erase that as well.",
            others=", ".join(others),
        )
    else:
        store.vault.erase(target.sha256)


def beyond_reach(store: Store, results: Place) -> list[str]:
    """Where a copy may lie that `erase` cannot reach, a sentence each."""
    folders = (results, paths.unfinished() / results.name)  # the second has what a batch that was stopped kept aside
    held = {folder: sum(map(_is_file, files.matching(folder, "**/*"))) for folder in folders}
    lines = [
        say("{folder} holds {files} of reports; make them anew, or remove them.", folder=folder,
            files=count(pages, "file"))
        for folder, pages in held.items() if pages
    ]  # fmt: skip
    if files.matching(paths.portfolio(), "index.html"):
        folder = paths.portfolio()
        lines.append(say("{folder} shows titles, organisations and audits; make it anew, or remove it.", folder=folder))
    lines += [
        say("{other} was carried over from {name} and may hold the same; erase it there as well.", other=other,
            name=store.name)
        for other in successors(store.ledger, store.name)
    ]  # fmt: skip
    issued = ", ".join(map(_recipient, store.history("issued")))
    return [
        *lines,
        *([say("Reports that were issued: {reports}.", reports=issued)] if issued else []),
        say(
            "Backups of the ledger and of the evidence folder, exports, snapshots of the disk, copies that people made."
        ),
        *store.vault.beyond_reach,
        *([say("The server's own log and its standbys, until they are recycled.")] if store.ledger.on_server else []),
    ]


def _recipient(revision: Revision) -> str:
    """An issued report, and who has it."""
    if named := (revision.body or {}).get("recipient"):
        return say("{key} to {recipient}", key=revision.key, recipient=named)
    return say("{key} to nobody named", key=revision.key)


def _is_file(place: Place) -> bool:
    return not isinstance(place, Path) or place.is_file()
