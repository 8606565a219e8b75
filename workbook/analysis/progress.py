"""How far each page and section is: asked, answered, implemented, proven, and which question comes next."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.model import Result
from workbook.record import Asked, Record


@dataclass(frozen=True, slots=True)
class Progress:
    """The numbers of a page or section. Folded questions count nowhere; not applicable ones count as answered."""

    page: str
    name: str
    asked: int
    answered: int
    implemented: int
    proven: int
    stale: int
    folded: int
    next_open: Asked | None

    @property
    def open(self) -> int:
        """How many nobody has answered yet."""
        return self.asked - self.answered


def page_progress(record: Record) -> tuple[Progress, ...]:
    """Every page that asks something, in order; `name` is the page's title."""
    titles = {t.page: t.title for t in reversed(record.catalog.topics) if t.sections}
    return tuple(_count(page, titles[page], record.of_page(page)) for page in sorted(titles))


def whole_progress(record: Record) -> Progress:
    """The whole engagement."""
    return _count("", record.engagement.title, record.asked)


def _count(page: str, name: str, questions: Iterable[Asked]) -> Progress:
    every = list(questions)
    asked = [a for a in every if not a.folded]
    unanswered = [a for a in asked if a.result is Result.NOT_ASSESSED]
    return Progress(
        page=page,
        name=name,
        asked=len(asked),
        answered=len(asked) - len(unanswered),
        implemented=sum(a.result is Result.IMPLEMENTED for a in asked),
        proven=sum(a.proven for a in asked),
        stale=sum(a.evidence_state == "stale" for a in asked),
        folded=len(every) - len(asked),
        next_open=unanswered[0] if unanswered else None,
    )
