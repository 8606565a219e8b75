"""The state of one engagement at one moment, as values: what analysis reads and views show. Never changes.

Built from the newest revisions of the ledger; knows no database. One `Record` is one answer to "what did we know then".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from pydantic import ValidationError

from workbook import zones
from workbook.catalog import Catalog
from workbook.drawing import OpenSample, Population, Sample, SampleResult, filled
from workbook.entries import Question, Register, RegisterField
from workbook.errors import LedgerUnreadable, Unknown
from workbook.language import later, say, say_many, spoken, term
from workbook.model import (
    TO_REVERIFY,
    Answer,
    Engagement,
    Evidence,
    Head,
    IssuedReport,
    Result,
    Review,
    Revision,
    Role,
    Slot,
    TaskState,
)
from workbook.people import same_person
from workbook.registers import column, read_row
from workbook.scale import EvidenceState, best_evidence
from workbook.words import natural

V = TypeVar("V")
M = TypeVar("M")
_ASKED = {"system": later("{question} is asked once per system."),
          "engagement": later("{question} is asked once per engagement.")}  # fmt: skip
_FRESHNESS = {
    "fresh": later("fresh"), "stale": later("stale"), "undated": later("undated: nobody said when it was collected"),
    "reference": later("a reference, which proves nothing by itself"),
    "erased": later("erased, and proves nothing any more"),
}  # fmt: skip
WITHHELD = later("withheld in this edition")  # what stands in place of a text that an audience may not read


@dataclass(frozen=True, slots=True)
class Stated(Generic[V]):
    """A value with who recorded it, when, as which version, and in which revision of the ledger."""

    value: V
    version: int = 0
    actor: str = ""
    role: str = ""
    at: datetime | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register: its key, what the columns hold (text, number, date, tuple of texts), and who wrote it.

    One that is `to_reverify` was carried over from an earlier engagement, and nobody has confirmed it in this one.
    """

    register: str
    key: str
    values: Mapping[str, Any]
    version: int = 0
    actor: str = ""
    at: datetime | None = None
    number: int = 0
    to_reverify: bool = False

    def __getitem__(self, column: str) -> Any:
        return self.values[column]  # every column of the register is there: a name that is none is a defect

    @property
    def name(self) -> str:
        """What a person calls it."""
        return str(self.values.get("name") or self.key)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Whether evidence is young enough: `fresh`, `stale`, or `undated` when nobody said when it was collected.

    A `reference` only says where something lies, whatever its age; of what was `erased` nobody can see it any more.
    """

    state: Literal["fresh", "stale", "undated", "reference", "erased"]
    age_days: int | None = None
    max_age_days: int | None = None

    @property
    def text(self) -> str:
        """How a person says it, for example `stale, 203 of 90 days`."""
        state = say(_FRESHNESS[self.state])
        if self.age_days is None or self.state in ("reference", "erased"):
            return state
        if not self.max_age_days:
            return say_many("{state}, {n} days", "{state}, {n} days", self.age_days, state=state)
        return say("{state}, {days} of {most} days", state=state, days=self.age_days, most=self.max_age_days)


def freshness(evidence: Evidence, max_age_days: int | None, on: date) -> Freshness:
    """The age of `evidence` on the day `on` against the maximum age of what it is to prove.

    Age counts from the end of the period it covers, else from the day it was collected. Past `valid_until` it is stale
    whatever its age.
    """
    start = evidence.period_to or evidence.collected_at
    age = max((on - start).days, 0) if start else None
    if evidence.form in ("reference", "erased"):
        return Freshness(evidence.form, age, max_age_days)
    if evidence.valid_until and evidence.valid_until < on:
        return Freshness("stale", age, max_age_days)
    if age is None:
        return Freshness("undated")
    too_old = max_age_days is not None and age > max_age_days
    return Freshness("stale" if too_old else "fresh", age, max_age_days)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is asked of one system, or of the whole engagement (`system` None), with its answer."""

    question: Question
    system: Row | None
    answer: Stated[Answer]
    evidence: tuple[tuple[str, Stated[Evidence], Freshness], ...]
    review: Stated[Review] | None
    folded: str = ""  # why another answer makes this question unnecessary
    fold_accepted: bool = False  # whether somebody else accepted that other answer
    authors: frozenset[str] = frozenset()  # everybody who ever gave this answer

    @property
    def slot(self) -> Slot:
        """The question and the system it is asked of."""
        return Slot(self.question.id, self.system.key if self.system else "")

    @property
    def key(self) -> str:
        """The ledger's key of the answer."""
        return self.slot.key

    @property
    def label(self) -> str:
        """What people call it: the question's title, and the system it is asked of."""
        return f"{term(self.question.title)} · {self.system.name}" if self.system else term(self.question.title)

    @property
    def result(self) -> Result:
        """The result, `not assessed` while nobody answered."""
        return self.answer.value.result

    @property
    def evidence_state(self) -> EvidenceState:
        """The best state among its evidence; `none` without any of an artefact that the question asks for."""
        return best_evidence(f.state for _, e, f in self.evidence if self.question.asks_for(e.value.artefact))

    @property
    def set_aside(self) -> bool:
        """Whether it is said not to apply or to be unnecessary; that alone takes it out of no sum."""
        return bool(self.folded) or self.result is Result.NOT_APPLICABLE

    @property
    def applicable(self) -> bool:
        """Whether it counts.

        It leaves every sum only when somebody else accepted that it does not apply, for a reason that says something,
        or accepted the answer that makes it unnecessary.
        """
        if self.folded:
            return not self.fold_accepted
        return self.result is not Result.NOT_APPLICABLE or not (self.accepted and says_why(self.answer.value.rationale))

    @property
    def to_reverify(self) -> bool:
        """Whether it was carried over from an earlier engagement, and nobody has confirmed it in this one."""
        return self.answer.value.to_reverify

    @property
    def accepted(self) -> bool:
        """Whether somebody who may review and never answered it accepted it as it stands (control A.5.3)."""
        review = self.review
        if review is None or self.reviewed != "accepted" or review.role == Role.PREPARER or self.to_reverify:
            return False
        return not any(same_person(review.actor, name) for name in self.authors)

    @property
    def reviewed(self) -> str:
        """`accepted`, `returned`, `changed since` the review, or empty when nobody reviewed it.

        A review speaks of one version of the answer and of its evidence as it was recorded then.
        """
        if self.review is None:
            return ""
        same = self.review.value.version == self.answer.version
        later = any(stated.number > self.review.number for _, stated, _ in self.evidence)
        return self.review.value.verdict if same and not later else "changed since"


