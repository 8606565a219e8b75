"""Importing what strangers made, from the command line: few options, no silent guess, and kept for next time."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from workbook.cli import main
from workbook.exchange.mapping import read_mapping

AREA = "area=operations and access"


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["import", "isms-2027", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(autouse=True)
def audit() -> None:
    made = CliRunner().invoke(main, ["new", "isms-2027", "--title", "ISMS audit 2027", "--date", "2027-02-01"])
    assert made.exit_code == 0


def rows(register: str) -> dict[str, dict[str, Any]]:
    """What the record holds of a register."""
    said = CliRunner().invoke(main, ["history", "isms-2027", "--json"]).stdout
    return {one["key"]: one["body"] for one in json.loads(said) if one["kind"] == register}


def table(path: Path, *lines: Sequence[Any], delimiter: str = ",") -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    return str(path)


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> str:
    with xlsxwriter.Workbook(path) as made:
        for name, lines in sheets.items():
            sheet = made.add_worksheet(name.replace("_", " "))
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    return str(path)


# three tables as strangers lay them out ---------------------------------------------------------------------------

WIDE = (
    "Risk No.", "Risk Title", "Risk Description", "Category", "Asset / Process", "Threat", "Vulnerability",
    "Risk Owner", "Probability (1-5)", "Impact Financial", "Impact Operational", "Impact Legal", "Max. Impact",
    "Risk Score (=PxI)", "Risk Level", "Existing\nControls", "Risk Response", "Mitigation Plan", "Target Date",
    "Residual Probability", "Residual Impact", "Residual Risk", "Last Review",
)  # fmt: skip
WIDE_ROWS = (
    ("R-9", "Poisoned labels", "A labeller turns the labels", "Data", "Scoring", "Insider", "No second look",
     "Credit lead", "4 - Likely", 3, 4, 2, "Major", 16, "High", "Double labelling", "Mitigate", "Sample checks",
     "2027-03-31", "Rare", "Minor", 2, "2026-09-01"),
    ("R-10", "Model copied", "Queries rebuild the model", "Model", "API", "Competitor", "No limit", "Platform lead",
     3, 2, 3, 3, 3, 9, "Medium", "", "Accept", "", "", "", "", "", "2026-09-01"),
    ("R-11", "Outage at the host", "The region fails", "Operations", "All", "Failure", "One region", "Platform lead",
     "Possible", 5, 5, 1, "High", 15, "High", "Backups", "Transfer", "Insurance", "2027-06-30", 2, 4, 8, "2026-09-01"),
)  # fmt: skip


def test_a_risk_register_of_23_columns_needs_two_options(tmp_path: Path):
    assert len(WIDE) == 23
    path = table(tmp_path / "ACME risks.csv", WIDE, *WIDE_ROWS)

    shown = run(path, "--into", "risks", "--only-known", "--set", AREA, "--dry-run").output
    run(path, "--into", "risks", "--only-known", "--set", AREA)

    assert rows("risks")["R-9"] == {
        "name": "Poisoned labels", "scenario": "A labeller turns the labels", "area": "operations and access",
        "owner": "Credit lead", "likelihood": 4, "consequence": 4, "existing_controls": "Double labelling",
        "treatment": "modify", "measures": "Sample checks", "due": "2027-03-31", "residual_likelihood": 1,
        "residual_consequence": 2, "last_review": "2026-09-01",
    }  # fmt: skip
    assert [r["treatment"] for r in rows("risks").values()] == ["modify", "retain", "share"]
    for told in (
        "Consequence: High was read as 4 on the scale 1 to 5 (1 row)",
        "Likelihood: 4 - Likely was read as 4 on the scale 1 to 5 (1 row)",
        "Treatment: Mitigate was read as modify (1 row)",
        "Probability (1-5) → Likelihood",
        "columns left out: Category; Asset / Process; Threat; Vulnerability; Impact Financial",
        "Area is 'operations and access' wherever it is empty",
    ):
        assert told in shown


def test_a_supplier_register_keeps_what_was_said_for_the_next_year(tmp_path: Path):
    headers = (
        "Vendor ID",
        "Vendor",
        "Category",
        "Criticality",
        "Data accessed",
        "PII",
        "Contract End",
        "Relationship Owner",
    )
    lines = [("V-1", "Cloudhouse", "IaaS", "High", "All", "Yes", "31.12.2027", "Ops"),
             ("V-2", "Labelwerk", "Annotation", "Low", "Images", "N", "Rolling", "ML")]  # fmt: skip
    path, kept = book(tmp_path / "2026.xlsx", Vendors=[headers, *lines]), str(tmp_path / "vendors-map.yaml")

    asked = run(path, "--mapping", kept, "--dry-run", code=1).output
    assert "no column is called Criticality" in asked
    assert "Contract ends: 'Rolling' is not a date" in asked

    run(path, "--mapping", kept, "--only-known", "--value", "contract_ends:Rolling=", "--dry-run")
    run(path, "--mapping", kept)
    first = (tmp_path / "vendors-map.yaml").read_bytes()
    again = run(book(tmp_path / "2027.xlsx", Vendors=[headers, *lines, ("V-3", "Beraterhaus", "Beratung")]),
                "--mapping", kept)  # fmt: skip

    assert rows("suppliers")["V-1"] == {
        "name": "Cloudhouse", "service": "computing and hosting", "data_shared": "All", "personal_data": "yes",
        "contract_ends": "2027-12-31", "owner": "Ops",
    }  # fmt: skip
    assert "contract_ends" not in rows("suppliers")["V-2"]
    assert rows("suppliers")["V-3"]["service"] == "consulting"
    assert "1 new, 0 changed, 2 same" in again.output
    assert first in (tmp_path / "vendors-map.yaml").read_bytes().replace(b"        Beratung: consulting\n", b"")


def test_a_german_statement_of_applicability_needs_one_option(tmp_path: Path):
    path = table(
        tmp_path / "Erklärung zur Anwendbarkeit.csv",
        (
            "Kontroll-ID",
            "Kontrolle",
            "Bereich",
            "Anwendbar?",
            "Begründung",
            "Umsetzungsstatus",
            "Umsetzungsbeschreibung",
        ),
        ("A.5.1", "Richtlinien", "Organisatorisch", "Ja", "Erforderlich", "Umgesetzt", "Leitlinie"),
        (
            "A.7.12",
            "Verkabelung",
            "Physisch",
            "nicht anwendbar",
            "Keine eigenen Räume",
            "N/A",
            "",
        ),
        delimiter=";",
    )

    shown = run(path, "--only-known").output

    assert rows("controls") == {
        "A.5.1": {"name": "Richtlinien", "applicable": "yes", "reason": "Erforderlich", "statement": "Leitlinie"},
        "A.7.12": {
            "name": "Verkabelung",
            "applicable": "no",
            "reason": "Keine eigenen Räume",
        },
    }
    assert "Applicable: Ja was read as yes (1 row)" in shown
    assert "columns left out: Bereich; Umsetzungsstatus" in shown


# what is said, and what is kept ------------------------------------------------------------------------------------


def test_a_header_with_an_equals_sign_is_dropped_and_one_of_two_sheets_is_mapped(tmp_path: Path):
    path = book(
        tmp_path / "all.xlsx",
        Risks=[("Risk", "Area", "Besitzer", "Score (=LxI)"), ("a", "Secret things", "DPO", 9)],
        Suppliers=[("Supplier", "Besitzer"), ("b", "Ops")],
    )

    run(
        path,
        "--map",
        "Score (=LxI)=",
        "--map",
        "Risks:Besitzer=owner",
        "--value",
        "Risks:area:secret things=data privacy",
    )

    assert rows("risks")["R-001"] == {"name": "a", "area": "data privacy", "owner": "DPO"}
    assert rows("suppliers")["SUP-001"] == {"name": "b", "owner": "Ops"}


def test_only_the_chosen_sheet_is_read(tmp_path: Path):
    path = book(
        tmp_path / "all.xlsx", Cover=[("ACME", "confidential"), ("", "v3")], Risks=[("Risk", "Area"), ("a", "people")]
    )

    run(path, "--sheet", "risks")

    assert list(rows("risks")) == ["R-001"]


def test_words_that_are_not_known_are_listed_once_with_the_choices(tmp_path: Path):
    lines = [(f"risk {n}", "data privacy", word) for n, word in enumerate(["Offload", "Offload", "Ponder", "Mitigate"])]
    path = table(tmp_path / "risks.csv", ("Risk", "Area", "Treatment"), *lines)

    refused = run(path, code=1).output
    assert "'Offload' is not one of modify, retain, avoid, share; likewise 'Ponder' — 3 lines: 2, 3, 4" in refused
    assert "or say what is meant with --map, --set and --value" in refused

    run(path, "--value", "treatment:Offload=share", "--value", "Ponder=retain")
    assert [r["treatment"] for r in rows("risks").values()] == ["share", "share", "retain", "modify"]


@pytest.mark.parametrize(
    ("option", "said", "says"),
    [
        ("--map", "nope=name", "nope=name: there is no column 'nope'"),
        ("--set", "nope=x", "nope=x: no table has a column 'nope'"),
        (
            "--value",
            "treatment:Offload=share",
            "treatment:Offload=share: no cell says 'Offload' where that can be meant",
        ),
        ("--value", "Offload=share", "Offload=share: no cell says 'Offload' where that can be meant"),
    ],
)
def test_what_is_said_and_not_there_is_refused(option: str, said: str, says: str, tmp_path: Path):
    path = table(tmp_path / "risks.csv", ("Risk", "Area"), ("a", "data privacy"))

    assert says in run(path, option, said, code=1).output
    assert rows("risks") == {}


@pytest.mark.parametrize("option", ["--map", "--set", "--value"])
def test_what_is_said_without_an_equals_sign_is_explained(option: str, tmp_path: Path):
    path = table(tmp_path / "risks.csv", ("Risk", "Area"), ("a", "data privacy"))

    assert "needs an equals sign between two names, for example" in run(path, option, "owner", code=2).output


def test_what_only_the_mapping_file_has_is_told_and_stops_nothing(tmp_path: Path):
    path, kept = table(tmp_path / "risks-2027.csv", ("Risk", "Area"), ("a", "data privacy")), tmp_path / "map.yaml"
    kept.write_text(
        "tables:\n  risks-2026:\n    into: risks\n    columns: {Besitzer: owner}\n    values: {area: {x: people}}\n"
    )

    shown = run(path, "--mapping", str(kept)).output

    assert "not needed from the mapping file: Besitzer=owner: there is no column 'Besitzer'." in shown
    assert "not needed from the mapping file: area:x=people: no cell says 'x' where that can be meant." in shown
    assert read_mapping(kept).tables["risks-2027"].columns == {"Besitzer": "owner"}


def test_the_command_line_goes_before_the_mapping_file_and_that_before_what_is_usual(tmp_path: Path):
    path = table(
        tmp_path / "risks.csv", ("Risk", "Area", "Treatment"), ("a", "people", "Accept"), ("b", "people", "Mitigate")
    )
    kept = tmp_path / "map.yaml"
    kept.write_text("tables: {risks: {values: {treatment: {Accept: avoid, Mitigate: avoid}}}}\n")

    run(path, "--mapping", str(kept), "--value", "treatment:Mitigate=share")

    assert [r["treatment"] for r in rows("risks").values()] == ["avoid", "share"]
    assert read_mapping(kept).tables["risks"].values["treatment"] == {"Accept": "avoid", "Mitigate": "share"}


def test_the_next_import_needs_no_guess_and_the_file_stays_as_it_is(tmp_path: Path):
    path, kept = table(tmp_path / "risks.csv", WIDE, *WIDE_ROWS), tmp_path / "map.yaml"
    run(path, "--only-known", "--set", AREA, "--mapping", str(kept), "--dry-run")
    written = kept.read_text(encoding="utf-8")

    said = read_mapping(kept).tables["risks"]
    assert said.columns["Probability (1-5)"] == "likelihood"
    assert said.values["treatment"] == {"Accept": "retain", "Mitigate": "modify", "Transfer": "share"}
    assert (said.into, said.only_known, said.constants) == ("risks", True, {"area": "operations and access"})
    shown = run(path, "--mapping", str(kept)).output

    assert "columns read" not in shown
    assert kept.read_text(encoding="utf-8") == written


def test_days_are_read_in_the_order_that_is_said_and_blanks_clear_only_when_told(tmp_path: Path):
    path = table(
        tmp_path / "risks.csv", ("ID", "Risk", "Area", "Owner", "Due"), ("R-1", "a", "people", "CISO", "03/04/2027")
    )
    kept = tmp_path / "map.yaml"

    assert "may be 3 April or 4 March 2027" in run(path, code=1).output
    run(path, "--dates", "day-first", "--mapping", str(kept))
    assert rows("risks")["R-1"]["due"] == "2027-04-03"
    assert read_mapping(kept).tables["risks"].dates == "day-first"

    table(tmp_path / "risks.csv", ("ID", "Risk", "Area", "Owner"), ("R-1", "a", "people", ""))
    run(path)
    assert rows("risks")["R-1"]["owner"] == "CISO"
    run(path, "--blank-clears", "--mapping", str(kept))
    assert "owner" not in rows("risks")["R-1"]
    assert "blank_clears" not in kept.read_text()


def test_the_line_that_names_the_columns_can_be_said_and_is_kept(tmp_path: Path):
    path, kept = tmp_path / "risks.csv", tmp_path / "map.yaml"
    table(path, ("Risk", "Area"), ("of", "2026"), ("Risk", "Area"), ("a", "people"))

    run(str(path), "--header-row", "3", "--mapping", str(kept))
    run(str(path), "--mapping", str(kept))

    assert [r["name"] for r in rows("risks").values()] == ["a"]
    assert read_mapping(kept).tables["risks"].header_row == 3


def test_a_mapping_file_that_is_none_is_refused_before_anything_is_read(tmp_path: Path):
    path, kept = table(tmp_path / "risks.csv", ("Risk", "Area"), ("a", "people")), tmp_path / "map.yaml"
    kept.write_text("tables:\n  risks:\n    colums: {a: b}\n")

    assert (
        "map.yaml, line 3, field tables.risks.colums: unknown field" in run(path, "--mapping", str(kept), code=2).output
    )
    assert rows("risks") == {}


def test_help_teaches_the_way_by_example():
    shown = CliRunner().invoke(main, ["import", "--help"]).output

    for taught in ("--only-known --set area=", "--mapping risks-map.yaml", "Score (=LxI)=", "treatment:Offload=share"):
        assert taught in shown
