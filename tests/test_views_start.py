import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.helpers_audit import CHECKLISTS, FLAG, SECOND, SYSTEM, answer, catalog, days_ago, plain, proof, record, row
from workbook.audience import Edition
from workbook.catalog import load
from workbook.entries import Context
from workbook.model import Engagement, Head, Result, TaskState
from workbook.record import Stated
from workbook.views import start
from workbook.views.markup import with_hints

ABOUT = Engagement(
    title="ISMS audit 2027",
    organisation="Northlight Credit",
    scope="Lending platform",
    audit_date=date(2027, 2, 1),
    period_from=date(2026, 1, 1),
    period_to=date(2026, 12, 31),
    prepared_by="Security lead",
)


def without_systems():
    base = record()
    return replace(base, rows={**base.rows, "systems": ()})


# the audit ------------------------------------------------------------------------------------------------------------


def test_the_overview_says_what_is_audited_when_by_whom_and_how_long_the_record_is():
    rows = [SYSTEM, row("people", "P-001", part="auditor"), row("people", "P-002", part="preparer"),
            row("people", "P-003", part="preparer")]  # fmt: skip
    head = Head(1482, "9f2c" * 16, datetime(2026, 11, 22, 16, 20, tzinfo=UTC))
    words = plain(start.overview(record(rows=rows, engagement=ABOUT, head=head)))

    assert "Scope Lending platform Criteria ISO/IEC 27001:2022 + Amd 1:2024" in words
    assert "Audit begins 1 Feb 2027, in 71 days Audit period 1 Jan 2026 to 31 Dec 2026" in words
    assert "ML systems Credit scoring People 1 auditor, 2 preparer" in words
    assert "Record 1482 revisions, last 2026-11-22 16:20 UTC" in words


@pytest.mark.parametrize(
    ("begins", "says"), [(days_ago(0), "today"), (days_ago(1), "1 day ago"), (days_ago(-1), "in 1 day")]
)
def test_the_days_until_the_audit_are_counted_from_the_day_of_the_record(begins, says):
    words = plain(start.overview(record(engagement=Engagement(title="x", audit_date=begins))))

    assert f", {says} " in words


def test_a_new_engagement_is_told_what_is_missing():
    words = plain(start.overview(replace(without_systems(), engagement=Engagement(title="New"))))

    for missing in ("no scope written down", "no date: nothing can be due", "no period set", "none in scope yet",
                    "nobody named yet"):  # fmt: skip
        assert missing in words


def test_a_customer_does_not_read_who_prepared_it():
    words = plain(start.overview(Edition("customer").of(record(engagement=ABOUT))))

    assert "Security lead" not in words
    assert "withheld in this edition" in words


# progress -------------------------------------------------------------------------------------------------------------


def test_progress_counts_by_page_and_links_to_the_next_open_question():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    shown = start.progress(record(said, {"EV-0001": proof()}, [SYSTEM, SECOND]))

    assert "1 of 4 answered, 1 claimed as implemented; 1 evidenced, 0 reviewed, 0 tested, 0 contradicted" in plain(
        shown
    )
    assert "Control review 4 1 1 1 0 Deploy · Credit scoring" in plain(shown)
    assert '<a href="03_control_review.ipynb#deploy@SYS-001">' in shown
    assert '<a href="03_control_review.ipynb">Control review</a>' in shown


def test_progress_names_evidence_that_has_become_too_old():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]

    assert " 3 1 1 0 1 stale " in plain(start.progress(record(said, {"EV-0001": proof(203)})))


def test_progress_says_when_everything_is_answered():
    said = [
        answer("roles", Result.PARTIAL),
        answer("keys", Result.PARTIAL),
        answer("deploy", Result.PARTIAL, "SYS-001"),
    ]

    assert "all answered" in plain(start.progress(record(said)))


# what is due ----------------------------------------------------------------------------------------------------------


def timeline(catalog, days=None, **states):
    begins = None if days is None else days_ago(-days)
    tasks = {t: Stated(TaskState(task=t, **state), 1, "Lead") for t, state in states.items()}
    base = record(engagement=Engagement(title="x", audit_date=begins), tasks=tasks)
    return start.timeline(replace(base, catalog=catalog))


def test_each_task_says_when_it_is_due_how_far_it_is_and_when_it_is_done(catalog):
    words = plain(timeline(catalog, 100))

    listed = words.partition(" settled, ")[2]
    assert words.count("Leaves behind:") <= listed.count("? Open") == len(catalog.tasks)
    assert (
        f"no of {len(catalog.tasks)} tasks settled, none late" in words or f"0 of {len(catalog.tasks)} tasks" in words
    )


