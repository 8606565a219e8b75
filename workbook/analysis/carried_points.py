"""The open points about what was carried over from an earlier audit: one for each section and register."""

from collections.abc import Iterable, Mapping

from workbook.analysis.carried import to_reverify
from workbook.analysis.point import Point, register_point
from workbook.analysis.proof import Proof
from workbook.language import say, term
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.scale import Severity
from workbook.words import count, first_of

_BY_WEIGHT: Mapping[int, Severity] = {3: "high", 2: "medium", 1: "low"}


def is_told(proof: Proof) -> bool:
    """Whether the point of a section tells of an answer already: it was carried over, and nothing speaks against it."""
    asked = proof.asked
    return asked.to_reverify and asked.result is Result.IMPLEMENTED and not proof.contradicted


def carried_points(record: Record) -> Iterable[Point]:
    """What nobody has confirmed in this audit: it counts as claimed at most."""
    found = to_reverify(record)
    for section in record.catalog.sections.values():
        mine = [a for a in found.answers if record.catalog.section_of[a.question.id].id == section.id]
        if mine:
            yield _section_point(record, section.title, mine)
    for register, rows in found.rows.items():
        title = _to_reverify(record.catalog.register(register).title, count(len(rows), "row"))
        yield register_point(record, register, ("medium", title, _unconfirmed(r.name for r in rows)))


def _section_point(record: Record, title: str, mine: list[Asked]) -> Point:
    names = dict.fromkeys(term(a.question.title) for a in mine)
    return Point(
        _BY_WEIGHT[max(a.question.weight for a in mine)],
        _to_reverify(title, count(len(mine), "answer")),
        _unconfirmed(names),
        page=record.catalog.page_asking[mine[0].question.id],
        anchor=mine[0].key,
    )


def _to_reverify(title: str, what: str) -> str:
    return say("{title}: {what} to re-verify", title=term(title), what=what)


def _unconfirmed(names: Iterable[str]) -> str:
    named = first_of(names, 3)
    return say("Carried over from an earlier audit; nobody has confirmed {names}.", names=named)
