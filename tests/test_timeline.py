from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.helpers_audit import TODAY, record, row
from workbook.analysis.deadlines import collect_deadlines
from workbook.analysis.timeline import due_tasks, milestones, say_starts
from workbook.model import Engagement, TaskState
from workbook.record import Stated
from workbook.report.sanitize import sanitize
from workbook.views.times import MOST, times


@pytest.fixture
def due_in(catalog):
    """The timeline of an audit that begins in so many days, with some tasks said to be in a state."""

    def made(days, **said):
        begins = None if days is None else TODAY + timedelta(days=days)
        about = Engagement(title="ISMS audit", audit_date=begins)
        tasks = {t: Stated(TaskState(task=t, status=status), 1, "Lead") for t, status in said.items()}
        return due_tasks(replace(record(engagement=about, tasks=tasks), catalog=catalog))

    return made


def first(catalog, days_before):
    return next(t.id for t in catalog.tasks.values() if t.days_before == days_before)


def test_every_task_of_the_checklist_is_counted_back_from_the_audit(due_in, catalog):
    found = due_in(100)

    assert {d.task.id for d in found} == set(catalog.tasks)
    assert all(d.due == TODAY + timedelta(days=100 - d.task.days_before) for d in found)


def test_the_earliest_comes_first(due_in):
    dates = [d.due for d in due_in(100)]

    assert dates == sorted(dates)


def test_only_what_is_past_its_date_is_late(due_in, catalog):
    longest = max(t.days_before for t in catalog.tasks.values())

    assert not any(d.late for d in due_in(longest))
    assert {d.task.days_before for d in due_in(longest - 1) if d.late} == {longest}


@pytest.mark.parametrize(
    ("status", "late"), [("open", True), ("under way", True), ("done", False), ("not needed", False)]
)
def test_what_is_settled_is_never_late(due_in, catalog, status, late):
    task = first(catalog, max(t.days_before for t in catalog.tasks.values()))
    found = next(d for d in due_in(0, **{task: status}) if d.task.id == task)

    assert (found.status, found.late) == (status, late)


def test_the_tasks_of_the_nearest_date_to_come_are_next(due_in):
    days = sorted({d.task.days_before for d in due_in(100)})
    now = days[-1] - 1  # the longest has just gone by

    assert {d.task.days_before for d in due_in(now) if d.next} == {days[-2]}


def test_a_settled_task_is_not_next_and_its_date_is_passed_over(due_in, catalog):
    days = sorted({t.days_before for t in catalog.tasks.values()})
    settled = {t.id: "done" for t in catalog.tasks.values() if t.days_before == days[-1]}

    assert {d.task.days_before for d in due_in(200, **settled) if d.next} == {days[-2]}


def test_without_an_audit_date_nothing_is_due_late_or_next(due_in):
    found = due_in(None)

    assert found
    assert {(d.due, d.late, d.next) for d in found} == {(None, False, False)}


def test_after_the_audit_nothing_is_next(due_in):
    assert not any(d.next for d in due_in(-1))


def test_what_somebody_said_of_a_task_stays_with_it(due_in, catalog):
    task = next(iter(catalog.tasks))
    found = next(d for d in due_in(100, **{task: "under way"}) if d.task.id == task)

    assert (found.stated.actor, found.stated.version, found.stated.value.status) == ("Lead", 1, "under way")


STAGE_1, STAGE_2 = TODAY + timedelta(days=100), TODAY + timedelta(days=160)


def initial(catalog, **facts):
    about = Engagement(
        **{"title": "ISMS", "audit_kind": "stage 2", "audit_date": STAGE_2, "stage_1_date": STAGE_1, **facts}
    )
    return replace(record(engagement=about), catalog=catalog)


def test_what_stage_1_looks_at_is_counted_back_from_stage_1_and_the_rest_from_stage_2(catalog):
    found = {d.task.id: d for d in due_tasks(initial(catalog))}

    assert found["t1-internal-audit"].due == STAGE_1 - timedelta(days=30)
    assert found["t3-inventory-risk"].due == STAGE_1 - timedelta(days=90)
    assert found["t0-normal-operation"].due == STAGE_2 - timedelta(days=7)
    assert [d.due for d in found.values()] == sorted(d.due for d in found.values())


def test_with_only_the_day_of_stage_1_known_its_tasks_have_a_day_and_the_others_none(catalog):
    found = {d.task.id: d.due for d in due_tasks(initial(catalog, audit_date=None))}

    assert found["t1-internal-audit"] == STAGE_1 - timedelta(days=30)
    assert found["t0-normal-operation"] is None


@pytest.mark.parametrize("kind", ["internal", "surveillance", "recertification"])
def test_an_audit_that_has_no_stages_is_counted_back_from_its_one_day(catalog, kind):
    found = due_tasks(initial(catalog, audit_kind=kind))

    assert all(d.due == STAGE_2 - timedelta(days=d.task.days_before) for d in found)


def test_both_stages_stand_in_the_calendar_and_are_told_apart(catalog):
    about = initial(catalog)
    audits = [d for d in collect_deadlines(about) if d.kind == "engagement"]

    assert [(d.title, d.day) for d in audits] == [("Stage 1 begins: ISMS", STAGE_1), ("Stage 2 begins: ISMS", STAGE_2)]
    assert say_starts(about.engagement, str) == f"stage 1 {STAGE_1}; stage 2 {STAGE_2}"


def test_days_along_the_line_begin_with_what_is_overdue_and_today_is_marked():
    rows = [
        row("certificates", "CT-1", name="AC-1", status="valid", valid_until=TODAY - timedelta(days=2)),
        row("certificates", "CT-2", name="AC-2", status="valid", valid_until=date(9999, 12, 31)),
        row("certificates", "CT-3", name="AC-3", status="ended", valid_until=TODAY),
        row("plan", "PL-1", name="Access", date=TODAY + timedelta(days=9), status="planned"),
        row("plan", "PL-2", name="Data", date=date(1, 1, 1), status="planned"),
        row("plan", "PL-3", name="Done", date=TODAY, status="done"),
    ]
    found = milestones(record(rows=rows))
    shown = times(found, TODAY)

    assert [one.what for one in found] == [
        "Internal audit: Data", "AC-1 ends", "Internal audit: Access", "AC-2 ends"
    ]  # fmt: skip
    assert [one.late for one in found] == [True, True, False, False]
    assert 'class="today"' in shown
    assert "AC-1 ends: " in shown
    assert "2 days ago, run out" in shown
    assert sanitize(shown) == shown
    assert times((), TODAY) == ""


def test_a_line_of_days_is_bounded_and_counts_what_it_leaves_out():
    rows = [row("plan", f"PL-{n}", name="x" * 500, date=TODAY + timedelta(days=n), status="planned") for n in range(99)]
    shown = times(milestones(record(rows=rows)), TODAY)

    assert shown.count("■") == MOST + 1
    assert f"Not drawn: {99 - MOST} later days" in shown
