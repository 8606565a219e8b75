"""What is said about an import: for one table or for all, in a file that people read and the next import uses."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.errors import BadInput
from workbook.exchange.mapping import EVERY, ImportMapping, TableMapping, read_mapping, write_mapping

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
named = st.dictionaries(words, words, max_size=3)
table_mappings = st.builds(
    TableMapping,
    into=words,
    header_row=st.integers(0, 99),
    dates=st.sampled_from(["", "day-first", "month-first"]),
    only_known=st.booleans(),
    columns=named,
    constants=named,
    values=st.dictionaries(words, named.filter(bool), max_size=2),
)
import_mappings = st.builds(
    ImportMapping, sheets=st.lists(words, max_size=2).map(tuple), tables=st.dictionaries(words, table_mappings)
)


def test_a_table_goes_by_what_is_said_of_it_and_else_by_what_is_said_of_all():
    said = ImportMapping(
        tables={
            "Risk Register": TableMapping(into="risks", columns={"Besitzer": "owner"}),
            EVERY: TableMapping(into="datasets", dates="day-first", columns={"Besitzer": "steward", "Nr": "id"}),
        }
    )

    assert said.of("risk-register") == TableMapping(
        into="risks", dates="day-first", columns={"Besitzer": "owner", "Nr": "id"}
    )
    assert said.of("Vendors").into == "datasets"


def test_what_names_a_table_before_a_colon_holds_for_it_alone():
    said = ImportMapping(tables={EVERY: TableMapping(columns={"Risks:Besitzer": "owner", "Impact: money": ""})})

    assert said.of("risks").columns == {"Besitzer": "owner", "Impact: money": ""}
    assert "Besitzer" not in said.of("suppliers").columns


def test_the_command_line_goes_before_the_file_whichever_table_either_names():
    line = ImportMapping(tables={EVERY: TableMapping(columns={"Besitzer": "owner"}, values={"kind": {"IaaS": "data"}})})
    file = ImportMapping(
        tables={"Risks": TableMapping(columns={"Besitzer": "steward", "Nr": "id"}, values={"kind": {"SaaS": "other"}})}
    )

    found = line.over(file).of("Risks")

    assert found.columns == {"Besitzer": "owner", "Nr": "id"}
    assert found.values == {"kind": {"SaaS": "other", "IaaS": "data"}}


@settings(deadline=None)  # it writes files
@given(mapping=import_mappings)
def test_what_is_written_is_read_again(mapping: ImportMapping, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("mapping") / "map.yaml"

    write_mapping(path, mapping)
    first = path.read_bytes()
    write_mapping(path, read_mapping(path))

    assert read_mapping(path) == mapping
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tabels: {}", "line 1, field tabels: unknown field. Known here: sheets, tables."),
        ("tables:\n  Risks:\n    colums: {}", "line 3, field tables.Risks.colums: unknown field. Known here: into"),
        ("tables:\n  Risks:\n    dates: dayfirst", "line 3, field tables.Risks.dates: input should be '', 'day-first'"),
        ("tables:\n  Risks:\n    header_row: -1", "line 3, field tables.Risks.header_row: input should be greater"),
        (
            "tables:\n  Risks:\n    blank_clears: true",
            "Risks.blank_clears: what clears cells is said for each",
        ),
        ("- a", "line 1, field file"),
        ("tables: [", "this is not YAML"),
    ],
)
def test_a_bad_mapping_file_is_refused_with_line_and_field(text: str, says: str, tmp_path: Path):
    path = tmp_path / "map.yaml"
    path.write_text(text)

    with pytest.raises(BadInput) as refused:
        read_mapping(path)
    assert says in str(refused.value)


def test_a_mapping_written_by_hand_may_leave_quotation_marks_out(tmp_path: Path):
    path = tmp_path / "map.yaml"
    path.write_text("tables:\n  Risks:\n    columns: {Score: , 4: name}\n    values: {likelihood: {High: 4}}\n")

    said = read_mapping(path).of("Risks")

    assert said.columns == {"Score": "", "4": "name"}
    assert said.values == {"likelihood": {"High": "4"}}
