"""A file of a report as somebody has it: what it says of itself, and whether it is as it was made.

All of it without a record, and in the same way as `docs/verify_report.py`. What a file says of itself can be made up by
whoever can also make up its seal; only what lies elsewhere binds it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

from workbook import files, paths
from workbook.errors import BadFile, BadInput
from workbook.remote import Place
from workbook.seals import is_intact
from workbook.signing import SIGNATURE, SIGNER, check_signature
from workbook.stamping import STAMP, check_stamp

MAX_BYTES = 500 * 1024**2
_SAYS = re.compile(rb'<meta name="ml-audit-workbook(?:-made)?" content="([^"]*)">')
_CHANGED = "It was changed: its bytes do not have the hash that stands in it."
_ADDED = f"{{}} is not in {paths.MANIFEST}: somebody put it there."
_PAGE = re.compile(r"\.[xs]?html?$", re.IGNORECASE)
_OWN = (paths.MANIFEST, SIGNATURE, SIGNER, STAMP, ".DS_Store", "Thumbs.db", "desktop.ini")  # no manifest lists these
_NO_SEAL = "It carries no seal, or several: it is no page of a report, or its seal was changed."


@dataclass(frozen=True, slots=True)
class Received:
    """A page, or the manifest of a set, at `path`: the SHA-256 of its bytes, what it says of itself, what is wrong.

    `notes` say who signed the manifest, and when an authority saw it.
    """

    path: Place
    digest: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def engagement(self) -> str:
        """The engagement it says it shows; empty for none."""
        return _text(self.facts.get("engagement"))

    @property
    def head(self) -> tuple[int, str]:
        """The number and hash of the chain's head that it says it rests on; (0, "") where it does not say."""
        number, digest = self.facts.get("number"), _text(self.facts.get("hash"))
        known = isinstance(number, int) and 0 < number < 2**53 and re.fullmatch(r"[0-9a-f]{64}", digest)
        return (int(number), digest) if known and number is not None else (0, "")

    @property
    def issue(self) -> Mapping[str, str]:
        """What it says of its issue; empty for a working copy."""
        issue = self.facts.get("issue")
        return {name: _text(said) for name, said in issue.items()} if isinstance(issue, dict) else {}

    @property
    def evidence(self) -> Mapping[str, str]:
        """The SHA-256 of the evidence that it says it shows, by key."""
        held = self.facts.get("evidence")
        named = held.items() if isinstance(held, dict) else ()
        return {plain(key): digest for key, digest in named if isinstance(digest, str)}

    def words(self) -> str:
        """What it says it is, for people."""
        if issue := self.issue:
            number, on, to, edition, marked = (
                issue.get(name, "?") for name in ("number", "issued_on", "recipient", "edition", "classification")
            )
            return f"{number}, issued {on} to {to}, {edition} edition, {marked}"
        if not self.engagement:
            return "a page on no single engagement"
        return f"a working copy of {self.engagement}, which was not issued to anybody"


def _text(value: object) -> str:
    """A text as it can be printed; anything else is none."""
    return plain(value) if isinstance(value, str) else ""


def plain(text: str) -> str:
    """`text` without signs that a terminal would obey, or that show it otherwise than it is."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def receive(path: Path, roots: bytes = b"") -> Received:
    """The page or manifest at `path`, or the manifest in that folder; raises BadFile where it cannot be read.

    `roots` are the certificates, as PEM, of authorities for trusted time that whoever asks trusts.
    """
    path = path / paths.MANIFEST if files.is_folder(path) else path
    content = files.read_limited(path, MAX_BYTES)
    digest = sha256(content).hexdigest()
    proofs = vouched(path.parent, roots)
    if path.name == paths.MANIFEST:
        wrong = (*_set_problems(path.parent, whole=True), *proofs.problems)
        return replace(read_manifest(path), problems=wrong, notes=proofs.notes)
    intact = is_intact(content)
    if (
        intact is None
        and path.suffix != ".html"
        and (listed(path.with_name(paths.MANIFEST)) or {}).get(path.name) == digest
    ):
        problems = _set_problems(path.parent, whole=False)  # it carries no seal, but the manifest lists it
    else:
        problems = _beside(path, digest) if intact else [_CHANGED if intact is False else _NO_SEAL]
    return Received(path, digest, _facts(content), (*problems, *proofs.problems), proofs.notes)


@dataclass(frozen=True, slots=True)
class Proofs:
    """What signature and trusted time beside a manifest say: what is wrong with them, what they vouch for."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signed_by: str = ""


def vouched(folder: Path, roots: bytes = b"") -> Proofs:
    """What lies beside the manifest in `folder` to vouch for it; nothing where nothing does."""
    try:
        manifest = files.read_limited(folder / paths.MANIFEST, MAX_BYTES)
    except BadFile:
        return Proofs()
    return _together(_signature(folder, manifest), _stamp(folder, manifest, roots))


def _together(one: Proofs, other: Proofs) -> Proofs:
    return Proofs((*one.problems, *other.problems), (*one.notes, *other.notes), one.signed_by)


def _signature(folder: Path, manifest: bytes) -> Proofs:
    if not files.mode_of(folder / SIGNATURE):
        return Proofs()
    try:
        key = check_signature(folder, manifest)
    except BadFile as error:
        return Proofs((f"The signature does not hold: {error}",))
    except BadInput as error:
        return Proofs((), (f"It is signed, which was not checked. {error}",))
    return Proofs((), (f"Signed with the key {key}; that counts for whoever knows it by another way.",), key)


