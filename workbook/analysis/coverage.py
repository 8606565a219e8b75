"""How much is implemented and proven: of any questions, by area, and by system."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbook.entries import Section
from workbook.model import Result
from workbook.record import Asked, Record


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions apply, and how far they are; a question that is folded away or not applicable is left out."""

    applicable: int = 0
    assessed: int = 0
    implemented: int = 0
    proven: int = 0

    @property
    def share(self) -> float:
        """The share of the applicable questions that is implemented with fresh evidence, from 0 to 1."""
        return self.proven / self.applicable if self.applicable else 0.0


def count_asked(asked: Iterable[Asked]) -> Tally:
    """The count of these questions."""
    counted = [a for a in asked if a.applicable]
    return Tally(
        len(counted),
        sum(a.result is not Result.NOT_ASSESSED for a in counted),
        sum(a.result is Result.IMPLEMENTED for a in counted),
        sum(a.proven for a in counted),
    )


def count_results(asked: Iterable[Asked]) -> Counter[Result]:
    """How often each result was given; questions that are folded away are left out."""
    return Counter(a.result for a in asked if not a.folded)


@dataclass(frozen=True, slots=True)
class Area:
    """One section: its count per system (key of the system, empty for the whole ISMS) and altogether."""

    section: Section
    page: str
    cells: Mapping[str, Tally]
    total: Tally


def area_coverage(record: Record, page: str = "") -> tuple[Area, ...]:
    """The sections of a page, or of all pages, in reading order."""
    pages = record.catalog.page_of
    sections = (s for s in record.catalog.sections.values() if page in ("", pages[s.id]))
    return tuple(_cover(record, section) for section in sections)


def _cover(record: Record, section: Section) -> Area:
    asked = record.of_section(section.id)
    scopes = ["", *(s.key for s in record.systems)]
    cells = {scope: count_asked(a for a in asked if a.answer.value.system == scope) for scope in scopes}
    return Area(section, record.catalog.page_of[section.id], cells, count_asked(asked))


def system_coverage(record: Record, page: str = "") -> Mapping[str, Tally]:
    """The count per system (empty key: questions asked once for the whole ISMS) over all areas of a page, or of all."""
    asked = record.of_page(page) if page else record.asked
    scopes = ["", *(s.key for s in record.systems)]
    return {scope: count_asked(a for a in asked if a.answer.value.system == scope) for scope in scopes}
