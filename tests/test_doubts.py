"""What is pointed out in rows and answers, although it is recorded as it was typed."""

from datetime import date

import pytest

from workbook.analysis.audit_tests import weaknesses_of_test
from workbook.analysis.doubts import doubts_of_row
from workbook.judging import counted
from workbook.record import Record, Row
from workbook.registers import read_row
from workbook.store import Store


@pytest.fixture
def record(store: Store) -> Record:
    store.save_row("datasets", "", {"name": "Loans", "version": "1"}, 0)
    return store.record()


def row(record: Record, register: str, key: str = "", **cells: object) -> Row:
    cells = {name: cell.isoformat() if isinstance(cell, date) else cell for name, cell in cells.items()}
    return Row(register, key, read_row(record.catalog.register(register), cells))


def said(record: Record, register: str, key: str = "", **cells: object) -> list[tuple[str, str]]:
    return [(doubt.field, doubt.says) for doubt in doubts_of_row(record, row(record, register, key, **cells))]


def test_a_name_is_used_twice_if_the_version_is_the_same_as_well(record: Record):
    says = "DS-001 has this name, too. If both are meant, tell them apart."
    assert said(record, "datasets", name="loans", version="1") == [("name", says)]
    assert said(record, "datasets", name="Loans", version="2") == []
    assert said(record, "datasets", "DS-001", name="Loans", version="1") == []


def test_a_due_date_in_the_past_is_pointed_out_while_the_row_is_not_done(record: Record):
    past = [("due", "15 Jan 2020 has passed already.")]
    assert said(record, "actions", name="Fix it", due="2020-01-15", status="planned") == past
    assert said(record, "actions", name="Fix it", due="2020-01-15", status="done") == []
    assert said(record, "findings", name="Gap", due="2020-01-15") == past


def test_two_days_in_the_wrong_order_are_pointed_out_at_the_later_one(record: Record):
    cells = {"raised_on": record.on, "closed_on": date(2026, 1, 31), "status": "closed"}
    [(field, says)] = said(record, "findings", name="Gap", **cells)
    assert (field, says.startswith("31 Jan 2026 comes before “Raised on”, ")) == ("closed_on", True)


@pytest.mark.parametrize(("text", "many"), [
    ("4", 4), ("214 deployments, January to June 2026", 214), ("Deployments Jan-Jun 2026: 1,214", 1214),
    ("from 2026-01-01 to 2026-06-30, 45 tickets", 45), ("all 2,000 rows", 2000), ("12 of 40", None),
    ("every deployment of 2026", None), ("", None), (None, None),
])  # fmt: skip
def test_a_count_is_read_from_a_text_only_where_it_is_plain(text: str | None, many: int | None):
    assert counted(text) == many


def test_a_sample_larger_than_its_population_stays_on_the_list_of_what_to_look_at(record: Record):
    test = row(record, "tests", name="Approvals", population="4 deployments", sampled=9, method="re-performance")
    assert "a sample of 9 cannot be drawn from a population of 4" in weaknesses_of_test(record, test)
