"""The values: what people and programs say about an engagement, and how the ledger keeps it.

Values are frozen; a change is a new value in a new revision. Dates are calendar dates, days in the time zone of the
engagement; moments are UTC. Nothing here knows a database, a file or a screen.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self, get_args
from uuid import uuid4

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from workbook import zones
from workbook.days import parse_day, recorded_day
from workbook.errors import BadInput, Unknown, together, unfit
from workbook.language import later, say

TO_REVERIFY = "to_reverify"  # the mark of what came from an earlier audit and nobody confirmed in this one
ERASED = "[erased]"  # what stands in place of a text that was erased
MAX_TEXT = 1_000_000  # characters in one field; more is a file, and belongs in the evidence
SLUG = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
_HALF = re.compile("[\ud800-\udfff]")  # half of a character


_ENTERED = {"entered": True}  # the context of a value that comes in, and not out of the record


def _read_day(value: Any, info: ValidationInfo) -> Any:
    """A day from text: as the grammar takes it where it is entered, and as it stands where it was recorded."""
    if isinstance(value, bool):
        raise ValueError(say("{value!r} is no date; write it as 2026-11-30", value=value))
    if isinstance(value, str) and not info.context:
        return recorded_day(value)
    return parse_day(str(value)) if isinstance(value, str | int | float | date) and info.context else value


Day = Annotated[date, BeforeValidator(_read_day)]


class Result(StrEnum):
    """The team's own judgement of one question. Not assessed never counts as fine."""

    NOT_ASSESSED = "not assessed"
    NOT_IMPLEMENTED = "not implemented"
    PLANNED = "planned"
    PARTIAL = "partial"
    IMPLEMENTED = "implemented"
    NOT_APPLICABLE = "not applicable"


class Role(StrEnum):
    """What a person does in the audit; a reviewer or auditor never judges their own answer (A.5.3, clause 9.2.2)."""

    PREPARER = "preparer"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks: a name or role, and their role in the audit."""

    name: str
    role: Role = Role.PREPARER


@dataclass(frozen=True, slots=True)
class Slot:
    """A question asked of one system, or of the whole engagement (`system` empty): what one answer is about."""

    question: str
    system: str = ""

    @property
    def key(self) -> str:
        """The ledger's key of the answer and of its review, for example `ac-privileged-deploy@SYS-001`."""
        return f"{self.question}@{self.system}" if self.system else self.question

    @classmethod
    def parse(cls, key: str) -> "Slot":
        """The slot that a key stands for."""
        question, _, system = key.partition("@")
        return cls(question, system)


class Value(BaseModel):
    """A frozen value with known fields only; text is kept as typed, NUL and lone surrogates are refused."""

    noun: ClassVar[str]  # what a person calls such a value
    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=MAX_TEXT)

    @field_validator("*", mode="after")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if isinstance(value, str):
            check_text(value)
        return value

    @classmethod
    def parse(cls, facts: Mapping[str, Any]) -> Self:
        """The value that `facts` make; raises BadInput for every field that is wrong."""
        try:
            return cls.model_validate(dict(facts), context=_ENTERED)
        except ValidationError as error:
            raise together(unfit(one, cls.noun) for one in error.errors()) from None

    @classmethod
    def salvage(cls, facts: Mapping[str, Any]) -> tuple[Self | None, list[BadInput]]:
        """What of `facts` makes a value, and what is wrong with the rest; nothing if no value can do without it."""
        try:
            return cls.model_validate(dict(facts), context=_ENTERED), []
        except ValidationError as error:
            wrong = error.errors()
        fields = {str(one["loc"][0]) for one in wrong if one["loc"]}
        try:
            value = cls.model_validate({k: v for k, v in facts.items() if k not in fields}, context=_ENTERED)
        except ValidationError:
            value = None
        return value, [unfit(one, cls.noun) for one in wrong]

    def body(self) -> dict[str, Any]:
        """The value as plain JSON, as the ledger keeps it."""
        return self.model_dump(mode="json")


def check_text(text: str) -> None:
    """Raise ValueError if `text` holds what a database or a file cannot keep alike: NUL or a lone surrogate."""
    if "\x00" in text:
        raise ValueError(say("holds a NUL character; remove it"))
    if _HALF.search(text):
        raise ValueError(say("holds half of a character (a lone surrogate); type it again"))


class Origin(Value):
    """The earlier engagement that a record was carried forward from, and its head then: a witness of its chain.

    `revisions` says how many revisions were carried: the first ones of the new chain, which nobody said in it.
    """

    noun = later("Origin")
    engagement: str
    number: int = Field(ge=1)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    revisions: int = Field(ge=1)


