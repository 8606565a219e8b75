from tests.helpers_audit import PAGE, SECOND, SYSTEM, answer, catalog, days_ago, proof, proven, record, row
from workbook.analysis import coverage
from workbook.model import Result


def test_a_question_counts_as_proven_only_when_implemented_with_fresh_evidence():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0002",)),
        answer("keys", Result.PARTIAL, evidence=("EV-0001",)),
    ]
    tally = coverage.tally(record(said, {"EV-0001": proof(10), "EV-0002": proof(91)}).asked)

    assert (tally.applicable, tally.assessed, tally.implemented, tally.proven) == (3, 3, 2, 1)


def test_not_applicable_leaves_the_count_and_not_assessed_stays_in_it():
    tally = coverage.tally(record([answer("keys", Result.NOT_APPLICABLE, rationale="no keys")]).asked)

    assert (tally.applicable, tally.assessed) == (2, 0)


def test_the_share_of_nothing_is_nothing():
    assert coverage.tally([]).share == 0.0


def test_areas_tell_systems_and_the_whole_isms_apart():
    said = [answer("deploy", Result.IMPLEMENTED, "SYS-002", evidence=("EV-0001",))]
    access, crypto = coverage.by_area(record(said, {"EV-0001": proof()}, [SYSTEM, SECOND]), PAGE)

    assert {scope: (t.proven, t.applicable) for scope, t in access.cells.items()} == {
        "": (0, 1),
        "SYS-001": (0, 1),
        "SYS-002": (1, 1),
    }
    assert access.total.applicable == 3
    assert crypto.cells["SYS-001"].applicable == 0


def test_a_page_without_sections_has_no_areas():
    assert coverage.by_area(record(), "01_data_inventory") == ()


def test_systems_are_counted_over_all_areas():
    assert {k: t.applicable for k, t in coverage.by_system(record(rows=[SYSTEM, SECOND]), PAGE).items()} == {
        "": 2,
        "SYS-001": 1,
        "SYS-002": 1,
    }


def test_all_93_controls_are_listed_and_each_names_the_questions_that_bear_on_it():
    uses = {use.control.id: use for use in coverage.by_control(record())}

    assert len(uses) == 93
    assert [a.key for a in uses["A.8.2"].asked] == ["roles", "deploy@SYS-001"]
    assert uses["A.7.4"].asked == ()
    assert uses["A.7.4"].worst is None


def test_a_control_is_as_good_as_its_worst_result():
    said = [answer("roles", Result.IMPLEMENTED), answer("deploy", Result.PARTIAL, "SYS-001")]
    uses = {use.control.id: use for use in coverage.by_control(record(said))}

    assert uses["A.8.2"].worst is Result.PARTIAL
    assert uses["A.5.15"].worst is Result.IMPLEMENTED


def test_what_is_known_to_be_missing_is_worse_than_what_nobody_looked_at_and_that_is_worse_than_planned():
    said = [answer("roles", Result.PLANNED)]
    assert {u.control.id: u.worst for u in coverage.by_control(record(said))}["A.8.2"] is Result.NOT_ASSESSED

    said.append(answer("deploy", Result.NOT_IMPLEMENTED, "SYS-001"))
    assert {u.control.id: u.worst for u in coverage.by_control(record(said))}["A.8.2"] is Result.NOT_IMPLEMENTED


def test_a_control_knows_the_controls_of_2013_it_took_over():
    use = next(u for u in coverage.by_control(record()) if u.control.id == "A.8.2")

    assert [(r.id, r.title) for r in use.before] == [("A.9.2.3", "Management of privileged access rights")]


def test_controls_that_are_new_in_2022_took_over_none():
    new = [u.control.id for u in coverage.by_control(record()) if not u.before]

    assert len(new) == 11
    assert "A.8.16" in new


def test_doubts_are_stale_first_and_oldest_first_then_undated_then_missing():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.PARTIAL, "SYS-001", evidence=("EV-0002",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-002", evidence=("EV-0003",)),
        answer("keys", Result.IMPLEMENTED),
    ]
    held = {"EV-0001": proof(100), "EV-0002": proof(203), "EV-0003": proof(None)}
    found = coverage.doubts(record(said, held, [SYSTEM, SECOND]))

    assert [d.asked.key for d in found] == ["deploy@SYS-001", "roles", "deploy@SYS-002", "keys"]
    assert [d.words for d in found] == [
        "stale, 203 of 90 days",
        "stale, 100 of 90 days",
        "undated: nobody said when it was collected",
        "no evidence",
    ]
    assert found[0].over == 113


def test_evidence_past_its_own_end_is_in_doubt_whatever_its_age():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    (doubt,) = coverage.doubts(record(said, {"EV-0001": proof(5, valid_until=days_ago(1))}))

    assert (doubt.state, doubt.over) == ("stale", 0)


def test_an_answer_that_claims_nothing_needs_no_evidence():
    assert coverage.doubts(record([answer("roles", Result.PLANNED), answer("keys", Result.NOT_IMPLEMENTED)])) == ()


def test_one_fresh_piece_among_stale_ones_is_enough():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001", "EV-0002"))]

    assert coverage.doubts(record(said, {"EV-0001": proof(300), "EV-0002": proof(3)})) == ()


def test_evidence_is_told_by_the_strictest_question_that_rests_on_it():
    use = coverage.uses(proven(days=30))["EV-0001"]

    assert len(use.questions) == 3
    assert (use.freshness.state, use.freshness.max_age_days, use.ruled) == ("fresh", 90, True)


def test_evidence_without_a_question_goes_by_its_artefact_and_says_when_no_rule_is_known():
    held = {"EV-0001": proof(100, artefact="Export for roles"), "EV-0002": proof(100)}
    uses = coverage.uses(record(evidence=held))

    assert (uses["EV-0001"].freshness.state, uses["EV-0001"].ruled) == ("stale", True)
    assert (uses["EV-0002"].freshness.state, uses["EV-0002"].ruled) == ("fresh", False)


def test_every_kind_of_the_two_document_lists_is_a_choice_of_the_register():
    choices = catalog().register("documents").field("kind").choices

    assert [k for kinds in coverage.DOCUMENTS.values() for k in kinds] == [c for c in choices if c != "other"]


def test_a_kind_of_document_is_missing_until_one_row_names_it():
    assert len(coverage.missing_documents(record())) == 8

    held = record(
        rows=[row("documents", "DOC-001", kind="governance policy"), row("documents", "DOC-002", kind="other")]
    )
    assert "governance policy" not in coverage.missing_documents(held)
    assert len(coverage.missing_documents(held)) == 7


def test_a_date_is_late_from_the_day_after():
    today = record().on

    assert coverage.days_late(today, today) == 0
    assert coverage.days_late(days_ago(1), today) == 1
    assert coverage.days_late(None, today) == 0
