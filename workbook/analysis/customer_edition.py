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
from workbook.language import say, say_many, speaking, term, written
from workbook.record import Record
from workbook.redacting import REDACTIONS, UNCOUNTED, Redactions
from workbook.words import away, capitalized, day

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
    caption = say("What is in place and what is open as of {day}.", day=day(record.on))
    headers = (say("Subject"), say("In place"), say("Open"))
    return Part(say("In short"), (Said(term(OWN_ACCOUNT)), Figures(caption, headers, rows)))


def _cell(words: Iterable[str], *, against: bool = False) -> Cell:
    return tuple(Said(f"{capitalized(one)}.", against) for one in words) or "–"


# scope --------------------------------------------------------------------------------------------------------------


def _scope(record: Record) -> Part:
    about = record.engagement
    first, last, blank = day(about.period_from), day(about.period_to), say("not written down yet")
    facts = {
        say("Organisation"): about.organisation,
        say("Scope"): about.public_scope or ("" if about.scope else blank),
        say("Standard"): about.criteria,
        say("Kind of audit"): term(about.audit_kind),
        say("Audit starts"): say_starts(about, day) or say("no date yet"),
        say("Audit period"): say("{day} to {last}", day=first, last=last) if first and last else first or last or blank,
    }
    only = record.label("systems", record.system) if record.system else ""
    alone = say("Only {system} is shown here where systems are told apart; other systems are not.", system=only)
    return Part(
        say("Scope"),
        (
            *said(alone if only else ""),
            Figures(say("What this audit is about."), ("", ""), tuple((k, v) for k, v in facts.items() if v)),
            *_systems(record),
        ),
    )


def _systems(record: Record) -> Iterator[Said | Figures]:
    if not record.systems:
        yield Said(say("No machine learning system is named in the scope yet."), against=True)
        return
    columns = ("kind", "stage", "risk_tier", "decides_about_people", "ai_act_role", "ai_act_class")
    fields = [field for field in map(record.catalog.register("systems").field, columns) if field.public]
    rows = tuple(
        (told(record, row, "name") or row.key, *(told(record, row, f.id) or Said(say("not recorded"), against=True)
         for f in fields))
        for row in record.systems
    )  # fmt: skip
    headers = (say("System"), *(term(field.label) for field in fields))
    yield Figures(say("The machine learning systems in scope."), headers, rows)


# dates --------------------------------------------------------------------------------------------------------------


def _dates(record: Record) -> Part:
    days = sorted((when, what, late) for when, what, late in _days(record) if when)
    rows = tuple((day(when), what, _when(when, record.on, late)) for when, what, late in days)
    undated = [start.what for start in starts(record.engagement) if start.day is None]
    open_ones = said(say("{start}: no date is set yet.", start=term(undated[0])) if undated else "", against=True)
    caption = say("Dates, counted from {day}.", day=day(record.on))
    listed = (Figures(caption, (say("Date"), say("What"), say("When")), rows),) if rows else ()
    return Part(say("Dates"), (*open_ones, *listed))


def _when(value: date, on: date, late: bool) -> Said:
    return Said(say("past due, {away}", away=away(value, on)) if late else away(value, on), late)


Dated = tuple[date | None, str, bool]  # a day, what is on it, and whether what was to come by then is not there


def _days(record: Record) -> Iterator[Dated]:
    about = record.engagement
    yield about.period_from, say("Begin of the audit period"), False
    yield about.period_to, say("End of the audit period"), False
    certified = [row for row in record.register("certificates") if row["status"] in (*HELD, "in application")]
    for start in starts(about):
        if start.day in {row["next_on"] for row in certified}:
            continue  # the certification body comes on that day, as is said below
        kind = f" ({term(about.audit_kind)})" if start.what == "Audit" else ""
        yield start.day, say("Start of {start}", start=term(start.what.lower())) + kind, False
    for row in certified:
        yield row["issued_on"], say("Issue of a certificate"), False
        yield _to_come(record, row["valid_until"], say("End of a certificate"))
        kind = f" ({told(record, row, 'next_kind')})" if told(record, row, "next_kind") else ""
        yield _to_come(record, row["next_on"], say("Audit of the certification body") + kind)
    yield from _audit_days(record)
    for row in held_reviews(record)[:1]:
        yield row["held_on"], say("Last management review"), False
        yield _to_come(record, row["next_on"], say("Next management review"))


def _to_come(record: Record, when: date | None, what: str) -> Dated:
    return when, what, days_late(when, record.on) > 0


def _audit_days(record: Record) -> Iterator[Dated]:
    yield last_held(record), say("Last internal audit"), False
    for row in (audit.row for audit in programme(record).audits):
        if row["status"] not in ("done", "cancelled"):
            when = row["planned_to"] or row["planned_from"]
            yield _to_come(record, when, say("Internal audit, {status}", status=term(row["status"])))


# all of it ----------------------------------------------------------------------------------------------------------

PARTS: Mapping[str, Callable[[Record], Part]] = {
    "short": _short, "scope": _scope, "certificate": certificate_part, "statement": statement_part, "risks": risks_part,
    "topics": topics_part, "audit": audit_part, "findings": findings_part, "review": review_part, "dates": _dates,
}  # fmt: skip
LEFT_OUT = "left-out"
NAMES = (*PARTS, LEFT_OUT)


def customer_part(redactions: Redactions, name: str) -> Part:
    """The part `name` of what a customer reads of an edition's record, in their language; raises Unknown."""
    if name not in NAMES:
        raise Unknown("part of the edition for customers", name, NAMES)
    with speaking(redactions.record.engagement.public_language):
        return left_out_part(redactions) if name == LEFT_OUT else PARTS[name](redactions.record)


def left_out_part(redactions: Redactions) -> Part:
    """How much of the record the edition leaves out, by rule."""
    by_rule = Counter(one.rule for one in redactions.items)
    lead = say_many(
        "Left out of this edition: {n} value of the record at revision {revision}. {file} lists each by its place, "
        "with a hash by which the organisation can show later what stood there.",
        "Left out of this edition: {n} values of the record at revision {revision}. {file} lists each by its place, "
        "with a hash by which the organisation can show later what stood there.",
        len(redactions.items), revision=written(redactions.record.head.number), file=REDACTIONS,
    )  # fmt: skip
    rows = tuple((term(says), by_rule[rule]) for rule, says in redactions.rules.items() if by_rule[rule])
    others = " ".join(term(says) for rule, says in redactions.rules.items() if rule in UNCOUNTED)
    headers = (say("Rule"), say("Values"))
    counted = (Figures(say("Values that are left out, by rule."), headers, rows),) if rows else ()
    return Part(say("What this edition leaves out"), (Said(lead), *counted, Said(others)))
