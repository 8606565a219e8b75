from datetime import timedelta

import pytest

from tests.helpers_audit import TODAY, days_ago, record, row
from workbook.analysis.gaps import Gap, gaps_of_register, gaps_of_registers, gaps_of_row
from workbook.errors import Unknown


def of(register, **values):
    return gaps_of_register(record(rows=[row(register, "X-001", **values)]), register)


def says(register, **values):
    return [g.says for g in of(register, **values)]


def test_an_empty_column_is_a_gap_in_the_words_of_the_checklist():
    found = of("assets", name="Notebook", kind="tool or platform", classification="internal", handling="none", owner="")

    assert found == [
        Gap("assets", "X-001", "Notebook", "location", "no place named"),
        Gap("assets", "X-001", "Notebook", "owner", "no owner"),
    ]


def test_a_full_row_has_no_gap():
    full = {
        "kind": "tool or platform",
        "location": "hub",
        "classification": "public",
        "handling": "any",
        "owner": "Lead",
    }

    assert of("assets", **full) == []


@pytest.mark.parametrize(
    ("origin", "expected"), [("purchased", True), ("scraped", True), ("internal system", False), (None, False)]
)
def test_a_missing_agreement_is_a_gap_only_for_data_from_outside(origin, expected):
    assert ("no licence or agreement" in says("data_sources", origin=origin)) is expected


def test_personal_data_asks_for_a_legal_basis_whatever_its_kind():
    for held in ("pseudonymised", "yes", "special categories"):
        assert "personal data without a legal basis" in says("datasets", personal_data=held)
    assert "personal data without a legal basis" not in says("datasets", personal_data="no")


@pytest.mark.parametrize(("days", "expired"), [(1, True), (0, False), (-1, False)])
def test_an_agreement_has_expired_from_the_day_after_it_ends(days, expired):
    assert ("agreement expired" in says("data_sources", agreement_expires=days_ago(days))) is expired


def test_a_date_that_may_stay_empty_is_no_gap_when_it_is():
    assert "agreement expired" not in says("data_sources")


def test_the_same_words_for_two_columns_are_said_once_and_of_the_first():
    found = [g.column for g in of("risks") if g.says == "residual risk not rated"]

    assert found == ["residual_likelihood"]


def test_gaps_follow_the_columns_and_the_rows():
    rows = [row("datasets", "DS-001"), row("datasets", "DS-002", retention="1 year")]
    base = record(rows=rows)
    columns = [f.id for f in base.catalog.register("datasets").fields]
    found = gaps_of_register(base, "datasets")

    assert [g.key for g in found] == sorted(g.key for g in found)
    first = [columns.index(g.column) for g in found if g.key == "DS-001"]
    assert first == sorted(first)
    assert {g.column for g in found if g.key == "DS-001"} - {g.column for g in found if g.key == "DS-002"} == {
        "retention"
    }


def test_several_registers_come_in_the_order_asked_for():
    base = record(rows=[row("datasets", "DS-001"), row("flows", "F-001")])

    assert [g.register for g in gaps_of_registers(base, ["flows", "datasets"])] == sorted(
        (g.register for g in gaps_of_registers(base, ["datasets", "flows"])), reverse=True
    )


def test_a_register_nobody_knows_is_refused():
    with pytest.raises(Unknown, match="datasetz"):
        gaps_of_register(record(), "datasetz")


def test_what_has_run_out_depends_on_the_day_of_the_record_alone():
    kept = row("datasets", "DS-001", delete_by=TODAY)
    later = record(rows=[kept], on=TODAY + timedelta(days=1))

    assert "kept beyond its deletion date" not in [g.says for g in gaps_of_row(record(rows=[kept]), kept)]
    assert "kept beyond its deletion date" in [g.says for g in gaps_of_row(later, kept)]
