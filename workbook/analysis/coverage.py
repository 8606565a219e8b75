"""How much is claimed and how much of it is shown: of any questions, by area, and by system."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbook.analysis.proof import prove
from workbook.entries import Section
from workbook.model import Result
from workbook.record import Asked, Record


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions count, what they claim, and how many of them are shown how far.

    One that was set aside, folded away or not applicable, is left out once somebody else accepted that.
    """

    applicable: int = 0
    assessed: int = 0
    implemented: int = 0
    evidenced: int = 0
    tested: int = 0
    contradicted: int = 0

    @property
    def share(self) -> float:
        """The share of the questions that is evidenced at least, with nothing against it, from 0 to 1."""
        return self.evidenced / self.applicable if self.applicable else 0.0


def count_asked(record: Record, asked: Iterable[Asked]) -> Tally:
    """The count of these questions."""
    counted = [a for a in asked if a.applicable]
    proofs = [prove(record)[a.key] for a in counted]
    return Tally(
        len(counted),
        sum(a.result is not Result.NOT_ASSESSED for a in counted),
        sum(a.result is Result.IMPLEMENTED for a in counted),
        sum(p.reaches("evidenced") for p in proofs),
        sum(p.reaches("tested") for p in proofs),
        sum(p.contradicted for p in proofs),
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
    cells = {scope: _count_scope(record, asked, scope) for scope in scopes}
    return Area(section, record.catalog.page_of[section.id], cells, count_asked(record, asked))


def system_coverage(record: Record, page: str = "") -> Mapping[str, Tally]:
    """The count per system (empty key: questions asked once for the whole ISMS) over all areas of a page, or of all."""
    asked = record.of_page(page) if page else record.asked
    scopes = ["", *(s.key for s in record.systems)]
    return {scope: _count_scope(record, asked, scope) for scope in scopes}


def _count_scope(record: Record, asked: Iterable[Asked], scope: str) -> Tally:
    return count_asked(record, (a for a in asked if a.slot.system == scope))
