"""What a customer reads of the internal audit, its findings and the management review."""

from datetime import date

from workbook.analysis.approvals import standing
from workbook.analysis.audit_tests import failed
from workbook.analysis.customer_words import Figures, Part, Said, Stand, alarming, by_grade, said, stated, told
from workbook.analysis.findings import Finding, action_late, ranked_findings
from workbook.analysis.management_review import (
    counting_review,
    faults_of_review,
    held_reviews,
    open_decisions,
    unseen_findings,
)
from workbook.analysis.overdue import days_late
from workbook.analysis.programme import APPROVED, programme
from workbook.judging import SETTLED
from workbook.record import Record, Row
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.words import capitalized, count, day

# internal audit -----------------------------------------------------------------------------------------------------


def _held(record: Record) -> list[Row]:
    rows = [a.row for a in programme(record).audits if a.row["status"] == "done"]
    return [row for row in rows if not row["planned_from"] or row["planned_from"] <= record.on]


def last_held(record: Record) -> date | None:
    """The last day of the newest internal audit that was held; None for none, or where no day is recorded."""
    days = [row["planned_to"] or row["planned_from"] for row in _held(record)]
    return max(filter(None, days), default=None)


def _missed(record: Record) -> int:
    waiting = [a.row for a in programme(record).audits if a.row["status"] not in ("done", "cancelled")]
    return sum(bool(days_late(row["planned_to"] or row["planned_from"], record.on)) for row in waiting)


def _tests(record: Record) -> tuple[int, int, int]:
    """How many audit tests found design and operation effective, not effective, or are not concluded."""
    every = record.register("tests")
    bad = sum(map(failed, every))
    good = sum((t["design"], t["operation"]) == ("effective", "effective") for t in every)
    return good, bad, len(every) - good - bad


def audit_stand(record: Record) -> Stand:
    """Which internal audits were held, and what their tests concluded."""
    held, missed, (good, bad, rest) = _held(record), _missed(record), _tests(record)
    last = last_held(record)
    return Stand(
        "Internal audit",
        stated({
            f"the last one held on {day(last)}": last,
            f"{count(good, 'test')} found design and operation effective": good,
        }),
        stated({
            "none is recorded as held": not held,
            f"{count(bad, 'test')} found design or operation not effective": bad,
            f"{count(rest, 'test')} not concluded": rest,
            f"{count(missed, 'planned audit')} not held by the day planned": missed,
        }),
    )  # fmt: skip


def audit_part(record: Record) -> Part:
    """The audit programme, the audits that were held, and what their tests concluded."""
    found, held, missed, (good, bad, rest) = programme(record), _held(record), _missed(record), _tests(record)
    if not found.audits:
        programmed = Said("No programme of internal audits is recorded.", against=True)
    else:
        coming = len([a for a in found.audits if a.row["status"] not in ("done", "cancelled")]) - missed
        words = stated({f"{len(held) or 'none'} held": True, f"{coming} to come": coming, f"{missed} missed": missed})
        programmed = Said(f"Internal audits in the programme: {', '.join(words)}.", against=not held or missed > 0)
    never = len(found.in_state("never")) if found.audits else 0
    turns = count(never, "applicable control or clause has", "applicable controls and clauses have")
    unapproved = bool(found.audits) and not standing(record, APPROVED).current
    concluded = Figures(
        "What the tests of the internal audit concluded.",
        ("Conclusion", "Tests"),
        (("Design and operation effective", good), (Said("Design or operation not effective", bad > 0), alarming(bad)),
         ("Not concluded", alarming(rest))),
    )  # fmt: skip
    return Part(
        "Internal audit",
        (
            programmed,
            *said("The programme is not approved as it stands." if unapproved else "", against=True),
            *said(f"{capitalized(turns)} no turn in its three years." if never else "", against=True),
            *((concluded,) if good + bad + rest else said("No audit test is recorded.", against=True)),
        ),
    )


# findings -----------------------------------------------------------------------------------------------------------


