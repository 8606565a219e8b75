"""What the record says at one moment: questions as asked, evidence and its age, rows and what they refer to."""

from datetime import date

import pytest

from workbook.audience import Edition
from workbook.errors import Unknown
from workbook.model import Answer, Evidence, Person, Result, Review, Role
from workbook.record import freshness
from workbook.store import Store

ON = date(2026, 11, 22)
PRIVILEGED = "ac-privileged-deploy"


@pytest.mark.parametrize(
    ("facts", "limit", "text"),
    [
        ({"collected_at": date(2026, 11, 10)}, 90, "fresh, 12 of 90 days"),
        ({"collected_at": date(2026, 5, 3)}, 90, "stale, 203 of 90 days"),
        ({"collected_at": date(2026, 11, 10), "period_to": date(2026, 1, 1)}, 90, "stale, 325 of 90 days"),
        ({"collected_at": date(2026, 11, 10), "valid_until": date(2026, 11, 21)}, None, "stale, 12 days"),
        ({"collected_at": date(2020, 1, 1)}, None, "fresh, 2517 days"),
        ({}, 90, "undated: nobody said when it was collected"),
        ({"collected_at": date(2026, 8, 24)}, 90, "fresh, 90 of 90 days"),
        ({"collected_at": date(2026, 8, 23)}, 90, "stale, 91 of 90 days"),
    ],
)
def test_age_counts_from_the_end_of_the_period_covered_else_from_collection(facts: dict, limit: int | None, text: str):
    assert freshness(Evidence(name="export.csv", **facts), limit, ON).text == text


def test_a_question_per_system_is_asked_of_each_system(store: Store):
    asked = [a for a in store.record().asked if a.question.id == PRIVILEGED]

    assert [a.key for a in asked] == [f"{PRIVILEGED}@SYS-001", f"{PRIVILEGED}@SYS-002"]
    assert {a.result for a in asked} == {Result.NOT_ASSESSED}


def test_one_system_can_be_looked_at_alone(store: Store):
    record = store.record("SYS-002")

    assert {a.system.key for a in record.asked if a.system} == {"SYS-002"}
    with pytest.raises(Unknown, match="SYS-001"):
        store.record("SYS-01")


def test_evidence_makes_an_answer_as_fresh_as_its_best_piece(store: Store):
    answer = Answer(question=PRIVILEGED, system="SYS-001", result=Result.IMPLEMENTED)
    store.save_answer(answer, 0)
    assert store.record().ask(PRIVILEGED, "SYS-001").evidence_state == "none"

    today = store.on
    artefact = store.catalog.question(PRIVILEGED).evidence[0].artefact
    about = {"collected_at": today, "artefact": artefact}
    key, _ = store.attach_bytes("roles.csv", [b"role,person\n"], about)
    store.save_answer(answer.model_copy(update={"evidence": (key,)}), 1)

    assert store.record().ask(PRIVILEGED, "SYS-001").evidence_state == "fresh"


def test_a_question_that_another_answer_makes_unnecessary_is_folded_away_with_its_reason(store: Store):
    follow_up = next(q for q in store.catalog.questions.values() if q.depends_on)
    other = store.catalog.question(follow_up.depends_on.question)
    system = "SYS-001" if other.per == "system" else ""
    at = "SYS-001" if follow_up.per == "system" else ""
    assert not store.record().ask(follow_up.id, at).folded

    no = Answer(
        question=other.id, system=system, result=Result.NOT_APPLICABLE, rationale="No such training takes place."
    )
    store.save_answer(no, 0)
    asked = store.record().ask(follow_up.id, at)

    assert asked.folded == follow_up.depends_on.because
    assert asked.applicable  # until somebody else has accepted the answer that folds it away

    review = Review(question=other.id, system=system, version=1, verdict="accepted")
    store.acting_as(Person("Head of quality", Role.REVIEWER)).save_review(review, 0)
    assert not store.record().ask(follow_up.id, at).applicable


def test_a_customer_reads_results_but_not_rationales_owners_or_file_names(store: Store):
    key, _ = store.attach_bytes("secret-host-list.csv", [b"x"], {"collected_at": store.on})
    answer = Answer(
        question=PRIVILEGED, system="SYS-001", result=Result.PARTIAL, rationale="ci-deploy can do all", owner="Jo",
        evidence=(key,),
    )  # fmt: skip
    store.save_answer(answer, 0)

    store.save_row("components", "", {"name": "bastion-7", "kind": "data storage", "technology": "OpenBSD 7.1"}, 0)

    told = repr(Edition("customer").of(store.record()))

    assert "Result.PARTIAL" in told
    assert "ci-deploy can do all" not in told
    assert "secret-host-list" not in told
    assert "bastion-7" not in told
    assert "OpenBSD" not in told
    assert "Credit scoring" in told
