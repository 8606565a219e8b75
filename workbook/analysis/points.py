"""The open points of the whole engagement as one list: what is wrong, how severe it is, who owns it, when it is due."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from workbook.analysis.documents import missing_documents
from workbook.analysis.findings import action_late
from workbook.analysis.gaps import gaps_of_register
from workbook.analysis.overdue import days_late
from workbook.analysis.proof import prove
from workbook.analysis.risk import rated_risks
from workbook.model import Result
from workbook.record import Asked, Record, Row, disclosed
from workbook.scale import SEVERITIES, Severity
from workbook.words import Natural, capitalized, count, first_of, natural

MEANING: Mapping[Severity, str] = {
    "critical": "would stop a certification auditor: one of the gates of readiness",
    "high": "would become a finding",
    "medium": "weakens what is there",
    "low": "worth tidying up",
}
# By the weight of the question: what is missing weighs more than what is only partly there or not proven. No answer is
# critical by itself; that word is kept for the gates, so that list and verdict never contradict each other.
_MISSING: Mapping[int, Severity] = {3: "high", 2: "high", 1: "medium"}
_WEAK: Mapping[int, Severity] = {3: "high", 2: "medium", 1: "low"}
_GRADES: Mapping[str, Severity] = {
    "major nonconformity": "critical",
    "minor nonconformity": "high",
    "observation": "medium",
    "opportunity for improvement": "low",
}
_REVIEW_COLUMNS = ("next_review",)  # a review that is late weighs less than an agreement that has run out


@dataclass(frozen=True, slots=True)
class Point:
    """One open point. `page` and `anchor` say where in the workbook it is worked on; `owner` may be empty."""

    severity: Severity
    title: str
    why: str
    owner: str = ""
    due: date | None = None
    overdue_days: int = 0
    refs: tuple[str, ...] = ()
    page: str = ""
    anchor: str = ""
    result: Result | None = None


def collect_points(record: Record) -> tuple[Point, ...]:
    """Every open point: the most severe first, of these what is not implemented, then overdue ones, then by date."""
    found = [
        *_scope_points(record),
        *_answer_points(record),
        *_unassessed_points(record),
        *_finding_points(record),
        *_action_points(record),
        *_risk_points(record),
        *_document_points(record),
        *_expiry_points(record),
        *_gap_points(record),
    ]
    return tuple(sorted(found, key=_urgency))


def _urgency(point: Point) -> tuple[int, bool, int, date, Natural, Natural]:
    rank, present = SEVERITIES.index(point.severity), point.result is not Result.NOT_IMPLEMENTED
    return rank, present, -point.overdue_days, point.due or date.max, natural(point.title), natural(point.anchor)


def points_by_owner(points: Iterable[Point]) -> Mapping[str, tuple[Point, ...]]:
    """The points of each owner, in their order; owners by name, points without an owner last under an empty name."""
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point.owner, []).append(point)
    return {owner: tuple(found[owner]) for owner in sorted(found, key=lambda o: (not o, natural(o)))}


def _scope_points(record: Record) -> Iterable[Point]:
    if not record.systems:
        why = "Questions that are asked per system are not asked, and so not counted, until one is named."
        yield Point(
            "high", "No ML system is in scope yet", why, page=record.catalog.page_of["systems"], anchor="systems"
        )


def _answer_points(record: Record) -> Iterable[Point]:
    """Answers that are not implemented, planned or partial, and claims without fresh evidence."""
    for asked in record.asked:
        if not asked.applicable or asked.result is Result.NOT_ASSESSED or prove(record)[asked.key].reaches("evidenced"):
            continue
        answer, weight = asked.answer.value, asked.question.weight
        severity = (_MISSING if asked.result is Result.NOT_IMPLEMENTED else _WEAK)[weight]
        yield Point(
            severity,
            asked.label,
            _why(asked),
            answer.owner,
            answer.due,
            days_late(answer.due, record.on),
            tuple(r.label for r in record.catalog.references(asked.question.refs) if r.source == "iso27001"),
            record.catalog.page_of[record.catalog.section_of[asked.question.id].id],
            asked.key,
            asked.result,
        )


def _why(asked: Asked) -> str:
    rationale = disclosed(asked.answer.value.rationale.strip())
    if asked.result is Result.NOT_IMPLEMENTED or asked.result is Result.PLANNED:
        return rationale or asked.question.why
    proof = {
        "none": "There is no evidence for it.",
        "undated": "Nobody said when its evidence was collected.",
        "stale": "Its evidence is too old to count.",
        "erased": "Its evidence was erased.",
        "reference": "It is only said where its evidence lies; attach the file itself.",
        "fresh": "",
    }[asked.evidence_state]
    return " ".join(filter(None, [proof, rationale if asked.result is Result.PARTIAL else ""])) or asked.question.why


def _unassessed_points(record: Record) -> Iterable[Point]:
    """Questions that nobody answered, one point per section: not assessed never counts as fine."""
    for section in record.catalog.sections.values():
        blank = [a for a in record.of_section(section.id) if a.applicable and a.result is Result.NOT_ASSESSED]
        if not blank:
            continue
        severity = _WEAK[max(a.question.weight for a in blank)]
        how_many = count(len(blank), "question is", "questions are")
        titles = list(dict.fromkeys(a.question.title for a in blank))
        yield Point(
            severity,
            f"{section.title}: {how_many} not assessed",
            f"Nobody has looked yet at {first_of(titles, 3)}.",
            page=record.catalog.page_of[section.id],
            anchor=blank[0].key,
        )


def _finding_points(record: Record) -> Iterable[Point]:
    for row in record.register("findings"):
        if row["status"] == "closed":
            continue
        statement = disclosed(str(row["statement"] or ""))
        why = f"{str(row['grade']).capitalize()} of the internal audit, {row['status']}. {statement}".strip()
        refs = (row["requirement"],) if row["requirement"] else ()
        yield _row_point(record, row, (_GRADES.get(str(row["grade"]), "medium"), why), row["due"], refs)


def _action_points(record: Record) -> Iterable[Point]:
    """Corrective actions that are overdue, or that did not work."""
    for row in record.register("actions"):
        finding = record.label("findings", row["finding"]) if row["finding"] else "no finding named"
        if action_late(record, row):
            yield _row_point(record, row, ("high", f"Corrective action is overdue. Finding: {finding}."), row["due"])
        elif row["effective"] == "no":
            yield _row_point(record, row, ("high", f"Corrective action did not work. Finding: {finding}."), None)


def _risk_points(record: Record) -> Iterable[Point]:
    """Risks that nobody accepts today, and acceptances that contradict themselves."""
    for rated in rated_risks(record):
        left = rated.remaining
        if left is not None and not rated.accepted and left.band != "low":
            severity: Severity = "critical" if rated.unaccepted else "medium"
            late = days_late(rated.row["acceptance_ends"], record.on)
            what = f"the acceptance ended {count(late, 'day')} ago" if late else "its owner has not accepted it"
            says = f"What remains is {left.text}; {what}."
            yield _row_point(record, rated.row, (severity, says), rated.row["due"])
        elif contradictions := [t for t in rated.weaknesses if t.kind == "contradiction"]:
            yield _row_point(record, rated.row, ("medium", f"{capitalized(contradictions[0].says)}."), None)


def _document_points(record: Record) -> Iterable[Point]:
    missing = missing_documents(record)
    if missing:
        title = f"{len(missing)} kinds of document that an auditor asks for are missing"
        one = "A kind of document that an auditor asks for is missing"
        page = record.catalog.page_of["documents"]
        says = f"Missing: {'; '.join(missing)}."
        yield Point("critical", one if len(missing) == 1 else title, says, page=page, anchor="documents")


def _expiry_points(record: Record) -> Iterable[Point]:
    """Agreements, certificates, exceptions, retention dates and reviews whose date has gone by, row by row."""
    for register in record.catalog.registers.values():
        rows = {r.key: r for r in record.register(register.id)}
        for gap in gaps_of_register(record, register.id):
            column, row = register.field(gap.column), rows[gap.key]
            # the acceptance of a risk is part of the point about the risk
            if not gap.past or (register.id, column.id) == ("risks", "acceptance_ends"):
                continue
            severity: Severity = "medium" if column.id in _REVIEW_COLUMNS else "high"
            why = f"{register.title}: the date of “{column.label}” has gone by."
            point = _row_point(record, row, (severity, why), row.values[column.id])
            yield replace(point, title=f"{row.name}: {column.past}")


def _row_point(
    record: Record, row: Row, what: tuple[Severity, str], due: date | None, refs: tuple[str, ...] = ()
) -> Point:
    """The point that a row of a register gives; `what` is its severity and why."""
    late = days_late(due, record.on)
    page = record.catalog.page_of[row.register]
    owner = str(row.values.get("owner") or "")
    return Point(what[0], row.name, what[1], owner, due, late, refs, page, f"{row.register}-{row.key}")


def _gap_points(record: Record) -> Iterable[Point]:
    """What is missing in the registers, one point per register so that it does not drown the rest."""
    for register in record.catalog.registers.values():
        found = [g for g in gaps_of_register(record, register.id) if not g.past]
        if not found:
            continue
        often = Counter(g.says for g in found).most_common()
        kinds = ", ".join(f"{n} × {says}" for says, n in sorted(often, key=lambda s: (-s[1], s[0]))[:4])
        rest = f" and {len(often) - 4} other kinds" if len(often) > 4 else ""
        rows = len({g.key for g in found})
        title = f"{register.title}: {count(len(found), 'gap')} in {count(rows, 'row')}"
        yield Point("low", title, f"{capitalized(kinds)}{rest}.", page=register.page, anchor=register.id)