AuditKind = Literal["internal", "stage 1", "stage 2", "surveillance", "recertification"]
AUDIT_KINDS: tuple[AuditKind, ...] = get_args(AuditKind)


class Engagement(Value):
    """One audit of one ISMS scope; `public_scope` is the scope as customers may read it, in `public_language`.

    Forms and the reports for everybody else speak `language`.

    All days of its record are days in `time_zone`; those of a record that names none are days in UTC. An initial
    certification comes in two stages (ISO/IEC 17021-1, 9.3.1): with a `stage_1_date`, `audit_date` is that of stage 2.
    `carried_from` is the earlier engagement that it goes on from, if there is one; nobody can change it afterwards.
    """

    noun = later("Audit")
    title: str = Field(min_length=1)
    organisation: str = ""
    scope: str = ""
    public_scope: str = ""
    public_language: Literal["en", "de"] = "en"
    language: Literal["en", "de"] = "en"
    criteria: str = "ISO/IEC 27001:2022 + Amd 1:2024"
    audit_kind: AuditKind = "internal"
    audit_date: Day | None = None
    stage_1_date: Day | None = None
    period_from: Day | None = None
    period_to: Day | None = None
    time_zone: str = "UTC"
    prepared_by: str = ""
    lead_auditor: str = ""
    carried_from: Origin | None = None

    def body(self) -> dict[str, Any]:
        """The engagement as plain JSON; one that goes on from no other, or speaks English, says nothing of it."""
        body = _without_nothing(super().body(), "carried_from")
        english = {"language": "en", "public_language": "en"}
        return {field: value for field, value in body.items() if english.get(field) != value}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            return zones.zone(name).key
        except Unknown as error:
            raise ValueError(str(error).removesuffix(".")) from None


def _without_nothing(body: dict[str, Any], name: str) -> dict[str, Any]:
    """`body` without the field `name` where that holds nothing, as every version of the workbook reads it."""
    return {field: value for field, value in body.items() if field != name or value}


class Answer(Value):
    """The team's answer to one question, for the whole engagement (`system` empty) or one system.

    One that is `to_reverify` was carried over from an earlier engagement, and nobody has confirmed it in this one.
    """

    noun = later("Answer")
    question: str
    system: str = ""
    result: Result = Result.NOT_ASSESSED
    rationale: str = ""
    owner: str = ""
    due: Day | None = None
    evidence: tuple[str, ...] = ()
    to_reverify: bool = False

    def body(self) -> dict[str, Any]:
        """The answer as plain JSON; a body that does not speak of the mark leaves it as it stands."""
        return _without_nothing(super().body(), TO_REVERIFY)

    @property
    def slot(self) -> Slot:
        """What it answers."""
        return Slot(self.question, self.system)

    @property
    def key(self) -> str:
        """The ledger's key of this answer."""
        return self.slot.key

    def problem(self) -> str:
        """Why this answer cannot be saved as it is; empty if it can."""
        if self.result is Result.NOT_APPLICABLE and not self.rationale.strip():
            return say("Not applicable needs a reason: say why the question does not apply.")
        return ""


def link_form(link: str) -> Literal["link", "reference"]:
    """What an address makes: a link, which anybody may open, or a reference to a place on a file share, which nobody
    but its owners can look at.
    """
    shared = link.startswith("\\\\") or link.casefold().startswith(("file:", "smb:"))
    return "reference" if shared else "link"


_OTHER_FORM = {
    "link": later("is a link; record it as one"),
    "reference": later("is a reference; record it as one"),
}


class Evidence(Value):
    """What is known about one piece of evidence; the bytes lie in the vault under their SHA-256.

    A `reference` says where something lies on a file share and proves nothing by itself; nor does what is `erased`,
    which is recorded apart. `collected_at` and the period covered speak of the evidence itself; when it was added is
    the revision's own time. `version` is that of the model or dataset it speaks of, or its hash; `against` lists the
    questions, or slots such as `ac-rbac@SYS-001`, whose claims it contradicts.
    """

    noun = later("Evidence")
    name: str = Field(min_length=1)
    form: Literal["file", "link", "reference", "erased"] = "file"
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    size: int = Field(default=0, ge=0)
    media_type: str = ""
    link: str = ""
    title: str = ""
    artefact: str = ""
    version: str = ""
    against: tuple[str, ...] = ()
    source: str = ""
    collector: str = ""
    classification: Literal["public", "internal", "confidential", "strictly confidential"] = "internal"
    collected_at: Day | None = None
    period_from: Day | None = None
    period_to: Day | None = None
    valid_until: Day | None = None

    @field_validator("name")
    @classmethod
    def _composed_name(cls, name: str) -> str:
        return unicodedata.normalize("NFC", name)  # macOS takes the letters of file names apart

    @field_validator("link")
    @classmethod
    def _plain_link(cls, link: str, others: ValidationInfo) -> str:
        form = link_form(link)
        if link == ERASED:
            return link
        if link and form == "link" and not link.startswith(("https://", "http://")):
            raise ValueError(say("must begin with https:// or http://, or name a file share such as \\\\server\\share"))
        if link and others.data.get("form", form) != form:
            raise ValueError(say(_OTHER_FORM[form]))
        return link

    @property
    def label(self) -> str:
        """What a person calls it: its title, else its file name or address."""
        return self.title or self.name


