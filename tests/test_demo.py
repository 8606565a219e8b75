"""The demo engagement: it loads through the import that users use, and holds the gaps that its README promises."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook import paths
from workbook.analysis.data_flows import flows_about_people
from workbook.analysis.gaps import gaps_of_register
from workbook.analysis.timeline import due_tasks
from workbook.catalog import Catalog
from workbook.exchange import imports
from workbook.exchange.demo import load_demo, shift
from workbook.ledger import Ledger
from workbook.model import Engagement, Person, Result
from workbook.record import Record
from workbook.store import Store, create
from workbook.vault import Vault

DEMO = ROOT / "examples" / "demo"
WRITTEN_FOR = date.fromisoformat((DEMO / "DATE").read_text().strip())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("demo")
    ledger = Ledger.open(f"sqlite:///{home / 'workbook.db'}")
    who = Person("Security lead")
    create(ledger, "demo", Engagement(title="demo"), who)
    store = Store(ledger, Vault(home / "evidence"), catalog, "demo", who)
    plan = imports.plan(store, DEMO)
    assert plan.problems == []
    imports.apply(store, plan)
    yield store
    ledger.close()


def test_a_load_that_was_ended_half_way_is_taken_up_again():
    ledger = Ledger.open(paths.database_url())
    create(ledger, "demo", Engagement(title="demo"), Person("Security lead"))

    load_demo(Person("Security lead"), print)
    loaded = ledger.head("demo").number
    load_demo(Person("Security lead"), print)
    assert ledger.head("demo").number == loaded > 100


@pytest.fixture(scope="module")
def record(demo: Store) -> Record:
    """The demo on the day it was written for."""
    return demo.record_at(demo.head().number, WRITTEN_FOR)


def said(record: Record, register: str, key: str) -> set[str]:
    return {g.says for g in gaps_of_register(record, register) if g.key == key}


def test_loading_it_again_records_nothing(demo: Store):
    again = imports.plan(demo, DEMO)

    assert again.problems == []
    assert [c for c in again.counts.values() if c["new"] or c["changed"]] == []


def test_every_evidence_file_is_kept_and_used(demo: Store, record: Record):
    assert demo.verify_evidence() == []
    cells = [c for rows in record.rows.values() for r in rows for c in r.values.values() if isinstance(c, tuple)]
    used = {e for a in record.answers.values() for e in a.value.evidence} | {k for c in cells for k in c}
    assert set(record.evidence) - used == set()


def test_evidence_names_artefacts_that_some_question_asks_for(record: Record):
    wanted = {w.artefact for q in record.catalog.questions.values() for w in q.evidence}
    named = [e.value.artefact for e in record.evidence.values()]

    assert sum(a in wanted for a in named) > len(named) * 0.7


def test_a_production_model_has_neither_ticket_nor_approval(record: Record):
    assert said(record, "models", "M-001") >= {"no change ticket", "nobody approved it for production"}


def test_the_access_review_is_203_days_old(record: Record):
    asked = record.ask("ac-access-reviews", "SYS-001")

    assert asked.evidence[0][2].text == "stale, 203 of 100 days"


def test_agreements_documents_and_datasets_have_run_out(record: Record):
    assert "agreement expired" in said(record, "data_sources", "SRC-002")
    assert "certificate expired" in said(record, "suppliers", "SUP-004")
    assert "kept beyond its deletion date" in said(record, "datasets", "DS-009")
    assert {"no owner", "no classification"} <= said(record, "datasets", "DS-005")
    assert "review overdue" in said(record, "documents", "DOC-002")
    assert "acceptance expired" in said(record, "risks", "R-009")
    assert "risks not re-assessed since" in said(record, "changes", "CH-002")


def test_profiling_without_an_impact_assessment_comes_first(record: Record):
    worst = [f for f in flows_about_people(record) if f.decision and not f.row["impact_assessment"]]

    assert [f.row.key for f in worst] == ["F-009"]
    assert worst[0].crosses


def test_some_questions_are_honestly_unanswered(record: Record):
    open_ones = [a.key for a in record.asked if a.result is Result.NOT_ASSESSED and not a.folded]

    assert 5 <= len(open_ones) <= 12


def test_federated_follow_ups_are_folded_away(record: Record):
    assert record.ask("cr-federated-updates", "SYS-001").folded


def test_a_task_is_late_and_another_is_next(record: Record):
    due = due_tasks(record)

    assert any(d.late for d in due)
    assert any(d.next for d in due)


def test_nobody_is_named_by_name(record: Record):
    roles = {r.name for r in record.rows["people"]} | {"", "Managing director"}
    owners = {r.values.get("owner") or "" for rows in record.rows.values() for r in rows}

    assert owners | {a.value.owner for a in record.answers.values()} <= roles


def test_its_dates_move_with_the_day_it_is_shown(tmp_path: Path):
    shift(DEMO, tmp_path / "moved", 365)

    assert 'audit_date: "2028-01-29"' in (tmp_path / "moved" / "engagement.yaml").read_text()
    assert "2027-11-06" in (tmp_path / "moved" / "evidence" / "tls-scan.txt").read_text()
