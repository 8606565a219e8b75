from dataclasses import replace
from datetime import UTC, date, datetime

from tests.helpers_audit import (
    FLAG,
    SYSTEM,
    accepted,
    all_tested,
    an_audit_test,
    answer,
    days_ago,
    plain,
    proof,
    proven,
    record,
    row,
    with_review,
    with_rows,
)
from tests.test_points import clean
from workbook.audience import Edition
from workbook.model import Engagement, Head, Result, Review
from workbook.record import Stated
from workbook.views import audit_report, changes
from workbook.views.markup import with_hints

ALL = (
    audit_report.summary,
    audit_report.verdict_by_area,
    audit_report.open_points,
    audit_report.open_by_owner,
    audit_report.evidence_index,
    audit_report.sign_offs,
    audit_report.limits,
)
MAJOR = row("findings", "FI-001", name="No change approval", grade="major nonconformity", status="open", owner="Lead")


def test_the_summary_opens_with_scope_date_and_verdict():
    about = Engagement(title="ISMS 2026", organisation="Northlight Credit", scope="Lending platform",
                       audit_date=date(2027, 2, 2))  # fmt: skip
    words = plain(audit_report.summary(replace(with_rows(proven(), MAJOR), engagement=about)))

    assert words.startswith("Organisation Northlight Credit Audit internal, ISO/IEC 27001:2022 + Amd 1:2024")
    assert "As of 22 Nov 2026 (UTC) Audit starts 2 Feb 2027, in 72 days" in words
    assert "Scope: Lending platform" in words
    assert "Not ready 100 % claimed, 33 % shown. 3 claims (implemented, partial or planned): 3 evidenced" in words
    assert "3 of 3 questions that count are claimed as implemented." in words
    assert "4 points would stop a certification auditor." in words
    assert "the risk register is empty. (clause 6.1.2)" in words


def test_the_summary_says_what_stands_between_here_and_the_next_stage():
    words = plain(audit_report.summary(clean()))

    assert "Not ready 100 % claimed, 100 % shown." in words
    assert "2 conditions short of “ready for internal audit”." in words
    assert "92 controls and clauses have no turn in three years: A.5.1;" in words


def test_the_summary_counts_what_nobody_assessed_as_nothing():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)), answer("deploy", Result.IMPLEMENTED, "SYS-001")]
    words = plain(audit_report.summary(record(said, {"EV-0001": proof()})))

    assert "2 of 3 questions that count are claimed as implemented." in words
    assert "1 question not assessed, counting as nothing." in words
    assert "None of the 3 questions that count is assessed yet." in plain(audit_report.summary(record()))


def test_a_summary_without_scope_or_systems_says_where_to_write_them():
    base = record()
    words = plain(
        audit_report.summary(replace(base, engagement=Engagement(title="x"), rows={**base.rows, "systems": ()}))
    )

    assert "Scope: none is written down yet." in words
    assert "No ML system is named yet" in words


def test_each_area_stands_beside_its_weakest_item():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)), answer("deploy", Result.IMPLEMENTED, "SYS-001")]
    words = plain(audit_report.verdict_by_area(record(said, {"EV-0001": proof()})))

    assert "Access control 100 % claimed, 16 % shown 1 of 2 0 of 2 – Deploy · Credit scoring ◌ Claimed only" in words
    assert "Cryptography 0 % claimed, 0 % shown 0 of 1 0 of 1 1 Keys ? Not assessed" in words
    assert "all tested" in plain(audit_report.verdict_by_area(all_tested(accepted(proven()))))


def test_open_points_are_a_numbered_list_with_why_who_and_when():
    said = [
        answer("roles", Result.NOT_IMPLEMENTED, owner="Data steward", due=days_ago(9), rationale="Nobody approves.")
    ]
    shown = audit_report.open_points(record(said))
    words = plain(shown)

    assert '<ol class="points">' in shown
    assert '<a href="03_control_review.ipynb#roles">Roles</a>' in shown
    assert "Roles ▲ high ○ Not implemented Nobody approves. A.5.15, A.8.2 Data steward overdue 9 days" in words
    assert "▲▲ critical 3 would stop a certification auditor" in words