class TaskState(Value):
    """How far one task of the preparation timeline is."""

    noun = later("Task")
    task: str
    status: Literal["open", "under way", "done", "not needed"] = "open"
    owner: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()


class Review(Value):
    """A second person's look at one version of an answer."""

    noun = later("Review")
    question: str
    system: str = ""
    version: int = Field(ge=1)
    verdict: Literal["accepted", "returned"]
    comment: str = ""

    @property
    def slot(self) -> Slot:
        """Whose answer it reviews."""
        return Slot(self.question, self.system)

    @property
    def key(self) -> str:
        """The ledger's key of this review."""
        return self.slot.key


class Erasure(Value):
    """What was erased for good, and why: a file of evidence (`sha256`), or texts in all revisions of a key.

    `revisions` holds the SHA-256 of what is left of each revision that was changed, by its number.
    """

    noun = later("Erasure")
    kind: str
    key: str
    fields: tuple[str, ...] = ()
    sha256: str = ""
    why: str = Field(min_length=1)
    revisions: dict[int, str] = Field(default_factory=dict)


class IssuedReport(Value):
    """A report that was issued: to whom, what it rested on, and its files, so that the next one can say what changed.

    `files` are the SHA-256 of its files by their names, `manifest` that of the manifest which lists them, in the folder
    `paths.issued`. `approved_by` released it, on `issued_on`; `signed_by` is the fingerprint of the key, if it was
    signed. Reports of earlier versions have no manifest here.
    """

    noun = later("Issued report")
    recipient: str = ""
    as_of: Day
    audience: str = "internal"
    head_number: int = Field(ge=0)
    head_hash: str = ""
    system: str = ""
    classification: str = ""
    issued_on: Day | None = None
    approved_by: str = ""
    manifest: str = ""
    signed_by: str = ""
    files: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How keys of one kind are numbered: by a prefix, and a number of at least `width` digits."""

    prefix: str
    width: int

    def key(self, number: int) -> str:
        """The key of this number."""
        return f"{self.prefix}-{number:0{self.width}d}"

    def number(self, key: str) -> int | None:
        """The number in a key; None in one that a person made up."""
        found = re.fullmatch(rf"{re.escape(self.prefix)}-([0-9]+)", key)
        return int(found[1]) if found else None

    def following_key(self, keys: Iterable[str]) -> str:
        """The key after the highest among `keys`."""
        return self.key(self.following(keys))

    def following(self, keys: Iterable[str]) -> int:
        """The number after the highest among `keys`."""
        return max((number for key in keys if (number := self.number(key)) is not None), default=0) + 1


@dataclass(frozen=True, slots=True)
class Draft:
    """One change somebody wants to make: a new body, or None to delete.

    `base` is the version the author saw (0: none); the ledger refuses the draft if a newer one stands.
    `id` is made by the author, so that sending the same draft twice records it once.
    An empty `key` with `numbers` stands for their next key, which the ledger gives when it records the draft.
    """

    kind: str
    key: str
    body: Mapping[str, Any] | None
    base: int = 0
    id: str = field(default_factory=lambda: str(uuid4()))
    numbers: Numbering | None = None

    @property
    def unkeyed(self) -> Numbering | None:
        """What its key is still to be numbered by; None if it has one."""
        return None if self.key else self.numbers


@dataclass(frozen=True, slots=True)
class Revision:
    """One thing somebody recorded, as it stands in the ledger for good."""

    engagement: str
    number: int
    kind: str
    key: str
    version: int
    body: Mapping[str, Any] | None
    actor: str
    role: str
    at: datetime
    id: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an engagement's chain at one moment; number 0 and an empty hash stand for an empty ledger."""

    number: int = 0
    hash: str = ""
    at: datetime | None = None
