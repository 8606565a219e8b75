"""The edition for customers: true with the record closed, no better than the record, what is open beside the rest."""

import re
from dataclasses import replace

import pytest

from tests.helpers_audit import accepted_risk, answer, catalog, days_ago, plain, record, row, usual_approved
from workbook.analysis.applicability import decisions
from workbook.analysis.customer_edition import NAMES, PARTS, customer_part
from workbook.analysis.customer_risks import risks_stand
from workbook.analysis.customer_statement import statement_stand
from workbook.analysis.customer_words import Figures, Part, Said
from workbook.audience import Edition
from workbook.entries import Register
from workbook.errors import Unknown
from workbook.model import Engagement, Result
from workbook.record import Record
from workbook.redacting import Redactions, redact
from workbook.views.customer_edition import part


def redacted(full: Record) -> Redactions:
    return redact(full, Edition("customer"), b"")[1]


def words(full: Record, name: str) -> str:
    return plain(part(redacted(full), name))


def whole(found: Redactions) -> str:
    return " ".join(plain(part(found, name)) for name in NAMES)


def in_place(found: Part) -> list[str]:
    """What stands under “In place” in the part in short."""
    (rows,) = (line.rows for line in found.lines if isinstance(line, Figures))
    return [said.words for _, held, _ in rows if isinstance(held, tuple) for said in held]


# no better than it is ------------------------------------------------------------------------------------------------


def test_it_says_the_same_from_the_record_and_from_its_edition_and_nothing_that_is_no_customers_business(demo: Record):
    found = redacted(demo)
    parts = {name: make(found.record) for name, make in PARTS.items()}
    assert {name: make(demo) for name, make in PARTS.items()} == parts

    said, asked = whole(found), demo.catalog.questions.values()
    assert "withheld" not in said
    checklists = [q.why for q in asked] + [q.ask for q in asked] + [line.says for q in asked for line in q.lines]
    assert [text for text in checklists if text[:60] in said] == []
    keys = [r.key for rows in demo.rows.values() for r in rows if "-" in r.key] + list(demo.evidence)
    assert [key for key in keys if key in said.split()] == []
    hashes = [s.value.sha256 for s in demo.evidence.values() if s.value.sha256]
    assert not any(digest[:12] in said for digest in hashes)
    assert len(said.split()) < 2400  # a few pages, cells that say on a phone what they are counted too

    against = [line for line in parts["statement"].lines if isinstance(line, Said) and line.against]
    assert any("what stands today is not approved" in line.words for line in against)
    assert str(part(found, "statement")).count('class="stale"') >= len(against)


def test_of_an_empty_record_nothing_is_in_place_and_all_that_is_missing_is_said():
    empty = record(rows=[])

    assert in_place(customer_part(redacted(empty), "short")) == []
    said = whole(redacted(empty))
    for sentence in (
        "No certificate is recorded, and no application for one.",
        "The statement is not approved.",
        "No method for rating risks is written down, so no risk counts as assessed.",
        "No risk is in the register.",
        "No programme of internal audits is recorded.",
        "No audit test is recorded.",
        "No management review is recorded as held.",
    ):
        assert sentence in said, sentence


def test_what_is_grave_stands_in_short_beside_what_is_in_place():
    risk = row("risks", "R-001", name="A leak", likelihood=5, consequence=5, owner="Lead")
    major = row("findings", "FI-001", name="No ticket", grade="major nonconformity", status="open", due=days_ago(3))
    closed = row(
        "findings", "FI-002", name="No log", grade="minor nonconformity", status="closed", closed_on=days_ago(1)
    )
    test = row("tests", "T-001", question="roles", design="effective", operation="not effective", tested_on=days_ago(9))
    said = words(record([answer("roles", Result.IMPLEMENTED)], rows=[risk, major, closed, test]), "short")

    assert "2 open: 1 major nonconformity, 1 minor nonconformity." in said  # closed without what closure needs
    assert "1 of these overdue." in said
    assert "1 test found design or operation not effective." in said
    assert "No risk counts as assessed: no method for rating risks is written down." in said
    assert "within the limit" not in said


