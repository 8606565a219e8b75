from tests.helpers_audit import (
    FLAG,
    SECOND,
    SYSTEM,
    accepted,
    answer,
    closed,
    days_ago,
    plain,
    proof,
    proven,
    record,
    row,
    with_rows,
)
from workbook.audience import Edition
from workbook.model import Result
from workbook.views import internal_audit, programme, working_papers

ALL = (
    internal_audit.watches,
    internal_audit.readiness,
    internal_audit.plan,
    programme.programme_table,
    working_papers.tests,
    internal_audit.findings,
    internal_audit.independence,
    internal_audit.faq,
)
TEST = row(
    "tests", "T-001", name="Deployments against tickets", question="deploy", system="SYS-001",
    auditor="Internal audit lead", method="inspection of records", population="64 deployments", sample="15 by seed 7",
    exceptions_found=14, design="not effective", operation="not effective", evidence=("EV-0001",),
)  # fmt: skip
FINDING = row(
    "findings", "FI-001", name="No change approval", grade="major nonconformity", requirement="A.8.32",
    statement="14 of 14 deployments lack it.", status="open", raised_on=days_ago(45), due=days_ago(5),
    owner="ML platform lead",
)  # fmt: skip


def test_a_watch_shows_its_signs_with_their_place_and_counts_them_in_its_head():
    said = [answer("deploy", Result.PARTIAL, "SYS-001"), answer("roles", Result.IMPLEMENTED)]
    shown = internal_audit.watches(record(said))
    words = plain(shown)

    assert "<details open" not in shown
    assert "Poor change management ▲ 2 signs of it usually a major nonconformity" in words
    assert "Deployment is not fully controlled. Deploy · Credit scoring" in words
    assert "What prevents it Let the pipeline refuse a release without a ticket." in words


def test_a_watch_on_a_new_record_cannot_tell_and_does_not_reassure():
    words = plain(internal_audit.watches(record()))

    assert "? Cannot tell yet" in words
    assert "Not assessed: Roles; Deploy · Credit scoring." in words
    assert "● No sign" not in words


def test_a_watch_reassures_only_when_all_is_there():
    assert "● No sign of it" in plain(internal_audit.watches(proven()))


def test_readiness_shows_its_arithmetic_so_that_a_reader_can_repeat_it():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-001"),
    ]
    words = plain(internal_audit.readiness(record(said, {"EV-0001": proof()})))

    assert "85 % claimed, 14 % shown." in words
    assert "C = 100 · Σ(w·c) / Σw is claimed, S = 100 · Σ(w·c·p) / Σw is shown." in words
    assert "Credit scoring 3 7 85.7 14.3" in words
    assert "Access control 2 6 100.0 16.7 Deploy · Credit scoring ◌ Claimed only" in words
    assert "Cryptography 1 1 0.0 0.0 Keys ? Not assessed" in words
    assert "Deploy · Credit scoring implemented ◌ Claimed only 3 1.00 0.00" in words
    assert "Deploy · Credit scoring +42.9 Export for deploy: no evidence of it" in words
    assert "11.1 if every question weighed the same" in words


def test_readiness_names_what_is_not_met_and_says_that_it_is_no_certificate():
    words = plain(internal_audit.readiness(with_rows(proven(), FINDING)))

    assert "Not ready 100 % claimed, 19 % shown." in words
    assert "Clause 10.2 for stage 1 ○ Not met 1 major nonconformity is open: No change approval." in words
    assert "Deploy · Credit scoring ● Implemented major nonconformity FI-001" in words
    assert "it is not a certificate" in words


def test_readiness_has_nothing_to_judge_where_nothing_applies():
    said = [answer(q, Result.NOT_APPLICABLE, s, rationale="We do nothing of the kind.") for q, s in
            (("roles", ""), ("deploy", "SYS-001"), ("keys", ""))]  # fmt: skip

    assert "nothing can be judged" in plain(internal_audit.readiness(accepted(record(said))))


def test_the_plan_names_audits_that_are_late_and_systems_without_one():
    rows = [
        SYSTEM,
        SECOND,
        row("plan", "PL-002", name="Access", date=days_ago(10), status="planned", systems=("SYS-001",)),
        row("plan", "PL-001", name="Life cycle", date=days_ago(40), status="done", auditor="Internal audit lead",
            auditee="ML platform lead", systems=("SYS-001",), criteria="A.8.32", method="on site", sampling="15 of 64"),
    ]  # fmt: skip
    words = plain(internal_audit.plan(record(rows=rows)))

    assert words.index("Life cycle") < words.index("Access")
    assert "13 Oct 2026 done Internal audit lead ML platform lead Credit scoring A.8.32 on site, 15 of 64" in words
    assert "12 Nov 2026 10 days ago and not done nobody named nobody named Credit scoring no criteria" in words
    assert "No planned audit names Support assistant." in words


