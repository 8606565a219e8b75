"""Page 7: objectives and measurements, what the management review has to look at, and which review counts."""

from datetime import timedelta
from functools import partial

import pytest

from tests.helpers_audit import TODAY, days_ago, plain, proof, record, row
from workbook.analysis.doubts import doubts_of_row
from workbook.analysis.figures import lies_past, weaknesses_of_measurement, weaknesses_of_objective
from workbook.analysis.management_points import management_points
from workbook.analysis.management_review import counting_review, management_review_faults
from workbook.analysis.review_inputs import review_inputs
from workbook.approving import rows_of, state_of
from workbook.errors import BadInput
from workbook.model import Draft, Engagement
from workbook.reviewing import review_faults
from workbook.store import Store
from workbook.views import management_system

AUDIT = row("programme", "IA-001", planned_from=days_ago(20), reported_on=days_ago(15), status="done")
LATE = row("findings", "FI-001", grade="minor nonconformity", raised_on=days_ago(5), auditor="Auditor", status="open")
SECOND = row("programme", "IA-002", planned_from=days_ago(9), reported_on=days_ago(1), status="done")
EARLIER = row("programme", "IA-000", planned_from=days_ago(99), reported_on=days_ago(90), status="done")
PREPARER = row("people", "P-001", name="Security lead", part="preparer")
WHOLE = {"held_on": days_ago(2), "chair": "Managing director", "audits": ("IA-001",), "conclusion": "needs changes",
         "paper": ("EV-0001",)}  # fmt: skip


def reviewed(*rows, **more):
    held = row("management_reviews", "MR-001", **(WHOLE | more))
    return record(evidence={"EV-0001": proof(0), "EV-0002": proof(30)}, rows=[AUDIT, *rows, held])


# objectives and measurements ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "value", "limit", "past"),
    [
        ("at least", 10, 12, True),
        ("at least", 12, 12, False),
        ("at most", 1, 0, True),
        ("at most", 0, 0, False),
        (None, 1, 0, None),
        ("at most", None, 0, None),
        ("at most", 1, None, None),
    ],
)
def test_a_value_lies_past_its_limit_on_the_wrong_side_only(direction, value, limit, past):
    assert lies_past(direction, value, limit) is past


def objective(**more):
    facts = {"measure": "models", "direction": "at least", "target": 12, "current": 10, "status": "running"}
    return row("objectives", "OB-001", **(facts | more))


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (objective(), ""),
        (objective(measure="none"), "has no figure"),
        (objective(target=None), "has no figure"),
        (objective(direction=None), "has no figure"),
        (objective(status="reached"), "its figure says that it is not"),
        (objective(status="reached", current=None), "nobody said where its figure stands"),
        (objective(status="reached", current=12), ""),
        (objective(status="given up", measure=""), ""),
    ],
)
def test_an_objective_without_a_figure_or_reached_against_it_is_pointed_out(one, says: str):
    found = "; ".join(weak.says for weak in weaknesses_of_objective(one))

    assert says in found if says else found == ""


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({}, "nothing was done about it"),
        ({"action": "–"}, "nothing was done about it"),
        ({"action": "Asked the supplier"}, ""),
        ({"value": 0}, ""),
        ({"value": 0, "measured_on": days_ago(60)}, "last measured 60 days ago"),
        ({"value": 0, "measured_on": days_ago(-1)}, "lies ahead"),
    ],
)
def test_a_measurement_past_its_limit_asks_for_an_action_and_one_that_is_late_for_a_value(facts, says: str):
    known = {"direction": "at most", "limit": 0, "value": 3, "cycle": "monthly", "measured_on": days_ago(9)}
    one = row("measurements", "ME-001", **(known | facts))

    found = "; ".join(weak.says for weak in weaknesses_of_measurement(record(rows=[one]), one))
    assert says in found if says else found == ""


