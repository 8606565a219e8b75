from dataclasses import replace

from tests.helpers_audit import FLAG, SECOND, SYSTEM, answer, days_ago, plain, proof, proven, record, row, with_rows
from workbook.audience import Edition
from workbook.model import Result
from workbook.views import control_review, documented
from workbook.views.markup import with_hints

ALL = (
    control_review.coverage,
    control_review.evidence_status,
    control_review.mapping,
    documented.summary,
    documented.whole,
)


def without_systems():
    base = record()
    return replace(base, rows={**base.rows, "systems": ()})


def test_coverage_puts_figure_and_word_into_the_cell_so_that_colour_only_repeats_them():
    said = [
        answer("deploy", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0001",)),
        answer("roles", Result.PARTIAL),
    ]
    shown = control_review.coverage(record(said, {"EV-0001": proof()}, [SYSTEM, SECOND]))
    words = plain(shown)

    assert "Area Whole ISMS Credit scoring Support assistant Together" in words
    assert "Access control 0 of 1 weak 1 of 1 good 0 of 1 not assessed 1 of 3 weak" in words
    assert "Cryptography 0 of 1 not assessed – not asked – not asked" in words


def test_coverage_of_a_page_without_questions_says_what_to_do_first():
    shown = with_hints(lambda: control_review.coverage(record(), "01_data_inventory"))()
    assert "Name the ML systems in Start first." in plain(shown)


def test_evidence_status_lists_what_is_stale_and_who_has_it():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",), owner="Data steward")]
    words = plain(control_review.evidence_status(record(said, {"EV-0001": proof(203, title="Role list")})))

    assert "1 answer claimed as implemented or partial, 1 of them without fresh evidence." in words
    assert "Roles ● Implemented ○ stale, 203 of 90 days Role list Data steward" in words
    assert "2 questions are not assessed; they claim nothing" in words


def test_claims_without_evidence_are_counted_by_owner():
    said = [
        answer("roles", Result.IMPLEMENTED, owner="Data steward"),
        answer("deploy", Result.PARTIAL, "SYS-001", owner="Data steward"),
    ]
    words = plain(control_review.evidence_status(record(said)))

    assert "○ Not collected 2 claims without any evidence of what is asked for: Data steward 2." in words


def test_evidence_status_is_content_when_all_is_fresh():
    assert "All 3 answers that claim something rest on fresh evidence." in plain(
        control_review.evidence_status(proven())
    )


def test_evidence_status_teaches_when_nothing_is_claimed():
    assert "attach what proves it" in plain(with_hints(lambda: control_review.evidence_status(record()))())


def mapped(**values):
    told = {"name": "Privileged access rights", "applicable": "yes", "statement": "Only the pipeline deploys."}
    return with_rows(proven(days=40), row("controls", "A.8.2", **(told | values)))


def test_mapping_shows_statement_evidence_exception_and_monitoring_side_by_side():
    told = {
        "evidence": ("EV-0001",),
        "exceptions": "Break-glass account",
        "exception_until": days_ago(-30),
        "monitoring": "Weekly alert",
        "owner": "ML platform lead",
    }
    words = plain(control_review.mapping(mapped(**told)))

    assert "A.8.2 Privileged access rights Only the pipeline deploys. export.csv fresh, 40 of 90 days" in words
    assert "Break-glass account until 22 Dec 2026 Weekly alert" in words


def test_mapping_says_what_is_missing_and_which_exception_has_ended():
    words = plain(control_review.mapping(mapped(exceptions="Old account", exception_until=days_ago(6))))

    assert "no evidence of effectiveness Old account ended 6 days ago not monitored" in words


def test_mapping_lists_the_controls_that_questions_refer_to_without_a_row():
    words = plain(control_review.mapping(mapped()))

    assert "3 controls without a row" in words
    assert "A.5.15 Access control" in words.split("without a row")[1]
    assert "A.8.2 " not in words.split("without a row")[1]


def test_mapping_tells_why_a_control_does_not_apply():
    assert "Not applicable: No own data centre." in plain(
        control_review.mapping(mapped(applicable="no", reason="No own data centre."))
    )


def test_a_row_that_is_no_annex_a_control_is_shown_by_its_own_name():
    own = row("controls", "ML-1", name="Model signing", applicable="yes")

    assert "ML-1 Model signing" in plain(control_review.mapping(with_rows(record(), own)))


def test_what_people_type_is_shown_and_never_obeyed():
    hostile = mapped(statement=FLAG, exceptions=FLAG, monitoring=FLAG, owner=FLAG)
    hostile = with_rows(hostile, row("documents", "DOC-001", name=FLAG, kind="other", location=FLAG))
    hostile = with_rows(hostile, row("documents", "DOC-002", name=FLAG, kind="governance policy", location=FLAG))
    hostile = replace(hostile, rows={**hostile.rows, "systems": (row("systems", "SYS-001", name=FLAG),)})

    for view in ALL:
        assert "<script" not in view(hostile)
    assert "&lt;script&gt;" in control_review.mapping(hostile)
    assert "&lt;script&gt;" in documented.whole(hostile)
    assert "&lt;script&gt;" in control_review.coverage(hostile)


def test_a_customer_reads_no_owner_and_no_file_name():
    base = Edition("customer").of(mapped(owner="ML platform lead", evidence=("EV-0001",)))

    for view in ALL:
        words = plain(view(base))
        assert "ML platform lead" not in words
        assert "export.csv" not in words
