"""How far each page and section is: asked, answered, claimed, shown, and which question comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbook.analysis.proof import count_proofs, prove
from workbook.language import term
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.words import page_name


@dataclass(frozen=True, slots=True)
class Progress:
    """The numbers of a page or section. Folded questions count nowhere; not applicable ones count as answered.

    `evidenced`, `reviewed` and `tested` are shown at least that far, with nothing against them.
    """

    page: str
    name: str
    asked: int
    answered: int
    implemented: int
    evidenced: int
    reviewed: int
    tested: int
    contradicted: int
    folded: int
    unanswered: tuple[Asked, ...]
    aged: tuple[Asked, ...]  # those whose evidence is stale
    to_reverify: tuple[Asked, ...] = ()  # those carried over from an earlier audit that nobody has confirmed

    @property
    def open(self) -> int:
        """How many nobody has answered yet."""
        return len(self.unanswered)

    @property
    def waiting(self) -> int:
        """How many wait for somebody: to be answered, or to be confirmed because they were carried over."""
        return len({a.key for a in (*self.to_reverify, *self.unanswered)})

    @property
    def next_open(self) -> Asked | None:
        """The first that somebody has to confirm, else the first that nobody has answered yet."""
        return next(iter((*self.to_reverify, *self.unanswered)), None)

    @property
    def stale(self) -> int:
        """How many rest on evidence that is stale."""
        return len(self.aged)


def page_progress(record: Record) -> tuple[Progress, ...]:
    """Every page that asks something, in order; `name` is what people call it."""
    asking = {t.page for t in record.catalog.topics if t.sections}
    return tuple(progress_of(record, page) for page in sorted(asking))


def progress_of(record: Record, page: str) -> Progress:
    """One page, also one that asks nothing."""
    return _count(record, page, page_name(page), record.of_page(page))


def section_progress(record: Record) -> Mapping[str, Progress]:
    """Every section by id, in reading order; `name` is the section's title."""
    pages = record.catalog.page_of
    return {
        s.id: _count(record, pages[s.id], term(s.title), record.of_section(s.id))
        for s in record.catalog.sections.values()
    }


def whole_progress(record: Record) -> Progress:
    """The whole engagement."""
    return _count(record, "", record.engagement.title, record.asked)


def _count(record: Record, page: str, name: str, questions: Iterable[Asked]) -> Progress:
    every = list(questions)
    asked = [a for a in every if not a.folded]
    unanswered = tuple(a for a in asked if a.result is Result.NOT_ASSESSED)
    shown = count_proofs(prove(record)[a.key] for a in asked)
    return Progress(
        page=page,
        name=name,
        asked=len(asked),
        answered=len(asked) - len(unanswered),
        implemented=sum(a.result is Result.IMPLEMENTED for a in asked),
        evidenced=shown.evidenced,
        reviewed=shown.reviewed,
        tested=shown.tested,
        contradicted=shown.contradicted,
        folded=len(every) - len(asked),
        unanswered=unanswered,
        aged=tuple(a for a in asked if a.evidence_state == "stale"),
        to_reverify=tuple(a for a in asked if a.to_reverify),
    )
