import re
from dataclasses import replace

import pytest

from tests.helpers_audit import FLAG, days_ago, plain, record, row, with_rows
from workbook.audience import Edition
from workbook.errors import Unknown
from workbook.views import data_inventory
from workbook.views.markup import with_hints
from workbook.views.registers import gap_table, register_table

ALL = (
    data_inventory.classification,
    data_inventory.retention,
    data_inventory.third_parties,
    data_inventory.inventory_gaps,
)
KEPT = {"retention": "12 months", "disposal": "lifecycle rule", "owner": "Data steward"}


def dataset(key, **values):
    return row("datasets", key, **(KEPT | values))


def source(key, **values):
    return row("data_sources", key, **values)


@pytest.mark.parametrize("view", ALL)
def test_an_empty_inventory_says_which_page_to_fill_first(view):
    assert re.search("in Data inventory|Fill these first", plain(with_hints(lambda: view(record()))()))
    assert not re.search("in Data inventory|Fill these first", plain(view(record())))


# classification -------------------------------------------------------------------------------------------------------


def test_the_chart_holds_its_numbers_and_counts_what_nobody_classified():
    rows = [
        dataset("DS-001", classification="confidential"),
        dataset("DS-002", classification="confidential"),
        dataset("DS-003"),
        source("SRC-001", sensitivity="public"),
    ]
    shown = data_inventory.classification(record(rows=rows))
    words = plain(shown)

    assert "Register public internal confidential strictly confidential not classified" in words
    assert "Data sources 1 row 1 0 0 0 0" in words
    assert "Datasets 3 rows 0 0 2 0 1" in words
    assert "Models" not in words
    assert re.findall(r"width:([\d.]+)%", shown) == ["50.0", *["0.0"] * 4, "0.0", "0.0", "100.0", "0.0", "50.0"]


# retention ------------------------------------------------------------------------------------------------------------


def test_what_is_kept_too_long_comes_first_then_what_has_no_rule():
    rows = [
        dataset("DS-001", delete_by=days_ago(-400)),
        dataset("DS-002", retention=None, disposal=None, owner=None),
        dataset("DS-003", delete_by=days_ago(51)),
    ]
    words = plain(data_inventory.retention(record(rows=rows)))

    assert "3 datasets, 1 kept beyond the deletion date" in words
    assert "DS-003 12 months overdue 51 days lifecycle rule Data steward" in words
    assert "DS-002 no retention period no date no disposal procedure nobody named" in words
    assert "DS-001 12 months 27 Dec 2027" in words
    assert words.index("DS-003 12") < words.index("DS-002 no") < words.index("DS-001 12")


def test_a_dataset_is_not_overdue_on_its_last_day():
    words = plain(data_inventory.retention(record(rows=[dataset("DS-001", delete_by=days_ago(0))])))

    assert "none kept beyond" in words
    assert "overdue" not in words


# third parties --------------------------------------------------------------------------------------------------------


def test_sources_from_outside_stand_with_their_agreement_the_uncovered_ones_first():
    rows = [
        row("suppliers", "SUP-001", name="Credit bureau"),
        source("SRC-001", origin="purchased", supplier="SUP-001", agreement="NL-2023", agreement_expires=days_ago(-5)),
        source("SRC-002", origin="purchased", supplier="SUP-001", agreement="NL-2021", agreement_expires=days_ago(5)),
        source("SRC-003", origin="scraped"),
        source("SRC-004", origin="internal system"),
        source("SRC-005", origin="labelling service", agreement="AO-7"),
    ]
    words = plain(data_inventory.third_parties(record(rows=rows)))

    assert "4 sources from outside, 2 without an agreement in force" in words
    assert "SRC-002 purchased Credit bureau NL-2021 expired on 17 Nov 2026" in words
    assert "SRC-003 scraped no licence or agreement no end named" in words
    assert "SRC-005 labelling service no supplier named AO-7 no end named" in words
    assert "SRC-004" not in words
    assert words.index("SRC-003 scraped") < words.index("SRC-001 purchased")


def test_no_source_from_outside_is_another_thing_than_no_source():
    inside = record(rows=[source("SRC-001", origin="internal system")])

    assert plain(data_inventory.third_parties(inside)) == "None of the registered data sources comes from outside."
    assert plain(data_inventory.third_parties(record())).startswith("No data source yet.")


# gaps -----------------------------------------------------------------------------------------------------------------


def test_gaps_are_listed_by_row_with_a_link_to_it():
    shown = data_inventory.inventory_gaps(record(rows=[dataset("DS-005", name="Reject sample", owner=None)]))

    assert '<a href="01_data_inventory.ipynb#datasets-DS-005">Reject sample</a>' in shown
    assert "no owner" in plain(shown)
    assert " in 1 row" in plain(shown)


