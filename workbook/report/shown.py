"""What a page of a report says of itself, in its own file: which state of which record it shows, for whom, and whole.

So pages that were made at different times can lie in one folder, and a folder holds the pages of one edition only.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from html import unescape
from typing import Any

from workbook import __version__
from workbook.audience import edition_named, shows_names
from workbook.branding import Branding
from workbook.language import say, term
from workbook.record import Record
from workbook.report.page import Page
from workbook.report.run import PageRun
from workbook.words import day

_KEY = re.compile(r"[\w.-]+")
_META = re.compile(r'<meta name="ml-audit-workbook" content="([^"]*)">')


@dataclass(frozen=True, slots=True)
class Shown:
    """The state that a page shows: up to revision `number` with the chain's `hash`, ages counted to the day `on`.

    `scope` is empty for all systems, else it says which one; `complete` whether the notebook ran to its end.
    """

    engagement: str
    audience: str
    scope: str
    number: int
    hash: str
    on: date
    complete: bool = True

    @property
    def edition(self) -> tuple[str, str, str]:
        """What the pages of one folder have in common."""
        return self.engagement, self.audience, self.scope

    @property
    def state(self) -> tuple[int, str, date]:
        """What two pages that speak of the same state have in common."""
        return self.number, self.hash, self.on

    def words(self) -> str:
        """revision 388, as of 28 Nov 2026."""
        return say("revision {number}, as of {day}", number=self.number, day=day(self.on))

    def state_json(self) -> dict[str, Any]:
        """The state as plain JSON."""
        return {"revision": self.number, "as_of": self.on.isoformat()}

    def text(self) -> str:
        """All of it as text for a machine."""
        return json.dumps(asdict(self) | {"on": self.on.isoformat()})


@dataclass(frozen=True, slots=True)
class Issue:
    """To whom a report is issued, as it stands on each page; `approved_by` is empty for who may not know names."""

    number: str
    recipient: str
    edition: str
    classification: str
    issued_on: date
    approved_by: str = ""

    def face(self, marked: str = "") -> str:
        """All of it for a reader; `marked` are other words for the classification."""
        to = say("{number}, issued {day} to {recipient}", number=self.number, day=day(self.issued_on),
                 recipient=self.recipient)  # fmt: skip
        by = say("released by {name}", name=self.approved_by) if self.approved_by else ""
        return " · ".join(filter(None, [to, edition_named(self.edition), marked or term(self.classification), by]))

    def as_json(self) -> dict[str, str]:
        """All of it for a machine."""
        return asdict(self) | {"issued_on": self.issued_on.isoformat()}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a page rests on beside the state it shows: what it was made with and for, and the evidence there was.

    `evidence` are the SHA-256 of all files of the record by their keys, of which a page names those that it shows;
    `branding` is the own look it was made with.
    """

    version: str = ""
    checklists: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    issue: Issue | None = None
    branding: Branding | None = None

    def face(self) -> str:
        """What stands on the page for a reader: that it is a working copy, or to whom it was issued."""
        return self.issue.face(self.marked()) if self.issue else say("Working copy, not issued")

    def marked(self) -> str:
        """The classification in the words of the own look; empty for a working copy, or without such words."""
        return self.branding.marked(self.issue.classification) if self.issue and self.branding else ""

    def text(self, html: str) -> str:
        """All of it as text for a machine, for a page that shows `html`; empty where a page rests on no record."""
        if not self.parameters:
            return ""
        words = set(_KEY.findall(html))
        shown = {key: digest for key, digest in self.evidence.items() if key in words}
        issue = self.issue.as_json() if self.issue else None
        made = {"version": self.version, "checklists": self.checklists, "parameters": dict(self.parameters)}
        made |= {"branding": self.branding.digest} if self.branding else {}
        return json.dumps(made | {"evidence": shown, "issue": issue}, sort_keys=True, separators=(",", ":"))


def basis_of(record: Record, parameters: Mapping[str, Any], issue: Issue | None = None) -> Basis:
    """What each page of this record rests on that is made with `parameters`, for an `issue` or as a working copy."""
    files = {key: stated.value.sha256 for key, stated in record.evidence.items() if stated.value.sha256}
    return Basis(__version__, record.catalog.digest, {**parameters, "system": record.system}, files, issue)


def shown_by(record: Record) -> Shown:
    """What a page of this record shows."""
    return Shown(record.name, record.audience, _scope(record), record.head.number, record.head.hash, record.on)


def _scope(record: Record) -> str:
    """The key of the system, where there is one; with its name where keys are made up for those who read it."""
    names = "" if shows_names(record.audience) else ", ".join(system.name for system in record.systems)
    return " ".join(filter(None, [record.system, names])) if record.system else ""


def read(html: str) -> Shown | None:
    """What the page `html` says of itself; None for one that says nothing, or nothing that makes sense."""
    found = _META.search(html)
    try:
        facts: dict[str, Any] = json.loads(unescape(found[1])) if found else {}
        return Shown(**facts | {"on": date.fromisoformat(facts["on"])})
    except (ValueError, TypeError, KeyError):
        return None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the set: its notebook, how it went, and what it shows."""

    page: Page
    run: PageRun
    shown: Shown

    def remark(self, whole: Shown) -> str:
        """What its name needs beside it where all else shows `whole`; empty for nothing."""
        if not self.run.ok:
            return say("incomplete")
        if self.shown.state == whole.state:
            return ""
        if self.shown.number == whole.number:
            return say("as of {day}", day=day(self.shown.on))
        return say("revision {number}", number=self.shown.number)
