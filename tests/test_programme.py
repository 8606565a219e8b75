"""The audit programme: who has a turn in three years, what comes too late, and what the record of an audit lacks."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.helpers_audit import SECOND, SYSTEM, Rendered, an_audit_test, answer, days_ago, plain, record, row, with_rows
from workbook.analysis.annex_a import annex_a_controls
from workbook.analysis.programme import covered_by, programme, programme_faults
from workbook.approving import rows_of, state_of
from workbook.model import Result
from workbook.record import Record, Row

EVERY = tuple(control.id for control in annex_a_controls(record()))
PERSON = row("people", "P-001", name="Internal audit lead", part="auditor", competence="Course", worked_on="Accounting")


def planned(key: str = "IA-001", starts: int = 20, **values: Any) -> Row:
    """An audit of the whole ISMS that began `starts` days ago and was held; those ahead have a negative number."""
    facts = {"planned_from": days_ago(starts), "planned_to": days_ago(starts - 4), "controls": EVERY,
             "clauses": "4 to 10", "lead": "Internal audit lead", "status": "done" if starts > 0 else "planned",
             "reported_on": days_ago(starts - 10) if starts > 10 else None}  # fmt: skip
    return row("programme", key, **{**facts, **values})


def meetings(audit: str = "IA-001") -> list[Row]:
    kinds = ("opening meeting", "closing meeting")
    return [row("audit_meetings", f"{audit}-{k}", programme=audit, kind=k, held_on=days_ago(16)) for k in kinds]


def held(*rows: Row, audit: Row | None = None) -> Record:
    """A record of a programme that management approved as it stands."""
    base = record(rows=[PERSON, audit or planned(), *meetings(), *rows])
    state = state_of("audit programme", partial(rows_of, base.engagement, base.rows))
    about = {"subject": "audit programme", "version": "1", "approved_by": "Director", "recorded_by": "Director"}
    return with_rows(base, row("approvals", "AP-001", approved_on=days_ago(1), state=state, **about))


def test_a_programme_that_covers_everything_was_held_and_is_recorded_stands():
    assert programme_faults(held()) == ()


def test_without_a_programme_that_is_said():
    assert programme_faults(record()) == ("no audit programme is held: enter the audits of three years",)


def test_a_control_without_a_turn_in_three_years_is_named_unless_it_is_excluded_with_a_reason():
    some = planned(controls=EVERY[1:])
    out = row("controls", EVERY[0], applicable="no", reason="We have no such thing.")

    assert programme_faults(held(audit=some)) == ("1 control or clause has no turn in three years: A.5.1",)
    assert programme_faults(held(out, audit=some)) == ()


def test_what_was_planned_and_not_done_in_time_is_missed_and_a_cancelled_audit_counts_for_nothing():
    late = planned("IA-002", 200, status="planned", reported_on=None, controls=("A.5.1",), clauses=None)
    of = held(late, audit=planned(controls=EVERY[1:]))
    cancelled = held(planned("IA-002", 200, status="cancelled", controls=("A.5.1",)), audit=planned(controls=EVERY[1:]))

    assert [t.key for t in programme(of).in_state("missed")] == ["A.5.1"]
    assert [t.key for t in programme(cancelled).in_state("never")] == ["A.5.1"]


def test_an_audit_before_the_cycle_gives_no_turn():
    old = planned("IA-000", 4 * 365)

    assert programme_faults(held(old, audit=planned(controls=EVERY[1:])))[0].endswith("A.5.1")


FINDING = row("findings", "FI-001", grade="major nonconformity", requirement="A.8.32", status="open")


@pytest.mark.parametrize(("ahead", "late"), [(700, True), (300, False)])
def test_a_control_with_an_open_nonconformity_is_not_left_to_the_third_year(ahead: int, late: bool):
    of = held(FINDING, planned("IA-002", -ahead, controls=("A.8.32",), clauses=None))
    turn = next(t for t in programme(of).turns if t.key == "A.8.32")

    assert (turn.presses, turn.too_late) == (("major nonconformity FI-001 is open",), late)
    assert any("come" in fault and "too late" in fault for fault in programme_faults(of)) is late


def test_a_high_risk_is_answered_by_an_audit_of_the_last_year_and_a_failed_test_is_not():
    risk = row("risks", "R-001", likelihood=4, consequence=4, controls=("A.8.24",))
    failed = an_audit_test(operation="not effective", tested_on=days_ago(18))

    assert programme(held(risk)).too_late == ()
    assert {t.key for t in programme(held(failed)).too_late} == {"A.5.15", "A.8.2"}
    passed = an_audit_test("T-002", tested_on=days_ago(3))
    assert programme(held(failed, passed)).too_late == ()


def test_an_audit_that_was_held_lacks_what_its_record_does_not_hold():
    bare = record(rows=[PERSON, planned(reported_on=None)])
    (one,) = programme(bare).audits

    assert one.lacks == (
        "no opening meeting is recorded", "no closing meeting is recorded", "not reported to management"
    )  # fmt: skip


def test_an_audit_that_is_said_to_be_done_and_lies_ahead_gives_no_turn():
    ahead = record(rows=[PERSON, planned(starts=-30, status="done"), *meetings()])

    assert {t.state for t in programme(ahead).turns} == {"never"}
    assert "said to be done, yet planned from 22 Dec 2026" in programme(ahead).audits[0].lacks


def test_who_answered_or_owns_what_an_audit_covers_is_named_as_part_of_its_team():
    said = [answer("roles", Result.IMPLEMENTED, actor="Ann", owner="Bob")]
    session = row("plan", "PL-001", programme="IA-001", auditor="Bob")
    owned = row("controls", "A.8.24", owner="Cid", applicable="yes")
    of = record(said, rows=[planned(lead="Ann", experts="Cid"), session, owned])

    team = {m.name: m.conflicts for m in programme(of).audits[0].team}
    assert team == {"Ann": ("answered Roles",), "Bob": ("owns Roles",), "Cid": ("owns A.8.24",)}
    assert "Ann; Bob; Cid would audit their own work" in programme_faults(of)
    elsewhere = record(said, rows=[planned(lead="Ann", controls=("A.7.1",), clauses="9.2")])
    assert programme(elsewhere).audits[0].team[0].conflicts == ()


def test_a_system_that_no_audit_names_is_missed():
    of = record(rows=[SYSTEM, SECOND, PERSON, planned(systems=("SYS-001",)), *meetings()])

    assert "no audit of the programme names Support assistant" in programme_faults(of)
    empty = planned("IA-002", controls=None, clauses=None)
    assert programme(with_rows(of, *of.rows["programme"], empty)).unnamed == programme(of).unnamed


@pytest.mark.parametrize(
    ("text", "covers", "not_"),
    [
        ("9.2", {"9.2.1", "9.2.2"}, {"9.1", "9.3.1"}),
        ("4 to 6; 10", {"4.1", "6.1.2", "10.2"}, {"7.1", "9.1"}),
        ("clauses 4.3, 6.1 and 8", {"4.3", "6.1.1", "6.1.3", "8.1"}, {"4.1", "6.2"}),
        ("1", set(), {"10.1", "4.1"}),
    ],
)
def test_clauses_are_read_as_people_write_them(text: str, covers: set[str], not_: set[str]):
    found = covered_by(record(), planned(controls=None, clauses=text))

    assert covers <= found
    assert not not_ & found


def test_the_page_says_what_presses_and_when_its_turn_is():
    of = held(FINDING, planned("IA-002", -700, controls=("A.8.32",), clauses=None))
    shown = plain(Rendered(of).programme())

    assert "1 control or clause that presses has no audit within a year." in shown
    assert "A.8.32 Major nonconformity FI-001 is open Next on 22 Oct 2028" in shown
    assert "No audit programme is held (clause 9.2.2)." in plain(Rendered(record()).programme())


def test_an_audit_that_is_added_or_moved_asks_for_a_new_approval_and_one_that_was_held_does_not():
    base = held()
    moved = replace(base, rows={**base.rows, "programme": (planned(starts=25),)})
    reported = replace(base, rows={**base.rows, "programme": (planned(reported_on=days_ago(1)),)})

    assert programme_faults(moved) == (
        "Audit programme: changed since version 1, approved by Director on 21 Nov 2026",
    )  # fmt: skip
    assert programme_faults(reported) == ()
    assert "changed since version 1" in plain(Rendered(moved).programme())
    assert "is what stands" in plain(Rendered(base).programme())
