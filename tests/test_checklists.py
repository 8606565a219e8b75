"""The content itself: all of the source document is covered, and every question helps the person who answers."""

from collections import Counter

import pytest

from tests.conftest import ROOT
from workbook.catalog import Catalog

SEED = (ROOT / "tests" / "seed_ids.txt").read_text().split()


def test_there_are_109_items_in_the_source_document():
    assert len(SEED) == len(set(SEED)) == 109


@pytest.mark.parametrize("item", SEED)
def test_every_item_of_the_source_document_is_covered(catalog: Catalog, item: str):
    where = catalog.covered().get(item)

    assert where, f"{item} is covered by no question, section, register, task, watch, context or FAQ entry"


def test_nothing_claims_to_cover_an_item_that_does_not_exist(catalog: Catalog):
    assert set(catalog.covered()) - set(SEED) == set()


def test_seed_bullets_of_controls_are_questions_and_not_only_tables(catalog: Catalog):
    bullets = [
        i for i in SEED if i.split("-")[0] in ("am", "ac", "cr", "op", "dc", "cm") and not i.endswith("instruction")
    ]
    assert [b for b in bullets if not any(b in q.covers for q in catalog.questions.values())] == []


def test_findings_of_the_source_watch_the_record(catalog: Catalog):
    assert {w.id for w in catalog.watches} == {i for i in SEED if i.startswith("fd-")}


def test_timeline_bullets_are_tasks_with_due_dates(catalog: Catalog):
    days = {t.id: t.days_before for t in catalog.tasks.values()}

    assert set(days) == {i for i in SEED if i[:3] in ("t3-", "t1-", "t0-")}
    assert {days[i] for i in days if i.startswith("t3-")} == {90}
    assert {days[i] for i in days if i.startswith("t1-")} == {30}
    assert {days[i] for i in days if i.startswith("t0-")} == {7}


def test_every_faq_pair_stands_beside_something(catalog: Catalog):
    assert [f.id for f in catalog.faq if not f.beside] == []
    assert len(catalog.faq) == 5


def test_every_control_question_names_both_editions(catalog: Catalog):
    lacking = [q.id for q in catalog.questions.values() if "iso27001" not in q.refs or "iso27001_2013" not in q.refs]
    assert lacking == []


def test_no_two_questions_share_a_reason_or_a_test(catalog: Catalog):
    whys = Counter(q.why for q in catalog.questions.values())
    tests = Counter(t for q in catalog.questions.values() for t in q.look_for)

    assert [w for w, n in (whys + tests).items() if n > 1] == []


def test_every_section_belongs_to_a_page(catalog: Catalog):
    pages = {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")}

    assert {catalog.page_of[s] for s in catalog.sections} <= pages
    assert {r.page for r in catalog.registers.values()} <= pages
