"""Which column is meant by somebody else's header, and which table by the name of a sheet."""

import unicodedata

import pytest

from workbook.catalog import Catalog
from workbook.errors import Unknown
from workbook.exchange.columns import Columns, fields_of, kind_of, known_headers, match
from workbook.exchange.fields import CALLED, PLAIN
from workbook.exchange.mapping import TableMapping
from workbook.exchange.scales import fit
from workbook.risk_method import usual_method
from workbook.words import plain_name


def read(catalog: Catalog, kind: str, *headers: str, **said: object) -> Columns:
    return match(catalog, kind, headers, TableMapping(**said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "header",
    [
        "last_review", "Last reviewed", "LAST REVIEW", "last-review", "Last\nreview", "Last\u00a0review",
        " Last  review ", "Last review:", "Last review *", "lastReview",
        "Last review (yyyy-mm-dd)", "Ｌａｓｔ review", "Letzte Prüfung",
        unicodedata.normalize("NFD", "Letzte Prüfung"), "Letzte Überprüfung",
    ],
)  # fmt: skip
def test_a_header_is_known_however_it_is_written(catalog: Catalog, header: str):
    assert read(catalog, "risks", "Risk", "Area", header).by_header[header] == "last_review"


@pytest.mark.parametrize(
    ("kind", "header", "column"),
    [
        ("risks", "Existing Controls", "existing_controls"),
        ("risks", "Treatment option", "treatment"),
        ("risks", "Inherent likelihood", "likelihood"),
        ("risks", "Impact (1-5)", "consequence"),
        ("risks", "I_1to5", "consequence"),
        ("risks", "Risikoeigner", "owner"),
        ("risks", "Risk ID", "id"),
        ("risks", "#", "id"),
        ("assets", "Asset name", "name"),
        ("assets", "Responsible", "owner"),
        ("suppliers", "Vendor", "name"),
        ("suppliers", "Vertragsende", "contract_ends"),
        ("controls", "Control ID", "id"),
        ("controls", "Justification", "reason"),
        ("documents", "Effective policy title", ""),
        ("people", "Part in the audit", "part"),
        ("findings", "Due Date", "due"),
        ("actions", "Root cause", "cause"),
        ("answers", "Comments", "rationale"),
        ("tasks", "Aufgabe", "task"),
        ("evidence", "Collected by", "collector"),
    ],
)
def test_what_people_call_a_column_is_understood(catalog: Catalog, kind: str, header: str, column: str):
    assert read(catalog, kind, header).by_header.get(header, "") == column


def test_no_name_stands_for_two_columns_of_one_table(catalog: Catalog):
    """Of answers, evidence and tasks the file's own title goes before what any register calls its name."""
    clashes = []
    for kind in (*catalog.registers, *PLAIN):
        taken: dict[str, str] = {}
        for field in fields_of(catalog, kind).values():
            common = catalog.synonyms.also.get(field.id, ()) if kind in catalog.registers else ()
            for name in (field.id, field.label, *field.also, *common):
                other = taken.setdefault(plain_name(name), field.id)
                clashes += [(kind, name, other, field.id)] if other != field.id else []

    assert clashes == []


def test_no_word_stands_for_two_choices_of_one_column(catalog: Catalog):
    clashes = []
    for kind in (*catalog.registers, *PLAIN):
        for field in fields_of(catalog, kind).values():
            taken: dict[str, str] = {}
            for means in (field.means, {c: catalog.synonyms.means.get(c, ()) for c in field.choices}):
                for choice, words in means.items():
                    for word in (choice, *words):
                        other = taken.setdefault(plain_name(word), choice)
                        clashes += [(kind, field.id, word, other, choice)] if other != choice else []

    assert clashes == []


def test_every_choice_that_means_something_is_one_of_a_column(catalog: Catalog):
    choices = {c for kind in (*catalog.registers, *PLAIN) for f in fields_of(catalog, kind).values() for c in f.choices}

    assert set(catalog.synonyms.means) <= choices


def test_what_is_told_is_what_was_read_by_another_name(catalog: Catalog):
    found = read(catalog, "risks", "id", "Risk", "Area", "Impact", "Besitzer")

    assert found.notes == ("columns read: Impact → Consequence; Besitzer → Risk owner.",)
    assert found.mapping.columns == {"Impact": "consequence", "Besitzer": "owner"}


def test_the_surer_name_goes_first_and_the_other_one_is_told(catalog: Catalog):
    found = read(catalog, "risks", "Name", "Area", "Risk title", "Max impact", "Impact")

    assert found.by_header == {"Name": "name", "Area": "area", "Impact": "consequence"}
    title, impact = found.problems
    assert title.startswith("column Risk title: no column is called so. It could be Risk, but Name is that already.")
    assert impact.startswith("column Max impact: no column is called so. It could be Consequence, but Impact is that")


def test_names_that_are_as_sure_as_each_other_are_refused(catalog: Catalog):
    says = read(catalog, "risks", "Risk", "Area", "Impact (money)", "Impact (people)").problems

    assert says == ("the columns Impact (money) and Impact (people) both stand for Consequence; drop one.",)


def test_unknown_columns_are_one_sentence_and_left_out_together(catalog: Catalog):
    headers = ("Risk", "Area", "Threat", "Vulnerability", "Score")

    [says] = read(catalog, "risks", *headers).problems
    left = read(catalog, "risks", *headers, only_known=True)

    assert says.startswith("no column is called Threat or Vulnerability or Score.")
    assert left.problems == ()
    assert left.notes == ("columns left out: Threat; Vulnerability; Score.",)


def test_a_misspelt_header_is_asked_about(catalog: Catalog):
    [says] = read(catalog, "risks", "Risk", "Area", "Likelyhood").problems

    assert "column Likelyhood: no column is called so. Did you mean Likelihood?" in says


def test_what_is_said_goes_before_what_is_found(catalog: Catalog):
    found = read(
        catalog, "risks", "Risk title", "Area", "Impact", "Max Impact", "Score (=LxI)",
        columns={"risk TITLE": "Scenario", "max-impact": "consequence", "Impact": "", "Score (=LxI)": "", "No": "name"},
        constants={"Risk": "unnamed", "supplier": "x"},
    )  # fmt: skip

    assert found.by_header == {"Risk title": "scenario", "Area": "area", "Max Impact": "consequence"}
    assert found.problems == ()
    assert found.mapping.constants == {"name": "unnamed"}
    assert found.used == {
        ("columns", "risktitle"), ("columns", "area"), ("columns", "impact"), ("columns", "maximpact"),
        ("columns", "scorelxi"), ("constants", "risk"),
    }  # fmt: skip


def test_a_column_that_is_mapped_to_nothing_we_have_is_refused(catalog: Catalog):
    [says] = read(catalog, "risks", "Risk", "Area", "Wer", columns={"Wer": "ownr"}).problems

    assert says == "column Wer: there is no column 'ownr' here. Did you mean Risk owner?"


def test_a_constant_fills_what_is_missing_or_empty(catalog: Catalog):
    found = read(catalog, "risks", "Risk", "Owner", constants={"area": "data privacy", "Risk owner": "CISO"})

    assert found.problems == ()
    assert found.cells({"Risk": "a", "Owner": ""}) == {"name": "a", "owner": "CISO", "area": "data privacy"}
    assert found.cells({"Risk": "b", "Owner": "DPO"})["owner"] == "DPO"
    assert "Area is 'data privacy' wherever it is empty." in found.notes


def test_a_scale_that_goes_elsewhere_has_to_be_said(catalog: Catalog):
    headers = ("Risk", "Area", "Likelihood (1-3)")

    usual = fit(catalog, usual_method(catalog))
    [says] = read(usual, "risks", *headers).problems
    assert says.startswith("column Likelihood (1-3): it goes from 1 to 3, Likelihood from 1 to 5; say what each number")
    assert read(usual, "risks", *headers, values={"Likelihood": {"3": "5"}}).problems == ()
    assert read(usual, "risks", "Risk", "Area", "Likelihood (1–5)").problems == ()


def test_missing_columns_say_how_to_fill_them(catalog: Catalog):
    [says] = read(catalog, "risks", "Risk").problems

    assert says.startswith("the column is missing: Area. Found: Risk.")
    assert "--set 'Area=…'" in says


def test_what_goes_out_only_to_be_read_is_left_out(catalog: Catalog):
    found = read(catalog, "systems", "Name", "(Version)", "(Recorded by)")

    assert (found.by_header, found.problems) == ({"Name": "name"}, ())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SoA", "controls"), ("Statement of Applicability", "controls"), ("Vendors", "suppliers"),
        ("Asset inventory", "assets"), ("asset-register", "assets"), ("Policies", "documents"),
        ("RISK_REGISTER", "risks"), ("Risikoregister", "risks"), ("Lieferanten", "suppliers"),
        ("data_sources", "data_sources"),
        ("Data sources", "data_sources"), ("Nachweise", "evidence"), ("To-Do", "tasks"), ("engagement", "engagement"),
    ],
)  # fmt: skip
def test_a_sheet_is_known_by_what_such_a_table_is_called(catalog: Catalog, name: str, kind: str):
    assert kind_of(catalog, name) == kind