def test_independence_names_who_would_check_their_own_work():
    said = [answer("deploy", Result.PARTIAL, "SYS-001", actor="Internal audit lead")]
    words = plain(internal_audit.independence(record(said, rows=[TEST])))

    assert "1 auditor, 1 with a conflict." in words
    assert "▲ Conflict T-001 tests an answer of their own: Deploy · Credit scoring" in words


def test_independence_of_somebody_who_declared_all_is_shown():
    person = row("people", "P-001", name="Internal audit lead", part="auditor", worked_on="Group", competence="ISO")

    assert "● Independent" in plain(internal_audit.independence(record(rows=[TEST, person])))


def test_tests_tell_what_was_reached_what_was_not_and_what_to_look_at_again():
    words = plain(working_papers.tests(record(rows=[TEST])))

    assert "1 test, reaching 1 of 3 questions that count." in words
    assert "Access control 1 of 2 1 – 1 14" in words
    assert "No test yet in 1 area: Cryptography." in words
    assert "T-001 Deployments against tickets ▲ Not effective" in words
    assert "Population 64 deployments Sample 15 by seed 7, 14 exceptions" in words
    assert "Conclusion design not effective, operation not effective" in words


def test_findings_carry_requirement_age_due_date_and_corrective_action():
    action = row("actions", "CA-001", name="Refuse releases", finding="FI-001", due=days_ago(2), status="under way")
    words = plain(internal_audit.findings(record(rows=[FINDING, action])))

    assert "1 open finding: 1 major nonconformity; 1 overdue." in words
    assert (
        "FI-001 No change approval A.8.32 · 14 of 14 deployments lack it. ▲▲ Major nonconformity open "
        "major by no stated test 45 days "
        "overdue 5 days ML platform lead CA-001 Refuse releases under way, due 20 Nov 2026 ; "
        "overdue 2 days; no root cause"
    ) in words.replace("2026;", "2026 ;")


def test_a_nonconformity_without_corrective_action_is_told_and_an_observation_needs_none():
    seen = row("findings", "FI-002", name="Seen", grade="observation", status="open")
    words = plain(internal_audit.findings(record(rows=[FINDING, seen])))

    assert words.count("no corrective action") == 1


def test_closed_findings_are_folded():
    rows = closed("FI-001", name="No change approval", grade="major nonconformity", closed_on=days_ago(1))
    words = plain(internal_audit.findings(record(rows=rows)))

    assert "No finding is open." in words
    assert "1 closed finding FI-001 No change approval (major nonconformity), closed 21 Nov 2026" in words


def test_the_faq_answers_with_references():
    words = plain(internal_audit.faq(record()))

    assert "Is a certificate of its own needed? No. Widen the scope." in words
    assert "GDPR Art. 35" in words


def test_what_people_type_is_shown_and_never_obeyed():
    rows = [
        row("tests", "T-001", **dict.fromkeys(("name", "auditor", "population", "sample"), FLAG), question="deploy"),
        row("findings", "FI-001", **dict.fromkeys(("name", "requirement", "statement", "owner"), FLAG), grade=FLAG,
            status=FLAG),
        row("actions", "CA-001", name=FLAG, finding="FI-001", status=FLAG),
        row("plan", "PL-001", **dict.fromkeys(("name", "auditor", "auditee", "criteria", "sampling"), FLAG)),
        row("people", "P-001", name=FLAG, part="auditor", worked_on=FLAG),
        row("programme", "IA-001", **dict.fromkeys(("name", "lead", "reason"), FLAG), planned_from=days_ago(3)),
        row("systems", "SYS-001", name=FLAG),
    ]  # fmt: skip
    base = record([answer("deploy", Result.PARTIAL, "SYS-001")], rows=rows)

    for view in ALL:
        assert "<script" not in view(base)
    for view in (
        internal_audit.plan,
        programme.programme_table,
        working_papers.tests,
        internal_audit.findings,
        internal_audit.independence,
        internal_audit.watches,
        internal_audit.readiness,
    ):
        assert "&lt;script&gt;" in view(base)


def test_a_customer_reads_no_names_and_no_statement():
    rows = [TEST, FINDING, row("people", "P-001", name="Internal audit lead", part="auditor"),
            row("plan", "PL-001", name="Slot", auditor="Internal audit lead", auditee="ML platform lead")]  # fmt: skip
    base = Edition("customer").of(record(rows=rows))

    for view in ALL:
        words = plain(view(base))
        for private in ("Internal audit lead", "ML platform lead", "14 of 14"):
            assert private not in words
