from dataclasses import replace

import pytest

from tests.helpers_audit import FLAG, answer, catalog, days_ago, plain, record, row, with_rows
from workbook.audience import Edition
from workbook.catalog import Catalog
from workbook.entries import MlNote, Topic
from workbook.model import Result
from workbook.record import Record
from workbook.views.by_control import by_clause, by_control
from workbook.views.states import COVERED

FAILED = {"question": "deploy", "lines": ("deploy/1",), "system": "SYS-001", "tested_on": days_ago(3),
          "design": "effective", "operation": "not effective"}  # fmt: skip


def noted(base: Record) -> Record:
    block = MlNote(of=("A.7.1", "A.7.2"), note="Nothing changes.")
    notes, small = (MlNote(of=("A.8.2",), note="Promoting a model."), block), catalog()
    return replace(
        base,
        catalog=Catalog((*small.topics, Topic(id="notes", title="N", notes=notes)), small.facts, small.folder, "0"),
    )


def test_a_control_shows_its_note_its_coverage_its_claim_and_what_is_shown_of_it():
    said = [answer("roles", Result.IMPLEMENTED), answer("deploy", Result.NOT_IMPLEMENTED, "SYS-001")]
    words = plain(by_control(noted(record(said))))

    assert "Of 93 controls of ISO/IEC 27001:2022 Annex A: 0 tested, 4 asked, 0 mentioned, 89 silent." in words
    assert (
        "A.8.2 Privileged access rights 2013: A.9.2.3 Management of privileged access rights Promoting a model. "
        "? Asked 2 of 2 questions answered ○ Not implemented 0 of 2 evidenced, 0 by a test "
        "Not implemented: Deploy (Credit scoring) 1 implemented"
    ) in words


def test_the_questions_of_the_worst_result_are_links_to_their_answers():
    html = by_control(record())

    assert '<a href="03_control_review.ipynb#deploy@SYS-001">Deploy</a> (Credit scoring)' in html
    assert '<a href="03_control_review.ipynb#roles">Roles</a>' in html


def test_what_nothing_tests_is_named_and_not_folded_away():
    html = by_control(record())
    before_details = plain(html.partition("<details")[0])

    assert "89 controls that no question tests here: A.5.1 Policies for information security; A.5.2 " in before_details
    assert "(clause 6.1.3 d)" in before_details
    assert "30 clauses that no question tests here: 4.1 " in plain(by_clause(record()).partition("<details")[0])


def test_the_note_of_a_block_is_told_once():
    words = plain(by_control(noted(record())))

    assert words.count("Nothing changes.") == 1
    assert "As for A.7.1." in words


def test_a_test_is_told_by_its_name_with_what_it_found():
    base = record(rows=[row("tests", "T-001", name="Who deploys", **FAILED)])
    html, words = by_control(base), plain(by_control(base))

    assert (
        "Tested by the audit a test of it names 1 of 1 question T-001 Who deploys: design effective, "
        "operation not effective" in words
    )
    assert "2 have a question that a test found not effective" in words
    assert 'class="stale"' in html.partition("Who deploys")[2][:60]


def test_what_a_test_left_open_is_no_success():
    base = record(rows=[row("tests", "T-001", name="Who deploys", **FAILED | {"operation": None})])

    assert "design effective, operation not concluded" in plain(by_control(base))


def test_being_covered_is_never_green():
    assert {state.kind for state in COVERED.values()} & {"ok"} == set()


@pytest.mark.parametrize("view", [by_control, by_clause])
def test_a_customer_reads_the_same_coverage_and_none_of_the_names(view):
    base = with_rows(noted(record()), row("tests", "T-001", name="Who deploys for Acme", **FAILED))
    own, theirs = plain(view(base)), plain(view(Edition("customer").of(base)))

    assert "Acme" not in theirs
    assert theirs == own.replace("T-001 Who deploys for Acme:", "T-001:")


def test_names_that_somebody_typed_are_shown_and_never_obeyed():
    base = record(rows=[row("tests", "T-001", name=FLAG, **FAILED)])

    assert "<script" not in by_control(base)
    assert "&lt;script&gt;" in by_control(base)
