from dataclasses import replace

import pytest

from tests.helpers_audit import FLAG, days_ago, plain, record, row
from workbook.audience import Edition
from workbook.views import risk_assessment
from workbook.views.markup import with_hints

ALL = (
    risk_assessment.method,
    risk_assessment.heat_map,
    risk_assessment.areas,
    risk_assessment.treatment,
    risk_assessment.acceptance,
    risk_assessment.triggers,
    risk_assessment.suggestions,
)
POISON = row(
    "risks", "R-001", name="Poisoned training data", area="adversarial attack", catalogue="R02", owner="Product owner",
    systems=("SYS-001",), likelihood=3, consequence=5, treatment="modify", measures="Hash every delivery",
    controls=("A.8.32",), due=days_ago(12), residual_likelihood=2, residual_consequence=4, last_review=days_ago(30),
)  # fmt: skip


@pytest.mark.parametrize(
    "view", [risk_assessment.heat_map, risk_assessment.treatment, risk_assessment.acceptance, risk_assessment.triggers]
)
def test_an_empty_register_says_where_to_begin(view):
    assert "Begin with the risks to start from, in Risk assessment" in plain(with_hints(lambda: view(record()))())
    assert "Begin" not in plain(view(record()))


def test_the_map_of_today_stands_between_before_and_planned():
    shown = risk_assessment.heat_map(record(rows=[POISON]))
    before, today, planned = shown.split("<caption>")[1:4]

    assert before.startswith("Before treatment (inherent)")
    assert "▲ 15</small><b>R-001</b>" in before
    assert today.startswith("Today")
    assert "▲ 15</small><b>R-001</b>" in today
    assert planned.startswith("Planned")
    assert "◆ 8</small><b>R-001</b>" in planned


def test_a_treatment_that_is_done_and_not_shown_says_why_it_lowers_nothing():
    treated = replace(POISON, values={**POISON.values, "treated_on": days_ago(1)})
    words = plain(risk_assessment.heat_map(record(rows=[treated])))

    assert "▲ high 15 ▲ high 15 It is treated, but what lowers it is not shown: A.8.32. ◆ medium 8" in words


def test_the_map_has_25_cells_a_legend_in_words_and_the_same_as_a_table():
    shown = risk_assessment.heat_map(record(rows=[POISON]))
    words = plain(shown)

    assert shown.count('title="') == 75
    assert "▲▲ critical: 20 to 25; ▲ high: 10 to 16; ◆ medium: 5 to 9; ▽ low: 1 to 4." in words
    assert "R-001 Poisoned training data Credit scoring Product owner ▲ high 15 ▲ high 15 ◆ medium 8" in words


def test_a_risk_that_nobody_rated_is_in_the_table_if_not_on_the_map():
    assert "R-009 R-009 nobody named ? not rated ? not rated ? not rated" in plain(
        risk_assessment.heat_map(record(rows=[row("risks", "R-009")]))
    )


def test_areas_count_levels_of_today_and_what_is_open_in_the_catalogue():
    words = plain(risk_assessment.areas(record(rows=[POISON])))

    assert "Adversarial attack – 1 – – – 4" in words
    assert "Data privacy – – – – – 5" in words


def test_treatment_tells_what_by_whom_by_when_and_how_far_it_brings_the_level():
    words = plain(risk_assessment.treatment(record(rows=[POISON])))

    assert "1 risk with treatment still to be done, 1 of them overdue." in words
    assert (
        "R-001 Poisoned training data Credit scoring ▲ high 15 Modify Hash every delivery (controls A.8.32) "
        "Product owner overdue 12 days ◆ medium 8"
    ) in words


def test_treatment_folds_what_is_done():
    rows = [
        replace(POISON, values={**POISON.values, "treated_on": days_ago(1)}),
        row("risks", "R-002", treatment="retain", name="Kept"),
    ]
    words = plain(risk_assessment.treatment(record(rows=rows)))

    assert "Every risk is treated or retained" in words
    assert (
        "2 risks treated or retained R-001 Poisoned training data: treated on 21 Nov 2026 R-002 Kept: retained" in words
    )


def test_acceptance_tells_who_accepted_until_when_and_what_contradicts():
    accepted = {"accepted_by": "Head of IT", "accepted_on": days_ago(40), "acceptance_ends": days_ago(3)}
    words = plain(risk_assessment.acceptance(record(rows=[replace(POISON, values={**POISON.values, **accepted})])))

    assert "○ Expired Head of IT 13 Oct 2026, until 19 Nov 2026" in words
    assert "The acceptance ended 3 days ago" in words
    assert "Accepted by Head of IT, but the risk owner is Product owner" in words


def test_triggers_name_change_and_reason():
    change = row("changes", "CH-001", name="Model 4.2 went live", kind="new model deployed", happened_on=days_ago(30))
    words = plain(risk_assessment.triggers(record(rows=[POISON, change])))

    assert "1 reason to assess risks again" in words
    assert (
        "CH-001 Model 4.2 went live New model deployed Risks not re-assessed since Touches R-001 23 Oct 2026" in words
    )


def test_triggers_are_content_when_nothing_asks_for_an_assessment():
    assert "Nothing asks for a new assessment today" in plain(risk_assessment.triggers(record(rows=[POISON])))


def test_suggestions_say_which_rows_point_to_a_risk_and_list_the_rest_short():
    rows = [
        POISON,
        row("risks", "R-002", catalogue="R08"),
        row("systems", "SYS-001", name="Credit scoring", decides_about_people="with human review"),
        row("systems", "SYS-002", name="Support assistant"),
        row("datasets", "DS-009", use="training", personal_data="yes", systems=("SYS-002",)),
        row("models", "M-001", kind="trained here", system="SYS-001"),
        row("models", "M-002", kind="trained here", system="SYS-002"),
    ]
    words = plain(risk_assessment.suggestions(record(rows=rows)))
    pointed, rest = words.split("Nothing in the record points to")

    assert "Rated so far: 1 of the 30 risks of the catalogue." in words
    assert "R02 Poisoned" not in words
    assert "R29 Unfair results for groups Credit scoring Decides about people: SYS-001 Skewed data" in pointed
    assert "R08 Membership inference Support assistant (in the register as R-002, not rated)" in pointed
    assert "Trained on personal data: DS-009 and a model of our own: M-002" in pointed
    assert "R04 Tainted base model in transfer learning" in rest


def test_suggestions_end_when_the_whole_catalogue_is_rated():
    every = " ".join(f"R{n:02d}" for n in range(1, 31))
    rows = [row("risks", "R-001", catalogue=every, likelihood=1, consequence=1)]

    assert (
        plain(risk_assessment.suggestions(record(rows=rows)))
        == "All 30 risks of the catalogue are rated in the register."
    )


def test_what_people_type_is_shown_and_never_obeyed():
    typed = dict.fromkeys(("name", "owner", "measures", "accepted_by"), FLAG)
    rows = [replace(POISON, values={**POISON.values, **typed}), row("changes", "CH-001", name=FLAG, kind="incident")]

    for view in ALL:
        assert "<script" not in view(record(rows=rows))
    assert "&lt;script&gt;" in risk_assessment.treatment(record(rows=rows))


def test_a_customer_reads_no_owner():
    values = {**POISON.values, "accepted_by": "Head of IT", "accepted_on": days_ago(4)}
    base = Edition("customer").of(record(rows=[replace(POISON, values=values)]))

    for view in ALL:
        assert "Product owner" not in plain(view(base))
        assert "Head of IT" not in plain(view(base))
