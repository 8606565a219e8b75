import pytest

from tests.helpers_audit import SECOND, SYSTEM, TODAY, accepted_risk, catalog, days_ago, proven, record, row, with_rows
from workbook.analysis.reassessment import reassessment_triggers
from workbook.analysis.risk import Weakness, open_treatments, rated_risks, risks_by_area
from workbook.analysis.risk_suggestions import suggested_risks
from workbook.risk_method import usual_method


def one(**values):
    """The only risk of a register, rated 3 × 4 before treatment and 2 × 3 after it unless told otherwise.

    Its control, A.8.24, is shown: the one question about it is evidenced.
    """
    rated = {"likelihood": 3, "consequence": 4, "residual_likelihood": 2, "residual_consequence": 3}
    risk = row("risks", "R-001", **({"controls": ("A.8.24",)} | rated | values))
    return rated_risks(with_rows(proven(), risk))[0]


def accept(**values):
    """As `one`, accepted by its owner."""
    rated = {"likelihood": 3, "consequence": 4, "residual_likelihood": 2, "residual_consequence": 3}
    return rated_risks(record(rows=[accepted_risk(**(rated | values))]))[0]


@pytest.mark.parametrize(
    ("likelihood", "consequence", "text"),
    [(1, 4, "low, 4"), (1, 5, "medium, 5"), (3, 3, "medium, 9"), (2, 5, "high, 10"), (4, 4, "high, 16"),
     (4, 5, "critical, 20"), (5, 5, "critical, 25")],
)  # fmt: skip
def test_the_usual_levels_are_likelihood_times_consequence_in_four_bands(likelihood, consequence, text):
    assert usual_method(catalog()).rate(likelihood, consequence).text == text


def test_inherent_and_residual_are_told_apart():
    assert (one().inherent.level, one().residual.level) == (12, 6)


def test_a_half_rated_risk_is_not_rated():
    assert one(consequence=None).inherent is None


def test_until_the_treatment_is_done_today_is_the_inherent_risk():
    assert one(treatment="modify").today.level == 12
    assert one(treatment="modify", treated_on=days_ago(1)).today.level == 6
    assert one(treatment="modify", treated_on=days_ago(-1)).today.level == 12


@pytest.mark.parametrize("controls", [(), ("A.8.15",), ("A.8.24", "A.8.15")])
def test_a_treatment_lowers_nothing_while_a_control_of_it_is_not_shown(controls):
    treated = one(treatment="modify", treated_on=days_ago(1), controls=controls)

    assert treated.today.level == 12
    assert treated.unshown == (("A.8.15",) if controls else ("no control is named",))


def test_a_residual_risk_above_the_inherent_one_counts_at_once():
    assert one(residual_likelihood=5, residual_consequence=4).today.level == 20


def test_retaining_lowers_nothing():
    assert one(treatment="retain", treated_on=days_ago(1), residual_likelihood=1).today.level == 12


def test_a_retained_risk_needs_no_treatment():
    retained = one(treatment="retain", residual_likelihood=3, residual_consequence=4)

    assert retained.treated
    assert retained.weaknesses == ()


def test_what_has_to_be_accepted_is_the_inherent_risk_while_the_residual_is_not_rated():
    assert one(residual_likelihood=None).today.level == 12
    assert one(residual_likelihood=None).unaccepted


def test_a_medium_risk_is_no_alarm_when_nobody_accepted_it():
    medium = one(consequence=3)

    assert not medium.accepted
    assert not medium.unaccepted


@pytest.mark.parametrize("nobody", ["none", " No", "-", "n/a"])
def test_a_risk_that_is_said_to_be_accepted_by_nobody_is_not_accepted(nobody):
    assert not accept(owner=nobody, accepted_by=nobody).accepted
    assert accept().accepted


def test_an_acceptance_holds_through_its_last_day():
    assert accept(acceptance_ends=TODAY).accepted
    expired = accept(acceptance_ends=days_ago(1))
    assert not expired.accepted
    assert expired.weaknesses == (Weakness("expired", "the acceptance ended 1 day ago"),)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"residual_likelihood": 5}, "contradiction: the residual risk (15) is higher than the inherent one (12)"),
        ({"treatment": "retain"}, "contradiction: retained, so nothing was done, yet the residual risk is lower"),
        ({"accepted_by": "Owner"}, "accepted without a date"),
        ({"accepted_by": "Owner", "accepted_on": days_ago(-2)}, "the date of acceptance lies in the future"),
        ({"accepted_by": "Owner", "residual_likelihood": None}, "accepted before anybody rated what remains"),
        ({"accepted_by": "Head of IT", "owner": "Product owner"}, "accepted by Head of IT, but the risk owner is"),
    ],
)
def test_what_contradicts_itself_is_named(values, says):
    assert any(t.says.startswith(says) for t in one(**values).weaknesses)


def test_the_owner_is_the_same_in_any_spelling_of_case():
    assert accept(accepted_by="product OWNER", owner="Product owner").weaknesses == ()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"accepted_by": "Head of IT"}, "accepted by Head of IT, but the risk owner is Owner"),
        ({"owner": None}, "accepted, but no risk owner is named"),
        ({"accepted_on": None}, "accepted without a date"),
        ({"accepted_on": days_ago(-2)}, "the date of acceptance lies in the future"),
        ({"acceptance_ends": None}, "accepted without an end date"),
        ({"accepted_state": None}, "nothing says which state of the risk was accepted; accept it again"),
        ({"accepted_state": "0123456789abcdef"}, "the risk was changed after it was accepted"),
    ],
)
def test_an_acceptance_that_breaks_the_rule_does_not_count_whoever_recorded_it(values, says):
    found = accept(**values)

    assert not found.accepted
    assert found.why_not_accepted == says


