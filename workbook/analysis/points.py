"""The open points of the whole engagement as one list: what is wrong, how severe it is, who owns it, when it is due."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby

from workbook.analysis.audit_points import audit_points
from workbook.analysis.carried_points import carried_points, is_told
from workbook.analysis.certification import certification_points
from workbook.analysis.documents import document_faults
from workbook.analysis.exclusions import exclusions
from workbook.analysis.gaps import gaps_of_register
from workbook.analysis.management_points import management_points
from workbook.analysis.overdue import days_late
from workbook.analysis.point import Point, register_point, row_point
from workbook.analysis.proof import Proof, prove, says_lack
from workbook.analysis.risk_points import risk_points
from workbook.audience import shows_forecast
from workbook.language import later, say, say_many, term
from workbook.model import Result
from workbook.record import Record, disclosed
from workbook.scale import SEVERITIES, Severity, Step
from workbook.words import Natural, capitalized, count, first_of, natural

MEANING: Mapping[Severity, str] = {
    "critical": later("would stop a certification auditor: a condition of the verdict is not met"),
    "high": later("would become a finding"),
    "medium": later("weakens what is there"),
    "low": later("worth tidying up"),
}
# the same for readers who form a verdict of their own
PLAIN_MEANING: Mapping[Severity, str] = {
    **MEANING,
    "critical": later("a requirement of the management system is not met"),
    "high": later("missing, late or contradicted"),
}
# By the weight of the question: what is missing weighs more than what is only partly there or not proven. No answer is
# critical by itself; that word is kept for conditions of the verdict, so that the two never contradict each other.
_MISSING: Mapping[int, Severity] = {3: "high", 2: "high", 1: "medium"}
_WEAK: Mapping[int, Severity] = {3: "high", 2: "medium", 1: "low"}
_REVIEW_COLUMNS = ("next_review",)  # a review that is late weighs less than an agreement that has run out


def collect_points(record: Record) -> tuple[Point, ...]:
    """Every open point: the most severe first, of these what is not implemented, then overdue ones, then by date."""
    found = [
        *_scope_points(record),
        *_answer_points(record),
        *_unassessed_points(record),
        *carried_points(record),
        *_exclusion_points(record),
        *_unseen_points(record),
        *audit_points(record),
        *risk_points(record),
        *management_points(record),
        *_document_points(record),
        *certification_points(record),
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
        why = say("Questions that are asked per system are not asked, and so not counted, until one is named.")
        yield register_point(record, "systems", ("high", say("No ML system is in scope yet"), why))


def _answer_points(record: Record) -> Iterable[Point]:
    """Answers that are not implemented, planned or partial, claims that are not evidenced, and contradicted ones."""
    for proof in prove(record).values():
        asked = proof.asked
        done = asked.result is Result.IMPLEMENTED and (proof.reaches("evidenced") or is_told(proof))
        if (asked.set_aside and not proof.contradicted) or asked.result is Result.NOT_ASSESSED or done:
            continue
        answer, weight = asked.answer.value, asked.question.weight
        severity = (_MISSING if asked.result is Result.NOT_IMPLEMENTED else _WEAK)[weight]
        yield Point(
            "high" if proof.contradicted else severity,
            asked.label,
            _why(proof),
            answer.owner,
            answer.due,
            days_late(answer.due, record.on),
            tuple(r.label for r in record.catalog.references(asked.question.refs) if r.source == "iso27001"),
            record.catalog.page_asking[asked.question.id],
            asked.key,
            asked.result,
        )


def _why(proof: Proof) -> str:
    """Why an answer is open: what speaks against it, what is missing, what counts for nothing, its own words."""
    asked = proof.asked
    rationale = disclosed(asked.answer.value.rationale.strip())
    against = [f"{capitalized(c.says)}." for c in proof.contradictions]
    if not against and asked.result in (Result.NOT_IMPLEMENTED, Result.PLANNED):
        return rationale or term(asked.question.why)
    missing = [a for a in proof.artefacts if not a.proven]
    named = first_of(map(says_lack, missing), 2)
    lacking = say("{missing} of {all} artefacts are not shown: {named}.", missing=len(missing),
                  all=len(proof.artefacts), named=named)  # fmt: skip
    others = say("{keys} is another artefact and counts for nothing here.", keys=", ".join(proof.others))
    own = rationale if asked.result is Result.PARTIAL else ""
    said = [*against, lacking if missing else "", others if proof.others else "", own]
    return " ".join(filter(None, said)) or term(asked.question.why)


def _exclusion_points(record: Record) -> Iterable[Point]:
    """What is said not to apply and does not stand: nobody else accepted it, or its reason is none, or too many's."""
    for lacks, found in groupby(sorted(exclusions(record), key=lambda e: e.lacks), key=lambda e: e.lacks):
        if lacks:
            every = list(found)
            title = say_many("{n} question is said not to apply, and {lacks}",
                             "{n} questions are said not to apply, and {lacks}", len(every), lacks=lacks)  # fmt: skip
            first = every[0].asked
            counts = (
                say("Each stays in every figure and counts as nothing")
                if first.applicable
                else say("Out of the figures")
            )
            stops = say("{counts}, and the verdict stops at it", counts=counts)
            named = first_of((e.asked.label for e in every), 3)
            says = f"{stops if shows_forecast(record.audience) else counts}: {named}."
            page = record.catalog.page_asking[first.question.id]
            yield Point("high", title, says, page=page, anchor=first.key)


