"""How much is implemented and proven: by area, by system, by Annex A control, by document, by piece of evidence."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workbook.entries import Section
from workbook.model import Result
from workbook.record import Asked, Freshness, Record, Row, freshness
from workbook.references import Reference

# The two lists of documents that an auditor asks for; each name is a choice of the column `kind` of the documents.
DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "Technical documentation": (
        "architecture diagram",
        "data flow diagram",
        "development and deployment procedure",
        "control implementation guide",
    ),
    "Governance documentation": (
        "governance policy",
        "risk assessment report",
        "incident response plan",
        "training record",
    ),
}

# From worst to best. What is known to be missing comes before what nobody has looked at; neither ever counts as fine.
WORST_FIRST = (
    Result.NOT_IMPLEMENTED,
    Result.NOT_ASSESSED,
    Result.PLANNED,
    Result.PARTIAL,
    Result.IMPLEMENTED,
    Result.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions apply, and how far they are; a question that is folded away or not applicable is left out."""

    applicable: int = 0
    assessed: int = 0
    implemented: int = 0
    proven: int = 0

    @property
    def share(self) -> float:
        """The part of the applicable questions that is implemented with fresh evidence, from 0 to 1."""
        return self.proven / self.applicable if self.applicable else 0.0


def tally(asked: Iterable[Asked]) -> Tally:
    """The count of these questions."""
    counted = [a for a in asked if a.applicable]
    return Tally(
        len(counted),
        sum(a.result is not Result.NOT_ASSESSED for a in counted),
        sum(a.result is Result.IMPLEMENTED for a in counted),
        sum(a.proven for a in counted),
    )


def results(asked: Iterable[Asked]) -> Counter[Result]:
    """How often each result was given; questions that are folded away are left out."""
    return Counter(a.result for a in asked if not a.folded)


@dataclass(frozen=True, slots=True)
class Area:
    """One section: its count per system (key of the system, empty for the whole ISMS) and altogether."""

    section: Section
    page: str
    cells: Mapping[str, Tally]
    total: Tally


def by_area(record: Record, page: str = "") -> tuple[Area, ...]:
    """The sections of a page, or of all pages, in reading order."""
    pages = record.catalog.page_of
    wanted = (s for s in record.catalog.sections.values() if page in ("", pages[s.id]))
    return tuple(_area(record, section) for section in wanted)


def _area(record: Record, section: Section) -> Area:
    asked = record.of_section(section.id)
    scopes = ["", *(s.key for s in record.systems)]
    cells = {scope: tally(a for a in asked if a.answer.value.system == scope) for scope in scopes}
    return Area(section, record.catalog.page_of[section.id], cells, tally(asked))


def by_system(record: Record, page: str = "") -> Mapping[str, Tally]:
    """The count per system (empty key: questions asked once for the whole ISMS) over all areas of a page, or of all."""
    asked = record.of_page(page) if page else record.asked
    scopes = ["", *(s.key for s in record.systems)]
    return {scope: tally(a for a in asked if a.answer.value.system == scope) for scope in scopes}


@dataclass(frozen=True, slots=True)
class ControlUse:
    """One Annex A control with the questions that bear on it; `worst` is None while no question applies."""

    control: Reference
    before: tuple[Reference, ...]
    asked: tuple[Asked, ...]
    tally: Tally
    worst: Result | None


def annex_a(record: Record) -> tuple[Reference, ...]:
    """The 93 controls of Annex A of the 2022 edition, in its order."""
    return tuple(r for r in record.catalog.facts["iso27001"].values() if r.id.startswith("A."))


def by_control(record: Record) -> tuple[ControlUse, ...]:
    """Every Annex A control with the questions that bear on it, its worst result and how much of it is proven."""
    bearing: dict[str, list[Asked]] = {}
    for asked in record.asked:
        for control in asked.question.refs.get("iso27001", ()):
            bearing.setdefault(control, []).append(asked)
    return tuple(_use(record, control, tuple(bearing.get(control.id, ()))) for control in annex_a(record))