def findings_stand(record: Record) -> Stand:
    """How many findings of the internal audit are closed, open and overdue."""
    found = ranked_findings(record)
    waiting = [one for one in found if one.open]
    late, closed = sum(one.late > 0 for one in waiting), len(found) - len(waiting)
    return Stand(
        "Findings of the internal audit",
        stated({f"{closed} of {count(len(found), 'finding')} closed": closed}),
        stated({
            f"{len(waiting)} open: {by_grade(one.row for one in waiting)}": waiting,
            f"{late} of these overdue": late,
            "no finding is recorded": not found,
        }),
    )  # fmt: skip


def findings_part(record: Record) -> Part:
    """The findings by grade, and what is done about them."""
    found = ranked_findings(record)
    if not found:
        return Part("Findings of the internal audit", (Said("No finding of an internal audit is recorded."),))
    rows = tuple(_graded(grade, [one for one in found if one.row["grade"] == grade]) for grade in GRADES)
    headers = ("Grade", "Raised", "Open", "Overdue", "Closed")
    actions = record.register("actions")
    done = sum(a["status"] in SETTLED for a in actions)
    shown = sum(a["status"] in SETTLED and a["effective"] == "yes" for a in actions)
    late = sum(action_late(record, a) > 0 for a in actions)
    none = sum(one.open and not one.actions and one.row["grade"] in NONCONFORMITIES for one in found)
    words = stated({
        f"{len(actions) or 'none'} recorded": True,
        f"{done} of them done": done,
        f"{shown} found effective": shown,
        f"{late} overdue": late,
    })  # fmt: skip
    lacking = count(none, "open nonconformity has", "open nonconformities have")
    return Part(
        "Findings of the internal audit",
        (
            Figures(
                "Findings by grade. A nonconformity is closed when all that closure needs is recorded.", headers, rows
            ),
            Said(f"Corrective actions: {', '.join(words)}.", against=late > 0),
            *said(f"{capitalized(lacking)} no corrective action yet." if none else "", against=True),
        ),
    )


def _graded(grade: str, found: list[Finding]) -> tuple[str | int | Said, ...]:
    waiting = [one for one in found if one.open]
    serious = grade in NONCONFORMITIES and bool(waiting)
    left = Said(str(len(waiting)), against=True) if serious else len(waiting)
    late = sum(one.late > 0 for one in waiting)
    return (Said(capitalized(grade), serious), len(found), left,
            Said(str(late), against=True) if late else 0, len(found) - len(waiting))  # fmt: skip


# management review --------------------------------------------------------------------------------------------------


def review_stand(record: Record) -> Stand:
    """Whether a management review was held, and counts today."""
    held, counts = held_reviews(record), counting_review(record)
    decided = sum(days_late(one["due"], record.on) > 0 for one in open_decisions(record))
    on = day(held[0]["held_on"]) if held else ""
    return Stand(
        "Management review",
        stated({
            f"held on {day(counts['held_on']) if counts else on}": held,
            "it counts today (clause 9.3)": counts,
        }),
        stated({
            "none is recorded as held": not held,
            "none that was held counts today (clause 9.3)": held and not counts,
            f"{count(decided, 'decision')} overdue": decided,
        }),
    )  # fmt: skip


def review_part(record: Record) -> Part:
    """When management reviewed the ISMS last, what it concluded, and why that does not count any more."""
    held = held_reviews(record)
    if not held:
        return Part("Management review", (Said("No management review is recorded as held.", against=True),))
    last, later = held[0], len(unseen_findings(record, held[0]["held_on"]))
    concluded = told(record, last, "conclusion")
    lead = f"Management last reviewed the ISMS on {day(last['held_on'])}"
    ended = f" and concluded: {concluded}." if concluded else "; no conclusion is recorded."
    left, fails = open_decisions(record), bool(faults_of_review(record, last))
    late = sum(days_late(one["due"], record.on) > 0 for one in left)
    after = f": {count(later, 'nonconformity was', 'nonconformities were')} raised after it" if later else ""
    return Part(
        "Management review",
        (
            Said(lead + ended, against=concluded in ("", "needs changes", "not effective")),
            Said(f"It does not count as the review of clause 9.3 today{after}." if fails else
                 "It counts as the review of clause 9.3 today.", fails),
            *said(f"Decisions of management: {len(left)} open, {late or 'none'} of them overdue." if left else "",
                  late),
        ),
    )  # fmt: skip
