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
from workbook.language import say, say_many, term
from workbook.record import Record, Row
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.words import capitalized, day

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
        say("Internal audit"),
        stated({
            say("the last one held on {day}", day=day(last)): last,
            say_many("{n} test found design and operation effective", "{n} tests found design and operation effective",
                     good): good,
        }),
        stated({
            say("no internal audit is recorded as held"): not held,
            say_many("{n} test found design or operation not effective",
                     "{n} tests found design or operation not effective", bad): bad,
            say_many("{n} test not concluded", "{n} tests not concluded", rest): rest,
            say_many("{n} planned audit not held by the day planned", "{n} planned audits not held by the day planned",
                     missed): missed,
        }),
    )  # fmt: skip


def audit_part(record: Record) -> Part:
    """The audit programme, the audits that were held, and what their tests concluded."""
    found, held, missed, (good, bad, rest) = programme(record), _held(record), _missed(record), _tests(record)
    if not found.audits:
        programmed = Said(say("No programme of internal audits is recorded."), against=True)
    else:
        coming = len([a for a in found.audits if a.row["status"] not in ("done", "cancelled")]) - missed
        words = stated({
            say("{held} held", held=len(held) or say("none")): True,
            say("{coming} to come", coming=coming): coming,
            say("{missed} missed", missed=missed): missed,
        })  # fmt: skip
        programmed = Said(say("Internal audits in the programme: {words}.", words=", ".join(words)),
                          against=not held or missed > 0)  # fmt: skip
    never = len(found.in_state("never")) if found.audits else 0
    turns = say_many(
        "{n} applicable control or clause has no turn in its three years.",
        "{n} applicable controls and clauses have no turn in its three years.",
        never,
    )
    unapproved = bool(found.audits) and not standing(record, APPROVED).current
    concluded = Figures(
        say("What the tests of the internal audit concluded."),
        (say("Conclusion"), say("Tests")),
        ((say("Design and operation effective"), good),
         (Said(say("Design or operation not effective"), bad > 0), alarming(bad)),
         (say("Not concluded"), alarming(rest))),
    )  # fmt: skip
    return Part(
        say("Internal audit"),
        (
            programmed,
            *said(say("The programme is not approved as it stands.") if unapproved else "", against=True),
            *said(turns if never else "", against=True),
            *((concluded,) if good + bad + rest else said(say("No audit test is recorded."), against=True)),
        ),
    )


# findings -----------------------------------------------------------------------------------------------------------


def findings_stand(record: Record) -> Stand:
    """How many findings of the internal audit are closed, open and overdue."""
    found = ranked_findings(record)
    waiting = [one for one in found if one.open]
    late, closed = sum(one.late > 0 for one in waiting), len(found) - len(waiting)
    grades = by_grade(one.row for one in waiting)
    return Stand(
        say("Findings of the internal audit"),
        stated({
            say_many("{closed} of {n} finding closed", "{closed} of {n} findings closed", len(found), closed=closed):
                closed,
        }),
        stated({
            say("{open} open: {grades}", open=len(waiting), grades=grades): waiting,
            say("{late} of these overdue", late=late): late,
            say("no finding is recorded"): not found,
        }),
    )  # fmt: skip


def findings_part(record: Record) -> Part:
    """The findings by grade, and what is done about them."""
    found, title = ranked_findings(record), say("Findings of the internal audit")
    if not found:
        return Part(title, (Said(say("No finding of an internal audit is recorded.")),))
    rows = tuple(_graded(grade, [one for one in found if one.row["grade"] == grade]) for grade in GRADES)
    headers = (say("Grade"), say("Raised"), say("Open"), say("Overdue"), say("Closed"))
    actions = record.register("actions")
    done = sum(a["status"] in SETTLED for a in actions)
    shown = sum(a["status"] in SETTLED and a["effective"] == "yes" for a in actions)
    late = sum(action_late(record, a) > 0 for a in actions)
    none = sum(one.open and not one.actions and one.row["grade"] in NONCONFORMITIES for one in found)
    words = stated({
        say("{recorded} recorded", recorded=len(actions) or say("none")): True,
        say("{done} of them done", done=done): done,
        say("{shown} found effective", shown=shown): shown,
        say("{late} overdue", late=late): late,
    })  # fmt: skip
    lacking = say_many(
        "{n} open nonconformity has no corrective action yet.",
        "{n} open nonconformities have no corrective action yet.",
        none,
    )
    caption = say("Findings by grade. A nonconformity is closed when all that closure needs is recorded.")
    return Part(
        title,
        (
            Figures(caption, headers, rows),
            Said(say("Corrective actions: {words}.", words=", ".join(words)), against=late > 0),
            *said(lacking if none else "", against=True),
        ),
    )


def _graded(grade: str, found: list[Finding]) -> tuple[str | int | Said, ...]:
    waiting = [one for one in found if one.open]
    serious = grade in NONCONFORMITIES and bool(waiting)
    left = Said(str(len(waiting)), against=True) if serious else len(waiting)
    late = sum(one.late > 0 for one in waiting)
    return (Said(capitalized(term(grade)), serious), len(found), left,
            Said(str(late), against=True) if late else 0, len(found) - len(waiting))  # fmt: skip


# management review --------------------------------------------------------------------------------------------------


def review_stand(record: Record) -> Stand:
    """Whether a management review was held, and counts today."""
    held, counts = held_reviews(record), counting_review(record)
    decided = sum(days_late(one["due"], record.on) > 0 for one in open_decisions(record))
    on = day(held[0]["held_on"]) if held else ""
    return Stand(
        say("Management review"),
        stated({
            say("held on {day}", day=day(counts["held_on"]) if counts else on): held,
            say("it counts today (clause 9.3)"): counts,
        }),
        stated({
            say("no management review is recorded as held"): not held,
            say("none that was held counts today (clause 9.3)"): held and not counts,
            say_many("{n} decision overdue", "{n} decisions overdue", decided): decided,
        }),
    )  # fmt: skip


def review_part(record: Record) -> Part:
    """When management reviewed the ISMS last, what it concluded, and why that does not count any more."""
    held, title = held_reviews(record), say("Management review")
    if not held:
        return Part(title, (Said(say("No management review is recorded as held."), against=True),))
    last, later = held[0], len(unseen_findings(record, held[0]["held_on"]))
    concluded = told(record, last, "conclusion")
    on = day(last["held_on"])
    lead = (
        say("Management last reviewed the ISMS on {day} and concluded: {conclusion}.", day=on, conclusion=concluded)
        if concluded
        else say("Management last reviewed the ISMS on {day}; no conclusion is recorded.", day=on)
    )
    left, fails = open_decisions(record), bool(faults_of_review(record, last))
    late = sum(days_late(one["due"], record.on) > 0 for one in left)
    after = say_many(
        "It does not count as the review of clause 9.3 today: {n} nonconformity was raised after it.",
        "It does not count as the review of clause 9.3 today: {n} nonconformities were raised after it.",
        later,
    )
    never = after if later else say("It does not count as the review of clause 9.3 today.")
    decided = say("Decisions of management: {open} open, {late} of them overdue.", open=len(left),
                  late=late or say("none"))  # fmt: skip
    return Part(
        title,
        (
            Said(lead, against=not concluded or last["conclusion"] in ("needs changes", "not effective")),
            Said(never if fails else say("It counts as the review of clause 9.3 today."), fails),
            *said(decided if left else "", late),
        ),
    )
