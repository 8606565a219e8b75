"""What asks for a new look at a risk from the record itself, and which controls and risks disagree."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.helpers_audit import SECOND, SYSTEM, TODAY, accepted_risk, answer, days_ago, plain, record, row
from workbook.analysis.reassessment import reassessment_triggers
from workbook.analysis.risk_controls import conflicts_of, control_conflicts
from workbook.analysis.risk_events import events_of, risk_events
from workbook.analysis.risk_points import risk_points
from workbook.judging import risk_state
from workbook.model import Result
from workbook.record import Row
from workbook.store import Store
from workbook.views import risk_assessment

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def risk(key: str = "R-001", **values) -> Row:
    rated = {"likelihood": 2, "consequence": 2, "owner": "Owner", "last_review": days_ago(20)}
    return at(row("risks", key, **(rated | {"systems": ("SYS-001",)} | values)), 30)


def at(one: Row, days: int, version: int = 1) -> Row:
    """A row as recorded some days ago."""
    return replace(one, at=NOW - timedelta(days=days), version=version)


def happened(*rows: Row, **more) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(e.key, e.says, e.risks) for e in risk_events(record(rows=[SYSTEM, SECOND, *rows], **more))]


def test_a_failed_test_and_a_finding_touch_the_risks_whose_controls_they_bear_on():
    failed = {"question": "deploy", "design": "effective", "operation": "not effective"}
    rows = [
        risk(controls=("A.8.32",)),
        risk("R-002", controls=("A.8.24",)),
        risk("R-003", controls=("A.8.32",), systems=("SYS-002",)),
        row("tests", "T-001", system="SYS-001", tested_on=days_ago(9), **failed),
        row("tests", "T-002", system="SYS-001", tested_on=days_ago(21), **failed),
        row("tests", "T-003", system="SYS-001", tested_on=days_ago(9), design="effective", operation="effective"),
        row("findings", "FI-001", requirement="A.8.24", grade="observation", raised_on=days_ago(3)),
    ]

    assert happened(*rows) == [
        ("FI-001", "finding: observation", ("R-002",)),
        ("T-001", "failed audit test", ("R-001",)),
    ]


def test_a_review_after_it_settles_an_event_and_one_on_the_same_day_too():
    finding = row("findings", "FI-001", requirement="A.8.24", grade="observation", raised_on=days_ago(3))

    assert happened(risk(controls=("A.8.24",), last_review=days_ago(3)), finding) == []
    assert len(happened(risk(controls=("A.8.24",), last_review=days_ago(4)), finding)) == 1


def test_a_review_that_lies_ahead_hides_nothing():
    rated = risk(last_review=days_ago(-400))

    (found,) = reassessment_triggers(record(rows=[SYSTEM, rated]))
    assert found.says == "said to be reviewed on 27 Dec 2027, which lies ahead"


def test_what_lies_ahead_is_no_event_yet():
    finding = row("findings", "FI-001", requirement="A.8.24", grade="observation", raised_on=days_ago(-3))

    assert happened(risk(controls=("A.8.24",)), finding) == []


def test_a_new_version_in_production_counts_once_even_if_the_table_of_changes_tells_of_it():
    model = row("models", "M-001", version="4.2", system="SYS-001", stage="production", validated_on=days_ago(5))
    change = row(
        "changes", "CH-001", name="It went live", models=("M-001",), systems=("SYS-001",), happened_on=days_ago(4)
    )

    assert happened(risk(), model) == [("M-001", "version 4.2 of a model", ("R-001",))]
    assert happened(risk(), model, change) == []


def test_rows_that_came_later_touch_the_risks_of_their_system_and_the_first_filling_none():
    first, later = (row("datasets", f"DS-00{n}", systems=("SYS-001",)) for n in (1, 2))

    assert happened(risk(), at(first, 10)) == []  # the register begins that day
    assert happened(risk(), at(first, 40), at(later, 10)) == [("DS-002", "new dataset", ("R-001",))]
    assert happened(at(risk(), 5), at(first, 40), at(later, 10)) == []  # the risk was rated knowing of it


def test_a_row_recorded_anew_touches_only_the_risks_that_name_it():
    changed = at(row("datasets", "DS-001", systems=("SYS-001",)), 2, version=3)

    assert happened(risk(), changed) == []
    assert happened(risk(datasets=("DS-001",)), changed) == [("DS-001", "changed dataset", ("R-001",))]


def test_an_answer_that_was_changed_counts_and_one_that_was_given_once_does_not():
    given = answer("keys", Result.PARTIAL)
    said = replace(given, at=NOW - timedelta(days=2))
    rows = [risk(controls=("A.8.24",))]

    assert happened(*rows, answers=[said]) == []
    (found,) = happened(*rows, answers=[replace(said, version=2)])
    assert found == ("keys", "answer changed: partial", ("R-001",))


def test_when_a_risk_was_first_recorded_decides_and_not_when_it_was_edited(store: Store):
    store.save_row("risks", "R-001", {"name": "Poisoned data", "area": "adversarial attack"}, 0)
    first = store.record().begun["R-001"]
    store.save_row("risks", "R-001", {"name": "Poisoned data", "area": "data privacy"}, 1)

    held = store.record()
    assert held.begun["R-001"] == first < held.register("risks")[0].at


def test_a_point_names_the_newest_event_once_for_each_risk():
    rows = [
        accepted_risk(likelihood=2, consequence=2, residual_likelihood=2, residual_consequence=2, controls=("A.8.24",),
                      systems=("SYS-001",), last_review=days_ago(20), treatment="retain"),
        row("controls", "A.8.24", applicable="yes"),
        row("findings", "FI-001", requirement="A.8.24", grade="observation", raised_on=days_ago(3)),
        row("findings", "FI-002", requirement="A.8.24", grade="observation", raised_on=days_ago(2)),
    ]  # fmt: skip
    held = record(rows=rows)
    says = [p.why for p in risk_points(held) if p.title == "R-001"]

    assert says == ["Not reviewed since FI-002, finding: observation, on 20 Nov 2026 and 1 more."]
    assert len(events_of(held, "R-001")) == 2
    assert "2 events in the record after the last review of 1 risk, newest first" in plain(
        risk_assessment.triggers(held)
    )


def test_controls_that_a_risk_needs_and_nobody_has_are_named_and_those_included_for_nothing():
    rows = [
        risk(controls=("A.8.24", "A.8.32", "A.8.2")),
        row("controls", "A.8.24", applicable="no", reason="Our supplier does it for us."),
        row("controls", "A.8.2", applicable="yes", reason="R-001"),
        row("controls", "A.5.3", applicable="yes", reason="R-001 asks for it, and R-999"),
    ]
    held = record(rows=rows)

    assert [(c.control, c.says, c.risks) for c in control_conflicts(held)] == [
        ("A.5.3", "included for a risk that does not rest on it", ("R-001",)),
        ("A.8.24", "needed by a risk, and excluded", ("R-001",)),
        ("A.8.32", "needed by a risk, and has no row", ("R-001",)),
    ]
    assert [c.control for c in conflicts_of(held, "R-001")] == ["A.8.24", "A.8.32"]
    assert "A.8.24: needed by a risk, and excluded (R-001)" in plain(risk_assessment.treatment(held))


def test_an_acceptance_lapses_when_the_risk_is_said_to_touch_more():
    before = {"scenario": "Labels are bought."}

    assert risk_state({**before, "datasets": ()}) == risk_state(before) == risk_state({**before, "properties": None})
    assert risk_state({**before, "datasets": ("DS-001",)}) != risk_state(before)
