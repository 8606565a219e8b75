"""Which version of what the management system rests on was approved, and whether what stands now is still that."""

from dataclasses import dataclass
from functools import partial

from workbook.approving import rows_of, state_of
from workbook.language import say, term
from workbook.people import same_person
from workbook.record import Record, Row
from workbook.words import capitalized, day


@dataclass(frozen=True, slots=True)
class Approved:
    """How a subject stands: the version approved last, and whether what stands now is what was approved.

    `approval` is None while none holds; `reason` says in a sentence why it is current or not.
    """

    subject: str
    version: str
    approval: Row | None
    current: bool
    reason: str


def approvals_of(record: Record, subject: str) -> tuple[Row, ...]:
    """The approvals of a subject that hold on the day of the record, the newest first."""
    found = [r for r in record.rows.get("approvals", ()) if r["subject"] == subject and _is_given(record, r)]
    return tuple(sorted(found, key=lambda r: (r["approved_on"], r["at_revision"] or 0, r.number), reverse=True))


def standing(record: Record, subject: str) -> Approved:
    """Which version of `subject` stands, and whether it is current (clauses 5.3 and 7.5.2)."""
    found, state = approvals_of(record, subject), state_now(record, subject)
    named = capitalized(term(subject))
    if not found:
        blank = say("{subject} is not held in the record yet.", subject=named)
        reason = say("{subject} is not approved.", subject=named) if state else blank
        return Approved(subject, "", None, False, reason)
    newest = found[0]
    version, current = str(newest["version"]), newest["state"] == state
    facts = {"subject": named, "version": version, "name": newest["approved_by"], "day": day(newest["approved_on"])}
    if current:
        reason = say("{subject}: version {version}, approved by {name} on {day}, is what stands.", **facts)
    else:
        reason = say("{subject}: changed since version {version}, approved by {name} on {day}.", **facts)
    return Approved(subject, version, newest, current, reason)


def was_approved(then: Record, approval: Row) -> bool:
    """Whether `then`, an earlier state of the record, is what an approval speaks of."""
    return bool(approval["state"]) and approval["state"] == state_now(then, str(approval["subject"]))


def state_now(record: Record, subject: str) -> str:
    """The fingerprint of a subject as the record holds it; empty for what it does not hold."""
    return state_of(subject, partial(rows_of, record.engagement, record.rows))


def _is_given(record: Record, row: Row) -> bool:
    """Whether an approval was given by the person, or rests on a signed paper that is there."""
    given = row["approved_on"] is not None and row["approved_on"] <= record.on
    return given and (same_person(row["recorded_by"], row["approved_by"]) or bool(record.proofs(row["paper"] or ())))