def test_a_form_points_it_out_beside_the_field_while_it_is_typed():
    reached = objective(status="reached")
    idle = row("measurements", "ME-001", direction="at most", limit=0, value=3)

    assert [d.field for d in doubts_of_row(record(), reached)] == ["status"]
    assert [d.field for d in doubts_of_row(record(), idle)] == ["action"]


def test_climate_change_is_open_until_an_issue_says_yes_or_no():
    undecided = row("issues", "IS-001", subject="climate change")
    decided = row("issues", "IS-001", subject="climate change", relevant="no")

    def asked(*rows):
        return [p.title for p in management_points(record(rows=rows)) if "climate" in p.title]

    assert asked() == asked(undecided) == ["Nobody decided whether climate change matters"]
    assert asked(decided) == []


def test_a_duty_that_is_not_met_is_open_with_its_controls():
    duty = row("legal", "LR-001", met="no", controls=("A.5.32",), owner="Data steward")

    [point] = [p for p in management_points(record(rows=[duty])) if p.anchor == "legal-LR-001"]
    assert (point.severity, point.owner, point.refs) == ("high", "Data steward", ("A.5.32",))


# which review counts ------------------------------------------------------------------------------------------------


def test_a_whole_review_after_the_audit_counts():
    held = reviewed()

    assert management_review_faults(held) == ()
    assert counting_review(held).key == "MR-001"


@pytest.mark.parametrize(
    ("facts", "rows", "says"),
    [
        ({"chair": "-"}, (), "no chair"),
        ({"conclusion": None}, (), "no conclusion"),
        ({"chair": "Security lead"}, (PREPARER,), "Security lead chaired it and does not take part as management"),
        ({"paper": ()}, (), "no minutes"),
        ({"paper": ("EV-0404",)}, (), "no minutes"),
        ({"paper": ("EV-0002",)}, (), "no minutes of its day or later"),
        ({}, (SECOND,), "IA-002 came after it"),
        ({}, (EARLIER,), "it did not look at IA-000"),
        ({"audits": ()}, (), "looked at no internal audit"),
        ({"held_on": days_ago(21)}, (), "IA-001 is planned from 2 Nov 2026, after the review"),
        ({"held_on": days_ago(400), "audits": ()}, (), "more than a year ago"),
        ({"next_on": days_ago(1)}, (), "the next one was planned for 21 Nov 2026"),
        ({"held_on": days_ago(6)}, (LATE,), "FI-001 came after it"),
        ({"held_on": None}, (), "no management review is recorded as held"),
        ({"held_on": TODAY + timedelta(days=1)}, (), "no management review is recorded as held"),
    ],
)
def test_a_review_that_lacks_something_or_was_too_early_counts_for_nothing(facts, rows, says: str):
    held = reviewed(*rows, **facts)

    assert says in "; ".join(management_review_faults(held))
    assert counting_review(held) is None


def test_an_audit_that_an_earlier_review_saw_need_not_be_seen_again():
    before = row("management_reviews", "MR-000", held_on=days_ago(80), audits=("IA-000",))

    assert management_review_faults(reviewed(EARLIER, before)) == ()


def test_an_earlier_review_counts_when_a_later_one_lacks_something():
    short = row("management_reviews", "MR-002", held_on=days_ago(1))

    assert counting_review(reviewed(short)).key == "MR-001"


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({}, ""),
        ({"reported_on": days_ago(9)}, "IA-001 was reported on 13 Nov 2026, after the review of 12 Nov 2026"),
        ({"reported_on": None}, "no day says when the results of IA-001 were reported"),
        ({"status": "moved"}, "IA-001 is not done"),
        ({"planned_from": days_ago(9)}, "IA-001 is planned from 13 Nov 2026"),
    ],
)
def test_a_review_cannot_have_seen_results_that_came_after_it(facts, says: str):
    found = review_faults(
        {"held_on": days_ago(10), "audits": ("IA-001",)}, {"IA-001": {**AUDIT.values, **facts}}, TODAY
    )

    assert says in found[0] if says else found == ()


