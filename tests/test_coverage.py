from tests.helpers_audit import PAGE, SECOND, SYSTEM, accepted, answer, proof, record
from workbook.analysis.coverage import Tally, area_coverage, count_asked, system_coverage
from workbook.model import Result


def test_a_question_counts_as_evidenced_only_with_fresh_evidence():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0002",)),
        answer("keys", Result.PARTIAL, evidence=("EV-0001",)),
    ]
    base = record(said, {"EV-0001": proof(10), "EV-0002": proof(91)})
    tally = count_asked(base, base.asked)

    assert (tally.applicable, tally.assessed, tally.implemented, tally.evidenced) == (3, 3, 2, 2)


def test_not_applicable_leaves_the_count_once_accepted_and_not_assessed_stays_in_it():
    base = record([answer("keys", Result.NOT_APPLICABLE, rationale="We hold no keys of our own.")])

    assert count_asked(base, base.asked).applicable == 3
    assert (count_asked(accepted(base), accepted(base).asked)) == Tally(applicable=2)


def test_the_share_of_nothing_is_nothing():
    assert count_asked(record(), []).share == 0.0


def test_areas_tell_systems_and_the_whole_isms_apart():
    said = [answer("deploy", Result.IMPLEMENTED, "SYS-002", evidence=("EV-0001",))]
    access, crypto = area_coverage(record(said, {"EV-0001": proof()}, [SYSTEM, SECOND]), PAGE)

    assert {scope: (t.evidenced, t.applicable) for scope, t in access.cells.items()} == {
        "": (0, 1),
        "SYS-001": (0, 1),
        "SYS-002": (1, 1),
    }
    assert access.total.applicable == 3
    assert crypto.cells["SYS-001"].applicable == 0


def test_a_page_without_sections_has_no_areas():
    assert area_coverage(record(), "01_data_inventory") == ()


def test_systems_are_counted_over_all_areas():
    assert {k: t.applicable for k, t in system_coverage(record(rows=[SYSTEM, SECOND]), PAGE).items()} == {
        "": 2,
        "SYS-001": 1,
        "SYS-002": 1,
    }
