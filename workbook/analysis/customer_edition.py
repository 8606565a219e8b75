"""What a customer reads: scope, certificate, Statement of Applicability, risks, audit, review and dates, in short.

Each sentence is made of figures, days and choices of public columns, and of nothing that somebody typed but the scope
for customers, names of systems and what else is public. So it is true with the record closed, and the same whether it
is made from the record or from its edition. What speaks against the organisation stands beside what is in place.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from workbook.analysis.certification import HELD
from workbook.analysis.customer_audit import (
    audit_part,
    audit_stand,
    findings_part,
    findings_stand,
    last_held,
    review_part,
    review_stand,
)
from workbook.analysis.customer_risks import claims_stand, risks_part, risks_stand, topics_part
from workbook.analysis.customer_statement import certificate_part, certificate_stand, statement_part, statement_stand
from workbook.analysis.customer_words import Cell, Figures, Part, Said, said, told
from workbook.analysis.management_review import held_reviews
from workbook.analysis.overdue import days_late
from workbook.analysis.programme import programme
from workbook.analysis.timeline import say_starts, starts
from workbook.errors import Unknown
from workbook.record import Record
from workbook.redacting import REDACTIONS, UNCOUNTED, Redactions
from workbook.words import away, capitalized, count, day

OWN_ACCOUNT = (
    "This is the organisation's own account of its audit record. It is no certificate and no auditor's opinion, and "
    "only a certification body decides what is certified."
)

# in short -----------------------------------------------------------------------------------------------------------


def _short(record: Record) -> Part:
    makers = (certificate_stand, statement_stand, claims_stand, risks_stand, audit_stand, findings_stand,
              review_stand)  # fmt: skip
    rows = tuple((stand.subject, _cell(stand.held), _cell(stand.open, against=True)) for stand in
                 (make(record) for make in makers))  # fmt: skip
    caption = f"What is in place and what is open as of {day(record.on)}."
    return Part("In short", (Said(OWN_ACCOUNT), Figures(caption, ("Subject", "In place", "Open"), rows)))


def _cell(words: Iterable[str], *, against: bool = False) -> Cell:
    return tuple(Said(f"{capitalized(one)}.", against) for one in words) or "–"


# scope --------------------------------------------------------------------------------------------------------------


def _scope(record: Record) -> Part:
    about = record.engagement
    period = " to ".join(filter(None, [day(about.period_from), day(about.period_to)]))
    wanted = about.public_scope or ("" if about.scope else "not written down yet")
    facts = {
        "Organisation": about.organisation,
        "Scope": wanted,
        "Standard": about.criteria,
        "Kind of audit": about.audit_kind,
        "Audit starts": say_starts(about, day) or "no date yet",
        "Audit period": period or "not written down yet",
    }
    only = record.label("systems", record.system) if record.system else ""
    return Part(
        "Scope",
        (
            *said(f"Only {only} is shown here where systems are told apart; other systems are not." if only else ""),
            Figures("What this audit is about.", ("", ""), tuple((k, v) for k, v in facts.items() if v)),
            *_systems(record),
        ),
    )


def _systems(record: Record) -> Iterator[Said | Figures]:
    if not record.systems:
        yield Said("No machine learning system is named in the scope yet.", against=True)
        return
    columns = ("kind", "stage", "risk_tier", "decides_about_people", "ai_act_role", "ai_act_class")
    fields = [field for field in map(record.catalog.register("systems").field, columns) if field.public]
    rows = tuple(
        (told(record, row, "name") or row.key, *(told(record, row, f.id) or Said("not recorded", against=True)
         for f in fields))
        for row in record.systems
    )  # fmt: skip
    yield Figures("The machine learning systems in scope.", ("System", *(field.label for field in fields)), rows)


# dates --------------------------------------------------------------------------------------------------------------


def _dates(record: Record) -> Part:
    days = sorted((when, what, late) for when, what, late in _days(record) if when)
    rows = tuple((day(when), what, _when(when, record.on, late)) for when, what, late in days)
    undated = [start.what for start in starts(record.engagement) if start.day is None]
    open_ones = said(f"{undated[0]}: no date is set yet." if undated else "", against=True)
    listed = (Figures(f"Dates, counted from {day(record.on)}.", ("Date", "What", "When"), rows),) if rows else ()
    return Part("Dates", (*open_ones, *listed))


def _when(value: date, on: date, late: bool) -> Said:
    return Said(f"past due, {away(value, on)}" if late else away(value, on), late)


Dated = tuple[date | None, str, bool]  # a day, what is on it, and whether what was to come by then is not there


def _days(record: Record) -> Iterator[Dated]:
    about = record.engagement
    yield about.period_from, "Begin of the audit period", False
    yield about.period_to, "End of the audit period", False
    for start in starts(about):
        kind = f" ({about.audit_kind})" if start.what == "Audit" else ""
        yield start.day, f"Start of {start.what.lower()}{kind}", False
    for row in record.register("certificates"):
        if row["status"] in (*HELD, "in application"):
            yield row["issued_on"], "Issue of a certificate", False
            yield _to_come(record, row["valid_until"], "End of a certificate")
            kind = told(record, row, "next_kind")
            yield _to_come(record, row["next_on"], f"Audit of the certification body{f' ({kind})' if kind else ''}")
    yield from _audit_days(record)
    for row in held_reviews(record)[:1]:
        yield row["held_on"], "Last management review", False
        yield _to_come(record, row["next_on"], "Next management review")


def _to_come(record: Record, when: date | None, what: str) -> Dated:
    return when, what, days_late(when, record.on) > 0


def _audit_days(record: Record) -> Iterator[Dated]:
    yield last_held(record), "Last internal audit", False
    for row in (audit.row for audit in programme(record).audits):
        if row["status"] not in ("done", "cancelled"):
            when = row["planned_to"] or row["planned_from"]
            yield _to_come(record, when, f"Internal audit, {row['status']}")


# all of it ----------------------------------------------------------------------------------------------------------

PARTS: Mapping[str, Callable[[Record], Part]] = {
    "short": _short, "scope": _scope, "certificate": certificate_part, "statement": statement_part, "risks": risks_part,
    "topics": topics_part, "audit": audit_part, "findings": findings_part, "review": review_part, "dates": _dates,
}  # fmt: skip
LEFT_OUT = "left-out"
NAMES = (*PARTS, LEFT_OUT)


def customer_part(redactions: Redactions, name: str) -> Part:
    """The part `name` of what a customer reads of an edition's record; raises Unknown."""
    if name == LEFT_OUT:
        return left_out_part(redactions)
    if name not in PARTS:
        raise Unknown("part of the edition for customers", name, NAMES)
    return PARTS[name](redactions.record)


def left_out_part(redactions: Redactions) -> Part:
    """How much of the record the edition leaves out, by rule."""
    by_rule = Counter(one.rule for one in redactions.items)
    lead = (
        f"Left out of this edition: {count(len(redactions.items), 'value')} of the record at revision "
        f"{redactions.record.head.number:,}. {REDACTIONS} lists each by its place, with a hash by which the "
        "organisation can show later what stood there."
    )
    rows = tuple((says, by_rule[rule]) for rule, says in redactions.rules.items() if by_rule[rule])
    others = " ".join(says for rule, says in redactions.rules.items() if rule in UNCOUNTED)
    counted = (Figures("Values that are left out, by rule.", ("Rule", "Values"), rows),) if rows else ()
    return Part("What this edition leaves out", (Said(lead), *counted, Said(others)))