@dataclass(frozen=True)
class Record:
    """Everything known about an engagement at one moment, as seen by one audience, for all systems or one."""

    catalog: Catalog
    name: str
    engagement: Engagement
    on: date
    head: Head
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    answers: Mapping[str, Stated[Answer]] = field(default_factory=dict)
    evidence: Mapping[str, Stated[Evidence]] = field(default_factory=dict)
    tasks: Mapping[str, Stated[TaskState]] = field(default_factory=dict)
    reviews: Mapping[str, Stated[Review]] = field(default_factory=dict)
    issued: tuple[Stated[IssuedReport], ...] = ()
    populations: Mapping[str, Stated[Population]] = field(default_factory=dict)
    samples: Mapping[str, Stated[Sample]] = field(default_factory=dict)
    sample_results: Mapping[str, Stated[SampleResult]] = field(default_factory=dict)
    authors: Mapping[str, frozenset[str]] = field(default_factory=dict)  # who ever answered, by the key of the answer
    begun: Mapping[str, datetime] = field(default_factory=dict)  # when each risk was first recorded, by its key
    system: str = ""
    audience: str = "internal"
    told_open: Mapping[str, OpenSample] | None = None  # the open samples, where an edition leaves the samples out
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[["Record"], M]) -> M:
        """What `make` makes of this record; made once in each language, because a record never changes."""
        if (made := (make, spoken())) not in self._made:
            self._made[made] = make(self)
        return self._made[made]  # type: ignore[no-any-return]

    def for_system(self, key: str) -> "Record":
        """The same for one system, or for all if `key` is empty; raises Unknown for one that is not in scope."""
        keys = [row.key for row in self.rows.get("systems", ())]
        if key and key not in keys:
            raise Unknown("system", key, keys)
        return replace(self, system=key)

    def local(self, moment: datetime | None) -> datetime | None:
        """A moment by the clock of the engagement's time zone, which says to which day it belongs; None for none."""
        return moment.astimezone(zones.zone(self.engagement.time_zone)) if moment else None

    @cached_property
    def systems(self) -> tuple[Row, ...]:
        """The ML systems in scope, or the one chosen."""
        return tuple(r for r in self.rows.get("systems", ()) if self.system in ("", r.key))

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """Every question as it is asked: once per system or once per engagement, in reading order."""
        return tuple(a for q in self.catalog.questions.values() for a in self._ask_everywhere(q))

    def ask(self, question_id: str, system: str = "") -> Asked:
        """One question as asked of one system; raises Unknown."""
        question = self.catalog.question(question_id)
        for asked in self._ask_everywhere(question):
            if asked.slot.system == system:
                return asked
        systems = (s.key for s in self.systems)
        raise Unknown("system", system, systems, say(_ASKED[question.per], question=question_id))

    def of_section(self, section_id: str) -> tuple[Asked, ...]:
        """The questions of one section as asked; raises Unknown."""
        ids = {q.id for q in self.catalog.section(section_id).questions}
        return tuple(a for a in self.asked if a.question.id in ids)

    def of_page(self, page: str) -> tuple[Asked, ...]:
        """The questions that a page asks."""
        return tuple(a for a in self.asked if self.catalog.page_asking[a.question.id] == page)

    def _ask_everywhere(self, question: Question) -> Iterable[Asked]:
        if question.per == "engagement":
            yield self._ask_one(question, None)
        else:
            for system in self.systems:
                yield self._ask_one(question, system)

    def _ask_one(self, question: Question, system: Row | None) -> Asked:
        slot = Slot(question.id, system.key if system else "")
        blank = Stated(Answer(question=slot.question, system=slot.system))
        answer = self.answers.get(slot.key, blank)
        evidence = [(i, self.evidence[i]) for i in answer.value.evidence if i in self.evidence]
        dated = tuple((i, e, freshness(e.value, question.max_age(e.value.artefact), self.on)) for i, e in evidence)
        authors = frozenset(self.authors.get(slot.key, ())) | ({answer.actor} if answer.version else frozenset())
        asked = Asked(question, system, answer, dated, self.reviews.get(slot.key), authors=authors)
        other = self._folding(question, system)
        if question.depends_on is None or other is None:
            return asked
        return replace(asked, folded=question.depends_on.because, fold_accepted=other.accepted)

    def _folding(self, question: Question, system: Row | None) -> Asked | None:
        """The answer that makes a question unnecessary; None where the question stands."""
        rule = question.depends_on
        if rule is None:
            return None
        other = self.catalog.question(rule.question)
        found = self._ask_one(other, system if other.per == "system" else None)
        return None if found.result in (*rule.result, Result.NOT_ASSESSED) else found

    def register(self, register_id: str) -> tuple[Row, ...]:
        """The rows of a register, by key; with a system chosen, those that name it or no system. Raises Unknown."""
        register = self.catalog.register(register_id)
        if register_id == "systems":
            return self.systems
        return tuple(r for r in self.rows.get(register_id, ()) if self._in_scope(register, r))

    def _in_scope(self, register: Register, row: Row) -> bool:
        if not self.system:
            return True
        systems: list[str] = []
        for one in register.fields:
            if one.register_ == "systems" and row[one.id]:
                systems += row[one.id] if column(one).plural else [row[one.id]]
        return not systems or self.system in systems

    def keys(self, source: str) -> tuple[str, ...]:
        """The keys that a cell may refer to: of a register, of the `evidence`, of the `questions` or their `lines`."""
        named = {"evidence": self.evidence, "questions": self.catalog.questions, "lines": self.catalog.lines}
        if source in named:
            return tuple(named[source])
        rows = [r.key for r in self.rows.get(source, ())]
        known = self.catalog.known_keys(self.catalog.registers[source]) if source in self.catalog.registers else ()
        return tuple(sorted({*rows, *known}, key=natural)) if known else tuple(rows)

    def label(self, source: str, key: str) -> str:
        """What people call `key` of a register, the `evidence`, `questions` or `lines`; the key itself if unknown."""
        if source == "evidence":
            return self.evidence[key].value.label if key in self.evidence else key
        if source in ("questions", "lines"):
            return term(self.catalog.words(key))
        named = next((r.name for r in self.rows.get(source, ()) if r.key == key), "")
        return named or self._title(source, key) or key

    def _title(self, source: str, key: str) -> str:
        """The title of a reference that has no row yet; empty for what is none."""
        register = self.catalog.registers.get(source)
        known = self.catalog.known_keys(register).get(key) if register else None
        return say("{title} (no row yet)", title=term(known.title)) if known else ""

    def without_row(self, field: RegisterField, value: Any) -> tuple[str, ...]:
        """The references in a cell, such as controls, that have no row yet: nobody said anything of them."""
        source = self.catalog.registers.get(field.register_ or "")
        if source is None or not source.keyed_by:
            return ()
        rows = {r.key for r in self.rows.get(source.id, ())}
        return tuple(key for key in ((value,) if isinstance(value, str) else value or ()) if key not in rows)

    def proofs(self, keys: Iterable[str]) -> list[str]:
        """Those of the pieces of evidence that are there, more than a reference to a place, and were not erased."""
        return [k for k in keys if k in self.evidence and self.evidence[k].value.form not in ("reference", "erased")]

    def shown(self, field: RegisterField, value: Any) -> str:
        """The value of a cell as a person reads it; references by their names."""
        return column(field).show(value, self.label)