def _use(record: Record, control: Reference, asked: tuple[Asked, ...]) -> ControlUse:
    found = [a.result for a in asked if not a.folded]
    worst = min(found, key=WORST_FIRST.index, default=None)
    return ControlUse(control, record.catalog.predecessors.get(control.id, ()), asked, tally(asked), worst)


@dataclass(frozen=True, slots=True)
class Doubt:
    """An answer whose evidence proves nothing today: `stale`, `undated` or missing (`none`)."""

    asked: Asked
    state: str
    age: int | None
    over: int  # days past the maximum age; 0 when something else made it stale

    @property
    def words(self) -> str:
        """The state as a person says it."""
        if self.state == "none":
            return "no evidence"
        newest = [f for _, _, f in self.asked.evidence if f.state == self.state and f.age_days == self.age]
        return newest[0].text


def doubts(record: Record) -> tuple[Doubt, ...]:
    """Answers that claim something (implemented or partial) without any fresh evidence: stale first and oldest first,
    then undated, then missing.
    """
    claims = [a for a in record.asked if a.applicable and a.result in (Result.IMPLEMENTED, Result.PARTIAL)]
    found = [_doubt(a) for a in claims if a.evidence_state != "fresh"]
    order = ("stale", "undated", "none")
    return tuple(sorted(found, key=lambda d: (order.index(d.state), -(d.age or 0), -d.asked.question.weight)))


def _doubt(asked: Asked) -> Doubt:
    state = asked.evidence_state
    ages = [f for _, _, f in asked.evidence if f.state == state and f.age_days is not None]
    youngest = min(ages, key=lambda f: f.age_days or 0, default=None)
    if youngest is None:
        return Doubt(asked, state, None, 0)
    age = youngest.age_days or 0
    return Doubt(asked, state, age, max(age - youngest.max_age_days, 0) if youngest.max_age_days else 0)


@dataclass(frozen=True, slots=True)
class Use:
    """One piece of evidence: which questions rest on it, and its freshness for the strictest of them."""

    key: str
    questions: tuple[Asked, ...]
    freshness: Freshness
    ruled: bool  # whether a maximum age is known; without one only the age can be told


def uses(record: Record) -> Mapping[str, Use]:
    """Every piece of evidence by key, with what rests on it.

    The maximum age is that of the questions that use it; for evidence that no question uses, that of its artefact.
    """
    resting: dict[str, list[tuple[Asked, Freshness]]] = {}
    for asked in record.asked:
        for key, _, fresh in asked.evidence:
            resting.setdefault(key, []).append((asked, fresh))
    ages = {w.artefact: w.max_age_days for q in record.catalog.questions.values() for w in q.evidence}
    return {key: _standing(record, key, resting.get(key, []), ages) for key in sorted(record.evidence)}


def _standing(record: Record, key: str, resting: list[tuple[Asked, Freshness]], ages: Mapping[str, int | None]) -> Use:
    about = record.evidence[key].value
    if not resting:
        return Use(key, (), freshness(about, ages.get(about.artefact), record.on), about.artefact in ages)
    worst = min((f for _, f in resting), key=lambda f: (f.state == "fresh", f.max_age_days or 10**6))
    return Use(key, tuple(a for a, _ in resting), worst, True)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document that an auditor asks for, and the documents of that kind that the register holds."""

    group: str
    kind: str
    rows: tuple[Row, ...]


def documents(record: Record) -> tuple[DocumentKind, ...]:
    """The two lists of documents, technical and governance, with what is there of each kind."""
    held = record.register("documents")
    return tuple(
        DocumentKind(group, kind, tuple(r for r in held if r["kind"] == kind))
        for group, kinds in DOCUMENTS.items()
        for kind in kinds
    )


def missing_documents(record: Record) -> tuple[str, ...]:
    """The kinds of document of which there is none."""
    return tuple(d.kind for d in documents(record) if not d.rows)


def days_late(due: date | None, on: date) -> int:
    """By how many days a date has gone by; 0 for a date to come or none at all."""
    return max((on - due).days, 0) if due else 0


def label(asked: Asked) -> str:
    """What people call a question as asked: its title, and the system it is asked of."""
    return f"{asked.question.title} · {asked.system.name}" if asked.system else asked.question.title
