"""Which management review counts, what the last one had not seen, and which decisions are open (clause 9.3)."""

from datetime import date, timedelta

from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.reviewing import review_faults
from workbook.scale import NONCONFORMITIES
from workbook.words import day

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
        return ("it was not held yet",)
    later = [f.key for f in unseen_findings(record, held)]
    lacking = {
        "no chair from top management is named": says_nothing(review["chair"]),
        "it has no conclusion": not review["conclusion"],
        "its minutes are no evidence": not record.proofs(review["paper"] or ()),
        "it looked at no internal audit": not review["audits"],
        f"the next one was planned for {day(until)}": until is not None and until < record.on,
        f"it was held on {day(held)}, more than a year ago": until is None and record.on - held > YEAR,
        f"{', '.join(later)} came after it": bool(later),
    }
    dated = review_faults(review.values, {r.key: r.values for r in record.rows.get("programme", ())}, record.on)
    return (*dated, *(says for says, so in lacking.items() if so))


def counting_review(record: Record) -> Row | None:
    """The newest management review that counts today; None for none."""
    return next((r for r in held_reviews(record) if not faults_of_review(record, r)), None)


def management_review_faults(record: Record) -> tuple[str, ...]:
    """Why no management review counts today, of the newest one; nothing if one does (clause 9.3)."""
    found = held_reviews(record)
    if not found:
        return ("no management review is recorded as held",)
    if counting_review(record):
        return ()
    newest = found[0]
    return tuple(f"{newest.key}: {says}" for says in faults_of_review(record, newest))


def open_decisions(record: Record) -> tuple[Row, ...]:
    """The decisions that are not done yet, by their dates."""
    left = [d for d in record.register("decisions") if d["status"] == "open"]
    return tuple(sorted(left, key=lambda d: (d["due"] or date.max, d.key)))


def late_decisions(record: Record) -> tuple[Row, ...]:
    """The decisions whose day has passed and that are not done."""
    return tuple(d for d in open_decisions(record) if d["due"] and d["due"] < record.on)
