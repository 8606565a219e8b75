"""Handing a file over from Python, as an ML engineer does in a cell."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers_audit import plain
from workbook.audit import Audit, open_audit
from workbook.errors import BadInput, NotAllowed, Unnamed
from workbook.model import Answer, Person, Result
from workbook.people import remember
from workbook.store import Store

Q, ARTEFACT = "op-model-validation", "Signed validation report for the released version"
WANTED: dict[str, Any] = {"question": Q, "artefact": ARTEFACT, "system": "SYS-001"}


@pytest.fixture
def audit(store: Store) -> Audit:
    remember(Person("ML engineer"))
    return open_audit(store.name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "validation.html"
    path.write_text("<p>AUC 0.81</p>")
    return path


def test_a_file_becomes_evidence_of_the_answer_under_whoever_speaks(audit: Audit, store: Store, file: Path):
    store.save_row("models", "", {"name": "Credit model", "system": "SYS-001", "version": "3.2.0"}, 0)
    audit.attach(file, **WANTED, collected_at=store.on.isoformat(), version="3.2.0", title="Validation 3.2.0")

    asked = store.record().ask(Q, "SYS-001")
    ((_, evidence, age),) = asked.evidence
    assert (evidence.value.label, evidence.value.artefact, evidence.value.version) == (
        "Validation 3.2.0", ARTEFACT, "3.2.0",
    )  # fmt: skip
    assert (age.state, asked.answer.actor) == ("fresh", "ML engineer")
    assert store.verify_evidence() == []


def test_what_was_answered_and_attached_before_stays(audit: Audit, store: Store, file: Path, tmp_path: Path):
    store.save_answer(Answer(question=Q, system="SYS-001", result=Result.PARTIAL, rationale="Signed by two."), 0)
    audit.attach(file, **WANTED)
    other = tmp_path / "other.html"
    other.write_text("<p>AUC 0.79</p>")
    audit.attach(str(other), **WANTED)

    asked = store.record().ask(Q, "SYS-001")
    assert (asked.result, asked.answer.value.rationale) == (Result.PARTIAL, "Signed by two.")
    assert [e.value.name for _, e, _ in asked.evidence] == ["validation.html", "other.html"]


def test_a_cell_that_is_run_again_records_nothing_again(audit: Audit, store: Store, file: Path):
    audit.attach(file, **WANTED, collected_at="2026-11-20")
    before = store.head()
    audit.attach(file, **WANTED, collected_at="2026-11-20")

    assert store.head() == before


def test_the_same_file_for_a_second_system_is_the_same_piece(audit: Audit, store: Store, file: Path):
    audit.attach(file, **WANTED)
    audit.attach(file, **{**WANTED, "system": " support  Assistant "})

    record = store.record()
    assert len(record.evidence) == 1
    assert record.ask(Q, "SYS-002").evidence


def test_the_card_says_what_was_attached_and_what_is_still_lacking(audit: Audit, file: Path):
    card = plain(audit.attach(file, **WANTED).markup)

    assert "validation.html" in card
    assert "undated: nobody said when it was collected" in card
    assert "an answer: nobody has said yet how it stands" in card
    assert f"{ARTEFACT}: its evidence is undated" in card


def test_what_the_page_shows_follows(audit: Audit, file: Path):
    before = audit.record.head.number
    audit.attach(file, **WANTED)

    assert audit.record.head.number > before
    assert audit.record.ask(Q, "SYS-001").evidence


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"question": "op-model-validatoin"}, "Did you mean op-model-validation"),
        ({"artefact": "Signed validation report"}, f"Did you mean {ARTEFACT}"),
        ({"artefact": ""}, "op-model-validation asks for these"),
        ({"system": "SYS-003"}, "Did you mean SYS-00"),
        ({"system": "credit scorin"}, "Credit scoring"),
        ({"system": ""}, "is asked of each system; name one with system=…"),
        ({"question": "am-owner-class-handling"}, "leave out system='SYS-001'"),
        ({"colected_at": "2026-11-20"}, "Did you mean collected_at"),
        ({"sha256": "0" * 64}, "No fact about evidence is called 'sha256'"),
        ({"collected_at": "soon"}, "collected_at"),
        ({"classification": "top secret"}, "classification"),
    ],
)
def test_a_wrong_name_or_fact_is_one_sentence_and_nothing_is_kept(
    audit: Audit, store: Store, file: Path, wrong: dict[str, str], says: str
):
    before = store.head()
    with pytest.raises(BadInput) as error:
        audit.attach(file, **{**WANTED, **wrong})

    assert says in str(error.value)
    assert store.head() == before
    assert store.vault.held() == {}


@pytest.mark.parametrize("file", ["missing.csv", "", ".", "a\x00b", "/dev/null"])
def test_what_is_no_file_is_one_sentence(audit: Audit, file: str):
    with pytest.raises(BadInput):
        audit.attach(file, **WANTED)


def test_a_table_is_not_a_file(audit: Audit):
    with pytest.raises(BadInput, match="by its name"):
        audit.attach(audit.table("risks"), **WANTED)  # type: ignore[arg-type]


def test_nothing_is_handed_over_to_a_state_that_is_past(store: Store, audit: Audit, file: Path):
    with pytest.raises(NotAllowed, match="open the newest state"):
        open_audit(store.name, as_of="r1").attach(file, **WANTED)


def test_nobody_hands_over_without_saying_who_they_are(store: Store, file: Path):
    with pytest.raises(Unnamed):
        open_audit(store.name).attach(file, **WANTED)

    assert store.vault.held() == {}