def test_a_late_task_is_marked_with_its_days_and_the_nearest_ones_with_next(catalog):
    words = plain(timeline(catalog, 85, **{next(iter(catalog.tasks)): {"status": "done", "owner": "Security lead"}}))

    assert "overdue 5 days" in words
    assert "(next)" in words
    assert "● Done Security lead" in words


def test_without_an_audit_date_the_timeline_says_where_to_set_it_and_calls_nothing_next(catalog):
    words = plain(with_hints(lambda: timeline(catalog))())

    assert words.startswith("Without an audit date nothing has a due date. Set it in Start")
    assert "(next)" not in words
    assert not re.search(r"overdue \d", words)


# the evidence plan ----------------------------------------------------------------------------------------------------


def test_the_plan_says_which_artefact_from_whom_by_when_and_puts_what_is_missing_first():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",), owner="Data steward"),
        answer("deploy", Result.PARTIAL, "SYS-001", owner="ML platform lead", due=days_ago(9)),
    ]
    shown = start.evidence_plan(record(said, {"EV-0001": proof()}, engagement=ABOUT))
    words = plain(shown)

    assert words.startswith("1 of 3 artefacts collected as asked for; 1 overdue.")
    assert "Access control 1 of 2 artefacts, 1 overdue" in words
    assert "Deploy Credit scoring ○ Not collected Export for deploy ML platform lead overdue 9 days" in words
    assert "Roles whole engagement ● Fresh Export for roles EV-0001 Data steward 2 Jan 2027" in words
    assert words.index("Export for deploy") < words.index("Export for roles")
    assert '<a href="03_control_review.ipynb#deploy@SYS-001">Deploy</a>' in shown


def test_a_plan_for_nobody_says_that_nobody_is_named_and_hides_owners_from_a_customer():
    assert "nobody named" in plain(start.evidence_plan(record()))
    said = [answer("deploy", Result.PARTIAL, "SYS-001", owner="ML platform lead")]
    assert "ML platform lead" not in plain(start.evidence_plan(Edition("customer").of(record(said))))


def test_a_plan_with_nothing_to_collect_says_what_makes_it():
    said = [answer(q, Result.NOT_APPLICABLE, rationale="Out of scope.") for q in ("roles", "keys")]
    base = without_systems()

    plan = replace(base, answers={s.value.key: s for s in said})
    words = plain(with_hints(lambda: start.evidence_plan(plan))())
    assert words == "Nothing to collect yet. Add the ML systems in scope, and the plan makes itself."


# context --------------------------------------------------------------------------------------------------------------


def test_context_is_read_first_and_its_references_are_one_click_away():
    entry = Context(
        id="ctx-one", title="Models are targets", text="A model repeats records.", refs={"iso27001": ("A.8.2",)}
    )
    bare = Context(id="ctx-two", title="Bare", text="Nothing to cite.")
    small = catalog().topics[0].model_copy(update={"context": (entry, bare)})
    shown = start.context(replace(record(), catalog=replace(catalog(), topics=(small, *catalog().topics[1:]))))

    assert "Models are targets A model repeats records. What this rests on 1 reference A.8.2 Privileged" in plain(shown)
    assert re.findall(r'<h3 id="([^"]+)"', shown) == ["ctx-one", "ctx-two"]
    assert shown.count("<details") == 1


def test_what_people_type_is_shown_and_never_obeyed():
    said = [answer("deploy", Result.PARTIAL, "SYS-001", owner=FLAG)]
    about = Engagement(title=FLAG, organisation=FLAG, scope=FLAG, prepared_by=FLAG)
    base = record(said, rows=[replace(SYSTEM, values={"name": FLAG})], engagement=about)

    for view in (start.overview, start.progress, start.timeline, start.evidence_plan):
        assert "<script" not in view(base)
    assert start.overview(base).count("&lt;script&gt;") == 5
    assert "&lt;script&gt;" in start.evidence_plan(base)


def test_the_timeline_says_what_a_task_leaves_behind():
    real = load(CHECKLISTS)
    task = next(t for t in real.tasks.values() if t.artefacts)

    assert f"Leaves behind: {task.artefacts[0].artefact}" in plain(start.timeline(replace(record(), catalog=real)))