def test_lesser_points_are_counted_and_a_limit_shows_the_first_ones_only():
    base = record([answer("roles", Result.NOT_IMPLEMENTED), answer("keys", Result.PARTIAL)])

    assert "And 3 more points, below, by owner." in plain(audit_report.open_points(base))
    short = audit_report.open_points(base, limit=1)
    assert short.count("<li><div>") == 1
    assert "more points, in an appendix of the audit report" in plain(short)


def test_nothing_open_is_said_in_words():
    assert "Nothing is open" in plain(audit_report.open_points(clean()))
    assert "nobody has anything to do" in plain(audit_report.open_by_owner(clean()))


def test_everybody_finds_their_own_points_and_those_of_nobody_stand_at_the_end():
    said = [answer("roles", Result.PARTIAL, owner="Data steward", due=days_ago(2)), answer("keys", Result.PARTIAL)]
    shown = audit_report.open_by_owner(record(said))
    words = plain(shown)

    assert "Data steward 1 point, 1 overdue" in words
    assert words.index("Data steward") < words.index("Nobody named")
    assert "Roles" in words
    assert "Nobody named" in plain(shown.rpartition("<details")[2])


def test_the_evidence_index_tells_what_when_fingerprint_use_and_freshness():
    told = {
        "title": "Role list",
        "artefact": "Export for roles",
        "period_from": days_ago(100),
        "period_to": days_ago(10),
        "classification": "confidential",
    }
    piece = replace(proof(9, **told), at=datetime(2026, 11, 14, 9, tzinfo=UTC))
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    words = plain(audit_report.evidence_index(record(said, {"EV-0001": piece})))

    assert "1 piece of evidence; none stale or undated, none without a question that rests on it." in words
    assert "EV-0001 Role list export.csv · Export for roles · confidential Roles ● Fresh 10 of 90 days" in words
    assert "collected 13 Nov 2026 covers 14 Aug 2026 to 12 Nov 2026 added 14 Nov 2026 " + "a" * 12 + " 2,048" in words
    assert "The whole fingerprints (SHA-256) 1 file " + "a" * 64 + " export.csv" in words


def test_a_piece_that_proves_many_questions_names_the_first_and_counts_the_others():
    systems = [replace(SYSTEM, key=f"SYS-00{n}") for n in range(1, 6)]
    said = [answer("deploy", Result.PARTIAL, one.key, evidence=("EV-0001",)) for one in systems]
    shown = audit_report.evidence_index(record(said, {"EV-0001": proof()}, systems))

    assert shown.count('href="03_control_review.ipynb#deploy@') == 3
    assert "and 2 more questions" in plain(shown)


def test_an_address_has_no_fingerprint_because_nobody_keeps_its_content():
    link = proof(5, form="link", link="https://wiki.example/x", name="https://wiki.example/x", sha256="", size=0)
    words = plain(audit_report.evidence_index(record(evidence={"EV-0001": link})))

    assert "nobody keeps its content, so it has no fingerprint" in words
    assert "nothing yet" in words


def test_sign_offs_tell_who_has_not_signed():
    rows = [
        row("sign_offs", "SO-001", name="Security lead", capacity="security lead", decision="agrees with reservations",
            statement="Subject to FI-001.", signed_on=days_ago(1), recorded_by="security lead", revision=3),
        row("sign_offs", "SO-002", name="Managing director", capacity="top management", decision="agrees",
            signed_on=days_ago(-3), recorded_by="Managing director"),
    ]  # fmt: skip
    words = plain(audit_report.sign_offs(record(rows=rows)))

    assert "1 of 2 sign-offs given." in words
    assert "Security lead security lead ◐ agrees with reservations Subject to FI-001. 21 Nov 2026" in words
    assert "Managing director top management ● agrees – not signed" in words
    assert "Not signed as: system owner, risk owner, lead auditor, top management." in words


def test_without_an_earlier_report_the_changes_say_to_the_preparer_how_one_is_issued():
    words = plain(with_hints(lambda: changes.changes(record(), None))())

    assert 'workbook issue northlight-2026 --to "recipient" --audience auditor' in words
    assert "workbook issue" not in plain(changes.changes(record(), None))


def test_changes_tell_readiness_then_and_now_and_each_difference():
    old = replace(record(on=days_ago(60)), head=Head(7, "b" * 64))
    words = plain(changes.changes(proven(), old))

    assert "Since 23 Sep 2026 (revision 7): not ready → not ready; claimed 0 → 100 %, shown 0 → 33 %." in words
    assert "Answers 3 changes: 3 for the better, 0 for the worse" in words
    assert "Roles not assessed → implemented ↑ better" in words
    assert "Evidence 1 change: 1 for the better" in words