def test_risks_are_listed_with_the_highest_of_today_first_and_unrated_ones_last():
    rows = [
        row("risks", "R-001"),
        row("risks", "R-002", likelihood=2, consequence=2),
        row("risks", "R-003", likelihood=5, consequence=5),
    ]

    assert [r.row.key for r in rated_risks(record(rows=rows))] == ["R-003", "R-002", "R-001"]


def test_treatments_are_listed_by_due_date_and_without_those_that_are_done():
    rows = [
        row("risks", "R-001", treatment="modify"),
        row("risks", "R-002", treatment="modify", due=days_ago(-30)),
        row("risks", "R-003", treatment="share", due=days_ago(3)),
        row("risks", "R-004", treatment="modify", due=days_ago(9), treated_on=days_ago(10)),
        row("risks", "R-005", treatment="retain"),
    ]

    assert [r.row.key for r in open_treatments(record(rows=rows))] == ["R-003", "R-002", "R-001"]


def test_every_area_of_the_register_is_told_empty_ones_too():
    found = risks_by_area(record(rows=[row("risks", "R-001", area="data privacy")]))

    assert list(found) == list(catalog().register("risks").field("area").choices)
    assert [r.row.key for r in found["data privacy"]] == ["R-001"]
    assert found["adversarial attack"] == ()


def test_all_30_risks_of_the_catalogue_are_suggested_at_first_each_in_an_area_of_the_register():
    found = suggested_risks(record())

    assert [s.entry["risk_id"] for s in found] == [f"R{n:02d}" for n in range(1, 31)]
    assert {s.area for s in found} == set(catalog().register("risks").field("area").choices)


def test_a_catalogue_risk_goes_from_the_list_when_it_is_rated_not_when_it_is_only_entered():
    rows = [
        row("risks", "R-001", catalogue="R02 and r11", likelihood=3, consequence=3),
        row("risks", "R-002", catalogue="R08"),
    ]
    found = {s.entry["risk_id"]: s for s in suggested_risks(record(rows=rows))}

    assert "R02" not in found
    assert "R11" not in found
    assert found["R08"].row.key == "R-002"
    assert found["R01"].row is None


def change(**values):
    return row("changes", "CH-001", happened_on=days_ago(20), **values)


def says(*rows):
    return [(t.key, t.says) for t in reassessment_triggers(record(rows=[SYSTEM, SECOND, *rows]))]


def test_a_change_that_nobody_followed_up_asks_for_a_new_assessment():
    assert says(change()) == [("CH-001", "risks not re-assessed since")]


def test_a_reassessment_before_the_change_is_the_good_practice():
    reviewed = row("risks", "R-001", last_review=days_ago(27))

    assert says(change(reassessed_on=days_ago(27)), reviewed) == []


def test_a_reassessment_long_before_the_change_was_not_for_it():
    reviewed = row("risks", "R-001", last_review=days_ago(111))

    assert says(change(reassessed_on=days_ago(111)), reviewed) == [
        ("CH-001", "the re-assessment is 91 days older than the change")
    ]


def test_a_reassessment_months_after_the_change_is_late_for_good():
    reviewed = row("risks", "R-001", last_review=days_ago(1))
    told = says(row("changes", "CH-001", happened_on=days_ago(98), reassessed_on=days_ago(1)), reviewed)

    assert told == [("CH-001", "re-assessed 97 days after the change; it belongs before go-live")]


def test_a_reassessment_that_left_no_trace_in_the_risks_does_not_count():
    reviewed = row("risks", "R-001", last_review=days_ago(40))

    assert says(change(reassessed_on=days_ago(10)), reviewed) == [
        ("CH-001", "said to be re-assessed, but no risk of these systems was reviewed since then")
    ]


def test_a_change_is_settled_when_a_risk_of_its_system_was_reviewed_after_it():
    mine = row("risks", "R-001", last_review=days_ago(10), systems=("SYS-001",))
    assert says(change(reassessed_on=days_ago(10), systems=("SYS-001",)), mine) == []

    other = row("risks", "R-001", last_review=days_ago(10), systems=("SYS-002",))
    assert len(says(change(reassessed_on=days_ago(10), systems=("SYS-001",)), other)) == 1


def test_a_risk_is_reviewed_once_a_year_at_least():
    assert says(row("risks", "R-001", last_review=days_ago(365))) == []
    assert says(row("risks", "R-001", last_review=days_ago(366))) == [
        ("R-001", "last reviewed 366 days ago; once a year at least")
    ]
    assert says(row("risks", "R-001")) == [("R-001", "never reviewed")]


def test_a_planned_review_that_has_gone_by_asks_for_one():
    late = row("risks", "R-001", last_review=days_ago(100), next_review=days_ago(4))

    assert says(late) == [("R-001", "the planned review is 4 days overdue")]


def test_the_oldest_trigger_comes_first_and_what_has_no_date_before_all():
    found = says(change(), row("risks", "R-001", last_review=days_ago(500)), row("risks", "R-002"))

    assert [key for key, _ in found] == ["R-002", "R-001", "CH-001"]