def _stamp(folder: Path, manifest: bytes, roots: bytes) -> Proofs:
    if not files.mode_of(folder / STAMP):
        return Proofs(("It has no trusted time, so --authority has nothing to check.",)) if roots else Proofs()
    try:
        found = check_stamp(folder, manifest, roots)
    except BadFile as error:
        return Proofs((f"The trusted time does not hold: {error}",))
    except BadInput as error:
        says = f"It has a trusted time, which was not checked. {error}"
        return Proofs((says,)) if roots else Proofs((), (says,))  # whoever names an authority wants to know
    if found.trusted:
        return Proofs((), (f"An authority under the root that you gave saw the manifest at {found.moment}.",))
    says = f"An authority claims that it saw the manifest at {found.moment}; --authority ROOT.pem checks who says so."
    return Proofs((), (says,))


def read_manifest(place: Place) -> Received:
    """The manifest at `place`, whose files are not looked at; raises BadFile where it cannot be read."""
    content = files.read_limited(place, MAX_BYTES)
    return Received(place, sha256(content).hexdigest(), _manifest_facts(content))


def _facts(content: bytes) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for found in _SAYS.findall(content):
        try:
            said = json.loads(unescape(found.decode()))
        except (ValueError, RecursionError):
            continue
        facts |= said if isinstance(said, dict) else {}
    return facts


def _manifest_facts(content: bytes) -> dict[str, Any]:
    held = _object(content)
    head = held.get("head")
    of_head = {name: head.get(name) for name in ("number", "hash")} if isinstance(head, dict) else {}
    return {name: held.get(name) for name in ("engagement", "issue")} | of_head | {"on": held.get("as_of")}


def _object(content: bytes) -> dict[str, Any]:
    try:
        held = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def listed(manifest: Place) -> dict[str, str] | None:
    """The files that a manifest lists, by their hashes; None where it cannot be read."""
    try:
        held = _object(files.read_limited(manifest, MAX_BYTES)).get("files")
    except BadFile:
        return None
    whole = isinstance(held, dict) and all(isinstance(digest, str) for digest in held.values())
    return held if whole else None


def digest_of(place: Place) -> str:
    """The SHA-256 of a file; empty where it cannot be read."""
    try:
        return sha256(files.read_limited(place, MAX_BYTES)).hexdigest()
    except BadFile:
        return ""


def _beside(path: Path, digest: str) -> list[str]:
    """What the manifest beside a page has against it and its sisters; nothing where none lies there."""
    if not files.mode_of(path.with_name(paths.MANIFEST)):
        return []
    held = listed(path.with_name(paths.MANIFEST)) or {}
    if digest not in ([held[path.name]] if path.name in held else held.values()):
        return [f"It is not the file that {paths.MANIFEST} beside it lists."]
    return _set_problems(path.parent, whole=False)


def _set_problems(folder: Path, *, whole: bool) -> list[str]:
    """The files in `folder` that are not those its manifest lists; `whole`: what is missing or added counts as well."""
    held = listed(folder / paths.MANIFEST)
    if not held:
        return [f"{paths.MANIFEST} lists no files, or cannot be understood."]
    found = [*filter(None, (_problem(folder, name, digest, whole) for name, digest in sorted(held.items())))]
    if not whole:
        return found
    issued = bool(read_manifest(folder / paths.MANIFEST).issue)
    added = unlisted(folder, held) if issued else [name for name in unlisted(folder, held, "*") if _PAGE.search(name)]
    return [*found, *(_ADDED.format(plain(name)) for name in added), *(_other_issues(folder, held) if issued else ())]


def unlisted(folder: Place, held: Mapping[str, Any], pattern: str = "**/*") -> list[str]:
    """The paths below `folder`, in order, of all that a manifest beside does not list, whoever put it there."""
    below = (_below(folder, place) for place in files.matching(folder, pattern) if not _is_plain_folder(place))
    return sorted(name for name in below if name not in held and name not in _OWN)


def _is_plain_folder(place: Place) -> bool:
    """Whether it is a folder and no link to one, which nobody follows; in a bucket lie files alone."""
    return isinstance(place, Path) and files.is_folder(place) and not place.is_symlink()


def _below(folder: Place, place: Place) -> str:
    return str(place)[len(str(folder)) :].strip("/\\").replace("\\", "/")


def _other_issues(folder: Path, held: Mapping[str, str]) -> Iterator[str]:
    """The pages that say of their issue something else than the manifest."""
    issue = read_manifest(folder / paths.MANIFEST).issue
    for name in sorted(held):
        if name.endswith(".html") and _is_inside(name) and files.mode_of(folder / name):
            facts = _facts(files.read_limited(folder / name, MAX_BYTES))
            if Received(folder / name, "", facts).issue != issue:
                yield f"{plain(name)} says of its issue something else than {paths.MANIFEST}."


def _problem(folder: Path, name: str, digest: str, whole: bool) -> str:
    if not _is_inside(name):
        return f"{paths.MANIFEST} names {name!r}, which is no file of this folder."
    if not files.mode_of(folder / name):
        return f"{plain(name)} is missing." if whole else ""
    return "" if digest_of(folder / name) == digest else f"{plain(name)} is not the file that {paths.MANIFEST} lists."


def _is_inside(name: str) -> bool:
    parts = re.split(r"[\\/]", name)
    return not name.startswith(("/", "\\")) and ".." not in parts and "\0" not in name and ":" not in name