def test_a_review_before_its_audit_is_refused_and_one_after_it_is_kept(store: Store):
    def said(days: int) -> str:
        return (store.on - timedelta(days=days)).isoformat()

    audit = {"name": "Audit", "planned_from": said(9), "reported_on": said(5), "status": "done"}
    store.save([Draft("programme", "IA-001", audit)])

    def held(days: int) -> Draft:
        return Draft("management_reviews", "MR-001", {"name": "Review", "held_on": said(days), "audits": ["IA-001"]})

    with pytest.raises(BadInput, match=r"IA-001 was reported on .* after the review"):
        store.save([held(6)])
    with pytest.raises(BadInput, match="lies ahead"):
        store.save([held(-1)])
    assert store.save([held(5)])


# what the next one has to look at -----------------------------------------------------------------------------------


def test_every_input_of_the_clause_is_there_and_says_so_where_nothing_is_recorded():
    found = review_inputs(record())

    assert [one.letter for one in found] == list("abcdddd") + list("efg")
    assert [one.name for one in found if one.said] == []
    assert plain(management_system.management_review(record())).count("Nothing is recorded.") == 10


def test_inputs_count_changes_from_the_last_review_on():
    old = row("issues", "IS-001", subject="climate change", relevant="yes", reviewed_on=days_ago(40))
    new = row("issues", "IS-002", subject="technology", relevant="yes", reviewed_on=days_ago(1))
    late = row("decisions", "DE-001", status="open", due=days_ago(3), review="MR-001")
    said = {(one.letter, s.says): s.rows for one in review_inputs(reviewed(old, new, late, LATE)) for s in one.said}

    assert said["b", "1 looked at since 20 Nov 2026"] == (("issues", "IS-002"),)
    assert said["a", "1 overdue"] == (("decisions", "DE-001"),)
    assert said["d", "1 open, minor nonconformity"] == (("findings", "FI-001"),)
    assert not [says for _, says in said if "raised since" in says]  # it was raised before the review


# what is approved of it ---------------------------------------------------------------------------------------------


def state(subject: str, engagement=Engagement(title="A", scope="Lending"), **rows):  # noqa: B008 - a value
    kept = {name: tuple(found) for name, found in rows.items()}
    return state_of(subject, partial(rows_of, engagement, kept))


def test_objectives_are_approved_as_targets_and_not_as_figures_of_today():
    first = state("information security objectives", objectives=[objective()])

    assert state("information security objectives", objectives=[objective(current=11, status="missed")]) == first
    assert state("information security objectives", objectives=[objective(target=11)]) != first
    assert state("information security objectives") == ""


def test_a_scope_is_approved_with_its_words_and_its_systems():
    one, two = (row("systems", f"SYS-00{n}", name="Scoring") for n in (1, 2))
    first = state("scope statement", systems=[one])

    assert state("scope statement", Engagement(title="B", scope=" Lending "), systems=[one]) == first
    assert state("scope statement", systems=[one, two]) != first
    assert state("scope statement", Engagement(title="A", scope="-")) == ""


def test_the_record_of_a_review_is_approved_with_its_decisions_and_the_next_one_anew():
    held = row("management_reviews", "MR-001", **WHOLE)
    decided = row("decisions", "DE-001", review="MR-001", owner="A", status="open")
    first = state("management review record", management_reviews=[held], decisions=[decided])
    done = row("decisions", "DE-001", review="MR-001", owner="A", status="done")
    later = row("management_reviews", "MR-002", held_on=days_ago(1))

    assert state("management review record", management_reviews=[held], decisions=[done]) == first
    assert state("management review record", management_reviews=[held]) != first
    assert state("management review record", management_reviews=[held, later], decisions=[decided]) != first
    assert state("management review record", management_reviews=[row("management_reviews", "MR-001")]) == ""
