"""Which management review counts, what the last one had not seen, and which decisions are open (clause 9.3)."""

from datetime import date, timedelta

from workbook.judging import parts
from workbook.language import say
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.reviewing import review_faults
from workbook.scale import NONCONFORMITIES
from workbook.words import day, natural

YEAR = timedelta(days=366)  # for how long a review counts that says nothing of the next one: a convention


def held_reviews(record: Record) -> tuple[Row, ...]:
    """The management reviews that were held, the newest first."""
    held = [r for r in record.register("management_reviews") if r["held_on"] and r["held_on"] <= record.on]
    return tuple(sorted(held, key=lambda r: (r["held_on"], r.key), reverse=True))


def unseen_findings(record: Record, held: date) -> tuple[Row, ...]:
    """The nonconformities that were raised after a review of this day, so that it cannot have seen them (9.3.2 d)."""
    found = [f for f in record.register("findings") if f["grade"] in NONCONFORMITIES and f["raised_on"]]
    return tuple(f for f in found if f["raised_on"] > held)


def faults_of_review(record: Record, review: Row) -> tuple[str, ...]:
    """Why a management review does not count today, in words; nothing for one that does (clauses 9.3.1 to 9.3.3)."""
    held, until = review["held_on"], review["next_on"]
    if held is None:
        return (say("it was not held yet"),)
    later = [row.key for row in (*_reported_after(record, held), *unseen_findings(record, held))]
    skipped = [row.key for row in _skipped(record, held)]
    lacking = {
        _chair_fault(record, review): True,
        say("it has no conclusion"): not review["conclusion"],
        say("no minutes of its day or later are evidence"): not _minutes(record, review),
        say("it looked at no internal audit"): not review["audits"],
        say("it did not look at {audits}", audits=", ".join(skipped)): bool(skipped),
        say("the next one was planned for {day}", day=day(until)): until is not None and until < record.on,
        say("it was held on {day}, more than a year ago", day=day(held)): until is None and record.on - held > YEAR,
        say("{found} came after it", found=", ".join(later)): bool(later),
    }
    dated = review_faults(review.values, {r.key: r.values for r in record.rows.get("programme", ())}, record.on)
    return (*dated, *(says for says, so in lacking.items() if says and so))


def _chair_fault(record: Record, review: Row) -> str:
    """Why top management did not chair it: nobody is named, or somebody who takes part as something else."""
    if says_nothing(chair := review["chair"]):
        return say("no chair from top management is named")
    found = parts(chair, (person.values for person in record.rows.get("people", ())))
    if not found or "management" in found:
        return ""
    return say("{name} chaired it and does not take part as management", name=chair)


def _minutes(record: Record, review: Row) -> list[str]:
    """The pieces of evidence that may be its minutes: nothing that was collected before it was held."""
    days = {key: record.evidence[key].value.collected_at for key in record.proofs(review["paper"] or ())}
    return [key for key, collected in days.items() if collected is not None and collected >= review["held_on"]]


def _reported(record: Record) -> list[Row]:
    return [a for a in record.register("programme") if a["status"] == "done" and a["reported_on"]]


def _reported_after(record: Record, held: date) -> list[Row]:
    """The internal audits whose results came to management after a review of this day."""
    return [a for a in _reported(record) if held < a["reported_on"] <= record.on]


def _skipped(record: Record, held: date) -> list[Row]:
    """The internal audits of the year before a review that neither it nor an earlier one says it looked at."""
    seen = {key for r in held_reviews(record) if r["held_on"] <= held for key in r["audits"] or ()}
    return [a for a in _reported(record) if held - YEAR < a["reported_on"] <= held and a.key not in seen]


def counting_review(record: Record) -> Row | None:
    """The newest management review that counts today; None for none."""
    return next((r for r in held_reviews(record) if not faults_of_review(record, r)), None)


def management_review_faults(record: Record) -> tuple[str, ...]:
    """Why no management review counts today, of the newest one; nothing if one does (clause 9.3)."""
    found = held_reviews(record)
    if not found:
        return (say("no management review is recorded as held"),)
    if counting_review(record):
        return ()
    newest = found[0]
    return tuple(f"{newest.key}: {says}" for says in faults_of_review(record, newest))


def open_decisions(record: Record) -> tuple[Row, ...]:
    """The decisions that are not done yet, by their dates."""
    left = [d for d in record.register("decisions") if d["status"] == "open"]
    return tuple(sorted(left, key=lambda d: (d["due"] or date.max, natural(d.key))))


def late_decisions(record: Record) -> tuple[Row, ...]:
    """The decisions whose day has passed and that are not done."""
    return tuple(d for d in open_decisions(record) if d["due"] and d["due"] < record.on)