def says_why(reason: str) -> bool:
    """Whether a reason has any content: three words at least, with fifteen letters or digits."""
    return len(reason.split()) >= 3 and len("".join(filter(str.isalnum, reason))) >= 15


def disclosed(text: str) -> str:
    """`text`, or nothing in its place where this edition withholds it."""
    return "" if text.startswith(WITHHELD) else text


def build(catalog: Catalog, name: str, revisions: Iterable[Revision], head: Head, on: date) -> Record:
    """The record of engagement `name`, for all its systems, from its newest `revisions`."""
    kinds: dict[str, list[Revision]] = {}
    for revision in revisions:
        kinds.setdefault(revision.kind, []).append(revision)
    rows = {r: tuple(_build_row(catalog.registers[r], v) for v in kinds.get(r, ())) for r in catalog.registers}
    engagement = _values(kinds, "engagement", Engagement)
    issued = _values(kinds, "issued", IssuedReport).values()
    about = next(iter(engagement.values())).value if engagement else Engagement(title=name or "no audit yet")
    record = Record(
        catalog, name, about, on, head, rows,
        answers=_values(kinds, "answer", Answer), evidence=_values(kinds, "evidence", Evidence),
        tasks=_values(kinds, "task", TaskState), reviews=_values(kinds, "review", Review),
        issued=tuple(sorted(issued, key=lambda s: s.value.head_number)),
        populations=_values(kinds, "population", Population), samples=_values(kinds, "sample", Sample),
        sample_results=_values(kinds, "sample_result", SampleResult),
    )  # fmt: skip
    return with_samples(record) if record.samples else record


