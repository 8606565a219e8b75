"""What has to be written down: one rule, read from the checklists' reference, of what is found and what is not."""

from dataclasses import replace

import pytest

from tests.helpers_audit import accepted_risk, catalog, days_ago, plain, record, row
from tests.test_management_system import WHOLE, objective
from workbook.analysis.documents import NEEDS, Documented, document_faults, documented_information
from workbook.approving import rows_of, state_of
from workbook.audience import Edition
from workbook.model import Engagement
from workbook.record import Record
from workbook.registers import says_nothing
from workbook.views import documented

ENTRIES = catalog().documented_information()


def named(held: Record, name: str) -> Documented:
    return next(d for d in documented_information(held) if d.id == f"dinfo-{name}")


def sound(kind: str, **more):
    facts = {"kind": kind, "approved_by": "Managing director", "next_review": days_ago(-30)}
    return row("documents", "DOC-001", **(facts | more))


# the list -----------------------------------------------------------------------------------------------------------


def test_each_line_of_the_list_can_be_shown_and_is_asked_for(catalog):
    choices = catalog.register("documents").field("kind").choices
    subjects = catalog.register("approvals").field("subject").choices
    kinds = [kind for e in ENTRIES for kind in e["kinds"].split(";")]

    assert set(kinds) == set(choices) - {"other"}
    assert {e["clause"] for e in ENTRIES} <= set(catalog.facts["iso27001"])
    assert {e["question"] for e in ENTRIES} <= set(catalog.questions)
    assert {e["need"] for e in ENTRIES} == set(NEEDS)
    assert {e["subject"] for e in ENTRIES} - {""} == set(subjects)
    assert {e["control"] for e in ENTRIES} - {""} <= set(catalog.known_keys(catalog.register("controls")))


def test_every_register_and_column_of_the_list_is_there():
    for source in (s for e in ENTRIES for s in e["held"].split(";") if s not in ("", "engagement", "evidence")):
        register, _, column = source.partition(".")
        assert not column or catalog().register(register).field(column).id == column


# documents ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "state", "says"),
    [
        (None, "missing", "Information security policy (clause 5.2): missing"),
        (sound("information security policy", approved_by="-"), "unapproved", "not approved"),
        (sound("information security policy", approved_on=days_ago(-1)), "unapproved", "lies ahead"),
        (sound("information security policy", next_review=days_ago(1)), "outdated", "overdue for review"),
        (sound("information security policy"), "found", ""),
    ],
)
def test_a_document_is_found_when_it_is_approved_and_reviewed_in_time(held, state: str, says: str):
    about = record(rows=[held] if held else [])
    faults = [f for f in document_faults(about) if f.startswith("Information security policy")]

    assert named(about, "policy").state == state
    assert says in "".join(faults) if says else faults == []


def test_a_document_that_proves_what_was_done_needs_no_approval():
    assert named(record(rows=[sound("confidentiality agreement", approved_by="")]), "nda").state == "found"


def test_one_sound_document_is_enough_and_others_stand_beside_it():
    late = replace(sound("risk method", next_review=days_ago(1)), key="DOC-002")
    found = named(record(rows=[late, sound("risk method")]), "risk-assessment-process")

    assert (found.state, found.lacks, len(found.pieces)) == ("found", "", 2)


# what the record holds itself -----------------------------------------------------------------------------------------


def test_what_the_record_holds_is_found_with_its_rows_and_their_gaps():
    found = named(record(rows=[accepted_risk()]), "risk-results")

    assert (found.state, [p.says for p in found.pieces]) == ("found", ["1 row, 1 with gaps"])


def test_a_column_of_a_register_counts_only_where_it_is_filled():
    assert named(record(rows=[row("measurements", "ME-001")]), "monitoring-results").state == "missing"
    assert named(record(rows=[row("measurements", "ME-001", value=0)]), "monitoring-results").state == "found"


def approved(held: Record, subject: str, **more) -> Record:
    state = state_of(subject, lambda kind: rows_of(held.engagement, held.rows, kind))
    given = {"subject": subject, "version": "2", "approved_by": "Director", "recorded_by": "Director",
             "approved_on": days_ago(9), "state": state, "at_revision": 3}  # fmt: skip
    return replace(held, rows={**held.rows, "approvals": (row("approvals", "AP-001", **(given | more)),)})


def test_what_is_approved_in_versions_is_found_only_while_the_approval_speaks_of_it():
    held, subject = record(rows=[objective()]), "information security objectives"

    assert named(held, "objectives").state == "unapproved"
    assert named(approved(held, subject), "objectives").state == "found"
    changed = named(approved(held, subject, state="another"), "objectives")
    assert (changed.state, changed.lacks) == ("outdated", "changed since version 2 of 13 Nov 2026")


def test_a_scope_in_words_and_a_review_that_was_held_are_held_here():
    review = row("management_reviews", "MR-001", **WHOLE)

    assert named(record(rows=[review]), "management-review").state == "unapproved"
    assert named(record(), "scope").state == "unapproved"
    assert named(record(engagement=Engagement(title="A")), "scope").state == "missing"
    assert says_nothing(Engagement(title="A").scope)


def test_an_excluded_control_asks_for_no_document_and_an_exclusion_without_a_reason_does():
    excluded = {"applicable": "no", "reason": "We build no software and buy none to be built."}

    assert named(record(rows=[row("controls", "A.8.27", **excluded)]), "engineering-principles").state == "not needed"
    empty = row("controls", "A.8.27", applicable="no", reason="n/a")
    assert named(record(rows=[empty]), "engineering-principles").state == "missing"


def test_no_nonconformity_is_nothing_to_show_and_no_fault():
    assert named(record(), "nonconformities").state == "nothing yet"
    assert not [f for f in document_faults(record()) if "Nonconformity" in f]


# how it is shown ----------------------------------------------------------------------------------------------------


def test_the_list_says_what_shows_each_and_what_is_missing():
    html = documented.whole(record(rows=[sound("risk method", name="P-05", version="4", location="Wiki")]))
    words = plain(html)

    shown = "Risk assessment method clause 6.1.2, required ● Found DOC-001 P-05, version 4, Wiki"
    assert shown in words
    assert "○ Missing It has to hold: " in words
    assert 'href="03_control_review.ipynb#documents-DOC-001"' in html


def test_page_3_counts_and_names_the_first_that_are_missing():
    words = plain(documented.summary(record()))

    assert words.startswith("Of 35 things that are written down in an ISMS: ")
    assert "An auditor would miss: " in words
    assert ". Not as asked for: " in plain(documented.summary(Edition("auditor").of(record())))
    assert " more." in words
