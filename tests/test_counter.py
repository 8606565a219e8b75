"""What speaks against a claim, which claims it touches, and what lifts it."""

from dataclasses import replace

import pytest

from tests.helpers_audit import SECOND, an_audit_test, answer, days_ago, proof, proven, record, row, with_rows
from workbook.analysis.counter import contradictions
from workbook.model import Result
from workbook.record import Record


def against(base: Record) -> dict[str, list[str]]:
    return {key: [c.by for c in found] for key, found in contradictions(base).items()}


def both() -> Record:
    """Everything implemented, for two systems."""
    second = answer("deploy", Result.IMPLEMENTED, "SYS-002", evidence=("EV-0001",))
    base = with_rows(proven(), SECOND)
    return replace(base, answers={**base.answers, second.value.key: second})


def finding(**more):
    facts = {"grade": "minor nonconformity", "status": "open", "raised_on": days_ago(5), "systems": ()}
    return row("findings", "FI-001", **(facts | more))


@pytest.mark.parametrize(
    ("one", "touched"),
    [
        (finding(question="deploy"), {"deploy@SYS-001", "deploy@SYS-002"}),
        (finding(question="deploy", systems=("SYS-002",)), {"deploy@SYS-002"}),
        (finding(requirement="A.8.32 of ISO/IEC 27001:2022"), {"deploy@SYS-001", "deploy@SYS-002"}),
        (finding(requirement="A.8.2 and A.8.24"), {"roles", "deploy@SYS-001", "deploy@SYS-002", "keys"}),
        (finding(requirement="A.8.32", question="keys"), {"keys"}),
        (finding(requirement="clause 10.2; our policy 8.24"), set()),
        (finding(requirement=None), set()),
        (finding(question="keys", grade="observation"), set()),
        (finding(question="keys", status="closed"), {"keys"}),  # nothing was done, so it is not closed
        (finding(question="keys", grade="observation", status="closed"), set()),
    ],
)
def test_an_open_nonconformity_touches_what_it_names(one, touched: set[str]):
    assert set(against(with_rows(both(), one))) == touched


def test_a_failed_test_touches_its_system_and_one_without_a_system_all_of_them():
    failed = {"question": "deploy", "design": "not effective", "tested_on": days_ago(5)}
    base = both()

    assert set(against(with_rows(base, an_audit_test(**failed, system="SYS-001")))) == {"deploy@SYS-001"}
    assert len(against(with_rows(base, an_audit_test(**failed, system=None)))) == 2


def test_counter_evidence_touches_what_it_names():
    base = both()
    says = {"EV-9": proof(5, against=("deploy@SYS-002", "keys"))}

    assert against(replace(base, evidence={**base.evidence, **says})) == {"deploy@SYS-002": ["EV-9"], "keys": ["EV-9"]}


def sound(days: int, **more):
    return an_audit_test("T-002", **({"question": "keys", "tested_on": days_ago(days)} | more))


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        (sound(4), False),
        (sound(5), True),  # of the same day, and not recorded later
        (sound(6), True),
        (sound(4, method="inquiry"), True),
        (sound(4, operation="not tested"), True),
    ],
)
def test_a_later_test_that_can_stand_lifts_what_was_said_before_it(later, stands: bool):
    assert ("keys" in against(with_rows(proven(), finding(question="keys"), later))) is stands
    failed = an_audit_test("T-001", question="keys", operation="not effective", tested_on=days_ago(5))
    assert ("keys" in against(with_rows(proven(), failed, later))) is stands


def test_what_has_no_day_stands():
    undated = an_audit_test("T-001", question="keys", operation="not effective", tested_on=None)

    assert against(with_rows(proven(), undated, sound(0))) == {"keys": ["T-001"]}
    assert against(with_rows(proven(), finding(question="keys", raised_on=None), sound(0))) == {"keys": ["FI-001"]}


@pytest.mark.parametrize(
    ("result", "contradicted"),
    [(Result.IMPLEMENTED, True), (Result.PARTIAL, True), (Result.PLANNED, True), (Result.NOT_APPLICABLE, True),
     (Result.NOT_IMPLEMENTED, False), (Result.NOT_ASSESSED, False)],
)  # fmt: skip
def test_only_what_claims_something_can_be_contradicted(result: Result, contradicted: bool):
    said = answer("keys", result, rationale="We hold no keys of our own.")

    assert ("keys" in against(with_rows(record([said]), finding(question="keys")))) is contradicted