def test_what_is_missing_most_often_is_summed_only_where_something_is_missing_twice():
    one = record(rows=[dataset("DS-001")])
    two = with_rows(one, dataset("DS-002", owner=None))

    assert "What is missing most often" not in data_inventory.inventory_gaps(one)
    words = plain(data_inventory.inventory_gaps(two))
    assert "What is missing most often" in words
    assert "no classification 2" in words
    assert words.index("no classification 2") < words.index("no owner 1")


def test_registers_without_gaps_say_so():
    full = {
        "kind": "tool or platform",
        "location": "hub",
        "classification": "public",
        "handling": "any",
        "owner": "Lead",
    }
    base = record(rows=[row("assets", "AS-001", **full)])

    assert plain(gap_table(base, ["assets"])) == "No gaps: every row says what it should."
    assert plain(with_hints(lambda: gap_table(record(), ["assets", "models"]))()) == (
        "Nothing is recorded that could be checked. Fill these first: Other ML assets , Models and versions ."
    )


# a register as a table ------------------------------------------------------------------------------------------------


def test_a_register_shows_few_columns_each_row_with_its_gaps_beside_its_name():
    rows = [dataset("DS-001", name="Training table", classification="confidential", owner=None)]
    shown = register_table(record(rows=rows), "datasets")
    table = shown.split("</table>")[0]

    assert plain(table).split("Owner ")[1].startswith("Training table DS-001 no version or hash; no system named;")
    assert 5 <= table.count('<th scope="col">') <= 8
    assert "Data steward" not in plain(table)


def test_every_column_of_a_row_stands_behind_one_click():
    values = {"name": "Training table", "lineage": "job build_table in repo ml-data", "licence": "own data"}
    shown = register_table(record(rows=[row("datasets", "DS-001", **values)]), "datasets")
    table, details = shown.split("</table>")

    assert "job build_table" not in table
    assert "Preparation and lineage job build_table in repo ml-data" in plain(details)
    assert "DS-001 Training table" in plain(details)


def test_a_table_shows_the_columns_that_tell_most_and_stays_narrow(catalog):
    for register in catalog.registers.values():
        assert 1 <= len(register.telling) <= 6
        assert "name" not in {f.id for f in register.telling}
    assert [f.id for f in catalog.register("risks").telling] == ["area", "owner", "treatment", "due", "accepted_by"]


def test_a_row_refers_to_others_by_their_names():
    rows = [row("components", "C-007", name="Data lake"), dataset("DS-001", location="C-007")]

    assert "Stored in Data lake" in plain(register_table(record(rows=rows), "datasets"))


def test_dates_are_written_as_people_read_them():
    shown = plain(register_table(record(rows=[dataset("DS-001", delete_by=days_ago(0))]), "datasets"))

    assert "Delete by 22 Nov 2026" in shown


def test_a_row_can_be_linked_to_and_no_id_stands_twice():
    rows = [dataset("DS-001"), dataset("DS-002")]
    ids = re.findall(r'\bid="([^"]+)"', register_table(record(rows=rows), "datasets"))

    assert ids == ["datasets", "datasets-DS-001", "datasets-DS-002"]


def test_a_register_nobody_knows_is_refused():
    with pytest.raises(Unknown, match="datasetz"):
        register_table(record(), "datasetz")


# who may read what ----------------------------------------------------------------------------------------------------


def test_what_people_type_is_shown_and_never_obeyed():
    typed = {"name": FLAG, "retention": FLAG, "disposal": FLAG, "agreement": FLAG, "owner": FLAG, "origin": "purchased"}
    rows = [row("datasets", "DS-001", **typed), row("data_sources", "SRC-001", **typed)]
    base = record(rows=rows)

    for shown in (
        *(view(base) for view in ALL),
        *(register_table(base, r) for r in ("datasets", "data_sources")),
    ):
        assert "<script" not in shown
    assert "&lt;script&gt;" in data_inventory.retention(base)
    assert "&lt;script&gt;" in data_inventory.third_parties(base)
    assert "&lt;script&gt;" in data_inventory.inventory_gaps(base)


def test_a_customer_reads_no_name_and_no_owner():
    secret = {"name": "Project Falcon", "owner": "Data steward", "agreement": "NL-1", "origin": "purchased"}
    base = record(rows=[row("datasets", "DS-001", **secret), row("data_sources", "SRC-001", **secret)])
    base = Edition("customer").of(replace(base))

    for shown in (*(view(base) for view in ALL), register_table(base, "datasets")):
        for word in ("Falcon", "Data steward", "NL-1"):
            assert word not in plain(shown)