def with_samples(record: Record) -> Record:
    """`record` with what was drawn and found in each test that names a sample."""
    kept = bare(record.populations), bare(record.samples), bare(record.sample_results)
    tests = (replace(r, values=filled(r.values, *kept)) for r in record.rows.get("tests", ()))
    return replace(record, rows={**record.rows, "tests": tuple(tests)})


def bare(stated: Mapping[str, Stated[V]]) -> dict[str, V]:
    """The values alone, by their keys."""
    return {key: one.value for key, one in stated.items()}


def _values(kinds: Mapping[str, list[Revision]], kind: str, shape: type[V]) -> dict[str, Stated[V]]:
    return {r.key: Stated(read(r, shape), r.version, r.actor, r.role, r.at, r.number) for r in kinds.get(kind, ())}


def read(revision: Revision, shape: type[V]) -> V:
    """The value that a revision recorded; raises LedgerUnreadable for one that this workbook does not understand."""
    try:
        return shape(**dict(revision.body or {}))
    except ValidationError as error:
        unknown = [str(e["loc"][0]) for e in error.errors() if e["type"] == "extra_forbidden"]
        fields = ", ".join(unknown or sorted({str(e["loc"][0]) for e in error.errors() if e["loc"]}))
        what = f"a newer version of the workbook: this one has no field {fields}"
        if not unknown:
            what = f"another version of the workbook: this one does not take its {fields}"
        raise LedgerUnreadable(
            f"Revision {revision.number} ({revision.kind} {revision.key}) was recorded by {what}. "
            "Update ml-audit-workbook, then open it again."
        ) from error


def _build_row(register: Register, revision: Revision) -> Row:
    body = revision.body or {}
    origin = (revision.version, revision.actor, revision.at, revision.number)
    return Row(register.id, revision.key, read_row(register, body), *origin, body.get(TO_REVERIFY) is True)