def _unseen_points(record: Record) -> Iterable[Point]:
    """How many claims are evidenced and go no further: nobody else reviewed them, or no test stands for them."""
    claims = [p for p in prove(record).values() if p.reaches("evidenced")]
    steps: tuple[tuple[Step, str], ...] = (
        ("reviewed", say("nobody else has reviewed them")),
        ("tested", say("no independent test stands for them")),
    )
    for step, says in steps:
        if left := [p for p in claims if not p.reaches(step)]:
            title = f"{count(len(left), 'evidenced claim')}: {says}"
            named = first_of((p.asked.label for p in left), 3)
            yield Point("medium", title, f"{named}.", page="05_internal_audit")
            return


def _unassessed_points(record: Record) -> Iterable[Point]:
    """Questions that nobody answered, one point per section: not assessed never counts as fine."""
    for section in record.catalog.sections.values():
        blank = [a for a in record.of_section(section.id) if not a.set_aside and a.result is Result.NOT_ASSESSED]
        if not blank:
            continue
        severity = _WEAK[max(a.question.weight for a in blank)]
        titles = first_of(dict.fromkeys(term(a.question.title) for a in blank), 3)
        yield Point(
            severity,
            say_many("{section}: {n} question is not assessed", "{section}: {n} questions are not assessed", len(blank),
                     section=term(section.title)),
            say("Nobody has looked yet at {titles}.", titles=titles),
            page=record.catalog.page_of[section.id],
            anchor=blank[0].key,
        )  # fmt: skip


def _document_points(record: Record) -> Iterable[Point]:
    """The kinds of document that an auditor asks for and cannot be shown (clause 7.5)."""
    if faults := document_faults(record):
        title = say_many("{n} thing that has to be written down cannot be shown",
                         "{n} things that have to be written down cannot be shown", len(faults))  # fmt: skip
        yield register_point(record, "documents", ("critical", title, f"{capitalized('; '.join(faults))}."))


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
            why = say("{register}: the date of “{column}” has gone by.", register=term(register.title),
                      column=term(column.label))  # fmt: skip
            point = row_point(record, row, (severity, why), row.values[column.id])
            yield replace(point, title=f"{row.name}: {term(column.past)}")


def _gap_points(record: Record) -> Iterable[Point]:
    """What is missing in the registers, one point per register so that it does not drown the rest."""
    for register in record.catalog.registers.values():
        found = [g for g in gaps_of_register(record, register.id) if not g.past]
        if not found:
            continue
        often = Counter(g.says for g in found).most_common()
        kinds = ", ".join(f"{n} × {says}" for says, n in sorted(often, key=lambda s: (-s[1], s[0]))[:4])
        if len(often) > 4:
            kinds = say("{kinds} and {left} other kinds", kinds=kinds, left=len(often) - 4)
        rows = len({g.key for g in found})
        title = say("{register}: {gaps} in {rows}", register=term(register.title), gaps=count(len(found), "gap"),
                    rows=count(rows, "row"))  # fmt: skip
        yield Point("low", title, f"{capitalized(kinds)}.", page=register.page, anchor=register.id)
