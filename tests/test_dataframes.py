"""The record as pandas tables: documented columns, types to compute with, nothing lost, only this edition's words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from tests.conftest import ROOT, read_demo
from tests.helpers_audit import FLAG, TODAY, answer, catalog, days_ago, proof, record, row, with_review
from workbook import open_audit
from workbook.analysis.annex_a import clause_uses, control_uses
from workbook.analysis.dataframes import ANSWERS, EVIDENCE, POINTS, REQUIREMENTS, dataframe
from workbook.analysis.points import collect_points
from workbook.analysis.proof import prove
from workbook.audience import Edition
from workbook.audit import Audit
from workbook.catalog import load
from workbook.errors import Unknown
from workbook.model import Result, Review
from workbook.record import Record, Stated
from workbook.scale import SEVERITIES
from workbook.store import Store

REGISTERS = sorted(load(ROOT / "checklists").registers)
OWN = {"answers": ANSWERS, "evidence": EVIDENCE, "points": POINTS, "requirements": REQUIREMENTS}
DTYPES = {"text": "string", "long_text": "string", "ref": "string", "question": "string", "choice": "category",
          "date": "datetime64[s]", "number": "Int64", "refs": "object", "evidence": "object",
          "lines": "object"}  # fmt: skip


demo = pytest.fixture(read_demo, scope="module")


def known(value: Any) -> Any:
    """A value of the record, None for what says nothing."""
    return None if value in ("", ()) else value


def plain(cell: Any) -> Any:
    """A cell as the record keeps it: None for nothing, a date for a day."""
    if isinstance(cell, tuple):
        return cell or None
    if pd.isna(cell):
        return None
    return cell.date() if isinstance(cell, pd.Timestamp) else cell


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_has_its_columns_their_types_and_every_value(demo: Record, name: str):
    table = dataframe(demo, name)
    fields = demo.catalog.register(name).fields
    rows = demo.register(name)

    assert table.index.name == "id"
    mark = {} if demo.catalog.register(name).carried in ("none", "history") else {"to_reverify": "bool"}
    assert {c: str(t) for c, t in table.dtypes.items()} == {**{f.id: DTYPES[f.type] for f in fields}, **mark}
    assert list(table.index) == [r.key for r in rows]
    for one in rows:
        assert {f.id: plain(table.at[one.key, f.id]) for f in fields} == {f.id: known(one[f.id]) for f in fields}


@pytest.mark.parametrize("name", [*REGISTERS, *OWN])
def test_an_empty_table_has_the_same_columns_and_types(demo: Record, name: str):
    if name in ("answers", "points", "requirements"):
        empty = dataframe(demo, name).iloc[:0]  # somebody is always asked something
    else:
        empty = dataframe(record(rows=[]), name)
        empty = empty.iloc[:0] if name == "systems" else empty

    full = dataframe(demo, name)
    assert len(empty) == 0
    assert list(empty.dtypes.items()) == list(full.dtypes.items())
    assert empty.index.dtype == full.index.dtype


@pytest.mark.parametrize("name", OWN)
def test_the_workbooks_own_tables_have_the_columns_that_help_names(demo: Record, name: str):
    table = dataframe(demo, name)

    assert list(table.columns) == list(OWN[name])
    assert [c for c in table.columns if c not in (Audit.table.__doc__ or "")] == []


def test_every_question_is_a_row_answered_or_not(demo: Record):
    table = dataframe(demo, "answers")

    assert list(table.index) == [a.key for a in demo.asked]
    assert list(table["result"]) == [str(a.result) for a in demo.asked]
    assert list(table["step"]) == [p.step for p in prove(demo).values()]
    assert list(table["contradicted"]) == [p.contradicted for p in prove(demo).values()]
    blank = table[table["result"] == "not assessed"]
    assert blank["version"].isna().all()
    assert blank["at"].isna().all()


def test_an_answer_says_who_when_and_whether_somebody_reviewed_it():
    said = answer("roles", Result.PARTIAL, evidence=("EV-0001",), owner="Ann", due=TODAY)
    moment = datetime(2026, 11, 22, 9, 30, 0, 250, tzinfo=UTC)
    said = Stated(said.value, 3, "Ann", "preparer", moment)
    full = with_review(record([said], {"EV-0001": proof()}), Review(question="roles", version=2, verdict="accepted"))

    one = dataframe(full, "answers").loc["roles"]

    assert (one["version"], one["actor"], one["at"]) == (3, "Ann", pd.Timestamp(moment))
    assert (one["reviewed"], one["evidence"], one["evidence_state"]) == ("changed since", ("EV-0001",), "fresh")
    assert (one["section"], one["page"], one["due"]) == ("access", "03_control_review", pd.Timestamp(TODAY))
    assert pd.isna(one["system"])


def test_evidence_says_what_rests_on_it():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
            answer("deploy", Result.PARTIAL, "SYS-001", evidence=("EV-0001",))]  # fmt: skip

    table = dataframe(record(said, {"EV-0001": proof(200), "EV-0002": proof(None)}), "evidence")

    assert table.at["EV-0001", "answers"] == ("roles", "deploy@SYS-001")
    assert table.at["EV-0002", "answers"] == ()
    assert list(table["state"]) == ["stale", "undated"]
    assert table.at["EV-0001", "age_days"] == 200
    assert pd.isna(table.at["EV-0002", "age_days"])
    assert table.at["EV-0001", "collected_at"] == pd.Timestamp(days_ago(200))


def test_requirements_have_a_row_for_each_control_and_clause_and_says_what_page_3_says(demo: Record):
    table = dataframe(demo, "requirements")
    every = (*control_uses(demo), *clause_uses(demo))

    assert list(table.index) == [one.of.id for one in every]
    assert list(table["covered"]) == [one.state for one in every]
    assert (table["covered"] >= "asked").sum() == sum(one.state in ("asked", "tested") for one in every)
    assert table.at["A.6.1", "questions"] == ("pp-screening",)
    assert table.at["A.8.32", "failed"] == 3
    assert table.at["A.7.1", "covered"] == "mentioned"
    assert pd.isna(table.at["A.7.1", "result"])
    assert table["note"].notna().all()


def test_a_customer_reads_the_same_coverage_as_the_team(demo: Record):
    told = dataframe(demo, "requirements")

    assert dataframe(Edition("customer").of(demo), "requirements").equals(told)


def test_points_are_numbered_in_their_order(demo: Record):
    table, points = dataframe(demo, "points"), collect_points(demo)

    assert list(table.index) == list(range(1, len(points) + 1))
    assert list(table["title"]) == [p.title for p in points]
    assert table["severity"].is_monotonic_increasing


def test_scales_compare_and_sort_from_the_worst():
    table = dataframe(record([answer("roles", Result.NOT_IMPLEMENTED)]), "points")

    assert list(table["severity"].cat.categories) == list(SEVERITIES)
    assert (table.query("severity <= 'high'")["severity"].isin(["critical", "high"])).all()
    answers = dataframe(record([answer("roles", Result.PARTIAL), answer("keys", Result.PLANNED)]), "answers")
    assert list(answers.sort_values("result").index) == ["deploy@SYS-001", "keys", "roles"]


def test_days_and_numbers_compute_with_missing_ones_missing():
    risks = [row("risks", "R-001", due=days_ago(10), likelihood=4, consequence=5), row("risks", "R-002")]

    table = dataframe(record(rows=risks), "risks")

    assert (pd.Timestamp(TODAY) - table["due"]).tolist() == [timedelta(days=10), pd.NaT]
    assert (table["likelihood"] * table["consequence"]).tolist() == [20, pd.NA]
    assert list(table.query("due < '2026-11-20'").index) == ["R-001"]


def test_a_day_far_away_is_kept():
    rows = [row("datasets", "DS-001", delete_by=date(9999, 12, 31)), row("datasets", "DS-002", delete_by=date(1, 1, 1))]

    assert [d.date() for d in dataframe(record(rows=rows), "datasets")["delete_by"]] == [r["delete_by"] for r in rows]


def test_choices_group_and_keys_are_one_row_each():
    rows = [row("datasets", "DS-001", systems=("SYS-001", "SYS-002"), classification="internal"),
            row("datasets", "DS-002", systems=("SYS-002",), classification="public"),
            row("datasets", "DS-003")]  # fmt: skip

    table = dataframe(record(rows=rows), "datasets")

    found = table.explode("systems").groupby(["systems", "classification"], observed=True).size()
    assert found.to_dict() == {("SYS-001", "internal"): 1, ("SYS-002", "public"): 1, ("SYS-002", "internal"): 1}
    assert table.at["DS-003", "systems"] == ()


def test_a_choice_that_the_checklist_no_longer_offers_is_kept_behind_the_others():
    table = dataframe(record(rows=[row("risks", "R-001", treatment="insure")]), "risks")

    assert table.at["R-001", "treatment"] == "insure"
    assert list(table["treatment"].cat.categories) == [
        *catalog().register("risks").field("treatment").choices,
        "insure",
    ]


def test_a_table_shown_in_a_notebook_is_inert():
    table = dataframe(record([answer("roles", Result.PARTIAL, rationale=FLAG)]), "answers")

    assert "<script" not in table.to_html()
    assert "<script" not in (table._repr_html_() or "")


def test_an_unknown_table_suggests_near_ones(demo: Record):
    with pytest.raises(Unknown, match=r"No table is called 'risk'. Did you mean risks"):
        dataframe(demo, "risk")
    with pytest.raises(Unknown, match="answers"):
        dataframe(demo, "answer")


def test_a_table_holds_what_the_audit_shows(store: Store):
    store.save_row("risks", "", {"name": "Both", "area": "data privacy"}, 0)
    store.save_row("risks", "", {"name": "One", "area": "data privacy", "systems": ["SYS-001"], "owner": "Ann"}, 0)
    store.save_row("risks", "", {"name": "Two", "area": "data privacy", "systems": ["SYS-002"], "owner": "Ben"}, 0)

    assert list(open_audit("isms-2027", "SYS-001").table("risks")["name"]) == ["Both", "One"]
    assert set(open_audit("isms-2027", "SYS-001").table("answers")["system"].dropna()) == {"SYS-001"}
    assert list(open_audit("isms-2027", as_of="r4").table("risks")["name"]) == ["Both"]
    customer = open_audit("isms-2027", audience="customer").table("risks")
    assert customer["owner"].dropna().str.startswith("withheld").all()
    assert list(customer["name"]) == ["R-001", "R-002", "R-003"]


@pytest.mark.parametrize("name", [*REGISTERS, *OWN])
def test_a_customers_table_is_made_of_the_customers_record(demo: Record, name: str):
    edition = Edition("customer").of(demo)

    shown = dataframe(edition, name).to_csv()

    owners = {a.answer.value.owner for a in demo.asked} | {r["owner"] for r in demo.register("risks")}
    assert [owner for owner in owners if owner and owner in shown] == []
    assert "withheld" in shown or name == "requirements"  # which says nothing that somebody typed