def test_no_difference_is_said_too():
    assert "No answer, finding, risk, evidence or system is different." in plain(changes.changes(record(), record()))


def test_the_limits_name_what_the_report_does_not_cover():
    link = proof(5, form="link", link="https://wiki.example/x", name="x", sha256="", size=0)
    said = [
        answer("roles", Result.IMPLEMENTED),
        answer("keys", Result.NOT_APPLICABLE, rationale="We hold no keys here."),
    ]
    review = Review(question="keys", version=1, verdict="accepted")
    words = plain(audit_report.limits(with_review(record(said, {"EV-0001": link}), review)))

    assert "1 question: not assessed, so nothing is known there." in words
    assert "1 answer: the team's own word; no independent test of design and operation stands for it." in words
    assert "1 answer: not accepted by a second person in the present version." in words
    assert "1 question: does not apply, as somebody else accepted, and is left out of every figure." in words
    assert "1 address: evidence whose content nobody keeps" in words
    # of the three questions one does not apply, so that A.8.24 is tested by none
    assert "123 of 123 controls and clauses: no audit test with a conclusion names a question of them" in words
    assert "no question here tests 120 of these" in words
    assert "What was tested was tested by sample" in words


def test_the_limits_shrink_as_answers_are_tested_and_reviewed():
    base = with_rows(proven(), row("tests", "T-001", question="keys"), an_audit_test(tested_on=days_ago(1)))
    base = with_review(base, Review(question="roles", version=1, verdict="accepted"))
    words = plain(audit_report.limits(base))

    assert "2 answers: the team's own word" in words
    assert "2 answers: not accepted" in words
    assert "not assessed, so nothing" not in words


def test_a_report_on_one_system_says_that_the_others_are_not_shown():
    assert "Only Credit scoring is shown" in plain(audit_report.limits(replace(record(), system="SYS-001")))


def hostile():
    about = Engagement(title=FLAG, organisation=FLAG, scope=FLAG, prepared_by=FLAG)
    said = [answer("roles", Result.NOT_IMPLEMENTED, rationale=FLAG, owner=FLAG, evidence=("EV-0001",))]
    rows = [
        replace(SYSTEM, values={**SYSTEM.values, "name": FLAG}),
        row("sign_offs", "SO-001", name=FLAG, capacity=FLAG, statement=FLAG, decision=FLAG),
        row("findings", "FI-001", name=FLAG, grade="observation", status=FLAG, statement=FLAG, requirement=FLAG),
        row("risks", "R-001", name=FLAG, likelihood=5, consequence=5),
    ]
    held = {"EV-0001": proof(5, name=FLAG, title=FLAG, artefact=FLAG)}
    return replace(record(said, held, rows), engagement=about)


def test_what_people_type_is_shown_and_never_obeyed():
    for view in (*ALL, lambda r: changes.changes(r, record())):
        assert "<script" not in view(hostile())
    for view in (
        audit_report.summary,
        audit_report.open_points,
        audit_report.open_by_owner,
        audit_report.evidence_index,
        audit_report.sign_offs,
    ):
        assert "&lt;script&gt;" in view(hostile())


def test_characters_that_turn_the_reading_direction_are_written_out():
    shown = audit_report.evidence_index(record(evidence={"EV-0001": proof(5, name="\u202egpj.exe")}))

    assert "\u202e" not in shown
    assert "⟦U+202E⟧gpj.exe" in shown


def test_a_customer_reads_no_owner_no_file_name_and_no_reason():
    said = [answer("roles", Result.NOT_IMPLEMENTED, rationale="Private reason", owner="Data steward",
                   evidence=("EV-0001",))]  # fmt: skip
    rows = [row("sign_offs", "SO-001", name="Managing director", capacity="top management")]
    base = record(said, {"EV-0001": proof(5, title="Private title")}, rows)
    base = Edition("customer").of(replace(base, engagement=Engagement(title="x", prepared_by="Security lead")))

    for view in ALL:
        words = plain(view(base))
        for private in ("Private", "Data steward", "export.csv", "Managing director", "Security lead"):
            assert private not in words
    assert isinstance(base.evidence["EV-0001"], Stated)