def test_a_risk_that_nobody_accepts_who_may_is_counted_as_such():
    rated = {"likelihood": 5, "consequence": 5, "residual_likelihood": 5, "residual_consequence": 5}
    signed = accepted_risk(owner="Lead", accepted_by="Lead", agreed_by="Top management", agreed_on=days_ago(5), **rated)
    alone = row("risks", "R-002", **{**signed.values, "agreed_by": None})
    found = risks_stand(record(rows=[*usual_approved(), signed, alone]))

    assert "1 above the limit, accepted by those who may" in found.held
    assert "1 risk above the limit today, accepted by nobody who may (1 critical)" in found.open
    assert risks_stand(record(rows=[signed])).held == ()  # under no approved method nothing is accepted


def test_each_control_stands_in_short_as_in_place_or_as_open(demo: Record):
    every, stand = decisions(demo), statement_stand(demo)
    numbers = [int(re.match(r"\d+", words)[0]) for words in (*stand.held, *stand.open) if " control" in words]
    decided = sum(not one.lacks for one in every)
    excluded = sum(one.applicable == "no" for one in every)

    assert sum(numbers) - decided + excluded == len(every)


def test_a_day_on_which_the_certification_body_comes_stands_once_among_the_dates():
    about = Engagement(title="x", audit_kind="surveillance", audit_date=days_ago(-30))
    comes = row("certificates", "CT-001", name="Cert", status="valid", next_on=days_ago(-30), next_kind="surveillance")
    own = record(engagement=about, rows=[comes])

    assert words(own, "dates").count("in 30 days") == 1
    assert "Start of audit (surveillance)" in words(replace(own, rows={**own.rows, "certificates": ()}), "dates")


# certificates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "suspended", "valid_until": days_ago(-90)}, "A certificate is suspended"),
        ({"status": "valid", "valid_until": days_ago(1)}, "A certificate ran out on"),
        ({"status": "valid"}, "A certificate is recorded as valid, without an end."),
        ({"status": "in application"}, "No certificate is recorded that is valid today."),
    ],
)
def test_a_certificate_that_is_not_held_today_is_not_in_place(values: dict[str, object], said: str):
    full = record(rows=[row("certificates", "CT-001", name="IS-4711", body="Acme Cert", **values)])

    assert said in words(full, "short")
    assert not any("certificate" in one for one in in_place(customer_part(redacted(full), "short")))
    assert "Acme Cert" not in whole(redacted(full))
    assert "IS-4711" not in whole(redacted(full))


def test_number_and_body_of_a_certificate_are_told_where_their_columns_are_public():
    def opened(register: Register) -> Register:
        shown = tuple(f.model_copy(update={"public": f.public or f.id in ("name", "body")}) for f in register.fields)
        return register.model_copy(update={"fields": shown}) if register.id == "certificates" else register

    topics = tuple(
        topic.model_copy(update={"registers": tuple(map(opened, topic.registers))}) for topic in catalog().topics
    )
    held = row("certificates", "CT-001", name="IS-4711", body="Acme Cert", status="valid", valid_until=days_ago(-90))
    full = replace(record(rows=[held]), catalog=replace(catalog(), topics=topics))

    assert "Certificate IS-4711 of Acme Cert: valid" in words(full, "certificate")


# scope, dates, the rest ----------------------------------------------------------------------------------------------


def test_the_scope_is_told_as_it_was_written_for_customers_and_not_at_all_where_it_was_not():
    about = Engagement(title="x", scope="cloud account 4711", public_scope="The lending platform")

    assert "Scope The lending platform" in words(record(engagement=about), "scope")
    hidden = words(record(engagement=about.model_copy(update={"public_scope": ""})), "scope")
    assert "4711" not in hidden
    assert "not written down" not in hidden.partition("Standard")[0]


def test_a_day_that_has_gone_by_without_what_was_planned_says_so():
    review = row("management_reviews", "MR-001", held_on=days_ago(400), next_on=days_ago(30))
    planned = row("programme", "IA-001", name="x", planned_from=days_ago(20), planned_to=days_ago(10), status="planned")
    said = words(record(rows=[review, planned]), "dates")

    assert "Next management review past due, 30 days ago" in said
    assert "Internal audit, planned past due, 10 days ago" in said


def test_a_part_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(Unknown, match="left-out"):
        customer_part(redacted(record()), "left-outs")