def test_no_two_tables_are_called_alike(catalog: Catalog):
    names = [(plain_name(n), k) for k, called in CALLED.items() for n in (k, *called)]
    names += [(plain_name(n), r.id) for r in catalog.registers.values() for n in (r.id, r.title, *r.also)]

    assert len(dict(names)) == len(set(names))


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Risk register 2027", "risks[?]"),
        ("vendr list", "suppliers[?]"),
        ("ACME datasets v3", "datasets[?]"),
        ("Modle registry", "models[?]"),
    ],
)
def test_a_sheet_that_is_called_nearly_so_is_asked_about(catalog: Catalog, name: str, near: str):
    with pytest.raises(Unknown, match=f"Did you mean {near}"):
        kind_of(catalog, name)


def test_a_sheet_that_is_called_like_nothing_is_told_all_there_is(catalog: Catalog):
    with pytest.raises(Unknown) as refused:
        kind_of(catalog, "Cryptography register")
    assert all(kind in str(refused.value) for kind in (*catalog.registers, *PLAIN))


def test_a_header_is_told_from_other_text(catalog: Catalog):
    known = known_headers(catalog)

    assert [known(text) for text in ("Likelihood (1-5)", "Besitzer", "ID")] == [True, True, True]
    assert [known(text) for text in ("", "R-001", "Northlight Credit GmbH", "Risk register of 2027")] == [False] * 4
