"""The verdict: its stages, its conditions, and that status says the same as the pages."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.helpers_audit import plain
from tests.helpers_cli import workbook
from tests.helpers_green import AUDITOR, day, frame
from workbook.analysis.verdict import Verdict, judge, stages
from workbook.model import Draft, Engagement
from workbook.store import Store
from workbook.views import audit_report, internal_audit


def unmet(store: Store) -> set[str]:
    return {c.id for c in judge(store.record()).unmet}


def test_an_empty_engagement_is_not_ready_and_has_no_figures(store: Store):
    found = judge(store.record())

    assert (found.stage, found.readiness.claimed, found.readiness.shown) == ("not ready", 0, 0)
    assert found.next_stage == "ready for internal audit"


def test_what_is_shown_through_and_through_is_ready_for_the_last_stage(green: Store):
    found = judge(green.record())

    assert (found.stage, found.readiness.claimed, found.readiness.shown) == ("ready for stage 2", 100, 100)
    assert found.unmet == ()


@pytest.mark.parametrize(
    ("kind", "stage"), [("surveillance", "ready for surveillance"), ("recertification", "ready for recertification")]
)
def test_who_is_certified_is_ready_for_the_audit_at_hand(green: Store, kind: str, stage: str):
    about = green.record().engagement
    green.save_engagement(Engagement(**{**about.model_dump(), "audit_kind": kind}), 2)

    assert judge(green.record()).stage == stage
    assert "ready for stage 1" not in stages(kind)


def say(store: Store, register: str, key: str, **cells: object) -> None:
    """Change some cells of a row."""
    row = next(r for r in store.record().rows[register] if r.key == key)
    store.save_row(register, key, {k: v for k, v in row.values.items() if v is not None} | cells, row.version)


SPOILS = {  # what makes each condition unmet, and how far the record still is
    "scope": (lambda s: _about(s, scope=""), "not ready"),
    "answers": (lambda s: _answer(s, result="not assessed"), "not ready"),
    "exclusions": (lambda s: _answer(s, result="not applicable", rationale="Not done in this company."), "not ready"),
    "risk-assessment": (lambda s: say(s, "risks", "R-001", likelihood=None, consequence=None), "not ready"),
    "audit-programme": (lambda s: say(s, "programme", "IA-001", controls=["A.8.32"]), "not ready"),
    "documents": (lambda s: say(s, "documents", "DOC-001", approved_by=""), "ready for internal audit"),
    "applicability": (lambda s: s.delete("controls", "A.7.1", 1), "ready for internal audit"),
    "risk-treatment": (
        lambda s: say(s, "risks", "R-001", likelihood=5, consequence=5, accepted_by="", accepted_on=None),
        "ready for internal audit",
    ),
    "internal-audit": (
        lambda s: say(s, "plan", "PL-001", status="planned", programme=None),
        "ready for internal audit",
    ),
    "management-review": (
        lambda s: say(s, "management_reviews", "MR-001", conclusion=None),
        "ready for internal audit",
    ),
    "major-nonconformities": (lambda s: _finding(s, "major nonconformity"), "ready for internal audit"),
    "contradictions": (lambda s: _finding(s, "minor nonconformity"), "ready for stage 1"),
    "corrective-actions": (lambda s: _finding(s, "minor nonconformity"), "ready for stage 1"),
}


def _about(store: Store, **facts: object) -> None:
    store.save_engagement(Engagement(**{**store.record().engagement.model_dump(), **facts}), 2)


def _answer(store: Store, **facts: object) -> None:
    asked = next(a for a in store.record().asked if a.question.weight == 1 and a.question.depends_on is None)
    body = {**asked.answer.value.body(), **facts}
    store.save([Draft("answer", asked.key, body, asked.answer.version)])


def _finding(store: Store, grade: str) -> None:
    asked = next(a for a in store.record().asked if a.question.weight == 1 and a.question.depends_on is None)
    store.acting_as(AUDITOR).save_row(
        "findings",
        "FI-001",
        {
            "name": "Found", "grade": grade, "status": "open", "question": asked.question.id, "owner": "Credit lead",
            "raised_on": day(1, store.on),
        },
        0,
    )  # fmt: skip


@pytest.mark.parametrize("condition", SPOILS)
def test_each_condition_stops_its_stage_and_says_so(green: Store, condition: str):
    spoil, stage = SPOILS[condition]
    spoil(green)

    found = judge(green.record())
    assert condition in unmet(green)
    assert found.stage == stage
    assert all(c.says.endswith(".") and c.says[0] == c.says[0].upper() for c in found.conditions)


def test_every_condition_can_be_met_and_unmet(green: Store):
    every = {c.id for c in judge(green.record()).conditions}
    assert every - SPOILS.keys() == {"evidence", "implemented", "operation"}  # below, by attacks


def test_a_weak_system_is_not_diluted_by_a_strong_one(green: Store):
    before = judge(green.record()).readiness
    mine = [a for a in green.record().asked if a.slot.system == "SYS-001"]
    green.save(
        Draft("answer", a.key, {**a.answer.value.body(), "result": "not implemented"}, a.answer.version) for a in mine
    )
    after = judge(green.record()).readiness

    alone = next(s for s in after.systems if s.id == "SYS-001").score
    assert before.shown == 100
    assert after.shown == int(alone.shown) < 50


def test_status_and_pages_say_the_same(green: Store):
    _answer(green, result="partial")
    found = judge(green.record())
    told = json.loads(workbook("status", "isms-2027", "--json").stdout)["verdict"]
    pages = [plain(audit_report.summary(green.record())), plain(internal_audit.readiness(green.record()))]

    assert told["stage"] == found.stage
    assert (told["claimed_percent"], told["shown_percent"]) == (found.readiness.claimed, found.readiness.shown)
    assert [(c["id"], c["met"], c["says"]) for c in told["conditions"]] == [
        (c.id, c.met, c.says) for c in found.conditions
    ]
    for page in pages:
        assert found.stage.capitalize() in page
        assert f"{found.readiness.claimed} % claimed, {found.readiness.shown} % shown" in page


def test_contradictions_are_told_by_question_system_and_source(green: Store):
    _finding(green, "minor nonconformity")
    told = json.loads(workbook("status", "isms-2027", "--json").stdout)["verdict"]["contradicted"]

    assert told
    assert {c["by"] for c in told} == {"FI-001"}
    assert all(set(c) == {"question", "system", "by", "says"} for c in told)


def test_the_verdict_is_that_of_its_day(green: Store):
    later = replace(green.record(), on=green.on + timedelta(days=400))
    found = judge(later)

    assert (found.stage, found.readiness.shown) == ("ready for internal audit", 0)  # the evidence is stale by then


def test_a_customer_reads_no_better_verdict_than_the_team(green: Store):
    from workbook.audience import Edition

    for spoil, _ in SPOILS.values():
        spoil_store(green, spoil)
    ours = judge(green.record())
    theirs: Verdict = judge(Edition("customer").of(green.record()))

    assert theirs.stage == ours.stage
    assert [(c.id, c.met) for c in theirs.conditions] == [(c.id, c.met) for c in ours.conditions]
    assert theirs.readiness.shown == ours.readiness.shown
    assert len(theirs.contradicted) == len(ours.contradicted)


def spoil_store(store: Store, spoil: object) -> None:
    """Spoil one more thing; what an earlier one has spoilt already may refuse it."""
    from workbook.errors import WorkbookError

    try:
        spoil(store)  # type: ignore[operator]
    except WorkbookError:
        return


def test_the_frame_alone_shows_nothing(store: Store):
    frame(store)

    assert judge(store.record()).readiness.shown == 0
