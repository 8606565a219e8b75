"""What those who decide read first: risks today, how findings are answered, the decisions asked for."""

import pytest

from tests.helpers_audit import accepted_risk, answer, closed, days_ago, plain, record, row, usual_approved
from workbook.analysis.asked_of_management import decisions_asked
from workbook.audience import Edition
from workbook.model import Result
from workbook.views.management_summary import MOST, decisions, responses, risks_today

HIGH = {"likelihood": 4, "consequence": 4, "owner": "Product owner", "treatment": "modify", "due": days_ago(-30)}
FINDING = {"grade": "minor nonconformity", "status": "open", "owner": "Data steward", "due": days_ago(-20)}


def test_a_high_risk_that_nobody_accepts_is_named_and_asked_for():
    base = record(rows=[row("risks", "R-001", name="A version nobody approved", **HIGH)])

    assert "▲ high 1" in plain(risks_today(base))
    assert "R-001 A version nobody approved ▲ high, 16 Product owner modify due 22 Dec 2026" in plain(risks_today(base))
    assert 'href="04_risk_assessment.ipynb#risks-R-001"' in risks_today(base)
    asked = [(d.says, d.by, d.clause) for d in decisions_asked(base)]
    assert ("Treat, or accept until a day, R-001 A version nobody approved: high, 16 today", "Product owner",
            "6.1.3 f") in asked  # fmt: skip


def test_a_risk_that_its_owner_accepted_asks_for_no_decision():
    agreed = {"agreed_by": "Top management", "agreed_on": days_ago(5)}
    risk = accepted_risk(**{k: v for k, v in HIGH.items() if k != "owner"}, **agreed)
    base = record(rows=[risk, *usual_approved()])

    assert "No risk that lies above the limit today is unaccepted." in plain(risks_today(base))
    assert "No risk that lies above" not in plain(risks_today(record(rows=[risk])))  # whose limit?
    assert not [d for d in decisions_asked(base) if d.clause == "6.1.3 f"]


def test_risks_that_nobody_rated_are_counted_and_an_empty_register_is_no_good_news():
    assert "? not rated 1" in plain(risks_today(record(rows=[row("risks", "R-001")])))
    assert plain(risks_today(record())) == "No risk is in the register yet."


def test_each_open_finding_stands_beside_what_answers_it():
    late = row("actions", "CA-001", name="Refuse it", finding="FI-001", status="under way", due=days_ago(6))
    found = [
        row("findings", "FI-001", name="No ticket", **FINDING),
        row("findings", "FI-002", name="No log", **FINDING),
    ]
    base = record(rows=[*found, late])
    words = plain(responses(base))

    assert "2 of 2 findings open" in words
    assert "CA-001 Refuse it: under way overdue 6 days" in words
    assert "FI-002 No log ▲ Minor nonconformity Data steward due 12 Dec 2026 no corrective action" in words
    asked = [d.says for d in decisions_asked(base)]
    assert "Agree a corrective action for FI-002 No log: a minor nonconformity without one" in asked
    assert "Give means to, or a new date for, 1 overdue corrective action: CA-001 (6 days)" in asked


def test_an_observation_needs_no_corrective_action_and_a_closed_finding_no_answer():
    observed = row("findings", "FI-001", name="Seen", **FINDING | {"grade": "observation"})

    assert "no corrective action" not in plain(responses(record(rows=[observed])))
    assert plain(responses(record(rows=[*closed("FI-002")]))) == "1 finding raised, none of them open."
    assert plain(responses(record())) == "The internal audit has raised no finding yet."


def test_what_is_said_not_to_apply_waits_for_somebody_else():
    base = record([answer("roles", Result.NOT_APPLICABLE, rationale="Nobody but one person works here.")])

    assert "Have somebody else accept, or take back, 1 question said not to apply: Roles" in plain(decisions(base))


def test_a_summary_stays_short_and_says_what_it_leaves_out():
    many = [row("findings", f"FI-{n:03}", **FINDING) for n in range(MOST + 2)]
    shown = responses(record(rows=many))

    assert shown.count("findings-FI-") == MOST
    assert "And 2 more findings" in plain(shown)


def test_nothing_waiting_is_said():
    assert "Nothing in the record waits for a decision of management." in plain(decisions(record()))


@pytest.mark.parametrize("view", [risks_today, responses, decisions])
def test_a_customer_reads_no_name_that_somebody_typed(view):
    base = record(
        rows=[row("risks", "R-001", name="Acme leak", **HIGH), row("findings", "FI-001", name="Acme", **FINDING)]
    )
    shown = plain(view(Edition("customer").of(base)))

    assert not [
        word for word in ("Acme", "Product owner", "Data steward", "R-001 R-001", "FI-001 FI-001") if word in shown
    ]
